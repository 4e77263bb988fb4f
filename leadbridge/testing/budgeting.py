"""Rules of ``allowance`` and the estimates: what a run may cost is known before it is begun."""

# ruff: noqa: S101  (assertions are what a contract is made of)

from __future__ import annotations

import pytest

from leadbridge.provider import Action, Provider
from leadbridge.records import Ref
from leadbridge.testing.converting import converted, hands_of, request
from leadbridge.testing.harness import Contract, Harness, needs, ref, written


class BudgetContract(Contract):
    def test_an_allowance_is_asked_cheaply(self, harness: Harness, provider: Provider) -> None:
        """A number of calls, or None; where nothing is known it costs one call at most, and nothing when asked again.

        An allowance of calls needs a harness that counts them.
        """
        before = harness.calls()
        allowance = provider.allowance()
        if allowance is None:
            return
        assert allowance >= 0
        assert _counted(harness) - (before or 0) <= 1
        before = _counted(harness)
        assert provider.allowance() == allowance
        assert _counted(harness) == before

    def test_an_allowance_falls_as_it_is_used(self, harness: Harness, writer: Provider) -> None:
        """By every call, as soon as records were written and read."""
        writer.describe()
        before = writer.allowance()
        if before is None:
            pytest.skip(f"{type(writer).__name__} has no limit")
        at_first = _counted(harness)
        (result,) = written(writer, [Action(1, "create", harness.object, values=harness.sample(1), key="key-1")])
        if writer.capabilities.read_back:
            writer.read([ref(writer, harness, result.id or "")])
        used = _counted(harness) - at_first
        assert used > 0
        after = writer.allowance()
        assert after is not None
        assert after <= max(0, before - used)

    def test_writing_takes_no_more_calls_than_estimated(self, harness: Harness, writer: Provider) -> None:
        """Of creates, updates and deletes, few and many, read back as a run does."""
        if harness.calls() is None:
            pytest.skip("its calls cost nothing")
        writer.describe()
        ids: list[str] = []
        for many in (1, 3):
            creates = [
                Action(n, "create", harness.object, values=harness.sample(n + 10 * many), key=f"key-{many}-{n}")
                for n in range(many)
            ]
            ids = self._run(harness, writer, creates)
            values = {harness.field: "written"}
            self._run(harness, writer, [Action(n, "update", harness.object, id_, values) for n, id_ in enumerate(ids)])
            self._run(harness, writer, [Action(n, "delete", harness.object, id_) for n, id_ in enumerate(ids)])

    def _run(self, harness: Harness, writer: Provider, actions: list[Action]) -> list[str]:
        """Write them, and read back what is left; their ids."""
        estimate, before = writer.estimate(iter(actions)), _counted(harness)
        results = written(writer, actions)
        assert [result.state for result in results] == ["done"] * len(actions)
        if writer.capabilities.read_back and actions[0].verb != "delete":
            writer.read([ref(writer, harness, result.id or "") for result in results])
        assert _counted(harness) - before <= estimate
        return [result.id or "" for result in results]

    def test_reading_takes_no_more_calls_than_estimated(self, harness: Harness, writer: Provider) -> None:
        """Records that are there and such that are not; no call for none, and blank ids count like others."""
        needs(writer, "read_back")
        if harness.calls() is None:
            pytest.skip("its calls cost nothing")
        writer.describe()
        refs = [ref(writer, harness, harness.create(harness.sample(number))) for number in (1, 2, 3)]
        estimate, before = writer.estimate_reads(iter(refs)), _counted(harness)
        assert writer.estimate_reads(Ref(one.connection, one.object, "") for one in refs) == estimate
        assert writer.estimate_reads([]) == 0
        assert _counted(harness) == before
        writer.read(refs)
        assert 0 < _counted(harness) - before <= estimate

    def test_converting_takes_no_more_calls_than_estimated(self, harness: Harness, writer: Provider) -> None:
        """Leads that become new records, and such that go into others."""
        needs(writer, "native_conversion")
        if harness.calls() is None:
            pytest.skip("its calls cost nothing")
        hands = hands_of(harness)
        writer.describe()
        account = hands.create("account", 3)
        into = {"account": account, "contact": hands.create("contact", 3, account)}
        requests = [
            request(hands, writer, 1, hands.create("lead", 1)),
            request(hands, writer, 2, hands.create("lead", 2), into=into),
        ]
        estimate, before = writer.estimate_conversions(iter(requests)), _counted(harness)
        assert _counted(harness) == before
        results = converted(writer, requests)
        assert [result.state for result in results] == ["done"] * len(requests)
        assert 0 < _counted(harness) - before <= estimate


def _counted(harness: Harness) -> int:
    calls = harness.calls()
    if calls is None:
        pytest.fail("there is an allowance of calls, so the harness must have calls()")
    return calls
