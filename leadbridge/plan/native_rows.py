"""Rows of conversions that a CRM does by itself: the leads that it converts, what that does, and what follows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from leadbridge.conversions import ConvertRequest
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.plan.asking import PLANNED, Foretold, NativeLead, closing_of
from leadbridge.plan.carrying import Carrier, Note
from leadbridge.plan.model import Change
from leadbridge.plan.native import Native
from leadbridge.plan.native_effects import Effects
from leadbridge.plan.native_following import Following
from leadbridge.plan.rows import WriteRow
from leadbridge.plan.writing import Writing
from leadbridge.records import Ref
from leadbridge.values import MISSING, Raw


class NativeRows:
    """
    Attributes:
        apart: leads that are converted after another one of the same person -> their own number among conversions.
    """

    def __init__(self, writing: Writing, foretold: Foretold, groups: Mapping[int, int]) -> None:
        self._writing = writing
        self._foretold = foretold
        self._groups = groups
        self._by_number = {native.number: native for native in foretold.natives}
        end = max(groups.values(), default=0)
        further = [native for native in foretold.natives if native.number != native.first]
        self.apart: dict[Ref, int] = {native.ref: end + n for n, native in enumerate(further, 1)}
        self._unset: Counter[tuple[str, str]] = Counter()

    def rows(self, first: int, carrier: Carrier) -> list[WriteRow]:
        """Numbered from ``first``: leads that go into records of others after these."""
        ordered = sorted(self._foretold.natives, key=lambda native: (self._depth(native), native.number))
        converts = {native.number: first + n for n, native in enumerate(ordered)}
        rows = [self._convert(native, converts) for native in ordered]
        effects = Effects(self._writing, self._foretold, converts)
        rows += effects.rows(first + len(rows), ordered)
        following = Following(self._writing, self._foretold, converts, effects.records)
        rows += following.rows(first + len(rows))
        for native in ordered:
            rows += following.carried(first + len(rows), native, carrier)
        return rows

    def _depth(self, native: NativeLead) -> int:
        """How many conversions come before this one; those of one depth go out together."""
        shares = self._foretold.requests[native.number].shares.values()
        before = {*shares, *({native.first} - {native.number})}
        return max((1 + self._depth(self._by_number[number]) for number in before), default=0)

    def _convert(self, native: NativeLead, converts: Mapping[int, int]) -> WriteRow:
        request, planned = self._foretold.requests[native.number], closing_of(self._writing.clerk.plan, native)
        edit = self._writing.closing(planned)
        effect = self._foretold.predictions[native.number].effect("lead")
        told, raws = dict(effect.values) if effect else {}, edit.entry.raws
        comes = [change for change in planned.changes if _comes(edit.entry.mapping, change, told)]
        self._unset.update((native.ref.connection, c.field) for c in planned.changes if c not in comes)
        further = native.number != native.first
        conversion = self.apart[native.ref] if further else self._groups[native.conversion.number]
        return WriteRow(
            number=converts[native.number],
            verb="convert",
            connection=native.ref.connection,
            object=native.ref.object,
            role=edit.entry.captured.role,
            label=planned.label,
            golden=edit.target.golden,
            settle=edit.target.settle,
            link=edit.entry.link.id if edit.entry.link else None,
            id=native.ref.id,
            values=told,
            expected={column: raws[column] for column in (*told, *edit.watched) if column in raws},
            refers=self._shared(request, converts),
            changes=tuple(comes),
            why=f"{native.ref.connection} converts it by itself",
            conversions=(conversion,),
            native=Native(
                "converts",
                by=(converts[native.first],) if further else (),
                makes=tuple(sorted(request.makes)),
                into={role: id_ for role, id_ in request.into.items() if not id_.startswith(PLANNED)},
                wanted=request.wanted,
            ),
        )

    def _shared(self, request: ConvertRequest, converts: Mapping[int, int]) -> dict[str, int]:
        """Role -> the row that makes the record, or that converts the lead for which it is made."""
        planned = {r: int(i.removeprefix(PLANNED)) for r, i in request.into.items() if i.startswith(PLANNED)}
        made = {role: self._writing.clerk.creates[number] for role, number in planned.items()}
        return made | {role: converts[number] for role, number in request.shares.items()}

    def notes(self) -> tuple[Note, ...]:
        """What no undo takes back, and what the policy wants of leads that a converted one cannot be told."""
        lasting: Counter[tuple[str, str]] = Counter()
        for native in self._foretold.natives:
            said = self._foretold.predictions[native.number].lasting
            lasting.update((native.ref.connection, sentence) for sentence in said)
        found = [Note(c, f"no undo takes this back: {text}", n) for (c, text), n in sorted(lasting.items())]
        for (connection, name), number in sorted(self._unset.items()):
            text = f"{name} stays as it is: {connection} takes no such value for a converted lead"
            found.append(Note(connection, text, number))
        return tuple(found)


def _comes(mapping: ObjectMapping, change: Change, told: Mapping[str, Raw]) -> bool:
    """Whether what the CRM does to the lead is this change."""
    value = mapping.read(told).get(change.field, MISSING)
    return value is not MISSING and mapping.subject.fields[change.field].kind.equivalent(value, change.new)
