"""Settling a conflict: several different values want one golden field, the policy says which one it gets.

Candidates arrive with one per distinct value, in no particular order; every rule ends in the policy's rank, so that
the result never depends on the order in which connections, pages or events arrive.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from leadbridge.merge.model import Candidate, FieldPolicy
from leadbridge.subjects.types import FieldType
from leadbridge.values import is_present

Settle = Callable[[Sequence[Candidate], FieldPolicy, FieldType], Candidate]
_NEVER = datetime.min.replace(tzinfo=UTC)


def ranked(candidates: Sequence[Candidate], policy: FieldPolicy) -> list[Candidate]:
    """The preferred first; of one connection, by object and id; the golden value before its connection's links."""
    return sorted(
        candidates,
        key=lambda c: (
            policy.rank(c.connection),
            c.ref is not None,
            c.ref.object if c.ref else "",
            c.ref.id if c.ref else "",
        ),
    )


def settle(candidates: Sequence[Candidate], policy: FieldPolicy, kind: FieldType) -> Candidate | None:
    """The winner of two or more distinct values, or None where a person must say."""
    rule = _RULES.get(policy.kind)
    return None if rule is None else rule(ranked(candidates, policy), policy, kind)


def _first(candidates: Sequence[Candidate], policy: FieldPolicy, kind: FieldType) -> Candidate:
    return candidates[0]


def _newest(candidates: Sequence[Candidate], policy: FieldPolicy, kind: FieldType) -> Candidate:
    """The latest of the CRMs' own stamps; one without a stamp is older than all."""
    return max(candidates, key=lambda c: c.stamp or _NEVER)


def _fill_blank(candidates: Sequence[Candidate], policy: FieldPolicy, kind: FieldType) -> Candidate:
    """What golden has stays; a blank takes the preferred value."""
    present = _present(candidates)
    return next((c for c in present if c.ref is None), present[0])


def _longest(candidates: Sequence[Candidate], policy: FieldPolicy, kind: FieldType) -> Candidate:
    return max(candidates, key=lambda c: len(str(c.value)) if is_present(c.value) else -1)


def _least(candidates: Sequence[Candidate], policy: FieldPolicy, kind: FieldType) -> Candidate:
    return min(_present(candidates), key=lambda c: _comparable(c, kind))


def _greatest(candidates: Sequence[Candidate], policy: FieldPolicy, kind: FieldType) -> Candidate:
    return max(_present(candidates), key=lambda c: _comparable(c, kind))


def _restrictive(candidates: Sequence[Candidate], policy: FieldPolicy, kind: FieldType) -> Candidate:
    """The opt-out wins."""
    return next((c for c in candidates if c.value is True), _present(candidates)[0])


def _union(candidates: Sequence[Candidate], policy: FieldPolicy, kind: FieldType) -> Candidate:
    """All items of all sides, the preferred side's first: values of a list, lines of a text; else the preferred."""
    present = _present(candidates)
    lists = [tuple(c.value) for c in present if isinstance(c.value, tuple)]
    texts = [tuple(line.strip() for line in c.value.splitlines()) for c in present if isinstance(c.value, str)]
    distinct = tuple(dict.fromkeys(item for items in (lists or texts) for item in items))
    if kind.name not in {"multi_select", "text"}:
        return present[0]
    return Candidate(distinct if kind.name == "multi_select" else "\n".join(distinct), present[0].connection)


def _present(candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Those with a value; all where none has one."""
    return [c for c in candidates if is_present(c.value)] or candidates


def _comparable(candidate: Candidate, kind: FieldType) -> Any:
    return kind.key(candidate.value) if is_present(candidate.value) else 0


_RULES: Final[Mapping[str, Settle]] = {
    "prefer": _first,
    "owner": _first,
    "newest": _newest,
    "fill_blank": _fill_blank,
    "longest": _longest,
    "min": _least,
    "max": _greatest,
    "union": _union,
    "restrictive": _restrictive,
}
