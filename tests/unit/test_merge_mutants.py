"""The decision table broken on purpose, row by row: each break must make a case of its tests fail."""

from __future__ import annotations

import importlib.util
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MERGE = ROOT / "leadbridge" / "merge"
TABLE = Path(__file__).with_name("test_merge_table.py")
MODULES = ("settling", "deciding", "record")

MUTANTS: list[tuple[str, str, str]] = [
    # deciding: which sides changed
    (
        "deciding",
        "if r.fresh and r.base is not MISSING and not same(r.value, r.base)]",
        "if r.fresh and r.base is not MISSING]",
    ),
    ("deciding", "r.fresh and r.base is not MISSING and not same", "r.fresh and not same"),
    ("deciding", "not same(r.value, r.base)]", "r.value != r.base]"),
    ("deciding", "barred = [r.candidate for r in changed if _is_barred(r, policy, held)]", "barred = []"),
    ("deciding", "if _is_barred(r, policy, held)]", "if not _is_barred(r, policy, held)]"),
    ("deciding", "allowed = [r for r in changed if r.candidate not in barred]", "allowed = changed"),
    # deciding: golden's own value
    ("deciding", "if held is not None and _untold(field, held, allowed):", "if False:"),
    ("deciding", "if held is not None and _untold(field, held, allowed):", "if held is not None:"),
    ("deciding", "_untold(field, held, allowed)", "_untold(field, held, [r for r in readings if r.fresh])"),
    ("deciding", "len(told) < len(changed) and not any", "not any"),
    (
        "deciding",
        "len(told) < len(changed) and not any(r.candidate.connection == held.origin for r in told)",
        "len(told) < len(changed)",
    ),
    ("deciding", "== held.origin for r in told)", "== held.origin for r in changed)"),
    ("deciding", "== held.origin for r in told)", "!= held.origin for r in told)"),
    # deciding: nothing, one, several
    ("deciding", "losers = tuple(c for c in barred if held is None or not same(c.value, held.value))", "losers = ()"),
    (
        "deciding",
        "losers = tuple(c for c in barred if held is None or not same(c.value, held.value))",
        "losers = tuple(barred)",
    ),
    (
        "deciding",
        "    if not distinct:\n        return Decision(None, ",
        "    if not distinct:\n        losers = ()\n        return Decision(None, ",
    ),
    ("deciding", "if len(distinct) == 1 and _lifts(held, distinct[0], policy):", "if False:"),
    ("deciding", "(*losers, Candidate.of(held)))", "losers)"),
    ("deciding", 'return Decision(distinct[0], "lone change", losers)', 'return Decision(None, "lone change", losers)'),
    ("deciding", 'return Decision(distinct[0], "lone change", losers)', 'return Decision(distinct[0], "lone change")'),
    (
        "deciding",
        "winner = settle(distinct, policy, field.kind)\n",
        "winner = settle(distinct[::-1][:1], policy, field.kind)\n",
    ),
    (
        "deciding",
        "return Decision(None, policy.kind, losers, tuple(distinct))",
        "return Decision(distinct[0], policy.kind, losers)",
    ),
    ("deciding", "beaten = tuple(c for c in distinct if not same(c.value, winner.value))", "beaten = ()"),
    ("deciding", "beaten = tuple(c for c in distinct if not same(c.value, winner.value))", "beaten = tuple(distinct)"),
    ("deciding", "if changes.asked:\n        return changes", "if changes.asked:\n        return Decision(None, '')"),
    # deciding: first contact
    (
        "deciding",
        "settled = changes.winner or (None if held is None else Candidate.of(held))",
        "settled = None if held is None else Candidate.of(held)",
    ),
    (
        "deciding",
        "settled = changes.winner or (None if held is None else Candidate.of(held))",
        "settled = changes.winner",
    ),
    ("deciding", "r.fresh and r.base is MISSING and is_present(r.value)]", "r.fresh and r.base is MISSING]"),
    ("deciding", "r.fresh and r.base is MISSING and is_present(r.value)]", "False]"),
    ("deciding", "known = settled if settled is not None and is_present(settled.value) else None", "known = settled"),
    (
        "deciding",
        "strangers = [c for c in values if known is None or not same(c.value, known.value)]",
        "strangers = values",
    ),
    ("deciding", "if known is None and len(strangers) == 1:", "if len(strangers) == 1:"),
    ("deciding", "if known is None and len(strangers) == 1:", "if known is None:"),
    ("deciding", "if known is None and len(strangers) == 1:", "if False:"),
    ("deciding", "rivals = [known, *strangers] if known is not None else strangers", "rivals = strangers"),
    ("deciding", 'if policy.kind != "restrictive" and (', "if ("),
    ("deciding", '(policy.first == "ask" or policy.kind == "ask")', '(policy.first == "ask")'),
    ("deciding", '(policy.first == "ask" or policy.kind == "ask")', '(policy.kind == "ask")'),
    ("deciding", "changes.losers, tuple(ranked(rivals, policy)))", "changes.losers)"),
    ("deciding", "changes.losers, tuple(ranked(rivals, policy)))", "changes.losers, tuple(strangers))"),
    ("deciding", "winner = settle(rivals, policy, field.kind) or rivals[0]", "winner = rivals[0]"),
    ("deciding", "beaten = tuple(c for c in rivals if not same(c.value, winner.value))", "beaten = ()"),
    ("deciding", "changes.winner if winner is known else winner, ", "None if winner is known else winner, "),
    ("deciding", "changes.winner if winner is known else winner, ", "changes.winner, "),
    # deciding: bars
    ("deciding", 'if policy.kind == "owner" and reading', 'if policy.kind == "prefer" and reading'),
    ("deciding", "reading.candidate.connection != policy.owner", "reading.candidate.connection == policy.owner"),
    (
        "deciding",
        'return policy.kind == "restrictive" and is_absent(reading.value) and',
        "return is_absent(reading.value) and",
    ),
    ("deciding", "and is_absent(reading.value) and held is not None", "and held is not None"),
    ("deciding", "is_absent(reading.value) and held is not None and held.value is True", "False"),
    (
        "deciding",
        'held.value is True and policy.kind == "restrictive" and candidate.value is False',
        "held.value is True and candidate.value is False",
    ),
    # deciding: distinct values
    ("deciding", "for candidate in ranked(candidates, policy):", "for candidate in candidates:"),
    ("deciding", "if not any(field.kind.equivalent(candidate.value, other.value) for other in found):", "if True:"),
    (
        "deciding",
        "if not any(field.kind.equivalent(candidate.value, other.value) for other in found):",
        "if not found:",
    ),
    # settling
    ("settling", "policy.rank(c.connection),", "c.connection,"),
    ("settling", "policy.rank(c.connection),", "(-policy.rank(c.connection)[0], ''),"),
    ("settling", "c.ref is not None,", "c.ref is None,"),
    ("settling", "rule(ranked(candidates, policy), policy, kind)", "rule(list(candidates)[::-1], policy, kind)"),
    ("settling", "return candidates[0]\n\n\ndef _newest", "return candidates[-1]\n\n\ndef _newest"),
    (
        "settling",
        "max(candidates, key=lambda c: c.stamp or _NEVER)",
        "min(candidates, key=lambda c: c.stamp or _NEVER)",
    ),
    ("settling", "max(candidates, key=lambda c: c.stamp or _NEVER)", "candidates[0]"),
    ("settling", "next((c for c in present if c.ref is None), present[0])", "present[0]"),
    ("settling", "present = _present(candidates)\n    return next(", "present = candidates\n    return next("),
    (
        "settling",
        "len(str(c.value)) if is_present(c.value) else -1)",
        "-len(str(c.value)) if is_present(c.value) else -9999)",
    ),
    (
        "settling",
        "len(str(c.value)) if is_present(c.value) else -1)",
        "len(str(c.value)) if is_present(c.value) else 9999)",
    ),
    ("settling", "return min(_present(candidates)", "return max(_present(candidates)"),
    ("settling", "return max(_present(candidates)", "return min(_present(candidates)"),
    ("settling", "min(_present(candidates), ", "min(candidates, "),
    ("settling", "c.value is True), _present", "c.value is False), _present"),
    (
        "settling",
        "next((c for c in candidates if c.value is True), _present(candidates)[0])",
        "_present(candidates)[0]",
    ),
    ("settling", "for line in c.value.splitlines()", "for line in [c.value]"),
    ("settling", "tuple(dict.fromkeys(item for items", "tuple((item for items"),
    ("settling", "tuple(dict.fromkeys(item for items in (lists or texts) for item in items))", "(lists or texts)[0]"),
    ("settling", 'if kind.name not in {"multi_select", "text"}:', "if False:"),
    ("settling", "return [c for c in candidates if is_present(c.value)] or candidates", "return candidates"),
    *(
        ("settling", f'"{rule}": {name},', "")
        for rule, name in (
            ("prefer", "_first"),
            ("owner", "_first"),
            ("newest", "_newest"),
            ("fill_blank", "_fill_blank"),
            ("longest", "_longest"),
            ("min", "_least"),
            ("max", "_greatest"),
            ("union", "_union"),
            ("restrictive", "_restrictive"),
        )
    ),
]
"""Module, source, what takes its place."""

