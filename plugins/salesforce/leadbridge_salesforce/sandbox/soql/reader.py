"""The tokens of one query, read from left to right, and the small parts that every clause is made of."""

from __future__ import annotations

from typing import Final

from leadbridge_salesforce.sandbox.soql.faults import QueryError, malformed
from leadbridge_salesforce.sandbox.soql.tokens import Token, tokens
from leadbridge_salesforce.sandbox.soql.tree import Call, Expression, Path

LARGEST: Final = 2**31 - 1
"""Of the whole numbers behind LIMIT, OFFSET and date literals."""

RESERVED: Final = frozenset(
    {"ALL", "AND", "ASC", "DESC", "EXCLUDES", "FIRST", "FOR", "FROM", "GROUP", "HAVING", "IN", "INCLUDES", "LAST"}
    | {"LIKE", "LIMIT", "NOT", "NULL", "NULLS", "OFFSET", "OR", "ORDER", "SELECT", "UPDATE", "USING", "WHERE", "WITH"}
)
"""Words that cannot be an alias; SOQL reference, reserved keywords, and the words that begin a clause."""


class Reader:
    """Where the parser stands in a query."""

    def __init__(self, query: str) -> None:
        self.query = query
        self._tokens = tokens(query)
        self._index = 0

    @property
    def now(self) -> Token:
        return self._tokens[self._index]

    def ahead(self, count: int) -> Token:
        return self._tokens[min(self._index + count, len(self._tokens) - 1)]

    def take(self) -> Token:
        token = self.now
        self._index = min(self._index + 1, len(self._tokens) - 1)
        return token

    def accept(self, *words: str) -> bool:
        """Take the words if they stand here, one after the other."""
        if any(self.ahead(i).word != word for i, word in enumerate(words)):
            return False
        self._index += len(words)
        return True

    def accept_sign(self, sign: str) -> bool:
        if self.now.kind != "sign" or self.now.text != sign:
            return False
        self._index += 1
        return True

    def expect(self, word: str) -> None:
        if not self.accept(word):
            raise self.unexpected()

    def expect_sign(self, sign: str) -> None:
        if not self.accept_sign(sign):
            raise self.unexpected()

    def unexpected(self, token: Token | None = None) -> QueryError:
        token = token or self.now
        return malformed(self.query, token.at, f"unexpected token: '{token.text}'")

    def name(self) -> Token:
        if self.now.kind != "word":
            raise self.unexpected()
        return self.take()

    def alias(self) -> str | None:
        if self.now.kind == "word" and self.now.word not in RESERVED:
            return self.take().text
        return None

    def path(self) -> Path:
        first = self.name()
        parts = [first.text]
        while self.accept_sign("."):
            parts.append(self.name().text)
        return Path(tuple(parts), first.at)

    def expression(self) -> Expression:
        """A field, or a function of at most one field."""
        if self.ahead(1).text != "(":
            return self.path()
        function = self.name()
        self.expect_sign("(")
        argument = None if self.now.text == ")" else self.path()
        self.expect_sign(")")
        return Call(function.word, argument, function.at)

    def whole_number(self) -> int:
        token = self.now
        if token.kind != "number" or not token.text.isdecimal() or int(token.text) > LARGEST:
            raise self.unexpected()
        return int(self.take().text)
