"""Whose a lead is: the same colleague in every CRM, though each knows them by an id of its own."""

from __future__ import annotations

from pathlib import Path

from hubs import BOTH, CONTACT, LEAD, hub, person
from offices import ADA, OBJECTS, POLICY, ROLES, contact, convert
from streets import only
from town import Town, describe

from leadbridge.memory import MemoryCrm

JOBS = """\
staff: {sync: [crm, hub], roles: [user]}
convert: {convert: [hub], into: crm, policy: convert.yaml}
people: {sync: [crm, hub], roles: [contact, account], where: "status == 'converted'", first: prefer}
"""
NAMES = "name email"
USERS = {"hub": "Owners", "crm": "Users"}
GRACE, YUKI = "grace@us.example", "yuki@us.example"


def town_with_owners(folder: Path) -> Town:
    """A hub of leads and contacts in one object, beside a CRM; both know who works there."""
    town = hub(folder, JOBS)
    town.crm("hub", describe("People", f"{BOTH} owner"))
    town.crm("crm", describe(OBJECTS["contact"], f"{ROLES['contact']} owner"))
    town.map("hub.lead", f"{LEAD}  owner: owner\n")
    town.map("hub.contact", f"{CONTACT}  owner: owner\n")
    file = folder / "mappings" / "crm.contact.yaml"
    file.write_text(f"{file.read_text()}  owner: owner\n")
    for name, object_ in USERS.items():
        town.crm(name, describe(object_, NAMES))
        only_read = "".join(f"  {field}: {{field: {field}, write: never}}\n" for field in NAMES.split())
        town.map(
            f"{name}.user", f"provider: stage\nconnection: {name}\nobject: {object_}\nrole: user\nfields:\n{only_read}"
        )
    policy = folder / "mappings" / "convert.yaml"
    policy.write_text(POLICY.replace("phone: phone}", "phone: phone, owner: owner}"))
    return town


def lead(crm: MemoryCrm, owner: str) -> str:
    return person(crm, **ADA, kind="new", owner=owner)


def user(crm: MemoryCrm, name: str, email: str) -> str:
    object_ = next(one for one in USERS.values() if one in crm.objects)
    return crm.create(object_, {"name": name, "email": email})


def colleagues(town: Town, *emails: str) -> dict[str, dict[str, str]]:
    """Ids of those who work in both: CRM -> address -> id."""
    known = {name: {email: user(town.crm(name), email, email) for email in emails} for name in ("hub", "crm")}
    town.sync("staff")
    return known


def test_colleagues_are_one_by_their_address_and_nobody_is_made(tmp_path: Path) -> None:
    town = town_with_owners(tmp_path)
    ids = {name: user(town.crm(name), *said) for name, said in (("hub", ("G.", GRACE)), ("crm", ("Grace", GRACE)))}
    user(town.crm("crm"), "Yuki", YUKI)
    assert town.sync("staff").counts.get("done", 0) == 0
    assert len(town.crm("hub").records("Owners")) == 1
    golden = {town.why(name, USERS[name], id_).golden for name, id_ in ids.items()}
    assert len(golden) == 1
    assert town.plan("staff").rows == 0


def test_a_new_contact_is_the_same_colleagues(tmp_path: Path) -> None:
    town = town_with_owners(tmp_path)
    user(town.crm("crm"), "Somebody else", "else@us.example")
    ids = colleagues(town, YUKI, GRACE)
    id_ = lead(town.crm("hub"), owner=ids["hub"][GRACE])
    assert convert(town).counts["rejected"] == 0
    assert only(town.crm("crm"), OBJECTS["contact"])["owner"] == ids["crm"][GRACE]
    town.sync()
    assert town.crm("hub").records("People")[id_]["owner"] == ids["hub"][GRACE]
    assert town.plan("people").rows == 0


def test_a_contact_keeps_its_owner_and_the_leads_own_record_is_told(tmp_path: Path) -> None:
    town = town_with_owners(tmp_path)
    ids = colleagues(town, GRACE, YUKI)
    hub, crm = town.crm("hub"), town.crm("crm")
    there = contact(crm, last_name="King", first_name="Ada", email=ADA["email"], owner=ids["crm"][YUKI])
    id_ = lead(hub, owner=ids["hub"][GRACE])
    assert convert(town).counts["rejected"] == 0
    town.sync()
    assert crm.records(OBJECTS["contact"])[there]["owner"] == ids["crm"][YUKI]
    assert hub.records("People")[id_]["owner"] == ids["hub"][YUKI]
    assert town.plan("people").rows == 0


def test_what_was_agreed_of_a_lead_does_not_overrule_the_contact_either(tmp_path: Path) -> None:
    """Its golden record named an owner before it was matched."""
    town = town_with_owners(tmp_path)
    ids = colleagues(town, GRACE, YUKI)
    hub, crm = town.crm("hub"), town.crm("crm")
    id_ = lead(hub, owner=ids["hub"][GRACE])
    town.work(JOBS + "leads: {sync: [hub, crm], roles: [lead], direction: one_way}\n")
    assert town.sync("leads").counts["rejected"] == 0
    there = contact(crm, last_name="King", first_name="Ada", email=ADA["email"], owner=ids["crm"][YUKI])
    assert convert(town).counts["rejected"] == 0
    town.sync()
    assert crm.records(OBJECTS["contact"])[there]["owner"] == ids["crm"][YUKI]
    assert hub.records("People")[id_]["owner"] == ids["hub"][YUKI]


def test_an_owner_whom_the_other_crm_does_not_know_is_left_out(tmp_path: Path) -> None:
    town = town_with_owners(tmp_path)
    colleagues(town, YUKI)
    alone = user(town.crm("hub"), "Grace", GRACE)
    town.sync("staff")
    id_ = lead(town.crm("hub"), owner=alone)
    assert town.plan("convert").notes == (
        "crm: owner is left out of 1 record: nobody there is known to be who it names",
    )
    assert convert(town).counts["rejected"] == 0
    assert only(town.crm("crm"), OBJECTS["contact"]).get("owner", "") == ""
    assert town.crm("hub").records("People")[id_]["owner"] == alone


def test_an_owner_is_the_same_text_everywhere_where_nobody_reads_users(tmp_path: Path) -> None:
    town = town_with_owners(tmp_path)
    for name in USERS:
        (tmp_path / "mappings" / f"{name}.user.yaml").unlink()
    town.work("convert: {convert: [hub], into: crm, policy: convert.yaml}\n")
    lead(town.crm("hub"), owner="Grace")
    assert convert(town).counts["rejected"] == 0
    assert only(town.crm("crm"), OBJECTS["contact"])["owner"] == "Grace"
