"""What ``mappings lint`` says of jobs: conditions, fields, and jobs that would undo each other's work."""

from __future__ import annotations

from pathlib import Path

import pytest
from syncing import CONFIG, make_sync_project

from leadbridge.cli import main

JOBS, PEOPLE = CONFIG.partition("jobs:\n")[0], "  people: {sync: [crm, shop], roles: [contact], first: prefer"


def linted(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys, *jobs: str) -> tuple[int, list[str]]:
    make_sync_project(folder, leadbridge_yaml=JOBS + "jobs:\n" + "".join(f"{job}}}\n" for job in jobs))
    monkeypatch.chdir(folder)
    monkeypatch.delenv("COLUMNS", raising=False)
    status = main(["mappings", "lint"])
    return status, capsys.readouterr().out.splitlines()


def test_conditions_and_fields_that_nobody_has(tmp_path: Path, monkeypatch, capsys) -> None:
    job = PEOPLE + ", where: titel == 'x', create_as: \"acount_known ? 'contact' : 'lead'\", fields: {emial: union}"
    status, found = linted(tmp_path, monkeypatch, capsys, job)
    assert status == 2
    assert [line.partition(": jobs.")[2] for line in found] == [
        "people.where: unknown name 'titel' (did you mean 'title'?)",
        "people.create_as: unknown name 'acount_known' (did you mean 'account_known'?)",
        "people.fields.emial: no record of the job's roles has a field 'emial' (did you mean 'email'?)",
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("", []),
        (", fields: {title: {prefer: [crm, shop]}}", []),
        (", fields: {title: union}", ["other.fields.title: job 'people' settles title by another rule"]),
        (
            ", fields: {default: {prefer: [shop, crm]}}",
            ["other.fields.default: job 'people' settles every other field"],
        ),
        (", deletes: propagate", ["other: job 'people' says `deletes: park`"]),
        (", where: title != 'x'", ["other.where: keeps nothing out: job 'people' brings records of the same roles"]),
    ],
)
def test_two_jobs_over_the_same_records(tmp_path: Path, monkeypatch, capsys, more: str, said: list[str]) -> None:
    other = "  other: {sync: [crm, shop], roles: [contact]" + more
    status, found = linted(tmp_path, monkeypatch, capsys, PEOPLE, other)
    assert (status, len(found)) == (0, len(said))
    for line, start in zip(found, said, strict=True):
        assert line.partition(": warning: jobs.")[2].startswith(start)


def test_jobs_that_share_no_role_are_no_rivals(tmp_path: Path, monkeypatch, capsys) -> None:
    other = "  other: {sync: [shop, crm], roles: [lead], deletes: propagate"
    status, found = linted(tmp_path, monkeypatch, capsys, PEOPLE, other)
    assert (status, found) == (0, [])


def test_a_job_that_could_write_nothing(tmp_path: Path, monkeypatch, capsys) -> None:
    """Nor is a lead made what may not be written."""
    make_sync_project(tmp_path, leadbridge_yaml=JOBS + f"jobs:\n{PEOPLE}}}\n")
    for name in ("contacts", "people"):
        file = tmp_path / "mappings" / f"{name}.yaml"
        file.write_text(f"{file.read_text()}write: never\n", encoding="utf-8")
    (tmp_path / "mappings" / "convert.yaml").write_text(
        "kind: convert\nversion: 1\ncontact: {match: [email], fields: {last_name: last_name}}\n"
    )
    config = tmp_path / "leadbridge.yaml"
    config.write_text(f"{config.read_text()}  convert: {{convert: [shop], into: crm, policy: convert.yaml}}\n")
    monkeypatch.chdir(tmp_path)
    assert main(["mappings", "lint"]) == 2
    found = [line.partition(": jobs.")[2] for line in capsys.readouterr().out.splitlines() if ": jobs." in line]
    assert found == [
        "people: writes nothing: all mappings of its roles say `write: never` where it could write",
        "convert.into: no lead can become a record of role contact in 'crm': contacts.yaml says `write: never`",
    ]


def test_a_job_that_reads_colleagues_need_not_write(tmp_path: Path, monkeypatch, capsys) -> None:
    make_sync_project(tmp_path, leadbridge_yaml=JOBS + "jobs:\n  staff: {sync: [crm, shop], roles: [user]}\n")
    for name, object_ in (("contacts", "contacts.csv"), ("people", "people.csv")):
        (tmp_path / "mappings" / f"{name}.yaml").write_text(
            f"kind: mapping\nprovider: csv\nobject: {object_}\nrole: user\nwrite: never\nfields: {{email: email}}\n"
        )
    monkeypatch.chdir(tmp_path)
    main(["mappings", "lint"])
    assert "jobs.staff" not in capsys.readouterr().out
