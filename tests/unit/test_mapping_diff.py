"""What connections would do differently by one convert policy: each state, and each reason for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from mapping_files import load

from leadbridge.mapping.diff import (
    CARRY,
    LEADS,
    RECORD,
    Comparison,
    Fate,
    Own,
    Route,
    Side,
    compare,
    homes,
    misfits,
    probe,
    told,
)
from leadbridge.mapping.lint.described import compare as held_against
from leadbridge.mapping.lint.finding import Seen, seen
from leadbridge.mapping.project import Mappings
from leadbridge.memory_conversion import MemoryConversion
from leadbridge.provider import FieldDescription, ObjectDescription

NOW = datetime(2026, 1, 1, tzinfo=UTC)
POLICY = """\
kind: convert
version: 1
lead: {on_converted: {status: converted}}
account: {match: [domain], fields: {name: company, industry: industry}}
contact:
  match: [email]
  fields:
    last_name: last_name
    email: email
    title: title
    description: {from: description, existing: union}
    lead_source: {value: Fair}
opportunity:
  fields: {name: {template: "{company}[ - {product}]"}, stage: {value: Prospecting}, close_date: {value: today}}
"""


def mapping(provider: str, role: str, fields: str, **more: str) -> str:
    head = f"kind: mapping\nprovider: {provider}\nobject: {role}s\nrole: {role}\nfields: {{{fields}}}\n"
    return head + "".join(f"{key}: {value}\n" for key, value in more.items())


LEAD = "email: Mail, last_name: Name, company: Firm, title: Title, description: Notes, industry: Branch, product: What"
CLOSED = ", status: {field: State, values: {new: N, converted: C}}"
CONTACT = "last_name: Name, email: Mail, title: Title, description: Notes, lead_source: From"
OPPORTUNITY = "name: Name, stage: Stage, close_date: Day"
FULL = {
    "lead": LEAD + CLOSED,
    "account": "name: Name, industry: Branch",
    "contact": CONTACT,
    "opportunity": OPPORTUNITY,
}


def project(folder: Path, policy: str = POLICY, **changed: Mapping[str, str | None]) -> Mappings:
    """Provider ``csv`` maps all; of ``typed`` the roles in ``changed`` are mapped so, or not at all."""
    ours = {f"csv_{role}": mapping("csv", role, fields) for role, fields in FULL.items()}
    fields = {**FULL, **changed.get("typed", {})}
    theirs = {f"typed_{role}": mapping("typed", role, text) for role, text in fields.items() if text is not None}
    return load(folder, convert=policy, **ours, **theirs)


def compared(mappings: Mappings, theirs: Side | None = None, own: Own | None = None) -> Comparison:
    one, other = Side("one", "csv"), theirs or Side("two", "typed")
    routes = (Route(one, one), Route(other, other, own))
    return compare(mappings, mappings.policies["convert.yaml"], routes, {"account", "contact"})


def fate(found: Comparison, part: str, field: str, at: str = "two") -> Fate:
    (row,) = (one for one in found.rows if (one.part, one.field) == (part, field))
    return row.there[at]


def told_of(found: Fate) -> tuple[str, list[str]]:
    return found.state, [reason.code for reason in found.reasons]


def differing(found: Comparison) -> list[tuple[str, str]]:
    return [(row.part, row.field) for row in found.differing]


def described(role: str, fields: str = "", *, writable: bool = True, updates: bool = True, **options: tuple[str, ...]):
    """All provider fields that ``FULL`` names for the role, without those that begin with a minus sign."""
    every = {entry.split(":")[1].strip() for entry in FULL[role].replace("{field:", "").split(",") if ":" in entry}
    names = sorted(every - set(fields.replace("-", "").split()) - {"{new: N", "C}}"} | {"State"})
    made = (FieldDescription(name, options=options.get(name)) for name in names)
    return ObjectDescription(f"{role}s", tuple(made), writable=writable, updates=updates)


def side(*objects: ObjectDescription, **more) -> Side:
    given = {one.name: one for one in objects}
    return Side("two", "typed", tuple(given.get(f"{role}s", described(role)) for role in FULL), **more)


class TestTheSame:
    def test_alike_mappings_do_not_differ(self, tmp_path: Path) -> None:
        found = compared(project(tmp_path))
        assert found.differing == ()
        assert [(row.part, row.field, row.source) for row in found.rows] == [
            ("account", "name", "company"),
            ("account", "industry", "industry"),
            ("contact", "last_name", "last_name"),
            ("contact", "email", "email"),
            ("contact", "title", "title"),
            ("contact", "description", "description"),
            ("contact", "lead_source", "'Fair'"),
            ("opportunity", "name", "{company}[ - {product}]"),
            ("opportunity", "stage", "'Prospecting'"),
            ("opportunity", "close_date", "today"),
            (LEADS, "status", "'converted'"),
        ]
        assert {told_of(f)[0] for row in found.rows for f in row.there.values()} == {"carried"}
        assert (fate(found, "contact", "title").object, fate(found, "contact", "title").field) == ("contacts", "Title")

    def test_a_described_connection_that_fits(self, tmp_path: Path) -> None:
        assert compared(project(tmp_path), side()).differing == ()

    def test_lost_everywhere_is_no_difference(self, tmp_path: Path) -> None:
        policy = POLICY.replace("title: title", "suffix: suffix")
        found = compared(project(tmp_path, policy))
        assert found.differing == ()
        assert told_of(fate(found, "contact", "suffix", "one")) == ("unfilled", ["unread"])

    def test_a_mapping_is_held_against_its_object_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Not once for each field: a name that was probably meant is looked for among all of the object's."""
        asked: list[str] = []

        def counted(one: Seen, *rest: Any) -> Any:
            asked.append(one.mapping.role)
            return held_against(one, *rest)

        monkeypatch.setattr(misfits, "compare", counted)
        compared(project(tmp_path), side())
        assert sorted(asked) == sorted(FULL)


