"""Which column is which field: by what it is called, the surest match first, each field once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from leadbridge.mapping.suggest.words import (
    TOO_COMMON,
    WHOLE_NAMES,
    Language,
    names_of,
    own_names,
    without_brackets,
    words_of,
)
from leadbridge.subjects.model import Subject

WHOLE_NAME: Final = "first_name + last_name"
"""Stands for a column that holds a whole name."""

_LEAST_LETTERS: Final = 4
"""A shorter name inside a longer header says nothing: `tel` in `hotel`, `web` in `web push`."""

Names = Mapping[tuple[str, ...], tuple[str, Language]]


@dataclass(slots=True)
class Matches:
    """What was found so far.

    Attributes:
        fields: column -> field.
        languages: how often a name of each language was met.
    """

    fields: dict[str, str] = field(default_factory=dict)
    languages: Counter[Language] = field(default_factory=Counter)

    @property
    def language(self) -> Language:
        """The language of the header; English where it does not tell."""
        others: list[Language] = sorted(self.languages.keys() - {"en"})
        most = max(others, key=lambda language: self.languages[language], default=None)
        return most if most is not None and self.languages[most] >= max(2, self.languages["en"] / 4) else "en"


def match(columns: Sequence[str], subject: Subject) -> Matches:
    """Columns to fields of a subject. Columns that no name fits are not there."""
    names, own = _names(subject), _own(subject)
    found = Matches()
    for find, known in ((_exactly, own), (_exactly, names), (_without_brackets, names), (_inside, names)):
        for column in columns:
            if column in found.fields:
                continue
            hit = find(column, known)
            if hit is not None and _free(hit[0], found):
                found.fields[column] = hit[0]
                found.languages[hit[1]] += 1
    return found


def _free(name: str, found: Matches) -> bool:
    """Whether nothing fills it yet; a whole name fills two fields."""
    taken = set(found.fields.values())
    if WHOLE_NAME in taken:
        taken |= {"first_name", "last_name"}
    return name not in taken and not (name == WHOLE_NAME and taken & {"first_name", "last_name"})


def _names(subject: Subject) -> Names:
    """Words -> field and language; a name that two fields share is the first one's."""
    names: dict[tuple[str, ...], tuple[str, Language]] = {}
    for known in subject.fields.values():
        if not known.computed:
            for words, language in names_of(known, subject):
                names.setdefault(words, (known.name, language))
    if "last_name" in subject.fields:
        for language, called in WHOLE_NAMES.items():
            for name in called.split("|"):
                names.setdefault(words_of(name), (WHOLE_NAME, language))
    return names | {("".join(words),): hit for words, hit in names.items()}


def _own(subject: Subject) -> Names:
    """The surest names: the field's own and its twins'."""
    names: dict[tuple[str, ...], tuple[str, Language]] = {}
    for known in subject.fields.values():
        if not known.computed:
            for words in own_names(known):
                names.setdefault(("".join(words),), (known.name, "en"))
    return names


def _exactly(column: str, names: Names) -> tuple[str, Language] | None:
    words = words_of(column)
    return names.get(words) or names.get(("".join(words),))


def _without_brackets(column: str, names: Names) -> tuple[str, Language] | None:
    return _exactly(without_brackets(column), names)


def _inside(column: str, names: Names) -> tuple[str, Language] | None:
    """The longest name that stands in the header, word by word; the later one of two, which is what it is about."""
    words = words_of(without_brackets(column))
    hits = [(len(run), start, names[run]) for start, run in _runs(words) if run in names]
    telling = [hit for hit in hits if _telling(words[hit[1] : hit[1] + hit[0]])]
    return max(telling, key=lambda hit: hit[:2])[2] if telling else None


def _telling(run: tuple[str, ...]) -> bool:
    return sum(map(len, run)) >= _LEAST_LETTERS and not (len(run) == 1 and run[0] in TOO_COMMON)


def _runs(words: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            yield start, words[start:end]
