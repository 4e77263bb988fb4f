"""Whether leads of a connection ever have a value that the policy takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from leadbridge.conditions import Condition
from leadbridge.mapping.diff.misfits import Misfits
from leadbridge.mapping.diff.model import Fate, Reason, Side
from leadbridge.mapping.fields import FieldMap
from leadbridge.mapping.lint.policies import asked_for
from leadbridge.mapping.policy import From, Made, Source
from leadbridge.subjects.model import Subject
from leadbridge.values import is_absent

RATED = "rating"  # follows from the score, where a lead brings none


@dataclass(frozen=True, slots=True)
class Reader:
    """
    Attributes:
        leads: with the mappings that read leads there; none: leads come from elsewhere, and all of them is known.
        scored: whether the project reckons scores.
    """

    side: Side
    leads: Sequence[Misfits]
    person: Subject
    scored: bool

    def selects(self, condition: Condition | None) -> Fate | None:
        """What a condition on leads comes to where it asks for fields that none there has; None where it does not."""
        names = asked_for(condition)
        lacking = [name for name in sorted(names) if self.leads and not self._has(name)]
        if not lacking:
            return None
        said = f"asks for {' and '.join(lacking)}, which no lead there has"
        if len(lacking) == len(names):
            return Fate("unfilled", (Reason("when_undecided", f"its `when` {said}, so it is never fulfilled"),))
        return Fate("partly", (Reason("when_undecided", f"its `when` {said}"),))

    def fate(self, source: Source) -> Fate | None:
        """None where there is nothing to say."""
        lacking = [name for name in sorted(source.names) if self.leads and not self._has(name)]
        reasons = dict.fromkeys(reason for name in lacking for reason in self._why(name))
        if not lacking:
            limits = dict.fromkeys(reason for name in sorted(source.names) for reason in self._limits(name))
            return Fate("partly", tuple(limits)) if limits and isinstance(source, From) else None
        if isinstance(source, Made) and self._says_something(source, set(source.names) - set(lacking)):
            text = f"the template is filled without {' and '.join(lacking)}, which no lead there has"
            return Fate("partly", (Reason("template_part", text),))
        columns = dict.fromkeys(found.column or "" for name in lacking for _, found in self._naming(name))
        return Fate("unfilled", tuple(reasons), field=", ".join(filter(None, columns)))

    def _has(self, name: str) -> bool:
        known = self.person.fields.get(name)
        if self.scored and known is not None and (known.computed or name == RATED):
            return True
        return any(not self._faults(one, fieldmap) for one, fieldmap in self._naming(name))

    def _why(self, name: str) -> Iterator[Reason]:
        naming = self._naming(name)
        if not naming:
            files = " and ".join(dict.fromkeys(one.seen.mapping.file.name for one in self.leads))
            yield Reason("unread", f"{files} {_reads(files)} no such field of leads")
        for one, fieldmap in naming:
            yield from self._faults(one, fieldmap)

    def _naming(self, name: str) -> list[tuple[Misfits, FieldMap]]:
        found = ((one, one.seen.mapping.fieldmap(name)) for one in self.leads)
        return [(one, fieldmap) for one, fieldmap in found if fieldmap is not None]

    def _faults(self, one: Misfits, fieldmap: FieldMap) -> list[Reason]:
        described = self.side.described(one.object)
        field = described.field(fieldmap.column) if described and fieldmap.column is not None else None
        if field is not None and not field.readable:
            return [Reason("unreadable", f"{one.object} does not show it to this connection")]
        return one.reasons(fieldmap, {"unknown_provider_field"})

    def _limits(self, name: str) -> Iterator[Reason]:
        for one, fieldmap in self._naming(name):
            yield from one.reasons(fieldmap, {"option_unread"})

    def _says_something(self, source: Made, names: set[str]) -> bool:
        return not is_absent(source.template.render(dict.fromkeys(names, "x")))


def _reads(files: str) -> str:
    return "read" if " and " in files else "reads"
