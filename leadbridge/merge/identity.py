"""Who is who: records without a link find their golden record, or get a new one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from leadbridge.extend import Evidence, Pair
from leadbridge.matching.groups import Groups, Judge, Review, group
from leadbridge.merge.succession import Succession
from leadbridge.records import Captured, Ref


@dataclass(frozen=True, slots=True)
class Known:
    """What a golden record is known by: one of its records, with the values last known of it."""

    golden: int
    record: Captured


@dataclass(frozen=True, slots=True)
class NewGolden:
    """A golden record that is to be made; numbers count from 1, in the order of the smallest refs."""

    number: int


Owner = int | NewGolden


@dataclass(frozen=True, slots=True)
class IdentityQuestion:
    """Are these records, which stand at different golden records, one subject? Creates wait for the answer.

    Attributes:
        refs: sorted.
        owners: the golden records concerned.
        why: what speaks for it, for a person to read.
    """

    refs: tuple[Ref, ...]
    owners: frozenset[Owner]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Identified:
    """Every newcomer at exactly one golden record.

    Attributes:
        united: golden records that the CRMs' own reports made one -> the oldest of them, which stays.
        why: new or known golden record -> what brought its records together.
    """

    owners: Mapping[Ref, Owner]
    united: Mapping[int, int]
    questions: tuple[IdentityQuestion, ...]
    why: Mapping[Owner, tuple[str, ...]]

    @property
    def asked(self) -> frozenset[Owner]:
        """Golden records for which nothing is created until a person has answered."""
        return frozenset(owner for question in self.questions for owner in question.owners)


Answers = Mapping[frozenset[Ref], Literal["same", "different"]]


def identify(
    newcomers: Iterable[Captured], known: Iterable[Known], judge: Judge, succession: Succession, answers: Answers
) -> Identified:
    """Find the golden record of every newcomer, by the CRMs' own word first, by keys and evidence after it.

    ``known`` are the linked records that share a key with a newcomer or are named in the succession. Two golden
    records never unite because a newcomer resembles both: it goes to the one it shares more keys with, and the other
    is a question. The order of records never matters.
    """
    fresh = {record.ref: record for record in newcomers}
    linked = {k.record.ref: k for k in known if k.record.ref not in fresh}
    united = _united({ref: k.golden for ref, k in linked.items()}, succession)
    fixed = {ref: united.get(k.golden, k.golden) for ref, k in linked.items()}
    groups = group(
        [*fresh.values(), *(k.record for k in linked.values())],
        answered(judge, answers),
        joined=succession.families,
        fixed=fixed,
    )
    owners, why = _owners(groups, fixed)
    questions = tuple(_question(review, owners) for review in groups.reviews)
    return Identified({ref: owners[ref] for ref in sorted(fresh)}, united, questions, why)


def _owners(groups: Groups, fixed: Mapping[Ref, int]) -> tuple[dict[Ref, Owner], dict[Owner, tuple[str, ...]]]:
    """The golden record of every ref, and why for those that were brought together."""
    owners: dict[Ref, Owner] = {}
    why: dict[Owner, tuple[str, ...]] = {}
    made = 0
    for found in groups.groups:
        refs = [record.ref for record in found.records]
        owner: Owner | None = next((fixed[ref] for ref in refs if ref in fixed), None)
        if owner is None:
            made += 1
            owner = NewGolden(made)
        owners |= dict.fromkeys(refs, owner)
        if found.why:
            why[owner] = found.why
    return owners, why


def _question(review: Review, owners: Mapping[Ref, Owner]) -> IdentityQuestion:
    refs = tuple(record.ref for record in review.records)
    return IdentityQuestion(refs, frozenset(owners[ref] for ref in refs), review.why)


def _united(golden: Mapping[Ref, int], succession: Succession) -> dict[int, int]:
    """Golden records of one family, each -> the smallest number among them; also through further families."""
    united: dict[int, int] = {}

    def root(number: int) -> int:
        while number in united:
            number = united[number]
        return number

    for family in succession.families:
        roots = sorted({root(golden[ref]) for ref in family if ref in golden})
        united |= dict.fromkeys(roots[1:], roots[0] if roots else 0)
    return {number: root(number) for number in sorted(united)}


def answered(judge: Judge, answers: Answers) -> Judge:
    """What a person has said of two records is the last word on them."""

    def said(pairs: Sequence[Pair]) -> Sequence[Evidence | None]:
        words = judge(pairs)
        told = [answers.get(frozenset((pair.left.ref, pair.right.ref))) for pair in pairs]
        return [Evidence(t, "a person said so") if t else word for t, word in zip(told, words, strict=True)]

    return said
