"""Bulk API 2.0 in the sandbox: the life of a job, what CSV means, and what goes wrong with jobs."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import pytest
from convert_world import CALL, ConvertWorld
from hypothesis import given
from hypothesis import strategies as st
from leadbridge_salesforce.sandbox.bulk.ingest import MAX_UPLOAD, Ingest, Trouble
from leadbridge_salesforce.sandbox.bulk.query import LAST, QueryJobs
from leadbridge_salesforce.sandbox.bulk.table import DELIMITERS, Format, UnreadableError, read_table, write_table
from leadbridge_salesforce.sandbox.dml.refusals import Refused
from leadbridge_salesforce.sandbox.rules import AssignmentRule, formula
from leadbridge_salesforce.sandbox.soql.faults import QueryError
from leadbridge_salesforce.sandbox.soql.names import Surroundings

from leadbridge.sandbox import Fault

INSERT = {"object": "Lead", "operation": "insert", "contentType": "CSV", "lineEnding": "LF"}


class Bulk:
    """Runs jobs without a network."""

    def __init__(self, **switches: Any) -> None:
        self.world = ConvertWorld(**switches)
        self.ingest = Ingest(self.world.org)
        self.queries = QueryJobs(self.world.org)

    def run(self, data: str | bytes, trouble: Trouble = Trouble(), **properties: Any) -> dict[str, Any]:  # noqa: B008
        """A whole job; what is told of it at the end."""
        key = self.ingest.create({**INSERT, **properties}, "67.0")["id"]
        self.ingest.upload(key, "text/csv; charset=UTF-8", data if isinstance(data, bytes) else data.encode())
        self.ingest.change(key, {"state": "UploadComplete"}, trouble)
        return self.poll(key)

    def poll(self, key: str) -> dict[str, Any]:
        for _ in range(10):
            told = self.ingest.info(key, CALL)
            if told["state"] not in {"UploadComplete", "InProgress"}:
                return told
        raise AssertionError("the job does not end")

    def rows(self, key: str, kind: str) -> list[dict[str, str]]:
        text = self.ingest.results(key, kind).decode()
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def around(self) -> Surroundings:
        return Surroundings(self.world.org.seen, self.world.org.clock.now().date())

    def asked(self, query: str, operation: str = "query", **properties: Any) -> str:
        """The id of a query job that is through."""
        told = self.queries.create({"operation": operation, "query": query, **properties}, "67.0", self.around())
        while self.queries.info(told["id"])["state"] != "JobComplete":
            pass
        return str(told["id"])


@pytest.fixture
def bulk() -> Bulk:
    return Bulk()


def refused(what: Any, *arguments: Any) -> tuple[int, str]:
    with pytest.raises(Refused) as caught:
        what(*arguments)
    return caught.value.status, caught.value.code


class TestTheLifeOfAJob:
    def test_from_open_to_complete(self, bulk: Bulk) -> None:
        told = bulk.ingest.create(INSERT, "67.0")
        key = told["id"]
        assert key.startswith("750")
        assert told["state"] == "Open"
        assert told["contentUrl"] == f"services/data/v67.0/jobs/ingest/{key}/batches"
        assert told["apiVersion"] == 67.0
        assert (told["lineEnding"], told["columnDelimiter"], told["contentType"]) == ("LF", "COMMA", "CSV")
        assert bulk.ingest.info(key, CALL)["state"] == "Open"
        bulk.ingest.upload(key, "text/csv", b"LastName,Company\nA,B\n")
        assert bulk.ingest.info(key, CALL)["state"] == "Open"
        assert bulk.ingest.change(key, {"state": "UploadComplete"}, Trouble())["state"] == "UploadComplete"
        assert [bulk.ingest.info(key, CALL)["state"] for _ in range(3)] == ["InProgress", "JobComplete", "JobComplete"]
        told = bulk.ingest.info(key, CALL)
        assert (told["numberRecordsProcessed"], told["numberRecordsFailed"], told["retries"]) == (1, 0, 0)
        assert "contentUrl" not in told
        assert bulk.world.count("Lead") == 1

    def test_a_job_that_is_left_open_never_runs(self, bulk: Bulk) -> None:
        key = bulk.ingest.create(INSERT, "67.0")["id"]
        bulk.ingest.upload(key, "text/csv", b"LastName,Company\nA,B\n")
        assert {bulk.ingest.info(key, CALL)["state"] for _ in range(5)} == {"Open"}
        assert bulk.world.count("Lead") == 0

    def test_an_aborted_job(self, bulk: Bulk) -> None:
        key = bulk.ingest.create(INSERT, "67.0")["id"]
        bulk.ingest.upload(key, "text/csv", b"LastName,Company\nA,B\n")
        assert bulk.ingest.change(key, {"state": "Aborted"}, Trouble())["state"] == "Aborted"
        assert refused(bulk.ingest.change, key, {"state": "UploadComplete"}, Trouble()) == (400, "INVALIDJOBSTATE")
        assert bulk.world.count("Lead") == 0
        bulk.ingest.delete(key)
        assert refused(bulk.ingest.info, key, CALL) == (404, "NOT_FOUND")

    def test_what_is_out_of_turn(self, bulk: Bulk) -> None:
        key = bulk.ingest.create(INSERT, "67.0")["id"]
        assert refused(bulk.ingest.change, key, {"state": "UploadComplete"}, Trouble()) == (400, "INVALIDJOBSTATE")
        assert refused(bulk.ingest.upload, key, "application/json", b"") == (415, "UNSUPPORTED_MEDIA_TYPE")
        assert refused(bulk.ingest.results, key, "successfulResults") == (400, "INVALIDJOBSTATE")
        assert refused(bulk.ingest.delete, key) == (400, "INVALIDJOBSTATE")
        bulk.ingest.upload(key, "text/csv", b"LastName\n")
        assert refused(bulk.ingest.upload, key, "text/csv", b"") == (400, "INVALIDJOBSTATE")
        assert refused(bulk.ingest.change, key, {"state": "JobComplete"}, Trouble()) == (400, "INVALIDJOB")

    def test_an_upload_that_is_too_large(self, bulk: Bulk) -> None:
        key = bulk.ingest.create(INSERT, "67.0")["id"]
        assert refused(bulk.ingest.upload, key, "text/csv", bytes(MAX_UPLOAD + 1))[0] == 413

    @pytest.mark.parametrize(
        ("properties", "code"),
        [
            ({"object": "Leed"}, "INVALIDENTITY"),
            ({"operation": "select"}, "INVALIDJOB"),
            ({"operation": "upsert"}, "INVALIDJOB"),
            ({"operation": "upsert", "externalIdFieldName": "Company"}, "INVALIDJOB"),
            ({"contentType": "XML"}, "INVALIDJOB"),
            ({"columnDelimiter": ","}, "INVALIDJOB"),
            ({"lineEnding": "CR"}, "INVALIDJOB"),
            ({"colour": "red"}, "JSON_PARSER_ERROR"),
            ({"object": 7}, "JSON_PARSER_ERROR"),
        ],
    )
    def test_properties_that_are_wrong(self, bulk: Bulk, properties: dict[str, Any], code: str) -> None:
        assert refused(bulk.ingest.create, {**INSERT, **properties}, "67.0") == (400, code)

    def test_all_jobs(self, bulk: Bulk) -> None:
        keys = {bulk.ingest.create(INSERT, "67.0")["id"] for _ in range(3)}
        assert {told["id"] for told in bulk.ingest.all()} == keys

    def test_jobs_are_kept_for_seven_days(self, bulk: Bulk) -> None:
        key = bulk.run("LastName,Company\nA,X\n")["id"]
        bulk.world.org.clock.advance(6 * 86_400)
        assert bulk.ingest.info(key[:15], CALL)["id"] == key
        bulk.world.org.clock.advance(86_400)
        assert refused(bulk.ingest.info, key, CALL) == (404, "NOT_FOUND")
        assert list(bulk.ingest.all()) == []

    def test_what_a_day_has_seen(self, bulk: Bulk) -> None:
        bulk.ingest.delete(bulk.run("LastName,Company\nA,X\n")["id"])
        bulk.asked("SELECT Id FROM Lead")
        assert (bulk.ingest.batches, bulk.queries.begun) == (1, 1)
        bulk.world.org.clock.advance(86_400)
        assert (bulk.ingest.batches, bulk.queries.begun) == (0, 0)

    def test_more_than_a_day_allows(self, bulk: Bulk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("leadbridge_salesforce.sandbox.bulk.ingest.BATCHES", 1)
        monkeypatch.setattr("leadbridge_salesforce.sandbox.bulk.query.JOBS", 1)
        bulk.run("LastName,Company\nA,X\n")
        bulk.asked("SELECT Id FROM Lead")
        told = {"operation": "query", "query": "SELECT Id FROM Lead"}
        assert refused(bulk.ingest.create, INSERT, "67.0") == (400, "EXCEEDEDQUOTA")
        assert refused(bulk.queries.create, told, "67.0", bulk.around()) == (400, "EXCEEDEDQUOTA")
        bulk.world.org.clock.advance(86_400)
        assert bulk.ingest.create(INSERT, "67.0")["state"] == "Open"

    def test_objects_that_bulk_does_not_support(self) -> None:
        bulk = Bulk(bulk_refuses="Task, lead")
        assert refused(bulk.ingest.create, INSERT, "67.0") == (400, "INVALIDENTITY")
        told = {"operation": "query", "query": "SELECT Id FROM Task"}
        assert refused(bulk.queries.create, told, "67.0", bulk.around()) == (400, "INVALIDENTITY")
        assert bulk.ingest.create({**INSERT, "object": "Contact"}, "67.0")["state"] == "Open"


class TestWhatCsvMeans:
    def test_a_complete_job_may_hold_failures(self, bulk: Bulk) -> None:
        told = bulk.run("LastName,Company,Email\nA,Acme,a@x.example\n,Acme,\nC,Acme,nonsense\n")
        assert told["state"] == "JobComplete"
        assert (told["numberRecordsProcessed"], told["numberRecordsFailed"]) == (3, 2)
        (done,) = bulk.rows(told["id"], "successfulResults")
        assert list(done) == ["sf__Id", "sf__Created", "LastName", "Company", "Email"]
        assert (done["sf__Created"], done["LastName"]) == ("true", "A")
        assert bulk.world.row("Lead", done["sf__Id"])["Company"] == "Acme"
        failed = {row["Email"]: row for row in bulk.rows(told["id"], "failedResults")}
        assert list(failed[""]) == ["sf__Id", "sf__Error", "LastName", "Company", "Email"]
        assert failed[""]["sf__Error"] == ("REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --")
        assert failed["nonsense"]["sf__Error"].startswith("INVALID_EMAIL_ADDRESS:")
        assert bulk.rows(told["id"], "unprocessedrecords") == []

    def test_empty_leaves_and_na_clears(self, bulk: Bulk) -> None:
        lead = bulk.world.lead(Title="CTO", Phone="1", DoNotCall=True)
        told = bulk.run(f"Id,Title,Phone,DoNotCall\n{lead},,#N/A,false\n", operation="update")
        assert told["numberRecordsFailed"] == 0
        row = bulk.world.row("Lead", lead)
        assert (row["Title"], row["Phone"], row["DoNotCall"]) == ("CTO", None, 0)

    def test_upsert_by_an_external_id(self, bulk: Bulk) -> None:
        properties = {"operation": "upsert", "externalIdFieldName": "HubSpot_Id__c"}
        first = bulk.run("HubSpot_Id__c,LastName,Company\n1,A,X\n2,B,X\n", **properties)
        assert first["externalIdFieldName"] == "HubSpot_Id__c"
        second = bulk.run("HubSpot_Id__c,LastName,Company\n2,BB,\n3,C,X\n", **properties)
        created = {row["LastName"]: row["sf__Created"] for row in bulk.rows(second["id"], "successfulResults")}
        assert created == {"BB": "false", "C": "true"}
        assert bulk.world.count("Lead") == 3

    def test_parents_by_an_external_id(self, bulk: Bulk) -> None:
        account = bulk.world.made("Account", Name="A", HubSpot_Id__c="77")
        told = bulk.run("LastName,Account.HubSpot_Id__c\nx,77\ny,78\nz,\n", object="Contact")
        done = {row["LastName"]: row["sf__Id"] for row in bulk.rows(told["id"], "successfulResults")}
        assert set(done) == {"x", "z"}
        assert bulk.world.row("Contact", done["x"])["AccountId"] == account
        (failed,) = bulk.rows(told["id"], "failedResults")
        assert failed["sf__Error"].startswith("INVALID_FIELD:Foreign key external ID: 78 not found")

    def test_parents_of_several_kinds_are_named_with_theirs(self, bulk: Bulk) -> None:
        lead = bulk.world.lead(HubSpot_Id__c="5")
        told = bulk.run("Subject,Lead:Who.HubSpot_Id__c\ncall,5\n", object="Task")
        (done,) = bulk.rows(told["id"], "successfulResults")
        assert bulk.world.row("Task", done["sf__Id"])["WhoId"] == lead

    def test_deletes(self, bulk: Bulk) -> None:
        first, second = bulk.world.lead(), bulk.world.lead()
        told = bulk.run(f"Id\n{first}\n001000000000001\n\n", operation="delete")
        assert (told["numberRecordsProcessed"], told["numberRecordsFailed"]) == (2, 1)
        assert bulk.world.row("Lead", first)["IsDeleted"] == 1
        bulk.run(f"Id\n{second}\n", operation="hardDelete")
        assert bulk.world.org.store.get("Lead", second) is None

    def test_an_update_without_an_id(self, bulk: Bulk) -> None:
        told = bulk.run("Id,Title\n,x\n", operation="update")
        (failed,) = bulk.rows(told["id"], "failedResults")
        assert failed["sf__Error"] == "MISSING_ARGUMENT:Id not specified:Id --"

    def test_assignment_rules_run_only_where_one_is_named(self, bulk: Bulk) -> None:
        rule = AssignmentRule("01Q000000000001AAA", "Lead", ((formula("Company == 'X'"), bulk.world.staff.queue),))
        bulk.world.org.rules.assignment.append(rule)
        for chosen, owner in (({}, bulk.world.org.user), ({"assignmentRuleId": rule.id}, bulk.world.staff.queue)):
            told = bulk.run("LastName,Company\nA,X\n", **chosen)
            (done,) = bulk.rows(told["id"], "successfulResults")
            assert bulk.world.row("Lead", done["sf__Id"])["OwnerId"] == owner

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b"LastName,Company\r\nA,B\r\n", "ClientInputError : LineEnding is invalid on user data"),
            (b"LastName,Nope\nA,B\n", "InvalidBatch : Field name not found : Nope"),
            (b"LastName,Owner.Name\nA,B\n", "InvalidBatch : Field name not found : Owner.Name"),
            (b"LastName,Address\nA,B\n", "InvalidBatch : Field name not found : Address"),
            (b"LastName,lastname\nA,B\n", "InvalidBatch : A column is in the header twice"),
            (b"LastName,Company\nA\n", "InvalidBatch : Line 2 has 1 fields, 2 expected"),
            (b"LastName\n\xff\n", "InvalidBatch : Failed to parse CSV"),
            (b'LastName\n"A\n', "InvalidBatch : Failed to parse CSV"),
            (b"", "InvalidBatch : The CSV file is empty or has no header"),
        ],
    )
    def test_data_that_fails_the_job(self, bulk: Bulk, data: bytes, message: str) -> None:
        told = bulk.run(data)
        assert told["state"] == "Failed"
        assert told["errorMessage"].startswith(message)
        assert bulk.world.count("Lead") == 0

    def test_crlf_where_it_is_told(self, bulk: Bulk) -> None:
        told = bulk.run("LastName,Company\r\nA,X\r\n", lineEnding="CRLF")
        assert told["numberRecordsFailed"] == 0
        assert bulk.ingest.results(told["id"], "successfulResults").endswith(b"\r\n")
        assert bulk.run("LastName,Company\nA,X\n", lineEnding="CRLF")["state"] == "Failed"

    def test_a_byte_order_mark_and_other_delimiters(self, bulk: Bulk) -> None:
        told = bulk.run("\ufeffLastName;Company\nÄ;X\n", columnDelimiter="SEMICOLON")
        assert told["numberRecordsFailed"] == 0
        assert bulk.world.org.store.where("Lead")[0]["LastName"] == "Ä"

    def test_a_field_that_is_too_long(self, bulk: Bulk) -> None:
        told = bulk.run(f"LastName,Company,Description\nA,X,{'x' * 32_001}\n")
        (failed,) = bulk.rows(told["id"], "failedResults")
        assert failed["sf__Error"].startswith("STRING_TOO_LONG:")


class TestTrouble:
    DATA = "LastName,Company\n" + "".join(f"n{number},X\n" for number in range(450))

    def test_rows_that_are_locked(self, bulk: Bulk) -> None:
        told = bulk.run(self.DATA, Trouble(failing_every=100))
        assert (told["state"], told["numberRecordsFailed"]) == ("JobComplete", 4)
        assert {row["sf__Error"].partition(":")[0] for row in bulk.rows(told["id"], "failedResults")} == {
            "UNABLE_TO_LOCK_ROW"
        }

    def test_a_job_that_gives_up(self, bulk: Bulk) -> None:
        told = bulk.run(self.DATA, Trouble(stops_after=210))
        assert (told["state"], told["numberRecordsProcessed"]) == ("Failed", 210)
        assert len(bulk.rows(told["id"], "successfulResults")) == 210
        assert len(bulk.rows(told["id"], "unprocessedrecords")) == 240
        assert bulk.world.count("Lead") == 210

    def test_results_come_in_another_order_or_not(self) -> None:
        for shuffled in (True, False):
            bulk = Bulk(bulk_shuffled=shuffled)
            told = bulk.run(self.DATA)
            names = [row["LastName"] for row in bulk.rows(told["id"], "successfulResults")]
            assert sorted(names) == sorted(f"n{number}" for number in range(450))
            assert (names != [f"n{number}" for number in range(450)]) == shuffled
            assert bulk.ingest.results(told["id"], "successfulResults") == (
                bulk.ingest.results(told["id"], "successfulResults")
            )

    def test_faults_of_rows_strike_here_too(self, bulk: Bulk) -> None:
        bulk.world.org.faults.add(Fault("lock", after=1))
        told = bulk.run("LastName,Company\nA,X\nB,X\n")
        (failed,) = bulk.rows(told["id"], "failedResults")
        assert failed["LastName"] == "B"

    def test_how_long_a_job_takes(self) -> None:
        for polls in (0, 3):
            bulk = Bulk(bulk_polls=polls)
            key = bulk.ingest.create(INSERT, "67.0")["id"]
            bulk.ingest.upload(key, "text/csv", b"LastName,Company\nA,B\n")
            bulk.ingest.change(key, {"state": "UploadComplete"}, Trouble())
            states = [bulk.ingest.info(key, CALL)["state"] for _ in range(4)]
            assert states == ["InProgress"] * polls + ["JobComplete"] * (4 - polls)


class TestQueries:
    @pytest.fixture
    def leads(self, bulk: Bulk) -> Bulk:
        for number in range(5):
            bulk.world.lead(LastName=f"n{number}", Company='a "b", c', AnnualRevenue=number, DoNotCall=number == 0)
        return bulk

    def test_a_table_of_the_rows(self, leads: Bulk) -> None:
        told = leads.queries.create(
            {
                "operation": "query",
                "query": "SELECT Id, LastName, Company, AnnualRevenue, DoNotCall, CreatedDate, Title, Owner.Name"
                " FROM Lead ORDER BY LastName LIMIT 2",
            },
            "67.0",
            leads.around(),
        )
        assert (told["state"], told["object"], told["operation"]) == ("UploadComplete", "Lead", "query")
        assert [leads.queries.info(told["id"])["state"] for _ in range(2)] == ["InProgress", "JobComplete"]
        assert leads.queries.info(told["id"])["numberRecordsProcessed"] == 2
        page = leads.queries.results(told["id"], "67.0", "", "")
        first = leads.world.org.store.where("Lead")[0]
        assert page.rows == 2
        assert page.locator == LAST == "null"
        lines = page.csv.decode().split("\n")
        assert lines[0] == '"Id","LastName","Company","AnnualRevenue","DoNotCall","CreatedDate","Title","Owner.Name"'
        assert lines[1] == (
            f'"{first["Id"]}","n0","a ""b"", c","0.0","true","2026-11-25T12:00:00.000Z","","Grace Okafor"'
        )

    def test_pages_by_locator(self, leads: Bulk) -> None:
        key = leads.asked("SELECT LastName FROM Lead ORDER BY LastName")
        found, locator = [], ""
        for _ in range(3):
            page = leads.queries.results(key, "67.0", locator, "2")
            found += page.csv.decode().splitlines()[1:]
            locator = page.locator
        assert found == [f'"n{number}"' for number in range(5)]
        assert locator == "null"

    def test_pages_of_the_orgs_size(self, leads: Bulk) -> None:
        leads.world.org.switches = replace(leads.world.org.switches, bulk_page=3)
        assert leads.queries.results(leads.asked("SELECT Id FROM Lead"), "67.0", "", "").rows == 3

    def test_nothing_found(self, leads: Bulk) -> None:
        key = leads.asked("SELECT Id FROM Lead WHERE LastName = 'nobody'")
        page = leads.queries.results(key, "67.0", "", "")
        assert (page.rows, page.locator, page.csv) == (0, "null", b'"Id"\n')

    def test_deleted_rows_for_query_all(self, leads: Bulk) -> None:
        leads.world.org.store.update("Lead", str(leads.world.org.store.where("Lead")[0]["Id"]), {"IsDeleted": 1})
        counts = [
            leads.queries.results(leads.asked("SELECT Id FROM Lead", operation), "67.0", "", "").rows
            for operation in ("query", "queryAll")
        ]
        assert counts == [4, 5]

    def test_out_of_turn(self, leads: Bulk) -> None:
        told = leads.queries.create({"operation": "query", "query": "SELECT Id FROM Lead"}, "67.0", leads.around())
        key = told["id"]
        assert refused(leads.queries.results, key, "67.0", "", "") == (412, "JOB_NOT_COMPLETE")
        assert refused(leads.queries.delete, key) == (400, "INVALIDJOBSTATE")
        done = leads.asked("SELECT Id FROM Lead")
        assert refused(leads.queries.results, done, "66.0", "", "") == (409, "API_VERSION_CONFLICT")
        for locator in ("nonsense!", "AAAA", "MTA"):
            assert refused(leads.queries.results, done, "67.0", locator, "") == (400, "INVALID_QUERY_LOCATOR")
        assert refused(leads.queries.results, done, "67.0", "", "0") == (400, "INVALID_PARAMETER")
        assert leads.queries.change(key, {"state": "Aborted"})["state"] == "Aborted"
        assert refused(leads.queries.change, key, {"state": "Aborted"}) == (400, "INVALIDJOBSTATE")
        leads.queries.delete(key)
        assert refused(leads.queries.info, key) == (404, "NOT_FOUND")

    @pytest.mark.parametrize(
        "query",
        [
            "SELECT Address FROM Lead",
            "SELECT COUNT() FROM Lead",
            "SELECT COUNT(Id) FROM Lead",
            "SELECT Id, (SELECT Id FROM Contacts) FROM Account",
        ],
    )
    def test_what_bulk_does_not_take(self, bulk: Bulk, query: str) -> None:
        told = {"operation": "query", "query": query}
        assert refused(bulk.queries.create, told, "67.0", bulk.around()) == (400, "FUNCTIONALITY_NOT_ENABLED")

    def test_a_query_that_is_none(self, bulk: Bulk) -> None:
        with pytest.raises(QueryError):
            bulk.queries.create({"operation": "query", "query": "SELECT"}, "67.0", bulk.around())


CELLS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\x00"), max_size=8)


@given(
    st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=4)),
    st.sampled_from(sorted(DELIMITERS)),
    st.sampled_from(["LF", "CRLF"]),
)
def test_what_is_written_is_read_the_same(rows: list[list[str]], delimiter: str, ending: str) -> None:
    how = Format(delimiter, ending)
    header = [f"c{number}" for number in range(len(rows[0]) if rows else 1)]
    read = read_table(write_table(header, rows, how), how)
    assert read.header == tuple(header)
    assert [list(row) for row in read.rows] == rows


@given(st.binary(max_size=60))
def test_any_bytes_are_a_table_or_unreadable(data: bytes) -> None:
    try:
        table = read_table(data, Format())
    except UnreadableError:
        return
    assert all(len(row) == len(table.header) for row in table.rows)
