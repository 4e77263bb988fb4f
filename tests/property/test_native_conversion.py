"""Promises 3, 5 and 11 where a CRM converts by itself: whole or untouched, once, whatever is refused or lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from offices import NATIVELY, contact, convert, everything, lead, native_office
from town import Town

from leadbridge.errors import ConnectionFailedError
from leadbridge.memory import MemoryCrm
from leadbridge.state import runs
from leadbridge.testing.faults import Fault, Faults, seeded
from leadbridge.values import Raw

LOSSES: tuple[Fault, ...] = ("timeout_before", "timeout_midway", "timeout_after", "lost_replies", "credentials")

Records = Sequence[Mapping[str, Raw]]

PEOPLE: Records = (
    {"first_name": "Ann", "last_name": "King", "email": "a@x.example", "phone": "+14155550100", "company": "Acme"},
    {"first_name": "Bob", "last_name": "Day", "email": "b@x.example", "phone": "+14155550101", "company": "Acme"},
    {"first_name": "Cy", "last_name": "Ames", "email": "c@x.example", "phone": "+14155550102", "company": "Reuter"},
)


def lead_of(person: Mapping[str, Raw], budget: int, *, phone: bool) -> dict[str, Raw]:
    return {**person, "phone": person["phone"] if phone else "", "budget": budget, "status": "working"}


leads = st.lists(
    st.builds(lead_of, st.sampled_from(PEOPLE), st.sampled_from([0, 9]), phone=st.booleans()), min_size=1, max_size=4
)
contacts = st.lists(
    st.fixed_dictionaries(
        {
            "last_name": st.sampled_from(["King", "Noel"]),
            "email": st.sampled_from(["a@x.example", "b@x.example"]),
            "phone": st.sampled_from(["", "+14155550199"]),
            "first_name": st.sampled_from(["", "Ada"]),
        }
    ),
    max_size=1,
)
ways = st.fixed_dictionaries(
    {
        "phone": st.booleans(),
        "carries": st.booleans(),
        "account": st.sampled_from([(), ("Acme",)]),
    }
)


def build(
    folder: str, people: Sequence[Mapping[str, Raw]], there: Sequence[Mapping[str, Raw]], way: Mapping[str, Any]
) -> Town:
    town = native_office(Path(folder))
    crm = town.crm("crm")
    mapped = {**NATIVELY.fields["contact"], **({"phone": "phone"} if way["phone"] else {})}
    fields = {**NATIVELY.fields, "contact": mapped}
    carries = NATIVELY.carries if way["carries"] else {}
    crm.conversion = replace(NATIVELY, fields=fields, carries=carries)
    for name in way["account"]:
        crm.create("Accounts", {"name": name, "industry": "Food"})
    for values in there:
        contact(crm, **values)
    for values in people:
        crm.create("Activitys", {"subject": "rang", "person": lead(crm, **values), "organisation": ""})
    return town


def is_whole(crm: MemoryCrm, id_: str, before: Mapping[str, Raw]) -> bool:
    """Converted with all that the policy says, or exactly as it was."""
    records, became = everything(crm), crm.entry("Leads", id_).became
    if not became:
        return records["Leads"][id_] == before
    made = records["Contacts"][became["contact"][1]]
    person = [one["person"] for one in records["Activitys"].values()]
    arrived = made["email"] == before["email"] and bool(before["phone"]) <= bool(made.get("phone"))
    return arrived and made["organisation"] in records["Accounts"] and id_ not in person


@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(leads, contacts, ways, st.sets(st.integers(0, 3), max_size=2), st.integers(0, 10_000))
def test_a_lead_is_converted_whole_or_is_as_it_was_and_once(
    people: Records,
    there: Records,
    way: Mapping[str, Any],
    refused: set[int],
    seed: int,
) -> None:
    with TemporaryDirectory() as folder, patch("time.sleep"):
        town = build(folder, people, there, way)
        crm = town.crm("crm")
        before = crm.records("Leads")
        kept = {id_ for number, id_ in enumerate(before) if number in refused}
        script = seeded(seed, share=0.4, faults=LOSSES)
        town.faults("crm", Faults(script=script, keeps_back=lambda request: request.lead.id in kept))
        for _ in range(2):
            with suppress(ConnectionFailedError):  # of a run that could not be ended yet
                convert(town)
            assert all(is_whole(crm, id_, values) for id_, values in before.items() if not _begun(town))
        town.faults("crm", Faults())
        for _ in range(2):
            convert(town)
        assert all(crm.entry("Leads", id_).became for id_ in before)
        assert all(is_whole(crm, id_, values) for id_, values in before.items())
        emails = [one["email"] for one in crm.records("Contacts").values()]
        assert len(set(emails)) == len(emails), "one contact each"
        names = [one["name"] for one in crm.records("Accounts").values()]
        assert len(set(names)) == len(names), "one account each"
        assert town.rejects() == []
        quiet = everything(crm)
        again = convert(town)
        assert (again.counts["done"], again.counts["settled"]) == (0, 0)
        assert everything(crm) == quiet


def _begun(town: Town) -> bool:
    """Whether a run waits to be resumed: its leads are whole only then."""
    with town.opened() as (_, store), store.read() as snapshot:
        return bool(runs.unfinished(snapshot, ["crm"]))
