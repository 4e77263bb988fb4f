"""Lint across files: what a conversion would lose, what it cannot make, and what files name in vain."""

from __future__ import annotations

from pathlib import Path

import pytest
from mapping_files import HEAD, faults, findings

CONVERT = "kind: convert\nversion: 1\n"
LEAD = HEAD + "fields: {email: M, last_name: N, product: P, status: S, created_at: C, score: X}\n"
CONTACT = "contact: {match: [email], fields: {email: email, last_name: last_name}}\n"
SCORING = "kind: scoring\nrules:\n  - {when: budget > 5, points: 9, group: fit, because: x}\n"


class TestLossless:
    def test_a_lead_field_that_is_nowhere(self, tmp_path: Path) -> None:
        """Neither the stamps nor what LeadBridge reckons need be carried."""
        assert findings(tmp_path, lead=LEAD, convert=CONVERT + CONTACT) == [
            "lead_field_lost convert.yaml:1:1: dropped: the lead's 'product', which lead.yaml fills, is neither mapped"
            " nor listed as dropped"
        ]

    @pytest.mark.parametrize(
        "more",
        [
            "dropped: [product]\n",
            "opportunity: {fields: {name: {template: '{product}'}, stage: {value: x}, close_date: {value: today}}}\n",
        ],
    )
    def test_dropped_or_used(self, tmp_path: Path, more: str) -> None:
        assert findings(tmp_path, lead=LEAD, convert=CONVERT + CONTACT + more) == []

    def test_the_place_is_the_list_of_dropped_fields(self, tmp_path: Path) -> None:
        (found,) = findings(tmp_path, lead=LEAD, convert=CONVERT + CONTACT + "dropped: []\n")
        assert found.startswith("lead_field_lost convert.yaml:4:1: dropped: ")

    def test_fields_of_contacts_are_not_the_lead_s(self, tmp_path: Path) -> None:
        contact = HEAD.replace("role: lead", "role: contact").replace("leads", "contacts") + "fields: {city: Ort}\n"
        lead = HEAD + "fields: {email: M, last_name: N}\n"
        assert findings(tmp_path, lead=lead, contact=contact, convert=CONVERT + CONTACT) == []

    def test_prospects_are_leads_too(self, tmp_path: Path) -> None:
        prospect = HEAD.replace("role: lead", "role: prospect") + "fields: {last_name: N, city: Ort}\n"
        text = CONVERT + "contact: {fields: {last_name: last_name}}\n"
        (found,) = findings(tmp_path, prospect=prospect, convert=text)
        assert "the lead's 'city', which prospect.yaml fills, is neither mapped nor listed" in found

    def test_dropped_in_vain(self, tmp_path: Path) -> None:
        lead = HEAD + "fields: {email: M, last_name: N}\n"
        assert findings(tmp_path, lead=lead, convert=CONVERT + CONTACT + "dropped: [city, email]\n") == [
            "dropped_but_mapped convert.yaml:4:17: warning: dropped[1]: 'email' is mapped above, so it is not dropped;"
            " take it out here or there"
        ]

    def test_an_abstract_policy_is_none(self, tmp_path: Path) -> None:
        base = CONVERT + "abstract: true\n"
        over = CONVERT + "extends: base.yaml\n" + CONTACT + "dropped: [product]\n"
        assert findings(tmp_path, lead=LEAD, base=base, over=over) == []


def test_what_no_crm_makes_a_record_without(tmp_path: Path) -> None:
    parts = "account: {fields: {website: website}}\ncontact:\n  fields: {email: email}\nopportunity: {}\n"
    lead = HEAD + "fields: {email: M, website: W}\n"
    assert findings(tmp_path, lead=lead, convert=CONVERT + parts) == [
        "needed_unfilled convert.yaml:3:11: account.fields: an account cannot be made without 'name'",
        "needed_unfilled convert.yaml:5:3: contact.fields: a contact cannot be made without 'last_name'",
        "needed_unfilled convert.yaml:6:1: opportunity.fields: an opportunity cannot be made without 'close_date'",
        "needed_unfilled convert.yaml:6:1: opportunity.fields: an opportunity cannot be made without 'name'",
        "needed_unfilled convert.yaml:6:1: opportunity.fields: an opportunity cannot be made without 'stage'",
    ]


