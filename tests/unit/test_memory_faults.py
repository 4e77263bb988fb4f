"""The contract is worth its name: each of its rules fails for a provider that breaks it, and only for such a one."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from faulty_conversions import RULES as CONVERSION_RULES
from faulty_providers import RULES as OTHER_RULES
from faulty_providers import ReadsOnly, RejectsBadRows, ShoutsAsDeclared, Staged
from memory_harness import MemoryHarness

from leadbridge.errors import BusyError
from leadbridge.memory import MemoryProvider
from leadbridge.testing import ProviderContract

RULES = {**OTHER_RULES, **CONVERSION_RULES}
FAULTS = [(rule, provider) for rule, providers in RULES.items() for provider in providers]


class SpoilingHarness(MemoryHarness):
    def spoil(self) -> bool:
        self.create({**self.sample(99), "Company": "spoilt"})
        return True


class Contract(ProviderContract):
    def make(self, tmp_path: Path) -> SpoilingHarness:
        raise TypeError("the harness is passed in")


def keep(rule: str, folder: Path, provider: type[MemoryProvider]) -> None:
    """Run one rule on one provider, without pytest's fixtures."""
    harness = SpoilingHarness(folder, page_size=1, kind=provider)
    given: dict[str, object] = {"harness": harness, "provider": harness.connect(), "writer": harness.connect()}
    given["hands"] = harness.conversions()
    test = getattr(Contract(), rule)
    test(**{name: given[name] for name in inspect.signature(test).parameters})


def test_every_rule_has_a_fault() -> None:
    assert set(RULES) == {name for name in dir(ProviderContract) if name.startswith("test_")}


@pytest.mark.parametrize(("rule", "provider"), FAULTS, ids=lambda value: getattr(value, "__name__", value))
def test_a_rule_fails_where_it_is_broken(tmp_path: Path, rule: str, provider: type[MemoryProvider]) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception, ValueError, BusyError)):
        keep(rule, tmp_path, provider)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_holds_where_it_is_kept(tmp_path: Path, rule: str) -> None:
    kept_by = {
        "test_staged_writes_show_at_commit": Staged,
        "test_a_killed_run_is_repeated": Staged,
        "test_another_form_of_a_value_is_declared": ShoutsAsDeclared,
    }
    keep(rule, tmp_path, ReadsOnly if "undeclared" in rule else kept_by.get(rule, RejectsBadRows))


def test_abandoning_a_staged_run_discards_it(tmp_path: Path) -> None:
    keep("test_an_abandoned_run_is_over", tmp_path, Staged)
