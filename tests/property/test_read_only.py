"""Whatever people do on all sides, no run writes a record whose mapping says `write: never`, and no undo does."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from town import Town, describe

from leadbridge.memory import MemoryCrm

COLUMNS = "name email kind"
WHO = ("ada", "bob", "eva")
STEP = st.one_of(
    st.tuples(st.sampled_from(["make", "delete", "edit"]), st.sampled_from(["crm", "hub"]), st.sampled_from(WHO)),
    st.just(("sync", "", "")),
    st.just(("convert", "", "")),
)
JOBS = """\
people: {sync: [crm, hub], create_as: "'contact'", deletes: propagate, first: prefer}
convert: {convert: [hub], into: crm, policy: convert.yaml}
"""
POLICY = """\
kind: convert
version: 1
lead: {on_converted: {status: converted}}
contact: {match: [email], fields: {last_name: last_name, email: email}}
"""
READ = "fields: {last_name: name, email: email, status: kind}\n"


def town_of(folder: Path) -> Town:
    """The hub's leads are only read, and so are the CRM's older contacts."""
    town = Town(folder, JOBS)
    (folder / "mappings" / "convert.yaml").write_text(POLICY, encoding="utf-8")
    for name, objects in {"crm": ("Archive", "People"), "hub": ("People",)}.items():
        town.crm(name, *(describe(one, COLUMNS) for one in objects))
    town.map("hub", f"provider: stage\nconnection: hub\nobject: People\nrole: lead\nwrite: never\n{READ}")
    town.map("archive", f"provider: stage\nconnection: crm\nobject: Archive\nrole: contact\nwrite: never\n{READ}")
    town.map("people", f"provider: stage\nconnection: crm\nobject: People\nrole: contact\n{READ}")
    return town


def work(crm: MemoryCrm, object_: str, verb: str, who: str) -> None:
    """Somebody makes, edits or deletes a record of somebody."""
    there = next((id_ for id_, one in crm.records(object_).items() if one["email"] == f"{who}@x.example"), None)
    if verb == "make":
        crm.create(object_, {"name": who, "email": f"{who}@x.example", "kind": "new"})
    elif there is not None and verb == "edit":
        crm.edit(object_, there, {"name": f"{crm.records(object_)[there]['name']}!"})
    elif there is not None:
        crm.delete(object_, there)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEP, min_size=2, max_size=7))
def test_nothing_that_is_only_read_is_ever_written(steps: list[tuple[str, str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        town = town_of(Path(folder) / "town")
        read = {"crm": (town.crm("crm"), "Archive"), "hub": (town.crm("hub"), "People")}
        runs: list[int] = []
        for verb, where, who in [*steps, ("convert", "", ""), ("sync", "", "")]:
            if where:
                work(*read[where], verb, who)
                continue
            before = {name: crm.records(object_) for name, (crm, object_) in read.items()}
            outcome = town.convert("convert") if verb == "convert" else town.sync(overrides=["delete", "update"])
            runs += [outcome.run] if outcome.counts.get("done") else []
            written = {(one.connection, one.object) for one in town.writes(outcome.plan or 0)}
            assert written <= {("crm", "People")}
            assert {name: crm.records(object_) for name, (crm, object_) in read.items()} == before
        for run in reversed(runs):
            before = {name: crm.records(object_) for name, (crm, object_) in read.items()}
            town.undo(run)
            assert {name: crm.records(object_) for name, (crm, object_) in read.items()} == before
