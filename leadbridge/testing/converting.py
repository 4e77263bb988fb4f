"""Rules of ``predict``, ``convert`` and ``converted``, for a provider that declares ``native_conversion``."""

# ruff: noqa: S101  (assertions are what a contract is made of)

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from leadbridge.conversions import ConvertRequest, ConvertResult, Prediction
from leadbridge.provider import Action, Converted, Page, Provider
from leadbridge.records import Ref
from leadbridge.testing.harness import Contract, ConversionHands, Harness, needs, written
from leadbridge.values import MISSING, Raw


class ConvertContract(Contract):
    @pytest.fixture
    def hands(self, harness: Harness, writer: Provider) -> ConversionHands:
        needs(writer, "native_conversion")
        return hands_of(harness)

    def test_a_conversion_is_read_back(self, hands: ConversionHands, writer: Provider) -> None:
        """``native_conversion`` goes with ``read_back``, and with a limit of at least one lead a call."""
        assert writer.capabilities.read_back
        assert writer.capabilities.converts_at_once >= 1

    def test_predicting_is_pure(self, hands: ConversionHands, writer: Provider) -> None:
        """The same answer each time, in the order of the requests, and nothing is done by asking."""
        requests = [request(hands, writer, number, hands.create("lead", number)) for number in (1, 2)]
        before = {role: hands.ids(role) for role in hands.objects}
        first, again = predicted(hands, writer, requests), predicted(hands, writer, requests)
        assert first == again
        assert [one.number for one in first] == [1, 2]
        assert {role: hands.ids(role) for role in hands.objects} == before

    def test_effects_name_each_role_once(self, hands: ConversionHands, writer: Provider) -> None:
        """The lead's among them; ``names`` are roles of the same conversion."""
        (said,) = predicted(hands, writer, [request(hands, writer, 1, hands.create("lead", 1))])
        roles = [effect.role for effect in said.effects]
        assert len(set(roles)) == len(roles)
        assert {"lead", "contact"} <= set(roles)
        assert [n for effect in said.effects for n in effect.names.values() if n not in roles] == []

    def test_what_is_predicted_comes_about(self, hands: ConversionHands, writer: Provider) -> None:
        """New records are there with the effects' values and names; what is told of is made, and nothing else."""
        before = {role: hands.ids(role) for role in hands.objects}
        one = request(hands, writer, 1, hands.create("lead", 1), makes=frozenset(hands.objects) - {"lead"})
        (said,) = predicted(hands, writer, [one])
        (result,) = converted(writer, [one])
        assert result.state == "done"
        assert set(result.records) == {effect.role for effect in said.effects} - {"lead"}
        made = {role: sorted(set(hands.ids(role)) - set(before[role])) for role in hands.objects if role != "lead"}
        assert made == {role: [result.records[role].id] if role in result.records else [] for role in made}
        _comes_about(writer, said, {**result.records, "lead": one.lead}, {})

    def test_existing_records_change_as_predicted(self, hands: ConversionHands, writer: Provider) -> None:
        """The lead goes into the records that it was told to, and no field that can be written changes there
        but those that effects tell of."""
        account = hands.create("account", 1)
        contact = hands.create("contact", 1, account)
        one = request(hands, writer, 1, hands.create("lead", 1), into={"account": account, "contact": contact})
        before = values_of(writer, [_at(hands, writer, role, id_) for role, id_ in one.into.items()])
        (said,) = predicted(hands, writer, [one])
        (result,) = converted(writer, [one])
        assert {role: result.records[role].id for role in one.into} == one.into
        _comes_about(writer, said, result.records, before)

    def test_a_role_that_is_not_asked_for_is_left_out(self, hands: ConversionHands, writer: Provider) -> None:
        """Where the CRM can leave it out: no opportunity without a word."""
        if "opportunity" not in hands.objects:
            pytest.skip("there are no opportunities that could be left out")
        one = request(hands, writer, 1, hands.create("lead", 1))
        (said,) = predicted(hands, writer, [one])
        converted(writer, [one])
        assert said.effect("opportunity") is None
        assert hands.ids("opportunity") == []

    def test_a_lead_is_converted_once(self, harness: Harness, hands: ConversionHands, writer: Provider) -> None:
        """Again, as after a lost reply, by whomever: a reject ``converted``, and no second contact."""
        one = request(hands, writer, 1, hands.create("lead", 1))
        converted(writer, [one])
        before = {role: sorted(hands.ids(role)) for role in hands.objects}
        other = harness.connect()
        (again,) = converted(other, [one])
        other.close()
        assert (again.state, again.reject and again.reject.code) == ("rejected", "converted")
        assert {role: sorted(hands.ids(role)) for role in hands.objects} == before

    def test_what_became_of_a_lead_can_be_asked(
        self, harness: Harness, hands: ConversionHands, writer: Provider
    ) -> None:
        """By another process too: its records, as the result said; None for a lead that is one still, or is gone."""
        first, second = (hands.create("lead", number) for number in (1, 2))
        (result,) = converted(writer, [request(hands, writer, 1, first)])
        other = harness.connect()
        refs = [_at(hands, other, "lead", one) for one in (second, first, "no-such-id")]
        assert list(other.converted(refs)) == [None, dict(result.records), None]
        other.close()

    def test_a_bad_lead_stops_no_other(self, hands: ConversionHands, writer: Provider) -> None:
        """One result per request, under its number, with a code and a reason where it was refused."""
        good = hands.create("lead", 1)
        results = converted(writer, [request(hands, writer, 8, "no-such-id"), request(hands, writer, 3, good)])
        by_number = {result.number: result for result in results}
        assert {number: result.state for number, result in by_number.items()} == {8: "rejected", 3: "done"}
        reject = by_number[8].reject
        assert reject is not None
        assert reject.code
        assert reject.reason

    def test_an_edited_lead_is_stale(self, hands: ConversionHands, writer: Provider) -> None:
        """With ``checks_expected``: a lead edited since is a reject ``stale``, and is a lead still."""
        needs(writer, "checks_expected")
        lead = hands.create("lead", 1)
        seen = values_of(writer, [_at(hands, writer, "lead", lead)])[lead]
        hands.edit("lead", lead, {hands.field: "by a user"})
        (result,) = converted(
            writer, [request(hands, writer, 1, lead, expected={hands.field: seen.get(hands.field, MISSING)})]
        )
        assert (result.state, result.reject and result.reject.code) == ("rejected", "stale")
        assert list(writer.converted([_at(hands, writer, "lead", lead)])) == [None]

    def test_a_conversion_is_captured(self, harness: Harness, hands: ConversionHands, writer: Provider) -> None:
        """As of any user: with its contact, and whether the conversion made it."""
        first, second = (hands.create("lead", number) for number in (1, 2))
        contact = hands.create("contact", 3, account := hands.create("account", 3))
        cursor = _pages(harness, hands, None)[-1].cursor
        into = {"account": account, "contact": contact}
        results = converted(writer, [request(hands, writer, 1, first), request(hands, writer, 2, second, into=into)])
        became = {result.number: result.records["contact"] for result in results}
        told = [one for page in _pages(harness, hands, cursor) for one in page.converted]
        lead = [_at(hands, writer, "lead", one) for one in (first, second)]
        expected = [Converted(lead[0], became[1], made=True), Converted(lead[1], became[2], made=False)]
        assert sorted(told, key=lambda one: one.lead) == sorted(expected, key=lambda one: one.lead)

    def test_a_converted_lead_is_read_only(self, hands: ConversionHands, writer: Provider) -> None:
        """An update of it is rejected."""
        lead = hands.create("lead", 1)
        converted(writer, [request(hands, writer, 1, lead)])
        (result,) = written(writer, [Action(1, "update", hands.objects["lead"], lead, {hands.field: "written"})])
        assert result.state == "rejected"

    def test_estimating_conversions_is_pure(self, hands: ConversionHands, writer: Provider) -> None:
        """A number of calls, none for no leads; nothing is converted by asking."""
        lead = hands.create("lead", 1)
        assert writer.estimate_conversions(iter([request(hands, writer, 1, lead)])) >= 0
        assert writer.estimate_conversions([]) == 0
        assert list(writer.converted([_at(hands, writer, "lead", lead)])) == [None]