class TestReading:
    def test_a_field_that_no_lead_brings(self, tmp_path: Path) -> None:
        found = compared(project(tmp_path, typed={"lead": (LEAD + CLOSED).replace("title: Title, ", "")}))
        assert differing(found) == [("contact", "title")]
        assert fate(found, "contact", "title").reasons[0].text == "typed_lead.yaml reads no such field of leads"

    def test_a_template_that_lacks_a_part_and_one_that_says_nothing(self, tmp_path: Path) -> None:
        found = compared(project(tmp_path, typed={"lead": (LEAD + CLOSED).replace(", product: What", "")}))
        assert told_of(fate(found, "opportunity", "name")) == ("partly", ["template_part"])
        found = compared(project(tmp_path, typed={"lead": (LEAD + CLOSED).replace("company: Firm, ", "")}))
        assert told_of(fate(found, "opportunity", "name")) == ("unfilled", ["unread"])

    def test_a_column_that_is_not_there_or_not_shown(self, tmp_path: Path) -> None:
        mappings = project(tmp_path)
        found = compared(mappings, side(described("lead", "-Title")))
        assert told_of(fate(found, "contact", "title")) == ("unfilled", ["unknown_provider_field"])
        assert fate(found, "contact", "title").field == "Title"
        hidden = described("lead")
        fields = tuple(FieldDescription(f.name, readable=f.name != "Title") for f in hidden.fields)
        found = compared(mappings, side(ObjectDescription("leads", fields, writable=True)))
        assert told_of(fate(found, "contact", "title")) == ("unfilled", ["unreadable"])

    def test_an_option_that_cannot_be_read(self, tmp_path: Path) -> None:
        lead = (LEAD + CLOSED).replace("title: Title", "title: {field: Title, values: {Boss: B}}")
        found = compared(project(tmp_path, typed={"lead": lead}), side(described("lead", Title=("B", "X"))))
        assert told_of(fate(found, "contact", "title")) == ("partly", ["option_unread"])

    def test_scores_need_no_lead_that_brings_them(self, tmp_path: Path) -> None:
        policy = POLICY.replace("title: title", "score: score")
        fields = {"typed": {"contact": CONTACT + ", score: Points"}}
        assert fate(compared(project(tmp_path, policy, **fields)), "contact", "score").state == "unfilled"
        rules = "kind: scoring\nrules:\n  - {when: has(record.email), points: 9, group: fit, because: x}\n"
        (tmp_path / "scoring.yaml").write_text(rules)
        assert fate(compared(project(tmp_path, policy, **fields)), "contact", "score").state == "carried"

    def test_a_condition_that_is_never_decided(self, tmp_path: Path) -> None:
        policy = POLICY.replace("opportunity:\n", 'opportunity:\n  when: product == "x"\n')
        found = compared(project(tmp_path, policy, typed={"lead": (LEAD + CLOSED).replace(", product: What", "")}))
        assert told_of(fate(found, "opportunity", RECORD)) == ("unfilled", ["when_undecided"])
        assert [row.there.keys() for row in found.rows if row.field == "stage"] == [{"one"}]

    def test_a_condition_that_may_be_decided_all_the_same(self, tmp_path: Path) -> None:
        policy = POLICY.replace("lead: {", "lead: {when: \"product == 'x' || title == 'y'\", ")
        found = compared(project(tmp_path, policy, typed={"lead": (LEAD + CLOSED).replace(", product: What", "")}))
        assert told_of(fate(found, LEADS, RECORD)) == ("partly", ["when_undecided"])


