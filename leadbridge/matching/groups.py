"""Records united into groups of one subject each, and the questions that only a person can answer.

The result depends on the set of records and the evidence, never on the order in which they came.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from leadbridge.extend import Evidence, Pair
from leadbridge.matching.pairs import candidate_pairs
from leadbridge.records import Captured, Ref

Judge = Callable[[Sequence[Pair]], Sequence[Evidence | None]]


@dataclass(frozen=True, slots=True)
class Group:
    """Records of one subject: one record, or several with what brought them together.

    Attributes:
        records: sorted by ref.
        why: sentences for a person to read, each once, sorted.
    """

    records: tuple[Captured, ...]
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """A question: are these records, which stand in different groups, one subject?

    Attributes:
        records: sorted by ref.
        why: what speaks for it, each once, sorted.
    """

    records: tuple[Captured, ...]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Groups:
    """Every record of a batch in exactly one group. Groups and reviews are sorted by their smallest ref."""

    groups: tuple[Group, ...]
    reviews: tuple[Review, ...]


@dataclass(frozen=True, slots=True)
class _Judged:
    left: Ref
    right: Ref
    keys: int
    evidence: Evidence

    @property
    def strength(self) -> tuple[int, Ref, Ref]:
        """Sorts links, strongest first: more shared keys, then the refs, so that ties fall the same way always."""
        return -self.keys, self.left, self.right


def group(
    batch: Iterable[Captured],
    judge: Judge,
    *,
    joined: Iterable[Collection[Ref]] = (),
    fixed: Mapping[Ref, int] = MappingProxyType({}),
) -> Groups:
    """Unite the records of a batch. ``judge`` is asked once, about all candidate pairs.

    Records judged *same* come into one group, also through third ones, strongest links first, unless that would
    bring together two that were judged *different*: then the weaker link becomes a review. *Unsure* is a review.

    Args:
        joined: refs that are one subject whatever the evidence says; refs that are not in the batch are passed over.
        fixed: records whose subject is settled already, by a number for each subject: those of one number are one,
            those of two never come together, and nobody is asked about any two of them.
    """
    records = {record.ref: record for record in batch}
    pairs = [p for p in candidate_pairs(records.values()) if not (p.left.ref in fixed and p.right.ref in fixed)]
    judged = [
        _Judged(pair.left.ref, pair.right.ref, len(pair.keys), evidence)
        for pair, evidence in zip(pairs, judge(pairs) if pairs else (), strict=True)
        if evidence is not None
    ]
    union = _Union(sorted(records), fixed)
    for settled in (*joined, *_of_one_number(fixed)):
        present = sorted(ref for ref in settled if ref in records)
        for ref in present[1:]:
            union.unite(present[0], ref)
    for veto in _saying(judged, "different"):
        union.keep_apart(veto.left, veto.right)
    united, open_ = [], _saying(judged, "unsure")
    for link in _saying(judged, "same"):
        if union.unite(link.left, link.right):
            united.append(link)
        else:
            open_.append(_Judged(link.left, link.right, link.keys, Evidence("unsure", _apart(link, union))))
    return Groups(_groups(records, union, united), _reviews(records, union, open_))


def _apart(link: _Judged, union: _Union) -> str:
    if union.settled(link.left) and union.settled(link.right):
        return f"{link.evidence.text}, but two records that are known apart would come together"
    return f"{link.evidence.text}, but records that are different would come together"


def _of_one_number(fixed: Mapping[Ref, int]) -> Iterable[list[Ref]]:
    refs: dict[int, list[Ref]] = {}
    for ref in sorted(fixed):
        refs.setdefault(fixed[ref], []).append(ref)
    return refs.values()


def _saying(judged: Iterable[_Judged], verdict: str) -> list[_Judged]:
    return sorted((j for j in judged if j.evidence.verdict == verdict), key=lambda j: j.strength)


def _groups(records: dict[Ref, Captured], union: _Union, united: Sequence[_Judged]) -> tuple[Group, ...]:
    members: dict[Ref, list[Captured]] = {}
    for ref in sorted(records):
        members.setdefault(union.root(ref), []).append(records[ref])
    why: dict[Ref, set[str]] = {}
    for link in united:
        why.setdefault(union.root(link.left), set()).add(link.evidence.text)
    return tuple(Group(tuple(found), tuple(sorted(why.get(root, ())))) for root, found in members.items())


def _reviews(records: dict[Ref, Captured], union: _Union, open_: Sequence[_Judged]) -> tuple[Review, ...]:
    """One question per set of groups that doubts hold together; a doubt that was settled meanwhile asks nothing."""
    doubts = [j for j in open_ if union.root(j.left) != union.root(j.right)]
    asked = _Union(sorted({union.root(ref) for j in doubts for ref in (j.left, j.right)}))
    for doubt in doubts:
        asked.unite(union.root(doubt.left), union.root(doubt.right))
    refs: dict[Ref, set[Ref]] = {}
    why: dict[Ref, set[str]] = {}
    for doubt in doubts:
        question = asked.root(union.root(doubt.left))
        refs.setdefault(question, set()).update((doubt.left, doubt.right))
        why.setdefault(question, set()).add(doubt.evidence.text)
    reviews = [Review(tuple(records[r] for r in sorted(refs[q])), tuple(sorted(why[q]))) for q in refs]
    return tuple(sorted(reviews, key=lambda review: review.records[0].ref))


class _Union:
    """Union-find over sorted items, with pairs, and settled items of different numbers, that must stay apart."""

    def __init__(self, items: Sequence[Ref], fixed: Mapping[Ref, int] = MappingProxyType({})) -> None:
        self._parent = {item: item for item in items}
        self._size = dict.fromkeys(items, 1)
        self._apart: dict[Ref, set[Ref]] = {}
        self._number = {item: fixed[item] for item in items if item in fixed}

    def root(self, item: Ref) -> Ref:
        while (parent := self._parent[item]) != item:
            self._parent[item] = item = self._parent[parent]
        return item

    def settled(self, item: Ref) -> bool:
        """Whether the item's set has a number."""
        return self.root(item) in self._number

    def keep_apart(self, left: Ref, right: Ref) -> None:
        """From now on the two sets stay apart; of no effect where they are one already."""
        one, other = self.root(left), self.root(right)
        if one != other:
            self._apart.setdefault(one, set()).add(other)
            self._apart.setdefault(other, set()).add(one)

    def unite(self, left: Ref, right: Ref) -> bool:
        """Whether the two are now in one set; False where they must stay apart."""
        keep, give = self.root(left), self.root(right)
        if keep == give:
            return True
        if give in self._apart.get(keep, ()) or self._numbers_differ(keep, give):
            return False
        if self._size[keep] < self._size[give]:
            keep, give = give, keep
        self._parent[give] = keep
        self._size[keep] += self._size[give]
        if give in self._number:
            self._number[keep] = self._number.pop(give)
        for other in self._apart.pop(give, ()):
            self._apart[other].discard(give)
            self.keep_apart(keep, other)
        return True

    def _numbers_differ(self, left: Ref, right: Ref) -> bool:
        return left in self._number and right in self._number and self._number[left] != self._number[right]
