"""What queries answer with: shapes, order, groups, pages; and the queries that real programs send."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leadbridge_salesforce.sandbox.soql.compiler import compile_query
from leadbridge_salesforce.sandbox.soql.faults import QueryError
from soql_world import BASE, World

RECORDED = Path(__file__).parent / "data" / "queries_of_clients.soql"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def empty() -> World:
    """For what is refused, or finds nothing."""
    return World()


@pytest.mark.parametrize(
    "query", [q for q in RECORDED.read_text(encoding="utf-8").splitlines() if q and not q.startswith("#")]
)
def test_queries_of_real_programs(empty: World, query: str) -> None:
    answer = empty.ask(query, all_rows=True)
    assert answer == {"totalSize": 0, "done": True, "records": []}


def test_a_record_has_its_type_its_address_and_its_fields_in_order(world: World) -> None:
    lead = world.put(
        "Lead", Name="Ada", AnnualRevenue=5, NumberOfEmployees=5, CreatedDate="2026-11-23T06:00:00.000+0000"
    )
    answer = world.ask("SELECT name, AnnualRevenue, numberofemployees, DoNotCall, Email, CreatedDate, id FROM lead")
    assert answer == {
        "totalSize": 1,
        "done": True,
        "records": [
            {
                "attributes": {"type": "Lead", "url": f"{BASE}/sobjects/Lead/{lead}"},
                "Name": "Ada",
                "AnnualRevenue": 5.0,
                "NumberOfEmployees": 5,
                "DoNotCall": False,
                "Email": None,
                "CreatedDate": "2026-11-23T06:00:00.000+0000",
                "Id": lead,
            }
        ],
    }
    assert list(answer["records"][0])[1:] == [
        "Name",
        "AnnualRevenue",
        "NumberOfEmployees",
        "DoNotCall",
        "Email",
        "CreatedDate",
        "Id",
    ]


def test_parents_two_up(world: World) -> None:
    user = world.put("User", Name="Ann")
    account = world.put("Account", Name="Acme", OwnerId=user)
    world.put("Contact", LastName="L", AccountId=account)
    world.put("Contact", LastName="M")
    answer = world.ask("SELECT Account.Owner.Name, LastName, Account.Name FROM Contact")
    first, second = answer["records"]
    assert first["Account"] == {
        "attributes": {"type": "Account", "url": f"{BASE}/sobjects/Account/{account}"},
        "Owner": {"attributes": {"type": "User", "url": f"{BASE}/sobjects/User/{user}"}, "Name": "Ann"},
        "Name": "Acme",
    }
    assert second["Account"] is None


def test_a_parent_of_several_kinds_is_a_name(world: World) -> None:
    queue = world.put("Group", Name="Inbound")
    world.put("Lead", OwnerId=queue)
    (lead,) = world.ask("SELECT Owner.Name, Owner.Type, OwnerId FROM Lead")["records"]
    assert lead["Owner"] == {
        "attributes": {"type": "Name", "url": f"{BASE}/sobjects/Group/{queue}"},
        "Name": "Inbound",
        "Type": "Group",
    }
    assert lead["OwnerId"] == queue


def test_who_and_what(world: World) -> None:
    lead, account = world.put("Lead", Name="Ada"), world.put("Account", Name="Acme")
    world.put("Task", WhoId=lead)
    world.put("Task", WhatId=account)
    found = world.records("SELECT Who.Name, Who.Type, What.Name FROM Task")
    assert found == [
        {"Who": {"Name": "Ada", "Type": "Lead"}, "What": None},
        {"Who": None, "What": {"Name": "Acme"}},
    ]


class TestChildren:
    @pytest.fixture
    def firms(self, world: World) -> World:
        for name, people in (("a", "xyz"), ("b", "")):
            account = world.put("Account", Name=name)
            for person in people:
                world.put("Contact", LastName=person, AccountId=account)
        return world

    def test_each_parent_has_its_own_or_null(self, firms: World) -> None:
        first, second = firms.ask("SELECT Name, (SELECT LastName FROM Contacts) FROM Account")["records"]
        assert first["Contacts"]["totalSize"] == 3
        assert first["Contacts"]["done"] is True
        assert [c["LastName"] for c in first["Contacts"]["records"]] == ["x", "y", "z"]
        assert first["Contacts"]["records"][0]["attributes"]["type"] == "Contact"
        assert second["Contacts"] is None

    def test_with_a_condition_an_order_a_limit_and_parents(self, firms: World) -> None:
        (first, _) = firms.ask(
            "SELECT Name, (SELECT LastName, Account.Name FROM Contacts WHERE LastName > 'x'"
            " ORDER BY LastName DESC LIMIT 1 OFFSET 1) FROM Account"
        )["records"]
        (child,) = first["Contacts"]["records"]
        assert (child["LastName"], child["Account"]["Name"]) == ("y", "a")

    def test_children_of_children(self, firms: World) -> None:
        found = firms.records("SELECT (SELECT (SELECT LastName FROM Contacts) FROM ChildAccounts) FROM Account LIMIT 1")
        assert found == [{"ChildAccounts": None}]

    def test_deleted_children_are_left_out(self, firms: World) -> None:
        contact = firms.records("SELECT Id FROM Contact")[0]["Id"]
        firms.store.update("Contact", contact, {"IsDeleted": 1})
        text = "SELECT (SELECT Id FROM Contacts) FROM Account WHERE Name = 'a'"
        assert firms.ask(text)["records"][0]["Contacts"]["totalSize"] == 2
        assert firms.ask(text, all_rows=True)["records"][0]["Contacts"]["totalSize"] == 3

    def test_an_unknown_relationship(self, world: World) -> None:
        code, message = world.refused("SELECT (SELECT Id FROM Persons) FROM Account")
        assert code == "INVALID_TYPE"
        assert message.startswith("Didn't understand relationship 'Persons' in FROM part of query call.")


class TestFields:
    def test_all_and_custom_and_standard(self, world: World) -> None:
        world.put("Lead", Name="Ada", City="Berlin")
        (every,) = world.records("SELECT FIELDS(ALL) FROM Lead LIMIT 200")
        (custom,) = world.records("SELECT FIELDS(CUSTOM) FROM Lead LIMIT 1")
        (standard,) = world.records("SELECT FIELDS(STANDARD) FROM Lead")
        names = [f.name for f in world.store.schema.by_name["lead"].fields]
        assert list(every) == names
        assert {**standard, **custom} == every
        assert all(name.endswith("__c") for name in custom)
        assert every["Address"] == {
            "city": "Berlin",
            "country": None,
            "geocodeAccuracy": None,
            "latitude": None,
            "longitude": None,
            "postalCode": None,
            "state": None,
            "street": None,
        }

    def test_an_address_without_a_part_is_null(self, world: World) -> None:
        world.put("Lead")
        assert world.records("SELECT Address FROM Lead") == [{"Address": None}]

    @pytest.mark.parametrize("query", ["SELECT FIELDS(ALL) FROM Lead", "SELECT FIELDS(CUSTOM) FROM Lead LIMIT 201"])
    def test_a_limit_is_needed(self, world: World, query: str) -> None:
        assert world.refused(query) == (
            "MALFORMED_QUERY",
            "The SOQL FIELDS function must have a LIMIT of at most 200",
        )

    @pytest.mark.parametrize("items", ["Id, Name, id", "FIELDS(STANDARD), Name", "Owner.Name, Owner.name"])
    def test_no_field_twice(self, empty: World, items: str) -> None:
        code, message = empty.refused(f"SELECT {items} FROM Lead")
        assert code == "INVALID_FIELD"
        assert message.startswith("duplicate field selected: ")

    def test_labels(self, world: World) -> None:
        world.put("Lead", Status="Working - Contacted", Product_Interest__c="x;y")
        assert world.records("SELECT toLabel(Status), toLabel(Product_Interest__c) FROM Lead") == [
            {"Status": "Working - Contacted", "Product_Interest__c": "x;y"}
        ]


class TestOrder:
    @pytest.fixture
    def leads(self) -> World:
        world = World()
        for name, company in (("1", "b"), ("2", None), ("3", "A"), ("4", "b")):
            world.put("Lead", Name=name, Company=company)
        return world

    @pytest.mark.parametrize(
        ("order", "names"),
        [
            ("Company", "2314"),
            ("Company ASC NULLS LAST", "3142"),
            ("Company DESC", "2143"),
            ("Company DESC NULLS LAST", "1432"),
            ("Company, Name DESC", "2341"),
            ("Company LIMIT 2", "23"),
            ("Company LIMIT 2 OFFSET 1", "31"),
            ("Company OFFSET 3", "4"),
            ("Company LIMIT 0", ""),
        ],
    )
    def test_nulls_case_limit_and_offset(self, leads: World, order: str, names: str) -> None:
        found = leads.records(f"SELECT Name FROM Lead ORDER BY {order}")
        assert "".join(record["Name"] for record in found) == names

    def test_by_a_parents_field(self, world: World) -> None:
        for name in ("b", "a"):
            world.put("Contact", LastName=name, AccountId=world.put("Account", Name=name))
        assert [c["LastName"] for c in world.records("SELECT LastName FROM Contact ORDER BY Account.Name")] == [
            "a",
            "b",
        ]

    def test_what_cannot_be_sorted(self, world: World) -> None:
        code, message = world.refused("SELECT Id FROM Lead ORDER BY Description")
        assert (code, message) == ("MALFORMED_QUERY", "field 'Description' can not be sorted in a query call")


class TestGroups:
    @pytest.fixture
    def leads(self) -> World:
        world = World()
        for company, revenue, day in (("a", 1, "2026-01-05"), ("A", 2, "2026-05-06"), (None, 4, "2025-12-31")):
            world.put("Lead", Company=company, AnnualRevenue=revenue, CreatedDate=f"{day}T10:00:00.000+0000")
        return world

    def test_count(self, leads: World) -> None:
        assert leads.ask("SELECT COUNT() FROM Lead WHERE Company != null") == {
            "totalSize": 2,
            "done": True,
            "records": [],
        }
        assert leads.ask("SELECT COUNT() FROM Lead LIMIT 1")["totalSize"] == 1

    def test_aggregates_of_all(self, leads: World) -> None:
        query = (
            "SELECT COUNT(Id), COUNT(Company), COUNT_DISTINCT(Company), SUM(AnnualRevenue) total, AVG(AnnualRevenue),"
            " MIN(CreatedDate), MAX(NumberOfEmployees) FROM Lead"
        )
        (record,) = leads.ask(query)["records"]
        assert record == {
            "attributes": {"type": "AggregateResult"},
            "expr0": 3,
            "expr1": 2,
            "expr2": 1,
            "total": 7.0,
            "expr3": 7 / 3,
            "expr4": "2025-12-31T10:00:00.000+0000",
            "expr5": None,
        }

    def test_groups_without_case_and_with_null(self, leads: World) -> None:
        found = leads.records("SELECT Company c, COUNT(Id) FROM Lead GROUP BY Company ORDER BY COUNT(Id)")
        assert [(row["c"] and row["c"].lower(), row["expr0"]) for row in found] == [(None, 1), ("a", 2)]

    def test_having_and_parts_of_dates(self, leads: World) -> None:
        query = (
            "SELECT CALENDAR_YEAR(CreatedDate) y, SUM(AnnualRevenue) FROM Lead GROUP BY CALENDAR_YEAR(CreatedDate)"
            " HAVING SUM(AnnualRevenue) < 4 AND COUNT(Id) > 1"
        )
        assert leads.records(query) == [{"y": 2026, "expr0": 3.0}]

    @pytest.mark.parametrize(
        ("function", "values"),
        [
            ("CALENDAR_QUARTER", [1, 2, 4]),
            ("DAY_IN_WEEK", [2, 4, 4]),
            ("DAY_IN_YEAR", [5, 126, 365]),
            ("DAY_ONLY", ["2026-01-05", "2026-05-06", "2025-12-31"]),
            ("HOUR_IN_DAY", [10]),
            ("WEEK_IN_MONTH", [1, 5]),
            ("WEEK_IN_YEAR", [1, 18, 53]),
            ("DAY_IN_MONTH", [5, 6, 31]),
            ("FISCAL_YEAR", [2025, 2026]),
            ("FISCAL_QUARTER", [1, 2, 4]),
            ("FISCAL_MONTH", [1, 5, 12]),
        ],
    )
    def test_parts_of_dates(self, leads: World, function: str, values: list[object]) -> None:
        call = f"{function}(CreatedDate)"
        found = leads.records(f"SELECT {call} part FROM Lead GROUP BY {call}")
        assert {row["part"] for row in found} == set(values)

    def test_by_a_parents_field(self, world: World) -> None:
        account = world.put("Account", Name="Acme")
        world.put("Contact", AccountId=account)
        world.put("Contact", AccountId=account)
        query = "SELECT Account.Name, COUNT(Id) FROM Contact GROUP BY Account.Name"
        assert world.records(query) == [{"Name": "Acme", "expr0": 2}]

    @pytest.mark.parametrize(
        ("query", "message"),
        [
            ("SELECT Name, COUNT(Id) FROM Lead", "Field must be grouped or aggregated: Name"),
            ("SELECT Name FROM Lead GROUP BY Company", "Field must be grouped or aggregated: Name"),
            ("SELECT COUNT(Id) a, COUNT(Name) a FROM Lead", "duplicate alias: a"),
            ("SELECT SUM(Name) FROM Lead", "field Name does not support aggregate operator SUM"),
            ("SELECT MAX(DoNotCall) FROM Lead", "field DoNotCall does not support aggregate operator MAX"),
            ("SELECT SUM() FROM Lead", "SUM requires a field"),
            ("SELECT Name n FROM Lead", "only aggregate expressions use field aliasing"),
            ("SELECT COUNT(Id) FROM Lead GROUP BY Description", "field 'Description' can not be grouped in a group by"),
            ("SELECT (SELECT COUNT(Id) FROM Contacts) FROM Account", "Aggregate functions are not supported in nested"),
            ("SELECT COUNT(Id), (SELECT Id FROM Contacts) FROM Account", "Aggregates cannot be selected together with"),
        ],
    )
    def test_what_cannot_be_grouped(self, empty: World, query: str, message: str) -> None:
        code, said = empty.refused(query)
        assert code == "MALFORMED_QUERY"
        assert said.startswith(message)


def test_unknown_objects(world: World) -> None:
    code, message = world.refused("SELECT Id FROM Leed")
    assert code == "INVALID_TYPE"
    assert message.startswith("sObject type 'Leed' is not supported.")


def test_hidden_fields_and_objects_are_unknown(world: World) -> None:
    from leadbridge_salesforce.sandbox.soql.names import Surroundings
    from soql_world import TODAY

    seen = world.store.schema.hiding({"Lead": ["Email"]}, ["Campaign"])
    for query in ("SELECT Email FROM Lead", "SELECT Id FROM Lead WHERE Email = null", "SELECT Id FROM Campaign"):
        with pytest.raises(QueryError):
            compile_query(query, Surroundings(seen, TODAY))


class TestPages:
    @pytest.fixture
    def leads(self) -> World:
        world = World(open_cursors=2)
        for number in range(5):
            world.put("Lead", Name=str(number))
        return world

    def test_pages_until_done(self, leads: World) -> None:
        first = leads.ask("SELECT Name FROM Lead ORDER BY Name DESC", page_size=2)
        assert (first["totalSize"], first["done"]) == (5, False)
        url = first["nextRecordsUrl"]
        assert url.startswith(f"{BASE}/query/01g")
        assert url.endswith("-2")
        second = leads.queries.more(url.rpartition("/")[2], page_size=2)
        third = leads.queries.more(second["nextRecordsUrl"].rpartition("/")[2], page_size=2)
        assert third["done"] is True
        assert "nextRecordsUrl" not in third
        names = [r["Name"] for page in (first, second, third) for r in page["records"]]
        assert names == ["4", "3", "2", "1", "0"]

    def test_a_query_keeps_the_rows_it_found_first(self, leads: World) -> None:
        first = leads.ask("SELECT Name FROM Lead", page_size=3)
        leads.put("Lead", Name="late")
        second = leads.queries.more(first["nextRecordsUrl"].rpartition("/")[2])
        assert [r["Name"] for r in second["records"]] == ["3", "4"]

    def test_all_pages(self, leads: World) -> None:
        pages = list(leads.queries.pages("SELECT Name FROM Lead", leads.around(), BASE, page_size=2))
        assert [len(page["records"]) for page in pages] == [2, 2, 1]

    def test_the_oldest_cursor_gives_way(self, leads: World) -> None:
        locators = [
            leads.ask("SELECT Id FROM Lead", page_size=2)["nextRecordsUrl"].rpartition("/")[2] for _ in range(3)
        ]
        assert leads.queries.more(locators[2])["done"]
        with pytest.raises(QueryError) as caught:
            leads.queries.more(locators[0])
        assert caught.value.code == "INVALID_QUERY_LOCATOR"

    @pytest.mark.parametrize("locator", ["", "01g", "01gSb0000000001AAA-1", "x-y", "-1"])
    def test_locators_that_are_none(self, leads: World, locator: str) -> None:
        with pytest.raises(QueryError) as caught:
            leads.queries.more(locator)
        assert caught.value.code == "INVALID_QUERY_LOCATOR"

    def test_groups_are_not_paged(self, leads: World) -> None:
        for number in range(2000):
            leads.put("Lead", Name=f"x{number}")
        with pytest.raises(QueryError) as caught:
            leads.ask("SELECT Name, COUNT(Id) FROM Lead GROUP BY Name")
        assert caught.value.code == "EXCEEDED_ID_LIMIT"


def test_deleted_records_only_when_all_rows_are_asked_for(world: World) -> None:
    world.put("Lead", Name="gone", IsDeleted=1)
    assert world.records("SELECT Name FROM Lead") == []
    assert world.records("SELECT Name FROM Lead", all_rows=True) == [{"Name": "gone"}]
    assert world.records("SELECT Name FROM Lead WHERE IsDeleted = true ALL ROWS") == [{"Name": "gone"}]
    assert world.records("SELECT COUNT(Id) FROM Lead") == [{"expr0": 0}]


PATHS = [f.name for f in World().store.schema.by_name["lead"].fields] + [
    "Owner.Name",
    "Owner.Type",
    "owner.email",
    "ConvertedAccount.Owner.Name",
    "ConvertedContact.Account.Parent.Name",
    "CreatedBy.Manager.Manager.Name",
    "Nope",
    "Owner.Nope.Id",
]
CALLS = ["COUNT({})", "MAX({})", "SUM({})", "CALENDAR_YEAR({})", "FISCAL_QUARTER({})", "DAY_ONLY({})", "toLabel({})"]
VALUES = [
    "'x'",
    r"'\%_'",
    "'00Q000000000001'",
    "null",
    "true",
    "1",
    "-1.5",
    "99999999999999999999999999",
    "TODAY",
    "LAST_N_DAYS:3",
    "N_FISCAL_YEARS_AGO:9999",
    "2026-01-01",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "'é'",
    "''",
]
PATH = st.sampled_from(PATHS)
EXPRESSION = st.one_of(PATH, st.builds(str.format, st.sampled_from(CALLS), PATH))
COMPARISON = st.builds(
    "{} {} {}".format,
    EXPRESSION,
    st.sampled_from(["=", "!=", "<", ">=", "LIKE"]),
    st.sampled_from(VALUES),
) | st.builds(
    "{} {} ({}, {})".format,
    EXPRESSION,
    st.sampled_from(["IN", "NOT IN", "INCLUDES", "EXCLUDES"]),
    st.sampled_from(VALUES),
    st.sampled_from([*VALUES, "SELECT Id FROM Lead"]),
)
CLAUSES = st.tuples(
    st.lists(EXPRESSION, min_size=1, max_size=3).map(", ".join),
    st.just("") | COMPARISON.map(" WHERE {}".format) | COMPARISON.map(" WHERE (NOT {})".format),
    st.just("") | EXPRESSION.map(" GROUP BY {}".format),
    st.just("") | EXPRESSION.map(" ORDER BY {} DESC NULLS LAST".format),
    st.sampled_from(["", " LIMIT 1", " LIMIT 99999999999999999999", " OFFSET 2", " LIMIT 5 OFFSET 2000"]),
)
FULL = World()
FULL.put("Lead", Name="x", OwnerId=FULL.put("Group", Name="q"), CreatedDate="2026-01-01T00:00:00.000+0000")


@settings(max_examples=300, deadline=None)
@given(CLAUSES)
def test_any_query_is_answered_or_refused(clauses: tuple[str, ...]) -> None:
    what, *rest = clauses
    try:
        FULL.ask(f"SELECT {what} FROM Lead{''.join(rest)}")
    except QueryError as refused:
        assert refused.code in {
            "MALFORMED_QUERY",
            "INVALID_FIELD",
            "INVALID_TYPE",
            "INVALID_QUERY_FILTER_OPERATOR",
            "NUMBER_OUTSIDE_VALID_RANGE",
        }


def test_more_values_than_a_query_takes(world: World) -> None:
    many = ",".join(str(number) for number in range(15_000))
    assert world.ask(f"SELECT Id FROM Lead WHERE AnnualRevenue IN ({many})")["totalSize"] == 0
    same = ",".join(["1"] * 45_000)
    assert world.ask(f"SELECT Id FROM Lead WHERE AnnualRevenue IN ({same})")["totalSize"] == 0


def test_counts_are_not_grouped(world: World) -> None:
    code, message = world.refused("SELECT COUNT() FROM Lead GROUP BY Name")
    assert (code, message) == ("MALFORMED_QUERY", "Grouped query cannot use COUNT()")
