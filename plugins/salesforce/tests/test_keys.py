"""The key field: told where it is lacking, and made with the permission to use it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import responses
from leadbridge_salesforce.provider import SalesforceProvider
from salesforce_replies import DATA, LEAD, SYSTEM, body, describe, field, page, provider, queries

from leadbridge.cli import main
from leadbridge.errors import ConnectionFailedError, UsageError

PROJECT = """\
connections:
  sf:
    {provider: salesforce, auth: session, session_token: "${env:SF_TOKEN}", domain: acme.my, api_version: "66.0",
     objects: [Lead, Account]}
jobs: {}
"""


@pytest.fixture
def sf(tmp_path: Path) -> Iterator[SalesforceProvider]:
    with responses.mock:
        describe()
        describe("Account", [*SYSTEM, field("Name")])
        yield provider(tmp_path, objects=["Lead", "Account"])


def makes() -> None:
    responses.post(f"{DATA}/tooling/sobjects/CustomField", status=201, json={"id": "00Nx", "success": True})
    for name in ("PermissionSet", "PermissionSetAssignment", "FieldPermissions"):
        responses.post(f"{DATA}/sobjects/{name}", status=201, json={"id": f"id of {name}", "success": True})
    responses.get(f"{DATA}/", json={"identity": "https://login.salesforce.com/id/00Dx/005x"})


def test_what_is_lacking_is_told_with_the_steps(sf: SalesforceProvider) -> None:
    (lack,) = sf.lacks()
    assert lack.name == "Account.LeadBridge_Key__c"
    assert "Object Manager > Account" in lack.steps[0]
    assert len(responses.calls) == 1


def test_a_field_that_is_not_unique_is_no_key(tmp_path: Path) -> None:
    with responses.mock:
        describe(fields=[*SYSTEM, field("LeadBridge_Key__c")])
        sf = provider(tmp_path)
        (lack,) = sf.lacks()
        assert "tick Unique" in lack.steps[1]
        with pytest.raises(UsageError, match="Setup"):
            sf.supply(lack)


def test_the_field_is_made_with_its_permission(sf: SalesforceProvider) -> None:
    makes()
    (lack,) = sf.lacks()
    with queries(lambda text: page([])):
        sf.supply(lack)
    sent = {call.request.url.rsplit("/", 1)[-1]: body(call) for call in responses.calls if call.request.body}
    assert sent["CustomField"]["FullName"] == "Account.LeadBridge_Key__c"
    assert {sent["CustomField"]["Metadata"][name] for name in ("unique", "externalId", "caseSensitive")} == {True}
    assert sent["PermissionSetAssignment"] == {"AssigneeId": "005x", "PermissionSetId": "id of PermissionSet"}
    access = {"ParentId": "id of PermissionSet", "SobjectType": "Account", "Field": "Account.LeadBridge_Key__c"}
    assert sent["FieldPermissions"] == {**access, "PermissionsRead": True, "PermissionsEdit": True}


def test_who_may_not_is_told(sf: SalesforceProvider) -> None:
    refusal = [{"errorCode": "INSUFFICIENT_ACCESS", "message": "no"}]
    responses.post(f"{DATA}/tooling/sobjects/CustomField", status=403, json=refusal)
    (lack,) = sf.lacks()
    with pytest.raises(ConnectionFailedError, match="INSUFFICIENT_ACCESS"):
        sf.supply(lack)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SF_TOKEN", "t")
    (tmp_path / "leadbridge.yaml").write_text(PROJECT)
    (tmp_path / "mappings").mkdir()
    return tmp_path


def test_init_tells_what_a_connection_lacks(
    sf: SalesforceProvider, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody is there to be asked, so nothing is made; the starters are put there once."""
    assert main(["init", "sf"]) == 1
    said = capsys.readouterr().out
    assert "Account.LeadBridge_Key__c is lacking: " in said
    assert "call again with --yes" in said
    made = {path.name for path in (project / "mappings").glob("salesforce.*.yaml")}
    assert made == {"salesforce.accounts.yaml", "salesforce.leads.yaml"}, "of what the connection sees"
    (project / "mappings" / "salesforce.accounts.yaml").unlink()
    main(["init", "sf"])
    assert len(list((project / "mappings").glob("*.yaml"))) == 1


def test_init_makes_it_when_told_to(sf: SalesforceProvider, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    makes()
    with queries(lambda text: page([])):
        assert main(["init", "sf", "--yes"]) == 0
    assert "Account.LeadBridge_Key__c: made.\nConnection 'sf' lacks nothing.\n" in capsys.readouterr().out


def test_a_connection_that_lacks_nothing(tmp_path: Path) -> None:
    with responses.mock:
        describe(fields=LEAD)
        assert provider(tmp_path).lacks() == []
        assert provider(tmp_path, key_field=None).lacks() == []
