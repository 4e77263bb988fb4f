"""Existing records, found by the keys of a convert policy's ``match:``, in the order given there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from leadbridge.matching.keys import Values, differ, keys_of
from leadbridge.records import Captured, Ref

_WORDS = {
    "email": "e-mail",
    "mobile_phone": "mobile phone",
    "name_and_company": "name and company",
    "company_name": "company name",
    "domain_and_name": "domain and company name",
}


@dataclass(frozen=True, slots=True)
class Found:
    """The one existing record.

    Attributes:
        keys: the kinds of key that found it, in the order tried.
        why: for a person to read, without values: ``same domain``.
    """

    record: Captured
    keys: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Existing records that the keys cannot settle on: a question for a person.

    Attributes:
        records: sorted by ref.
        why: ``3 records with the same domain``.
    """

    records: tuple[Captured, ...]
    keys: tuple[str, ...]
    why: str


class Index:
    """Captured records of one role, by key. Building it takes one pass; a look-up does not depend on its size."""

    def __init__(self, records: Iterable[Captured], kinds: Sequence[str]) -> None:
        self.kinds = tuple(kinds)
        self._by_key: dict[str, list[Captured]] = {}
        for record in records:
            for key in keys_of(record.subject, record.values, self.kinds):
                self._by_key.setdefault(key, []).append(record)

    def find(self, subject: str, values: Values) -> Found | Ambiguous | None:
        """What a record of ``subject`` with these values belongs to.

        The first kind of key that finds records decides; where it finds several, the kinds after it may narrow them
        down. What still stands for several records is ambiguous, and so is a record that a company's name picked
        out although the two name different places.
        """
        left: dict[Ref, Captured] = {}
        used: list[str] = []
        for kind in self.kinds:
            hits = self._hits(subject, values, kind)
            narrowed = {ref: hit for ref, hit in hits.items() if ref in left} if left else hits
            if not narrowed or len(narrowed) == len(left):
                continue
            before, left = left, narrowed
            used.append(kind)
            if len(left) == 1:
                return self._one(next(iter(left.values())), before or left, used, values)
        return _ambiguous(left, used) if left else None

    def _hits(self, subject: str, values: Values, kind: str) -> dict[Ref, Captured]:
        keys = keys_of(subject, values, (kind,))
        return {hit.ref: hit for key in keys for hit in self._by_key.get(key, ())}

    def _one(
        self, record: Captured, among: Mapping[Ref, Captured], used: Sequence[str], values: Values
    ) -> Found | Ambiguous:
        if used[-1] == "company_name" and any(differ(record.values, values, name) for name in ("city", "country")):
            return _ambiguous(among, used, ", and in another place")
        return Found(record, tuple(used), f"same {_told(used)}")

    def shared_keys(self, subject: str, values: Values) -> tuple[str, ...]:
        """The keys by which two leads that find nothing would share the record that is made."""
        return keys_of(subject, values, self.kinds)


def _ambiguous(left: Mapping[Ref, Captured], used: Sequence[str], but: str = "") -> Ambiguous:
    records = tuple(left[ref] for ref in sorted(left))
    count = "a record" if len(records) == 1 else f"{len(records)} records"
    return Ambiguous(records, tuple(used), f"{count} with the same {_told(used)}{but}")


def _told(kinds: Sequence[str]) -> str:
    return " and ".join(_WORDS.get(kind, kind) for kind in kinds)
