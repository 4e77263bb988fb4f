"""Queries as trees, and queries that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leadbridge_salesforce.sandbox.soql.faults import QueryError
from leadbridge_salesforce.sandbox.soql.parser import parse
from leadbridge_salesforce.sandbox.soql.tokens import like_pattern, unescaped
from leadbridge_salesforce.sandbox.soql.tree import Both, Call, Comparison, Membership, Not, Path, Query


def test_all_clauses_in_their_order() -> None:
    query = parse(
        "SELECT Name, COUNT(Id) n, (SELECT Id FROM Contacts) FROM Account a USING SCOPE everything"
        " WHERE a.Name != null GROUP BY Name HAVING COUNT(Id) > 1"
        " ORDER BY Name DESC NULLS LAST, COUNT(Id) LIMIT 10 OFFSET 20 FOR VIEW"
    )
    assert query.source == "Account"
    assert query.alias == "a"
    assert [item.alias for item in query.items] == [None, "n", None]
    assert isinstance(query.items[2].what, Query)
    assert [(o.descending, o.nulls_last) for o in query.order] == [(True, True), (False, False)]
    assert (query.limit, query.offset, query.all_rows) == (10, 20, False)
    assert isinstance(query.having, Comparison)
    assert query.having.left.key == "COUNT(id)"


@pytest.mark.parametrize("source", ["Group", "Order", "Case", "Event"])
def test_objects_may_be_called_like_keywords(source: str) -> None:
    assert parse(f"select Id from {source} order by Id").source == source


def test_keywords_and_functions_in_any_case() -> None:
    query = parse("select count() from Lead where not Name like 'a%'")
    assert query.items[0].what == Call("COUNT", None, 7)
    assert isinstance(query.where, Not)


def test_and_binds_parts_with_their_own_parentheses() -> None:
    where = parse("SELECT Id FROM Lead WHERE a = 1 AND (b = 2 OR c IN (3, 4)) AND (NOT d = 5)").where
    assert isinstance(where, Both)
    assert len(where.parts) == 3


def test_a_query_behind_in() -> None:
    where = parse("SELECT Id FROM Account WHERE Id NOT IN (SELECT AccountId FROM Contact)").where
    assert isinstance(where, Membership)
    assert where.negated
    assert isinstance(where.among, Query)
    assert where.among.items[0].what == Path(("AccountId",), 47)


@pytest.mark.parametrize(
    ("query", "column", "message"),
    [
        ("", 1, "unexpected token: '<EOF>'"),
        ("SELECT FROM Lead", 8, "unexpected token: 'FROM'"),
        ("SELECT Id Lead", 15, "unexpected token: '<EOF>'"),
        ("SELECT Id FROM Lead WHERE", 26, "unexpected token: '<EOF>'"),
        ("SELECT Id FROM Lead WHERE a = 1 AND b = 2 OR c = 3", 43, "unexpected token: 'OR'"),
        ("SELECT Id FROM Lead WHERE a = 1 AND NOT b = 2", 37, "unexpected token: 'NOT'"),
        ("SELECT Id FROM Lead WHERE a = 1 AND NOT (b = 2)", 37, "unexpected token: 'NOT'"),
        ("SELECT Id FROM Lead WHERE NOT NOT a = 1", 31, "unexpected token: 'NOT'"),
        ("SELECT Id FROM Lead LIMIT -1", 27, "unexpected token: '-1'"),
        ("SELECT Id FROM Lead ORDER BY Id LIMIT 1 WHERE a = 1", 41, "unexpected token: 'WHERE'"),
        ("SELECT Id FROM Lead; DROP TABLE Lead", 20, "unexpected token: ';'"),
        ("SELECT * FROM Lead", 8, "unexpected token: '*'"),
        ("SELECT Id FROM Lead WHERE Name = 'x", 34, "line 1: mismatched character '<EOF>' expecting '''"),
        ('SELECT Id FROM Lead WHERE Name = "x"', 34, "unexpected token: '\"'"),
        ("SELECT Id FROM Lead WHERE d = 2026-02-30", 31, "Invalid date: 2026-02-30"),
        ("SELECT Id FROM Lead WHERE d = LAST_N_DAYS", 31, "unexpected token: 'LAST_N_DAYS'"),
        ("SELECT Id FROM Lead WHERE d IN ()", 33, "unexpected token: ')'"),
        ("SELECT FIELDS(SOME) FROM Lead", 15, "unexpected token: 'SOME'"),
        ("SELECT TYPEOF What WHEN Account THEN Phone END FROM Event", 20, "unexpected token: 'WHEN'"),
    ],
)
def test_what_is_no_query_is_malformed_at_its_place(query: str, column: int, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert caught.value.code == "MALFORMED_QUERY"
    assert caught.value.message.endswith(f"ERROR at Row:1:Column:{column}\n{message}")


def test_the_mark_stands_below_the_place() -> None:
    query = "SELECT Id\nFROM Lead\nWHERE   a ! 1"
    with pytest.raises(QueryError) as caught:
        parse(query)
    _, line, mark, place, _ = caught.value.message.split("\n")
    assert line[mark.index("^")] == "!"
    assert place == "ERROR at Row:3:Column:11"


def test_an_offset_above_two_thousand() -> None:
    with pytest.raises(QueryError) as caught:
        parse("SELECT Id FROM Lead OFFSET 2001")
    assert (caught.value.code, caught.value.message) == (
        "NUMBER_OUTSIDE_VALID_RANGE",
        "Maximum SOQL offset allowed is 2000",
    )


def test_what_is_nested_without_end_is_refused() -> None:
    with pytest.raises(QueryError):
        parse(f"SELECT Id FROM Lead WHERE {'(' * 5000}a = 1{')' * 5000}")
    with pytest.raises(QueryError):
        parse(f"{'SELECT (' * 3000}SELECT Id FROM a{') FROM b' * 3000}")
    with pytest.raises(QueryError):
        parse("SELECT Id FROM a WHERE b IN (" * 3000)


@given(st.text(alphabet="SELECT FROMWHERENOTIN()',.=<>\\01:-aZ", max_size=80))
def test_any_text_is_a_query_or_malformed(text: str) -> None:
    try:
        parse(text)
    except QueryError as fault:
        assert fault.code in {"MALFORMED_QUERY", "NUMBER_OUTSIDE_VALID_RANGE"}


@pytest.mark.parametrize(
    ("raw", "text", "pattern"),
    [
        (r"O\'Hara", "O'Hara", "O'Hara"),
        (r"50\%_", "50%_", r"50\%_"),
        (r"a\\b\n", "a\\b\n", "a\\\\b\n"),
        (r"\u00e9", "é", "é"),
        (r"\q", None, None),
        (r"\ud800", None, None),
    ],
)
def test_escapes(raw: str, text: str | None, pattern: str | None) -> None:
    assert unescaped(raw) == text
    assert like_pattern(raw) == pattern