NAMES = [f"{module}-{n}" for n, (module, _, _) in enumerate(MUTANTS)]


def mutated(module: str = "", old: str = "", new: str = "") -> Callable[..., Any]:
    """``merge`` of a copy of the merge core with one piece of source replaced."""
    made: dict[str, ModuleType] = {}
    for name in MODULES:
        source = (MERGE / f"{name}.py").read_text(encoding="utf-8")
        if name == module:
            assert source.count(old) == 1, f"{old!r} stands {source.count(old)} times in {name}.py"
            source = source.replace(old, new)
        for other in made:
            source = source.replace(f"leadbridge.merge.{other} import", f"mutant_{other} import")
        made[name] = ModuleType(f"mutant_{name}")
        sys.modules[f"mutant_{name}"] = made[name]
        exec(compile(source, f"{name}.py", "exec"), made[name].__dict__)  # noqa: S102  (the project's own source)
    merge: Callable[..., Any] = made["record"].merge
    return merge


@pytest.fixture(scope="module")
def table() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("merge_table_for_mutants", TABLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    for name in MODULES:
        sys.modules.pop(f"mutant_{name}", None)


def cases(table: ModuleType) -> Iterator[Callable[[], object]]:
    """Every test of the table, those with parameters once for each set of them."""
    for name, test in inspect.getmembers(table, inspect.isfunction):
        if name.startswith("test_"):
            sets = [list(_arguments(mark)) for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
            for chosen in product(*sets):
                arguments = {key: value for one in chosen for key, value in one.items()}
                yield lambda test=test, arguments=arguments: test(**arguments)


def _arguments(mark: pytest.Mark) -> Iterator[dict[str, Any]]:
    names, values = mark.args
    listed = re.split(r",\s*", names) if isinstance(names, str) else list(names)
    for value in values:
        yield dict(zip(listed, value if len(listed) > 1 else (value,), strict=True))


def survives(table: ModuleType, merge: Callable[..., Any]) -> bool:
    table.merge = merge  # type: ignore[attr-defined]
    for case in cases(table):
        try:
            case()
        except Exception:  # noqa: BLE001  (whatever breaks a case tells the mutant)
            return False
    return True


def test_the_table_passes_on_an_unbroken_copy(table: ModuleType) -> None:
    assert sum(1 for _ in cases(table)) > 40
    assert survives(table, mutated())


@pytest.mark.parametrize("mutant", MUTANTS, ids=NAMES)
def test_a_broken_table_fails_a_case(table: ModuleType, mutant: tuple[str, str, str]) -> None:
    assert not survives(table, mutated(*mutant))


def test_every_rule_of_the_settling_table_is_taken_out_once() -> None:
    from leadbridge.merge.settling import _RULES

    assert {f'"{rule}": {call.__name__},' for rule, call in _RULES.items()} <= {old for _, old, _ in MUTANTS}