class TestWriting:
    @pytest.mark.parametrize(
        ("entry", "state", "code"),
        [
            ("", "lost", "unmapped"),
            ("title: {value: Boss}", "lost", "one_way"),
            ("title: {field: Title, write: never}", "lost", "write_never"),
            ("title: {field: Title, write: create}", "partly", "create_only"),
        ],
    )
    def test_what_the_mapping_says(self, tmp_path: Path, entry: str, state: str, code: str) -> None:
        contact = CONTACT.replace("title: Title", entry) if entry else CONTACT.replace("title: Title, ", "")
        found = compared(project(tmp_path, typed={"contact": contact}))
        assert differing(found) == [("contact", "title")]
        assert told_of(fate(found, "contact", "title")) == (state, [code])

    def test_create_only_is_enough_where_nothing_is_matched(self, tmp_path: Path) -> None:
        opportunity = OPPORTUNITY.replace("stage: Stage", "stage: {field: Stage, write: create}")
        assert compared(project(tmp_path, typed={"opportunity": opportunity})).differing == ()

    def test_a_constant_without_a_value(self, tmp_path: Path) -> None:
        opportunity = OPPORTUNITY.replace("stage: Stage", "stage: {field: Stage, values: {Won: W}}")
        found = compared(project(tmp_path, typed={"opportunity": opportunity}))
        (reason,) = fate(found, "opportunity", "stage").reasons
        assert reason.text == "typed_opportunity.yaml has no value for 'Prospecting'"

    def test_a_value_that_leads_bring_and_the_target_has_not(self, tmp_path: Path) -> None:
        lead = (LEAD + CLOSED).replace("title: Title", "title: {field: Title, values: {Boss: B, Clerk: C}}")
        contact = CONTACT.replace("title: Title", "title: {field: Title, values: {Boss: B}}")
        found = compared(project(tmp_path, typed={"lead": lead, "contact": contact}))
        (reason,) = fate(found, "contact", "title").reasons
        assert (reason.code, reason.text) == ("value_unmapped", "typed_contact.yaml has no value for 'Clerk'")

    def test_a_field_that_is_not_there_or_cannot_be_written(self, tmp_path: Path) -> None:
        mappings = project(tmp_path)
        found = compared(mappings, side(described("contact", "-Title")))
        assert told_of(fate(found, "contact", "title")) == ("lost", ["unknown_provider_field"])
        fields = tuple(FieldDescription(f.name, writable=f.name != "Title") for f in described("contact").fields)
        found = compared(mappings, side(ObjectDescription("contacts", fields, writable=True)))
        assert told_of(fate(found, "contact", "title")) == ("lost", ["read_only"])
        assert fate(found, "contact", "title").reasons[0].text == "contacts lets nobody write it"

    def test_a_field_that_is_too_short(self, tmp_path: Path) -> None:
        fields = tuple(FieldDescription(f.name, length=5) for f in described("contact").fields)
        found = compared(project(tmp_path), side(ObjectDescription("contacts", fields, writable=True)))
        assert told_of(fate(found, "contact", "title")) == ("partly", ["too_long"])

    def test_options(self, tmp_path: Path) -> None:
        mappings = project(tmp_path)
        found = compared(mappings, side(described("opportunity", Stage=("Won", "Lost"))))
        assert told_of(fate(found, "opportunity", "stage")) == ("lost", ["option_unknown"])
        narrowed = {"typed_opportunity.yaml": {"Stage": ("Won",)}}
        fits = side(described("opportunity", Stage=("Won", "Prospecting")), narrowed=narrowed)
        assert told_of(fate(compared(mappings, fits), "opportunity", "stage")) == ("lost", ["option_not_allowed"])
        assert compared(mappings, side(described("opportunity", Stage=("Prospecting",)))).differing == ()

    def test_what_is_only_appended_to(self, tmp_path: Path) -> None:
        found = compared(project(tmp_path), side(described("contact", updates=False), described("lead", updates=False)))
        assert told_of(fate(found, "contact", "email")) == ("partly", ["append_only"])
        assert told_of(fate(found, LEADS, "status")) == ("lost", ["append_only"])


