"""One field of one golden record: who changed it, who may, and what it becomes. The decision table of the merge.

Words: a side's value is what its mapping reads of the captured record, or of the base where nothing was captured; it
*changed* where it is not equivalent to the base; it is a *first contact* where there is no base yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeGuard

from leadbridge.golden import Held
from leadbridge.merge.model import Candidate, FieldPolicy
from leadbridge.merge.settling import ranked, settle
from leadbridge.subjects.model import Field
from leadbridge.values import MISSING, Value, is_absent, is_present


@dataclass(frozen=True, slots=True)
class Reading:
    """What one side says of the field.

    Attributes:
        base: the value last agreed with this side; MISSING where there is none yet.
        fresh: whether the side was captured in this run; if not, its value is its base.
    """

    candidate: Candidate
    base: Value
    fresh: bool

    @property
    def value(self) -> Value:
        return self.candidate.value


@dataclass(frozen=True, slots=True)
class Decision:
    """What the field becomes.

    Attributes:
        winner: the value that golden has from now on; None where it stays as it is.
        losers: values that were overruled, for the conflict log.
        asked: values between which a person must choose; the field is guarded until then.
    """

    winner: Candidate | None
    rule: str
    losers: tuple[Candidate, ...] = ()
    asked: tuple[Candidate, ...] = ()


UNCHANGED: Final = Decision(None, "unchanged")
"""What :func:`decide` says where no side has changed or is new."""


def decide(field: Field, held: Held | None, readings: Sequence[Reading], policy: FieldPolicy) -> Decision:
    """Changes first, then first contacts against what the changes left. The order of ``readings`` does not matter."""
    changes = _decide_changes(field, held, readings, policy)
    if changes.asked:
        return changes
    settled = changes.winner or (None if held is None else Candidate.of(held))
    return _decide_first(field, settled, changes, readings, policy)


def _decide_changes(field: Field, held: Held | None, readings: Sequence[Reading], policy: FieldPolicy) -> Decision:
    same = field.kind.equivalent
    changed = [r for r in readings if r.fresh and r.base is not MISSING and not same(r.value, r.base)]
    barred = [r.candidate for r in changed if _is_barred(r, policy, held)]
    allowed = [r for r in changed if r.candidate not in barred]
    candidates = [r.candidate for r in allowed]
    # A golden value that a changed side has not been told yet is weighed too, unless its own origin changed again.
    if held is not None and _untold(field, held, allowed):
        candidates.append(Candidate.of(held))
    distinct = _distinct(field, candidates, policy)
    losers = tuple(c for c in barred if held is None or not same(c.value, held.value))
    # Nobody changed it, or only sides that may not: it stays.
    if not distinct:
        return Decision(None, "barred", losers) if losers else UNCHANGED
    # A clear no to an opt-out: it is taken, and the opt-out it lifts is logged.
    if len(distinct) == 1 and _lifts(held, distinct[0], policy):
        return Decision(distinct[0], "consent given again", (*losers, Candidate.of(held)))
    # One value: it is taken.
    if len(distinct) == 1:
        return Decision(distinct[0], "lone change", losers)
    # Several: the policy settles it, or a person does.
    winner = settle(distinct, policy, field.kind)
    if winner is None:
        return Decision(None, policy.kind, losers, tuple(distinct))
    beaten = tuple(c for c in distinct if not same(c.value, winner.value))
    return Decision(winner, policy.kind, (*losers, *beaten))


def _decide_first(
    field: Field,
    settled: Candidate | None,
    changes: Decision,
    readings: Sequence[Reading],
    policy: FieldPolicy,
) -> Decision:
    same = field.kind.equivalent
    fresh = [r.candidate for r in readings if r.fresh and r.base is MISSING and is_present(r.value)]
    values = _distinct(field, fresh, policy)
    known = settled if settled is not None and is_present(settled.value) else None
    strangers = [c for c in values if known is None or not same(c.value, known.value)]
    # Equal values are adopted, blank ones yield: nothing to decide.
    if not strangers:
        return changes
    # Golden has none and the new sides agree: theirs is taken.
    if known is None and len(strangers) == 1:
        return Decision(strangers[0], "first contact", changes.losers)
    # Both sides hold a value: the job's `first` decides; consent is settled for the opt-out without asking.
    rivals = [known, *strangers] if known is not None else strangers
    if policy.kind != "restrictive" and (policy.first == "ask" or policy.kind == "ask"):
        return Decision(changes.winner, "first contact", changes.losers, tuple(ranked(rivals, policy)))
    winner = settle(rivals, policy, field.kind) or rivals[0]
    beaten = tuple(c for c in rivals if not same(c.value, winner.value))
    return Decision(changes.winner if winner is known else winner, "first contact", (*changes.losers, *beaten))


def _is_barred(reading: Reading, policy: FieldPolicy, held: Held | None) -> bool:
    """Whether the policy does not let this side's change count."""
    if policy.kind == "owner" and reading.candidate.connection != policy.owner:
        return True
    # A stage is left by legal moves only.
    if policy.legal is not None and held is not None and not policy.legal(held.value, reading.value):
        return True
    # Blank or missing never lifts an opt-out.
    return policy.kind == "restrictive" and is_absent(reading.value) and held is not None and held.value is True


def _lifts(held: Held | None, candidate: Candidate, policy: FieldPolicy) -> TypeGuard[Held]:
    return held is not None and held.value is True and policy.kind == "restrictive" and candidate.value is False


def _untold(field: Field, held: Held, changed: Sequence[Reading]) -> bool:
    """Whether a changed side never saw golden's value, and the origin of that value has not changed again: a link of
    the origin's connection that holds golden's value as its base, which a second link there may not.
    """
    told = [r for r in changed if field.kind.equivalent(held.value, r.base)]
    return len(told) < len(changed) and not any(r.candidate.connection == held.origin for r in told)


def _distinct(field: Field, candidates: Sequence[Candidate], policy: FieldPolicy) -> list[Candidate]:
    """One candidate per distinct value, the preferred of each."""
    found: list[Candidate] = []
    for candidate in ranked(candidates, policy):
        if not any(field.kind.equivalent(candidate.value, other.value) for other in found):
            found.append(candidate)
    return found
