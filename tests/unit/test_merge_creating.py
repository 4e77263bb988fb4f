"""Which records are made, what golden records that unite become, and what a contact inherits from its lead."""

from __future__ import annotations

from dataclasses import replace

import pytest
from merging import FIELDS, ORDER, PERSON, PREFER, columns, golden, mapping

from leadbridge.conditions import Expression, compile_expression
from leadbridge.golden import Golden, Held, Link, LinkState
from leadbridge.mapping.fields import ColumnMap
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.merge.creating import Create, Creates, Creating, Target, create_key, owed_creates, writable
from leadbridge.merge.model import FieldPolicy
from leadbridge.merge.uniting import inherit, unite
from leadbridge.records import Ref
from leadbridge.transforms.spec import Codec, UnreadableError
from leadbridge.values import Present, Raw

SF = Link(1, 1, Ref("sf", "Lead", "1"), "lead")
HS_LEAD, WEB_LEAD = mapping("hs", "phone", "city"), mapping("web", "phone")
HS_CONTACT = replace(HS_LEAD, object="Contact", role="contact", on_create={"hs_stage": "new"})
TARGETS = (Target("sf", (mapping("sf"),)), Target("hs", (HS_LEAD, HS_CONTACT)), Target("web", (WEB_LEAD,)))
SCENE = Creating(TARGETS)
ADA = golden(phone="1", city="Rome", tags=())


def made(found: Creates) -> dict[str, tuple[str, dict[str, Raw]]]:
    return {row.connection: (row.mapping.role, dict(row.values)) for row in found.rows}


def test_every_connection_without_a_link_is_owed_a_record_in_the_source_s_role() -> None:
    assert made(owed_creates(ADA, [SF], SCENE)) == {
        "hs": ("lead", {"hs_phone": "1", "hs_city": "Rome"}),
        "web": ("lead", {"web_phone": "1"}),
    }


@pytest.mark.parametrize("state", ["live", "surplus", "converted", "gone", "suspended"])
def test_nothing_is_made_where_there_is_a_link_of_any_state(state: LinkState) -> None:
    other = Link(2, 1, Ref("hs", "Contact", "2"), "contact", state)
    assert made(owed_creates(ADA, [SF, other], SCENE)).keys() == {"web"}


@pytest.mark.parametrize("state", ["surplus", "converted", "gone", "suspended"])
def test_nothing_is_made_of_a_record_that_lives_nowhere(state: LinkState) -> None:
    assert owed_creates(ADA, [replace(SF, state=state)], SCENE) == Creates()


def test_nothing_is_made_while_a_question_is_open_nor_where_it_is_held() -> None:
    assert owed_creates(ADA, [SF], replace(SCENE, withheld=True)) == Creates()
    assert made(owed_creates(ADA, [SF], replace(SCENE, held={"hs"}))).keys() == {"web"}


def test_create_as_chooses_the_role_by_what_is_known() -> None:
    names = [*FIELDS, "account_known"]
    scene = replace(SCENE, create_as=compile_expression("account_known ? 'contact' : 'lead'", names))
    assert made(owed_creates(ADA, [SF], scene))["hs"][0] == "lead"
    known = owed_creates(ADA, [SF], replace(scene, account_known={"hs"}))
    assert made(known) == {
        "hs": ("contact", {"hs_phone": "1", "hs_city": "Rome", "hs_stage": "new"}),
        "web": ("lead", {"web_phone": "1"}),
    }


def test_a_role_that_the_target_has_no_mapping_for_makes_nothing() -> None:
    contact = replace(SF, role="contact")
    assert made(owed_creates(ADA, [contact], SCENE)).keys() == {"hs"}


@pytest.mark.parametrize(
    ("source", "reason"),
    [("phone", "does not say a role"), ("'lead' + 1", "compares or combines values of different types")],
)
def test_a_create_as_that_gives_no_role_is_a_reject_and_nothing_is_made(source: str, reason: str) -> None:
    expression: Expression = compile_expression(source, list(FIELDS))
    said = Golden(1, "person", {"phone": Held(True)}) if source == "phone" else ADA
    found = owed_creates(said, [SF], replace(SCENE, create_as=expression))
    assert (found.rows, [r.code for r in found.rejects]) == ((), ["create_as", "create_as"])
    assert found.rejects[0].reason.startswith("no record is made in hs: the condition ")
    assert found.rejects[0].reason.endswith(reason)


def test_one_way_writes_to_all_but_the_first() -> None:
    assert writable(("fair", "sf", "hs"), "one_way") == ("sf", "hs")
    assert writable(("sf", "hs"), "n_way") == ("sf", "hs")