class TestRecords:
    def test_no_mapping_gives_it_an_object(self, tmp_path: Path) -> None:
        found = compared(project(tmp_path, typed={"contact": None, "opportunity": None}))
        assert differing(found) == [("contact", RECORD), ("opportunity", RECORD)]
        assert told_of(fate(found, "contact", RECORD)) == ("lost", ["no_mapping"])
        assert "`into:`" in fate(found, "contact", RECORD).reasons[0].text
        assert told_of(fate(found, "opportunity", RECORD)) == ("kept", ["no_mapping"])

    def test_the_connection_lacks_the_object_or_cannot_write_it(self, tmp_path: Path) -> None:
        mappings = project(tmp_path)
        without = Side("two", "typed", tuple(described(role) for role in FULL if role != "account"))
        assert told_of(fate(compared(mappings, without), "account", RECORD)) == ("lost", ["no_object"])
        read_only = side(described("account", writable=False))
        assert told_of(fate(compared(mappings, read_only), "account", RECORD)) == ("lost", ["not_writable"])

    def test_records_that_are_only_read(self, tmp_path: Path) -> None:
        """No mapping for a lead to become, and none by which a lead is closed."""
        every = {role: mapping("typed", role, FULL[role], write="never") for role in ("account", "lead")}
        project(tmp_path, typed=dict.fromkeys(every))
        mappings = load(tmp_path, **{f"only_{role}": text for role, text in every.items()})
        found = compared(mappings)
        assert told_of(fate(found, "account", RECORD)) == ("lost", ["not_writable"])
        (why,) = fate(found, "account", RECORD).reasons
        assert why.text == "accounts is only read: only_account.yaml says `write: never`"
        assert told_of(fate(found, LEADS, "status")) == ("lost", ["not_writable"])
        nothing = Side("two", "typed", writes=False)
        assert told_of(fate(compared(mappings, nothing), "account", RECORD)) == ("lost", ["no_writes"])

    def test_what_holds_nothing_now_is_judged_by_its_file(self, tmp_path: Path) -> None:
        empty = ObjectDescription("contacts", (), writable=True, absent=True)
        assert compared(project(tmp_path), side(empty)).differing == ()


