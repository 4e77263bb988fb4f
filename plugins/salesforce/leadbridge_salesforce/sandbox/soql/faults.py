"""What is wrong with a query, in Salesforce's words and codes."""

from __future__ import annotations


class QueryError(Exception):
    """A query that is refused whole (HTTP 400).

    Attributes:
        code: Salesforce's ``errorCode``, such as ``MALFORMED_QUERY``, ``INVALID_FIELD``, ``INVALID_TYPE``.
        message: as Salesforce would put it; where the place is known it shows the query with a mark below it.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def fault_at(code: str, query: str, at: int, message: str) -> QueryError:
    """A fault with Salesforce's pointer: the line of the query, ``^`` below the place, and row and column."""
    before = query[:at]
    row, column = before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1
    line = query.split("\n")[row - 1]
    shown = line[max(0, column - 41) : column + 40]
    mark = " " * (min(column, 41) - 1) + "^"
    return QueryError(code, f"\n{shown}\n{mark}\nERROR at Row:{row}:Column:{column}\n{message}")


def malformed(query: str, at: int, message: str) -> QueryError:
    return fault_at("MALFORMED_QUERY", query, at, message)
