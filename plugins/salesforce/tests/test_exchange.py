"""``leadbridge mappings import``, ``export`` and ``diff`` with an org's LeadConvertSettings."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from leadbridge_salesforce.convert_settings import ConvertSettings, write

from leadbridge.cli import main
from leadbridge.starters import starter_folder

CONTACT = {f"Score_{number}__c": f"Score_{number}__c" for number in range(110, 0, -1)} | {"pkg__Plan__c": "Budget__c"}
FILE = ConvertSettings(
    {"Account": {"Segment__c": "CompanySize__c"}, "Contact": CONTACT, "Opportunity": {"Money__c": "Budget__c"}},
    allow_owner_change=False,
    opportunities="NotVisible",
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The starters of Salesforce, and the starter policy."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leadbridge.yaml").write_text("connections: {}\njobs: {}\n")
    (tmp_path / "mappings").mkdir()
    for name in ("convert.yaml", "fields.yaml", "scoring.yaml", *(f"salesforce.{n}.yaml" for n in OBJECTS)):
        shutil.copy(starter_folder() / name, tmp_path / "mappings" / name)
    (tmp_path / "org.xml").write_bytes(write(FILE))
    return tmp_path


OBJECTS = ("leads", "contacts", "accounts", "opportunities")


def test_a_file_of_a_hundred_fields_goes_in_and_comes_out_as_it_was(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["mappings", "import", "org.xml", "--write"]) == 0
    assert main(["mappings", "lint"]) == 0
    assert main(["mappings", "test", "-n", "5"]) == 0
    capsys.readouterr()
    assert main(["mappings", "export", "--like", "org.xml"]) == 0
    assert capsys.readouterr().out.encode() == (project / "org.xml").read_bytes()


def test_importing_again_finds_nothing_to_do(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["mappings", "import", "org.xml", "--write"])
    before = {path: path.read_bytes() for path in (project / "mappings").iterdir()}
    capsys.readouterr()
    assert main(["mappings", "import", "org.xml", "--write"]) == 0
    assert capsys.readouterr() == ("", "")
    assert {path: path.read_bytes() for path in (project / "mappings").iterdir()} == before


def test_what_people_wrote_stays(project: Path) -> None:
    before = {path: path.read_text().splitlines() for path in (project / "mappings").iterdir()}
    main(["mappings", "import", "org.xml", "--write"])
    for path, lines in before.items():
        kept = iter(path.read_text().splitlines())
        assert all(line in kept for line in lines), path  # all there, in their order


def test_nothing_is_written_before_it_is_asked_for(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in (project / "mappings").iterdir()}
    assert main(["mappings", "import", "org.xml"]) == 0
    out, err = capsys.readouterr()
    assert "convert.yaml\n  account.fields:\n    segment: company_size\n" in out
    assert err == "Nothing is written yet; call again with --write.\n"
    assert {path: path.read_bytes() for path in (project / "mappings").iterdir()} == before


def test_what_differs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Salesforce copies standard fields whatever its file says, and the policy more than that."""
    assert main(["mappings", "diff", "org.xml", "--json"]) == 1
    found = {(d["role"], d["field"]): d for d in json.loads(capsys.readouterr().out)["differences"]}
    assert found["account", "Segment__c"] == {
        "kind": "crm",
        "role": "account",
        "field": "Segment__c",
        "policy": None,
        "crm": "CompanySize__c",
        "standard": False,
    }
    assert found["account", "Phone"]["standard"]
    assert ("contact", "Email") not in found
    assert ("contact", "Department") not in found
    main(["mappings", "import", "org.xml", "--write"])
    capsys.readouterr()
    main(["mappings", "diff", "org.xml", "--json"])
    rest = json.loads(capsys.readouterr().out)["differences"]
    assert [d for d in rest if d["field"].endswith("__c")] == []
    assert all(d["standard"] or d["kind"] == "policy" for d in rest)


def test_the_order_of_a_file_says_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["mappings", "diff", "org.xml"])
    first = capsys.readouterr().out
    turned = {target: dict(reversed(fields.items())) for target, fields in reversed(FILE.mappings.items())}
    (project / "org.xml").write_bytes(write(ConvertSettings(turned)))
    main(["mappings", "diff", "org.xml"])
    assert capsys.readouterr().out == first


def test_what_the_file_cannot_say_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mappings", "export"]) == 0
    out, err = capsys.readouterr()
    assert "objectMapping" not in out
    assert "<opportunityCreationOptions>VisibleOptional</opportunityCreationOptions>" in out
    assert "Not in it: opportunity close_date is no copy of a field of the lead.\n" in err
    assert "opportunity Name" not in err


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["import", "no.xml"], "no.xml cannot be read: No such file or directory\n"),
        (["diff", "leadbridge.yaml"], "leadbridge.yaml cannot be read: no XML"),
        (["export", "--policy", "x.yaml"], "there is no convert policy 'x.yaml'; there are: convert.yaml\n"),
        (["export", "--provider", "csv"], "there is no provider with a file of its own 'csv'"),
    ],
)
def test_faults_are_one_sentence(
    project: Path, capsys: pytest.CaptureFixture[str], command: list[str], sentence: str
) -> None:
    assert main(["mappings", *command]) == 2
    err = capsys.readouterr().err
    assert err.startswith(sentence)
    assert err.count("\n") == 1


def test_fields_in_braces_are_not_torn_apart(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = "kind: mapping\nprovider: salesforce\nobject: Contact\nrole: contact\n"
    mapping = f"{head}fields: {{email: Email, last_name: LastName}}\n"
    (project / "mappings" / "salesforce.contacts.yaml").write_text(mapping)
    assert main(["mappings", "import", "org.xml", "--write"]) == 2
    assert "write it as a block" in capsys.readouterr().err
    assert (project / "mappings" / "salesforce.contacts.yaml").read_text() == mapping
    assert "segment" not in (project / "mappings" / "convert.yaml").read_text()


def test_a_role_that_the_policy_does_not_make_is_left(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = project / "mappings" / "convert.yaml"
    text = policy.read_text()
    start, end = text.index("opportunity:"), text.index("prospect:")
    policy.write_text(text[:start] + text[end:])
    main(["mappings", "import", "org.xml"])
    assert "Left: 1 of Opportunity: convert.yaml makes no opportunity" in capsys.readouterr().err