def test_what_is_needed_comes_from_a_field_that_nothing_fills(tmp_path: Path) -> None:
    lead = HEAD + "fields: {email: M}\n"
    assert findings(tmp_path, lead=lead, convert=CONVERT + CONTACT) == [
        "needed_unfilled convert.yaml:3:61: warning: contact.fields.last_name: no mapping of leads fills 'last_name',"
        " and contacts cannot be made without 'last_name'"
    ]


class TestConditions:
    def lint(self, folder: Path, lead: str, **files: str) -> list[str]:
        text = CONVERT + f"lead: {lead}\n" + CONTACT
        return findings(folder, lead=HEAD + "fields: {email: M, last_name: N}\n", convert=text, **files)

    def test_a_field_that_nothing_fills(self, tmp_path: Path) -> None:
        assert self.lint(tmp_path, "{when: budget > 5, unless: do_not_contact}") == [
            "unfilled_name convert.yaml:3:14: warning: lead.when: asks for 'budget', which no mapping of leads fills,"
            " so it stays undecided",
            "unfilled_name convert.yaml:3:34: warning: lead.unless: asks for 'do_not_contact', which no mapping of"
            " leads fills, so it stays undecided",
        ]

    def test_asked_for_first(self, tmp_path: Path) -> None:
        assert self.lint(tmp_path, "{unless: 'has(record.do_not_contact) && do_not_contact'}") == []

    def test_scores_need_scoring(self, tmp_path: Path) -> None:
        assert self.lint(tmp_path, "{when: score > 5 && rating == 'hot'}") == [
            f"unscored convert.yaml:3:14: warning: lead.when: asks for '{name}', which needs a scoring file"
            " (`kind: scoring`), and there is none"
            for name in ("rating", "score")
        ]
        scoring = "kind: scoring\nrules: [{when: 'email != \"\"', points: 9, group: fit, because: x}]\n"
        assert self.lint(tmp_path, "{when: score > 5 && rating == 'hot'}", scoring=scoring) == []

    def test_scoring_rules(self, tmp_path: Path) -> None:
        rules = "  - {when: 'now - created_at < duration(\"1h\")', points: 9, group: fit, because: x}\n"
        found = findings(tmp_path, lead=HEAD + "fields: {created_at: C}\n", scoring=SCORING + rules)
        assert found == [
            "unfilled_name scoring.yaml:3:12: warning: rules[0].when: asks for 'budget', which no mapping of leads"
            " fills, so it stays undecided"
        ]


class TestBases:
    def test_a_base_that_nobody_builds_upon(self, tmp_path: Path) -> None:
        base = HEAD + "abstract: true\nfields: {email: M}\n"
        assert findings(tmp_path, base=base) == [
            "unused_base base.yaml:5:1: warning: abstract: no file extends this one, so it says nothing"
        ]
        assert findings(tmp_path, base=base, over="kind: mapping\nextends: base.yaml\n") == []

    def test_locks_that_lock_nothing(self, tmp_path: Path) -> None:
        base = HEAD + (
            "lock: [fields.emial, feilds, when, fields.phone.region, fields.email, unless, wen, fields.phone.regoin]\n"
            "fields: {email: M, phone: {field: P, region: US}}\n"
        )
        assert findings(tmp_path, base=base) == [
            "idle_lock base.yaml:5:8: warning: lock[0]: locks nothing (did you mean 'fields.email'?)",
            "idle_lock base.yaml:5:22: warning: lock[1]: locks nothing (did you mean 'fields'?)",
            "idle_lock base.yaml:5:79: warning: lock[6]: locks nothing (did you mean 'when'?)",
            "idle_lock base.yaml:5:84: warning: lock[7]: locks nothing (did you mean 'fields.phone.region'?)",
        ]

    def test_locks_of_a_policy(self, tmp_path: Path) -> None:
        base = CONVERT + "lock: [lead.when, contact.fields.emial, contact.existing, dropped, contact.fields.email]\n"
        assert [one for one in findings(tmp_path, base=base + CONTACT) if "idle_lock" in one] == [
            "idle_lock base.yaml:3:19: warning: lock[1]: locks nothing (did you mean 'contact.fields.email'?)"
        ]

    @pytest.mark.parametrize("kind", ["scoring", "fields"])
    def test_other_kinds_have_no_locks(self, tmp_path: Path, kind: str) -> None:
        (fault,) = [one for one in faults(tmp_path, x=f"kind: {kind}\nlock: [rules]\n") if "lock" in one]
        assert fault == "x.yaml:2:1: lock: unknown key"