def test_a_record_that_would_say_nothing_is_not_made() -> None:
    assert made(owed_creates(golden(tags=("a",)), [SF], replace(SCENE, targets=(Target("web", (WEB_LEAD,)),)))) == {}
    contact_only = replace(SCENE, targets=(Target("hs", (replace(HS_CONTACT, role="lead"),)),))
    assert made(owed_creates(golden(tags=("a",)), [SF], contact_only)) == {}, "constants alone say nothing"


def test_a_reference_names_the_other_golden_record_and_not_a_value() -> None:
    (row,) = owed_creates(ADA, [SF], replace(SCENE, targets=(Target("hs", (HS_LEAD,)),), referred={"city": 44})).rows
    assert row == Create(1, "hs", HS_LEAD, {"hs_phone": "1"}, {"hs_city": 44})


def refusing(name: str) -> ObjectMapping:
    def encode(value: Present) -> Raw:
        raise UnreadableError("too_long", "it is longer than 1 character")

    return replace(mapping("hs", "phone"), fields=(ColumnMap(FIELDS[name], "x", Codec(lambda r: r, encode), "typed"),))  # type: ignore[arg-type, return-value]


def test_a_field_that_the_new_record_cannot_hold_is_a_reject_that_names_both_ends() -> None:
    found = owed_creates(ADA, [SF], replace(SCENE, targets=(Target("hs", (refusing("city"),)),)))
    assert (found.rows, found.rejects[0].source, found.rejects[0].code) == ((), "sf:Lead:1 -> hs", "too_long")


def test_the_source_preferred_by_the_job_gives_the_role() -> None:
    contact = Link(2, 1, Ref("hs", "Contact", "9"), "contact")
    web = Target("web", (WEB_LEAD, replace(WEB_LEAD, role="contact", object="Contact")))
    assert made(owed_creates(ADA, [contact, SF], replace(SCENE, targets=(*TARGETS[:2], web))))["web"][0] == "lead"


def test_the_key_of_a_create_is_the_same_every_time_and_nobody_else_s() -> None:
    keys = {create_key(s, g, c, o) for s in "ab" for g in (1, 11) for c in ("sf", "hs") for o in ("Lead", "Contact")}
    assert len(keys) == 16
    assert create_key("a", 1, "sf", "Lead") in keys


# --- golden records that unite


def held(number: int, **values: str | bool | None) -> Golden:
    return Golden(number, "person", {k: Held(v, f"c{number}") for k, v in values.items()})


def test_the_record_that_the_crm_kept_wins_gaps_are_filled_and_losers_are_kept() -> None:
    kept, gone = held(9, phone="1", city=""), held(4, phone="2", city="Rome", tags="x")
    one, conflicts = unite(4, [kept, gone], PERSON, PREFER, 7)
    assert (one.id, one.values) == (4, {"phone": "1", "city": "Rome", "tags": "x"})
    assert one.fields["phone"] == Held("1", "c9", 7)
    (conflict,) = conflicts
    assert (conflict.golden, conflict.field, [c.value for c in conflict.losers]) == (4, "phone", ["2"])
    assert conflict.rule == "united"


def test_an_opt_out_of_either_stays() -> None:
    policies = PREFER | {"opted_out": FieldPolicy("restrictive", ORDER)}
    one, conflicts = unite(4, [held(9, opted_out=False), held(4, opted_out=True)], PERSON, policies, 7)
    assert (one.value("opted_out"), [c.value for c in conflicts[0].losers]) == (True, [False])


# --- what a contact inherits


def test_a_contact_inherits_its_lead_s_bases_in_its_own_columns() -> None:
    lead = Link(1, 1, Ref("hs", "Lead", "1"), "lead", "converted", columns("sf", {"phone": "1", "city": ""}))
    assert inherit([(lead, mapping("sf"))], mapping("hs")) == {"hs_phone": "1", "hs_city": ""}


def test_of_several_leads_the_first_that_has_a_field_gives_it() -> None:
    leads = [
        (Link(n, 1, Ref("sf", "Lead", str(n)), "lead", base=columns("sf", base)), mapping("sf"))
        for n, base in enumerate(({"phone": "1"}, {"phone": "2", "city": "b"}))
    ]
    assert inherit(leads, mapping("hs")) == {"hs_phone": "1", "hs_city": "b"}


def test_what_the_contact_cannot_hold_is_a_first_contact() -> None:
    lead = Link(1, 1, Ref("sf", "Lead", "1"), "lead", base=columns("sf", {"city": "Rome"}))
    assert inherit([(lead, mapping("sf"))], refusing("city")) == {}