class TestTheLead:
    def test_a_status_that_the_lead_is_not_given(self, tmp_path: Path) -> None:
        closed = CLOSED.replace("C}}", "C}, write: never}")
        found = compared(project(tmp_path, typed={"lead": LEAD + closed}))
        assert told_of(fate(found, LEADS, "status")) == ("lost", ["write_never"])
        found = compared(project(tmp_path, typed={"lead": LEAD + CLOSED.replace(", converted: C", "")}))
        assert told_of(fate(found, LEADS, "status")) == ("lost", ["value_unmapped"])

    def test_leads_of_one_become_records_of_another(self, tmp_path: Path) -> None:
        """Read where they are, written there; closed where they are."""
        changed = {"lead": (LEAD + CLOSED).replace("title: Title, ", ""), "contact": None}
        mappings = project(tmp_path, typed=changed)
        one, two = Side("one", "csv"), Side("two", "typed")
        found = compare(mappings, mappings.policies["convert.yaml"], (Route(one, one), Route(two, one)))
        assert differing(found) == [("contact", "title")]
        assert fate(found, "contact", "email").object == "contacts"

    def test_a_connection_without_leads_takes_all(self, tmp_path: Path) -> None:
        found = compared(project(tmp_path, typed={"lead": None}))
        assert found.differing == ()
        assert [set(row.there) for row in found.rows if row.part == LEADS] == [{"one"}]


class TestWhatGoesAlong:
    """Words of ``carry:``."""

    POLICY = POLICY + "carry: [activities, files]\n"

    def test_no_object_and_no_field_for_it(self, tmp_path: Path) -> None:
        activity = mapping("typed", "activity", "subject: What, person: {field: Who, write: create}")
        (tmp_path / "typed_activity.yaml").write_text(activity)
        found = compared(project(tmp_path, self.POLICY))
        assert told_of(fate(found, CARRY, "activities")) == ("lost", ["unmapped"])
        assert told_of(fate(found, CARRY, "activities", "one")) == ("lost", ["no_mapping"])
        assert told_of(fate(found, CARRY, "files")) == ("lost", ["no_mapping"])
        assert differing(found) == [(CARRY, "activities")]

    def test_by_leadbridge_or_by_the_crm(self, tmp_path: Path) -> None:
        (tmp_path / "csv_activity.yaml").write_text(mapping("csv", "activity", "subject: What, person: Who"))
        mappings = project(tmp_path, self.POLICY)
        found = compared(mappings, side(), own(mappings, carries={"activities": ("Activitys", "person")}))
        assert told_of(fate(found, CARRY, "activities", "one")) == ("carried", [])
        assert fate(found, CARRY, "activities", "one").field == "Who"
        assert told_of(fate(found, CARRY, "activities")) == ("carried", [])
        assert told_of(fate(found, CARRY, "files")) == ("lost", ["no_mapping"])

    def test_the_contact_is_elsewhere(self, tmp_path: Path) -> None:
        mappings = project(tmp_path, self.POLICY)
        one, two = Side("one", "csv"), Side("two", "typed")
        found = compare(mappings, mappings.policies["convert.yaml"], (Route(one, one), Route(two, one)))
        assert told_of(fate(found, CARRY, "files")) == ("lost", ["elsewhere"])


