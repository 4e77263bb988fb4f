"""Leads that match no existing record and share a key share the record that is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from leadbridge.plan.model import Request


def share(requests: Sequence[Request], role: str, kinds: Sequence[str]) -> Mapping[int, int]:
    """Request number -> number of the first request that it shares the new record of this role with (maybe itself).

    ``kinds`` of keys go from the strongest to the weakest. Requests whose strongest key is equal share. One that
    lacks the strongest kind joins those that hold its weaker key, where they are one group; where they are several
    the key does not tell them apart, and it stays on its own. The order of the requests does not matter.
    """
    groups: dict[str, list[Request]] = {}
    for kind in kinds:
        held = _by_weaker_keys(groups, role)
        for request in requests:
            strongest = next(iter(request.keys.get(role, ())), "")
            if strongest.partition(":")[0] == kind:
                known = held.get(strongest, frozenset())
                groups.setdefault(next(iter(known)) if len(known) == 1 else strongest, []).append(request)
    shared = {r.number: min(m.number for m in members) for members in groups.values() for r in members}
    return {r.number: shared.get(r.number, r.number) for r in requests}


def _by_weaker_keys(groups: Mapping[str, Sequence[Request]], role: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, members in groups.items():
        for member in members:
            for key in member.keys.get(role, ())[1:]:
                found.setdefault(key, set()).add(name)
    return {key: frozenset(names) for key, names in found.items()}
