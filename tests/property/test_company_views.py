"""What people see of a company converges to what the organisation says, whoever edits what when; nothing is lost."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from town import Town, describe

NAMES = st.sampled_from(["Acme", "Acme AG", "Other", ""])
STEP = st.one_of(
    st.tuples(st.just("rename"), st.sampled_from([0, 1]), NAMES),
    st.tuples(st.just("say"), st.just(0), st.sampled_from(["Own", "Mine", "Acme"])),
    st.tuples(st.just("move"), st.sampled_from([0, 1, 2]), st.just("")),
    st.tuples(st.just("sync"), st.just(0), st.just("")),
)
MAPPINGS = {
    "sf.account": "connection: sf\nobject: Account\nrole: account\nfields: {name: Name}\n",
    "sf.contact": "connection: sf\nobject: Contact\nrole: contact\nfields: {email: Email, organisation: AccountId}\n",
    "hs": "connection: hs\nobject: contacts\nrole: contact\nfields: {email: email, company: company}\n",
}


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEP, max_size=8))
def test_company_fields_converge_and_lose_no_edit(steps: list[tuple[str, int, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        town = Town(Path(folder) / "town", "people: {sync: [sf, hs], first: prefer}")
        sf = town.crm("sf", describe("Account", "Name"), describe("Contact", "Email AccountId"))
        hs = town.crm("hs", describe("contacts", "email company"))
        for name, text in MAPPINGS.items():
            town.map(name, f"provider: stage\n{text}")
        accounts = [sf.create("Account", {"Name": name}) for name in ("Acme", "Other Ltd")]
        contact = sf.create("Contact", {"Email": "ada@x.example", "AccountId": accounts[0]})
        ada = hs.create("contacts", {"email": "ada@x.example", "company": "acme co"})
        said: list[str] = []
        agreed = None
        for verb, which, name in steps:
            if verb == "rename":
                sf.edit("Account", accounts[which], {"Name": name})
            elif verb == "move":
                sf.edit("Contact", contact, {"AccountId": [*accounts, ""][which]})
            elif verb == "say":
                hs.edit("contacts", ada, {"company": name})
                said = [] if name == agreed else [*said, name]  # what was agreed already is no edit
            else:
                town.sync(overrides=["update"])
                said = said[-1:]
                # An edit that was seen is there, or it is in the log.
                now = hs.records("contacts")[ada]["company"]
                lost = {loser.value for row in town.conflicts() for loser in row.losers}
                assert all(one == now or one in lost for one in said)
                agreed = now
                said = []
        town.sync(overrides=["update"])

        assert town.plan().rows == 0
        account = sf.records("Contact")[contact]["AccountId"]
        if account and (name := sf.records("Account")[str(account)]["Name"]):
            assert hs.records("contacts")[ada]["company"] == name