class TestOneObject:
    """Leads and contacts of one object: the lead's own record becomes the contact."""

    def compared(self, tmp_path: Path, contact: str) -> Comparison:
        lead = mapping("typed", "lead", LEAD + CLOSED, when="Kind == 'lead'", on_create="{Kind: lead}")
        whole = mapping("typed", "contact", contact, when="Kind == 'contact'", on_create="{Kind: contact}")
        project(tmp_path, typed={"lead": None, "contact": None})
        (tmp_path / "typed_lead.yaml").write_text(lead)
        (tmp_path / "typed_contact.yaml").write_text(whole.replace("object: contacts", "object: leads"))
        return compared(load(tmp_path))

    def test_what_both_read_in_one_field_stays(self, tmp_path: Path) -> None:
        contact = CONTACT.replace("title: Title", "title: {field: Title, write: never}")
        found = self.compared(tmp_path, contact)
        assert told_of(fate(found, "contact", "title")) == ("carried", [])
        assert fate(found, "contact", "title").object == "leads"

    def test_what_only_leads_have_stays_unread(self, tmp_path: Path) -> None:
        found = self.compared(tmp_path, CONTACT.replace("title: Title, ", ""))
        assert told_of(fate(found, "contact", "title")) == ("partly", ["stays_unread"])

    def test_what_has_to_be_written_is_an_update(self, tmp_path: Path) -> None:
        contact = CONTACT.replace("title: Title", "title: {field: Post, write: create}")
        found = self.compared(
            tmp_path, contact.replace("lead_source: From", "lead_source: {field: From, write: create}")
        )
        assert told_of(fate(found, "contact", "title")) == ("lost", ["create_only"])
        assert told_of(fate(found, "contact", "lead_source")) == ("lost", ["create_only"])


OBJECTS = {"lead": "leads", "account": "accounts", "contact": "contacts", "opportunity": "opportunitys"}
COPIES = {
    "account": {"Name": "Firm", "Branch": "Branch"},
    "contact": {"Name": "Name", "Mail": "Mail", "Title": "Title", "Notes": "Notes", "From": "From"},
    "opportunity": {"Name": "Firm"},
}


def own(mappings: Mappings, **more) -> Own:
    """What a CRM of this conversion foretells."""
    conversion = MemoryConversion(OBJECTS, **{"fields": COPIES, "takes": {"lead": ("State",)}, **more})
    there, policy = side(), mappings.policies["convert.yaml"]
    found = homes(seen(mappings), there, policy)
    asked = probe(policy, there, found, mappings.catalogue.subjects["person"], NOW)
    return told(asked, conversion.predict(asked.requests, asked.snapshots))


