"""The provider where Bulk does not take an object, or breaks on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from leadbridge_salesforce.provider import SalesforceProvider
from salesforce_org import OrgHarness

from leadbridge.provider import Action


@pytest.fixture
def org(tmp_path: Path) -> Iterator[OrgHarness]:
    made = OrgHarness(tmp_path)
    yield made
    made.close()


@pytest.fixture
def sf(org: OrgHarness, monkeypatch: pytest.MonkeyPatch) -> Iterator[SalesforceProvider]:
    """Two hundred rows and more go by Bulk."""
    monkeypatch.setattr("leadbridge_salesforce.bulk_query.FIRST_PAUSE", 0.01)
    org.sandbox.switch("page_size", 100)
    made = org.connect(bulk_from=200)
    yield made
    made.close()


@pytest.mark.parametrize("refuses", ["", "Lead"])
def test_an_object_that_bulk_does_not_take_is_read_all_the_same(
    org: OrgHarness, sf: SalesforceProvider, refuses: str
) -> None:
    org.sandbox.switch("bulk_refuses", refuses)
    made = org.change("Lead", create=[org.sample(number) for number in range(250)])
    pages = list(sf.capture("Lead"))
    assert sorted(record.ref.id for page in pages for record in page.records) == sorted(made)
    assert pages[-1].complete
    jobs = [answered for answered in org.sandbox.calls.all() if "/jobs/query/" in answered.path]
    assert bool(jobs) == (refuses == "")


def test_rows_that_a_job_leaves_unprocessed_are_told(org: OrgHarness, sf: SalesforceProvider) -> None:
    """No row is taken for done that Salesforce has not acknowledged."""
    sf.describe()
    org.fault("bulk_job_fails", path="jobs/ingest", detail={"rows": "120"}, times=None)
    rows = [Action(n, "create", "Lead", values=org.sample(n), key=f"key-{n}") for n in range(1, 251)]
    results = {result.number: result for result in sf.write(rows)}
    stored = {row["LeadBridge_Key__c"] for row in org.rows("Lead")}
    done = {f"key-{number}" for number, result in results.items() if result.state == "done"}
    assert set(results) == set(range(1, 251))
    assert done <= stored
    assert len(stored) < 250


def test_rows_of_a_complete_job_that_failed_are_told(org: OrgHarness, sf: SalesforceProvider) -> None:
    sf.describe()
    org.fault("bulk_rows_fail", path="jobs/ingest", detail={"every": "50"}, times=None)
    rows = [Action(n, "create", "Lead", values=org.sample(n), key=f"key-{n}") for n in range(1, 251)]
    results = sf.write(rows)
    stored = {row["LeadBridge_Key__c"] for row in org.rows("Lead")}
    assert {f"key-{result.number}" for result in results if result.state == "done"} <= stored
    assert len(results) == 250
