"""What WHERE selects: by table for each rule, and by chance against a plain reading of the same condition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from soql_world import World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def empty() -> World:
    """For what is refused."""
    return World()


@pytest.fixture(scope="module")
def leads() -> World:
    """For what is only read."""
    world = World()
    world.put(
        "Lead",
        Name="Ada",
        Company="Engines",
        AnnualRevenue=100.5,
        DoNotCall=1,
        Product_Interest__c="Basic;Pro",
        CreatedDate="2026-11-25T00:00:00.000+0000",
        ConvertedDate="2026-11-25",
    )
    world.put(
        "Lead",
        Name="Öre 50%_",
        Company="O'Hara",
        AnnualRevenue=7.0,
        Product_Interest__c="Pro",
        CreatedDate="2026-11-24T23:59:59.000+0000",
        ConvertedDate="2026-11-24",
    )
    world.put("Lead", Name="none", CreatedDate="2026-10-01T12:00:00.000+0000")
    return world


A, E, N = "Ada", "Öre 50%_", "none"

TABLE = [
    ("Name = 'ADA'", [A]),
    ("Name = 'öre 50%_'", [E]),
    ("Name > 'b' AND Name < 'o'", [N]),
    (r"Company = 'O\'HARA'", [E]),
    ("Company = ''", [N]),
    ("Company = null", [N]),
    ("Company != null", [A, E]),
    ("Company != 'engines'", [E, N]),
    ("NOT Company = 'engines'", [E, N]),
    ("Company IN ('ENGINES', null)", [A, N]),
    ("Company NOT IN ('engines')", [E, N]),
    ("Name LIKE 'a%'", [A]),
    ("Name LIKE 'Ö__ %'", [E]),
    ("Name LIKE 'öre%'", [E]),
    (r"Name LIKE '%50\%\_'", [E]),
    (r"Name LIKE '%\%%'", [E]),
    ("(NOT Name LIKE 'a%')", [E, N]),
    ("(NOT Company LIKE 'e%')", [E, N]),
    ("AnnualRevenue > 7", [A]),
    ("AnnualRevenue <= 7.0", [E]),
    ("AnnualRevenue != 7", [A, N]),
    ("AnnualRevenue > 99999999999999999999", []),
    ("AnnualRevenue IN (7, 100.5)", [A, E]),
    ("DoNotCall = true", [A]),
    ("DoNotCall != TRUE", [E, N]),
    ("DoNotCall = null", [E, N]),
    ("DoNotCall != null", [A]),
    ("DoNotCall IN (null)", [E, N]),
    ("CreatedDate = TODAY", [A]),
    ("CreatedDate > YESTERDAY", [A]),
    ("CreatedDate >= YESTERDAY", [A, E]),
    ("CreatedDate < TODAY", [E, N]),
    ("CreatedDate <= YESTERDAY", [E, N]),
    ("CreatedDate != YESTERDAY", [A, N]),
    ("CreatedDate = LAST_N_DAYS:1", [A, E]),
    ("CreatedDate IN (TODAY, LAST_MONTH)", [A, N]),
    ("CreatedDate IN (N_DAYS_AGO:0, N_DAYS_AGO:1)", [A, E]),
    ("CreatedDate = 2026-11-25T01:00:00+01:00", [A]),
    ("CreatedDate > 2026-11-24T23:59:58.999Z", [A, E]),
    ("CreatedDate > 2026-11-24T23:59:59Z", [A]),
    ("ConvertedDate = YESTERDAY", [E]),
    ("ConvertedDate = 2026-11-25", [A]),
    ("ConvertedDate < TODAY", [E]),
    ("CALENDAR_MONTH(CreatedDate) = 10", [N]),
    ("Product_Interest__c INCLUDES ('pro')", [A, E]),
    ("Product_Interest__c INCLUDES ('Basic;Pro')", [A]),
    ("Product_Interest__c INCLUDES ('Basic', 'Pro')", [A, E]),
    ("Product_Interest__c EXCLUDES ('Basic')", [E, N]),
    ("Product_Interest__c = 'Basic;Pro'", [A]),
    ("Name = 'Ada' OR (Company = null AND DoNotCall = false)", [A, N]),
]


@pytest.mark.parametrize(("where", "names"), TABLE)
def test_what_a_condition_selects(leads: World, where: str, names: list[str]) -> None:
    assert leads.names(where) == names


@pytest.mark.parametrize(
    ("where", "code", "message"),
    [
        ("Nope = 1", "INVALID_FIELD", "No such column 'Nope' on entity 'Lead'. If you are attempting to use a custom"),
        ("Owner.Nope = 1", "INVALID_FIELD", "No such column 'Nope' on entity 'Name'."),
        ("Boss.Name = 'x'", "INVALID_FIELD", "Didn't understand relationship 'Boss' in field path."),
        ("Description = 'x'", "INVALID_FIELD", "field 'Description' can not be filtered in a query call"),
        ("Address = 'x'", "INVALID_FIELD", "field 'Address' can not be filtered in a query call"),
        (
            "CreatedDate > '2026-01-01T00:00:00Z'",
            "INVALID_FIELD",
            "value of filter criterion for field 'CreatedDate' must be of type dateTime and should not be enclosed in",
        ),
        ("CreatedDate = 2026-01-01", "INVALID_FIELD", "value of filter criterion for field 'CreatedDate' must be of"),
        ("ConvertedDate = 2026-01-01T00:00:00Z", "INVALID_FIELD", "value of filter criterion for field 'ConvertedDate"),
        ("Name = 1", "INVALID_FIELD", "value of filter criterion for field 'Name' must be of type string and should"),
        ("Name = TODAY", "INVALID_FIELD", "value of filter criterion for field 'Name' must be of type string and sho"),
        ("AnnualRevenue = '1'", "INVALID_FIELD", "value of filter criterion for field 'AnnualRevenue' must be of type"),
        ("AnnualRevenue = true", "INVALID_FIELD", "value of filter criterion for field 'AnnualRevenue' must be of"),
        ("DoNotCall = 'true'", "INVALID_FIELD", "value of filter criterion for field 'DoNotCall' must be of type bool"),
        ("DoNotCall > false", "INVALID_FIELD", "invalid operator on boolean field"),
        ("AnnualRevenue LIKE '1%'", "INVALID_FIELD", "invalid operator on currency field"),
        ("Id LIKE '00Q%'", "INVALID_FIELD", "invalid operator on id field"),
        ("Name INCLUDES ('a')", "INVALID_FIELD", "includes or excludes operator only valid on multipicklist field"),
        ("Id = 'x'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: x"),
        (r"Name = '\q'", "MALFORMED_QUERY", r"Invalid string literal '\q'. Illegal character."),
        ("CreatedDate = N_YEARS_AGO:9999", "MALFORMED_QUERY", "Invalid date literal: N_YEARS_AGO"),
        ("COUNT(Id) > 1", "MALFORMED_QUERY", "Aggregate functions are not allowed here"),
        ("CALENDAR_YEAR(Name) = 1", "MALFORMED_QUERY", "field Name does not support aggregate operator CALENDAR_YEAR"),
        ("Nope(Name) = 1", "MALFORMED_QUERY", "unexpected token: 'NOPE'"),
    ],
)
def test_what_cannot_be_compared(empty: World, where: str, code: str, message: str) -> None:
    found, said = empty.refused(f"SELECT Id FROM Lead WHERE {where}")
    assert found == code
    assert said.startswith(message)


def test_ids_compare_with_either_length(world: World) -> None:
    first, second = (world.put("Lead", Name=name) for name in ("a", "b"))
    assert world.names(f"Id = '{first[:15]}'") == ["a"]
    assert world.names(f"Id > '{first}'") == ["b"]
    assert world.names(f"Id IN ('{first}', '{second}')") == ["a", "b"]


def test_a_thousand_ids_behind_in(world: World) -> None:
    ids = [world.put("Lead", Name=str(number)) for number in range(3)] + ["00Q000000000001"] * 1000
    listed = ", ".join(f"'{one}'" for one in ids)
    assert len(world.names(f"Id IN ({listed})")) == 3


def test_too_many_parts(world: World) -> None:
    where = " OR ".join(["Name = 'x'"] * 600)
    assert world.refused(f"SELECT Id FROM Lead WHERE {where}")[0] == "QUERY_TOO_COMPLICATED"


def test_case_sensitive_fields_compare_case(world: World) -> None:
    world.put("Lead", Name="one", LeadBridge_Key__c="abC")
    assert world.names("LeadBridge_Key__c = 'abC'") == ["one"]
    assert world.names("LeadBridge_Key__c = 'ABC'") == []


def test_a_parent_that_is_not_there_has_no_values(world: World) -> None:
    account = world.put("Account", Name="Acme")
    world.put("Contact", Name="with", AccountId=account)
    world.put("Contact", Name="without")
    assert world.names("Account.Name = null", "Contact") == ["without"]
    assert world.names("Account.Name != 'Acme'", "Contact") == ["without"]
    assert world.names("Account.Name LIKE 'acme'", "Contact") == ["with"]


def test_a_parent_of_several_kinds(world: World) -> None:
    user, queue = world.put("User", Name="Ann", Email="ann@x.example"), world.put("Group", Name="Ann")
    world.put("Lead", Name="hers", OwnerId=user)
    world.put("Lead", Name="theirs", OwnerId=queue)
    assert world.names("Owner.Name = 'ANN'") == ["hers", "theirs"]
    assert world.names("Owner.Type = 'Group'") == ["theirs"]
    assert world.names("Owner.Email != null") == ["hers"]
    assert world.names(f"Owner.Id = '{queue}'") == ["theirs"]


class TestSemiJoins:
    @pytest.fixture
    def firms(self, world: World) -> World:
        for name in ("a", "b"):
            account = world.put("Account", Name=name)
            world.put("Contact", Name=f"c{name}", LastName=name, AccountId=account)
        world.put("Contact", Name="alone")
        world.put("Account", Name="empty")
        return world

    def test_in_and_not_in(self, firms: World) -> None:
        some = "(SELECT AccountId FROM Contact WHERE LastName = 'a')"
        assert firms.names(f"Id IN {some}", "Account") == ["a"]
        assert firms.names(f"Id NOT IN {some}", "Account") == ["b", "empty"]

    def test_a_query_that_finds_null_too_excludes_only_what_it_names(self, firms: World) -> None:
        assert firms.names("Id NOT IN (SELECT AccountId FROM Contact)", "Account") == ["empty"]

    def test_by_reference(self, firms: World) -> None:
        where = "AccountId IN (SELECT Id FROM Account WHERE Name = 'b')"
        assert firms.names(where, "Contact") == ["cb"]

    @pytest.mark.parametrize(
        ("where", "message"),
        [
            (
                "Name = 'x' OR Id IN (SELECT AccountId FROM Contact)",
                "Semi join sub-selects are only allowed at the top",
            ),
            ("Name IN (SELECT AccountId FROM Contact)", "The left operand 'Name' must be an id or a reference field"),
            (
                "Id IN (SELECT OwnerId FROM Contact)",
                "The selected field 'OwnerId' in the subquery and the left operand",
            ),
            ("Id IN (SELECT AccountId, Id FROM Contact)", "Semi join sub-selects can only query one field"),
            ("Id IN (SELECT AccountId FROM Contact LIMIT 1)", "Semi join sub-selects take a condition only"),
            (
                "Id IN (SELECT AccountId FROM Contact WHERE OwnerId IN (SELECT Id FROM User))",
                "Nesting of semi join sub-selects is not supported",
            ),
            (" AND ".join(["Id IN (SELECT AccountId FROM Contact)"] * 3), "Cannot have more than 2 semi join"),
        ],
    )
    def test_what_cannot_stand_behind_in(self, world: World, where: str, message: str) -> None:
        code, said = world.refused(f"SELECT Id FROM Account WHERE {where}")
        assert code == "MALFORMED_QUERY"
        assert said.startswith(message)


Lead = dict[str, Any]
Reading = tuple[str, Callable[[Lead], bool]]

NAMES = [None, "a", "B", "ab", "É"]
LEADS = [
    {"Name": f"{number}", "Company": company, "AnnualRevenue": revenue, "DoNotCall": number % 2}
    for number, (company, revenue) in enumerate((c, r) for c in NAMES for r in (None, 1.0, 2.5))
]


def _text(operator: str, value: str | None) -> Reading:
    def read(lead: Lead) -> bool:
        company = lead["Company"]
        if value is None or company is None:
            equal = value is None and company is None
            return equal if operator == "=" else not equal if operator == "!=" else False
        left, right = company.lower(), value.lower()
        return {"=": left == right, "!=": left != right, "<": left < right, ">=": left >= right}[operator]

    return f"Company {operator} {'null' if value is None else repr(value)}", read


def _number(operator: str, value: float) -> Reading:
    def read(lead: Lead) -> bool:
        revenue = lead["AnnualRevenue"]
        if revenue is None:
            return operator == "!="
        return bool(
            {"=": revenue == value, "!=": revenue != value, "<": revenue < value, ">=": revenue >= value}[operator]
        )

    return f"AnnualRevenue {operator} {value}", read


def _among(negated: bool, values: list[str]) -> Reading:
    listed = ", ".join(repr(value) for value in values)
    wanted = {value.lower() for value in values}
    return (
        f"Company {'NOT IN' if negated else 'IN'} ({listed})",
        lambda lead: (lead["Company"] is not None and lead["Company"].lower() in wanted) != negated,
    )


OPERATORS = st.sampled_from(["=", "!=", "<", ">="])
READINGS: st.SearchStrategy[Reading] = st.recursive(
    st.one_of(
        st.builds(_text, OPERATORS, st.sampled_from(NAMES)),
        st.builds(_number, OPERATORS, st.sampled_from([1, 2.5, 0])),
        st.builds(_among, st.booleans(), st.lists(st.sampled_from(["a", "B", "é"]), min_size=1)),
        st.just(("DoNotCall = true", lambda lead: bool(lead["DoNotCall"]))),
    ),
    lambda inner: st.one_of(
        inner.map(lambda one: (f"(NOT ({one[0]}))", lambda lead: not one[1](lead))),
        st.tuples(inner, inner).map(lambda b: (f"({b[0][0]} AND {b[1][0]})", lambda x: b[0][1](x) and b[1][1](x))),
        st.tuples(inner, inner).map(lambda b: (f"({b[0][0]} OR {b[1][0]})", lambda x: b[0][1](x) or b[1][1](x))),
    ),
    max_leaves=8,
)

SHARED = World()
for values in LEADS:
    SHARED.put("Lead", **values)


@settings(max_examples=150, deadline=None)
@given(READINGS)
def test_conditions_know_true_and_false_only(reading: Reading) -> None:
    where, read = reading
    assert SHARED.names(where) == [lead["Name"] for lead in LEADS if read(lead)]