def hands_of(harness: Harness) -> ConversionHands:
    found = harness.conversions()
    if found is None:
        pytest.fail("native conversion is declared, so the harness must have conversions()")
    return found


def request(  # noqa: PLR0913  (a request has many parts)
    hands: ConversionHands,
    provider: Provider,
    number: int,
    lead: str,
    *,
    makes: frozenset[str] = frozenset({"account", "contact"}),
    into: Mapping[str, str] | None = None,
    expected: Mapping[str, Raw] | None = None,
) -> ConvertRequest:
    ref = _at(hands, provider, "lead", lead)
    return ConvertRequest(number, ref, makes, into or {}, {}, hands.wanted, expected or {})


def predicted(hands: ConversionHands, provider: Provider, requests: Sequence[ConvertRequest]) -> list[Prediction]:
    """With what ``read`` says of the records as snapshots."""
    provider.describe()
    snapshots = {}
    for one in requests:
        refs = {"lead": one.lead, **{role: _at(hands, provider, role, id_) for role, id_ in one.into.items()}}
        seen = values_of(provider, list(refs.values()))
        snapshots[one.number] = {role: seen.get(ref.id, {}) for role, ref in refs.items()}
    return list(provider.predict(requests, snapshots))


def converted(provider: Provider, requests: Sequence[ConvertRequest]) -> list[ConvertResult]:
    """A whole run of one call; its results in the order of the requests."""
    provider.begin()
    results = provider.convert(requests)
    provider.commit()
    by_number = {result.number: result for result in results}
    assert sorted(result.number for result in results) == sorted(one.number for one in requests)
    return [by_number[one.number] for one in requests]


def values_of(provider: Provider, refs: Sequence[Ref]) -> dict[str, Mapping[str, Raw]]:
    return {record.ref.id: record.values for record in provider.read(refs) if record}


def _comes_about(
    provider: Provider, said: Prediction, records: Mapping[str, Ref], before: Mapping[str, Mapping[str, Raw]]
) -> None:
    now = values_of(provider, list(records.values()))
    writable = {one.name: {field.name for field in one.fields if field.writable} for one in provider.describe()}
    for effect in said.effects:
        if effect.role not in records:
            continue
        held = now[records[effect.role].id]
        for name, raw in effect.values.items():
            stored = held.get(name, MISSING)
            assert stored == raw or provider.normalises(effect.object, name, raw, stored), (effect.role, name)
        for name, role in effect.names.items():
            assert held.get(name) == records[role].id, (effect.role, name)
        told = {*effect.values, *effect.names, *effect.unsure}
        old = before.get(records[effect.role].id, held)
        changed = {n for n in {*old, *held} if old.get(n, MISSING) != held.get(n, MISSING)}
        assert changed & writable[effect.object] <= told, effect.role


def _at(hands: ConversionHands, provider: Provider, role: str, id_: str) -> Ref:
    return Ref(provider.site.connection, hands.objects[role], id_)


def _pages(harness: Harness, hands: ConversionHands, cursor: str | None) -> list[Page]:
    other = harness.connect()
    try:
        return list(other.capture(hands.objects["lead"], cursor))
    finally:
        other.close()
