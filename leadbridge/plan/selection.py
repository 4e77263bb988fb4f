"""Which leads a policy converts, and for the others the reason in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from leadbridge.conditions import Condition, ConditionError
from leadbridge.mapping.policy import ConvertPolicy
from leadbridge.plan.model import LeftOut, United, label
from leadbridge.records import Reject
from leadbridge.values import MISSING, is_absent


@dataclass(frozen=True, slots=True)
class Selection:
    """Leads by what becomes of them; each is in exactly one of the three."""

    selected: tuple[United, ...]
    left_out: tuple[LeftOut, ...]
    rejects: tuple[Reject, ...]


def select(leads: Iterable[United], policy: ConvertPolicy, where: Condition | None) -> Selection:
    """``when`` and ``where`` include, ``unless`` excludes; a condition that errs on a lead rejects that lead."""
    selected: list[United] = []
    left_out: list[LeftOut] = []
    rejects: list[Reject] = []
    for lead in leads:
        try:
            reason = _why_not(lead, policy, where)
        except ConditionError as error:
            rejects.append(_reject(lead, policy, error))
            continue
        if reason:
            left_out.append(LeftOut(lead, label(lead.values), reason))
        else:
            selected.append(lead)
    return Selection(tuple(selected), tuple(left_out), tuple(rejects))


def _why_not(lead: United, policy: ConvertPolicy, where: Condition | None) -> str:
    for word, condition in (("when", policy.when), ("where", where)):
        if condition is not None and not condition.includes(lead.values):
            return f"{word}: {_explain(condition, lead)}"
    if policy.unless is not None and policy.unless.excludes(lead.values):
        return f"unless: {_explain(policy.unless, lead)}"
    return ""


def _explain(condition: Condition, lead: United) -> str:
    """What decided it: the condition, and what it read."""
    names = sorted((condition.names | (condition.record_names or frozenset())) - {"record"})
    absent = [name for name in names if is_absent(lead.values.get(name, MISSING))]
    source = " ".join(condition.source.split())
    if condition.decide(lead.values) is None:
        return f"{source} is undecided, because {_listed(absent)} {'is' if len(absent) == 1 else 'are'} not known"
    held = ", ".join(f"{name} is {_word(lead.values[name])}" for name in names if name not in absent)
    return f"{source}" + (f" ({held})" if held else "")


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else " or ".join((", ".join(names[:-1]), names[-1])) if names else "a field"


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _reject(lead: United, policy: ConvertPolicy, error: ConditionError) -> Reject:
    first = lead.members[0].record
    return Reject(
        code="condition",
        reason=f"{label(lead.values)}: {error}",
        remedy=f"guard the condition in {policy.file.as_posix()}, for example with has(record.field)",
        source=first.source or str(first.ref),
    )