class TestTheCrmsOwnConversion:
    def test_what_it_does_as_the_policy_says(self, tmp_path: Path) -> None:
        mappings = project(tmp_path)
        found = compared(mappings, side(), own(mappings))
        assert {f: told_of(fate(found, "contact", f)) for f in ("last_name", "email", "title")} == {
            "last_name": ("carried", []),
            "email": ("carried", []),
            "title": ("carried", []),
        }
        assert told_of(fate(found, LEADS, "status")) == ("carried", [])

    def test_what_it_leaves_out_copies_from_elsewhere_or_fills_by_default(self, tmp_path: Path) -> None:
        mappings = project(tmp_path)
        copies = {**COPIES, "contact": {**COPIES["contact"], "Title": "Branch"}}
        del copies["contact"]["Mail"]
        said = own(mappings, fields=copies, defaults={"opportunity": {"Stage": "New"}})
        found = compared(mappings, side(), said)
        assert told_of(fate(found, "contact", "email")) == ("follows", ["own_leaves"])
        (reason,) = fate(found, "contact", "title").reasons
        assert (reason.code, "the lead's Branch" in reason.text) == ("own_other", True)
        assert told_of(fate(found, "opportunity", "stage")) == ("follows", ["own_default"])
        assert told_of(fate(found, "opportunity", "name")) == ("follows", ["own_other"])

    def test_it_fills_only_blanks(self, tmp_path: Path) -> None:
        mappings = project(tmp_path)
        found = compared(mappings, side(), own(mappings))
        assert told_of(fate(found, "contact", "description")) == ("follows", ["own_fills_blanks"])

    def test_it_fills_a_blank_that_the_policy_keeps(self, tmp_path: Path) -> None:
        policy = POLICY.replace("title: title", "title: {from: title, existing: keep}")
        mappings = project(tmp_path, policy)
        found = compared(mappings, side(), own(mappings))
        assert told_of(fate(found, "contact", "title")) == ("follows", ["own_fills_kept"])

    def test_it_overwrites_what_a_record_says(self, tmp_path: Path) -> None:
        """As a CRM whose lead source counts more than the contact's; no update mends it."""
        mappings = project(tmp_path)

        class Overwriting(MemoryConversion):
            def effects(self, request, there):
                blank = {role: values if role == "lead" else {} for role, values in there.items()}
                return super().effects(request, blank)

        conversion, policy = Overwriting(OBJECTS, fields=COPIES), mappings.policies["convert.yaml"]
        asked = probe(policy, side(), homes(seen(mappings), side(), policy), mappings.catalogue.subjects["person"], NOW)
        found = compared(mappings, side(), told(asked, conversion.predict(asked.requests, asked.snapshots)))
        assert told_of(fate(found, "contact", "title")) == ("otherwise", ["own_overwrites"])

    def test_it_carries_what_leadbridge_may_not_write(self, tmp_path: Path) -> None:
        contact = CONTACT.replace("title: Title", "title: {field: Title, write: never}")
        mappings = project(
            tmp_path, typed={"contact": contact.replace("email: Mail", "email: {field: Mail, write: never}")}
        )
        copies = {**COPIES, "contact": {"Name": "Name", "Title": "Title"}}
        found = compared(mappings, side(), own(mappings, fields=copies))
        assert told_of(fate(found, "contact", "title")) == ("carried", [])
        assert told_of(fate(found, "contact", "email")) == ("lost", ["write_never"])

    def test_new_records_only_where_no_update_may_follow(self, tmp_path: Path) -> None:
        contact = CONTACT.replace("description: Notes", "description: {field: Notes, write: never}")
        mappings = project(tmp_path, typed={"contact": contact})
        found = compared(mappings, side(), own(mappings))
        assert told_of(fate(found, "contact", "description")) == ("partly", ["write_never"])

    def test_what_the_policy_does_not_ask_for(self, tmp_path: Path) -> None:
        mappings = project(tmp_path, typed={"account": FULL["account"] + ", phone: Phone"})
        copies = {**COPIES, "account": {**COPIES["account"], "Phone": "What", "Other": "Title"}}
        found = compared(mappings, side(), own(mappings, fields=copies))
        assert told_of(fate(found, "account", "phone")) == ("beyond", ["own_more"])
        assert told_of(fate(found, "account", "phone", "one")) == ("unasked", [])
        assert fate(found, "account", "Other").field == "Other"

    def test_what_it_does_to_the_lead(self, tmp_path: Path) -> None:
        mappings = project(tmp_path)
        found = compared(mappings, side(), own(mappings, takes={}))
        assert told_of(fate(found, LEADS, "status")) == ("lost", ["own_closes"])

    def test_a_record_that_the_policy_does_not_have(self, tmp_path: Path) -> None:
        policy = POLICY[: POLICY.index("account:")] + POLICY[POLICY.index("contact:") :]
        mappings = project(tmp_path, policy)
        found = compared(mappings, side(), own(mappings))
        assert told_of(fate(found, "account", RECORD)) == ("beyond", ["own_record"])

    def test_it_refuses_the_lead(self, tmp_path: Path) -> None:
        mappings = project(tmp_path)
        found = compared(mappings, side(), own(mappings, statuses={"State": frozenset({"Closed"})}))
        assert told_of(fate(found, LEADS, RECORD)) == ("lost", ["refused"])
        assert "correct the policy's on_converted" in fate(found, LEADS, RECORD).reasons[0].text
