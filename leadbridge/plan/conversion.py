"""The conversion planner: a pure function of requests, policy and existing records. It decides; nothing here acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from leadbridge.mapping.policy import Part
from leadbridge.mapping.stages import STAGE
from leadbridge.plan.admission import admit
from leadbridge.plan.draft import Draft, Offer, offers
from leadbridge.plan.layout import Layout, Scene, Slot, is_own_contact, lay_out
from leadbridge.plan.model import Change, Conversion, ConversionPlan, Match, PlannedRow, Request, label
from leadbridge.records import Captured
from leadbridge.values import MISSING, Value, is_absent, is_present

REFERS: Mapping[str, Mapping[str, str]] = {
    "contact": {"organisation": "account", "source_lead": "lead"},
    "opportunity": {"organisation": "account", "contact": "contact", "source_lead": "lead"},
    "prospect": {"organisation": "account", "opportunity": "opportunity", "source_lead": "lead"},
}
"""Role -> reference field -> role of the row that it names."""

CHANGES_ROLE = "the lead's own record becomes a contact"


def plan_conversions(requests: Sequence[Request], scene: Scene) -> ConversionPlan:
    """Every record that the requests touch, once, with the fields that change and why.

    Leads are taken in the order of their numbers; several that lead to one record are settled on it one after the
    other, so that its row says the outcome. The same requests give the same plan, in whatever order they come.
    """
    ordered = sorted(requests, key=lambda request: request.number)
    admitted, rejects = admit(ordered, scene)
    layout = lay_out(admitted, scene)
    rows = _Rows(layout, layout.numbers, scene)
    users = layout.users(admitted)
    return ConversionPlan(
        scene.policy.name,
        scene.policy.version,
        tuple(rows.row(slot, users[slot]) for slot in rows.numbers),
        tuple(rows.conversion(number, request) for number, request in enumerate(admitted, 1)),
        rejects,
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    """Makes the rows of one plan."""

    layout: Layout
    numbers: Mapping[Slot, int]
    scene: Scene

    def conversion(self, number: int, request: Request) -> Conversion:
        rows = tuple(self.numbers[slot] for slot in self.layout.slots[request.number])
        return Conversion(number, label(request.lead.values), request.lead, request.rating, rows)

    def row(self, slot: Slot, users: Sequence[Request]) -> PlannedRow:
        return self._closing(slot, users[0]) if slot.role == "lead" else self._made(slot, users)

    def _made(self, slot: Slot, users: Sequence[Request]) -> PlannedRow:
        part = self.scene.policy.parts[slot.role]
        match = users[0].matched.get((slot.connection or "", slot.role))
        before = dict(match.record.values) if match else None
        draft = Draft(before, self._home(slot), self._illegal(part, users[0]))
        for request in users:
            for offer in offers(part, request, match, self.scene.now):
                draft.take(self._there(offer, slot.connection))
        changes, refers = draft.changes(dict(part.subject.fields)), self._refers(slot, users[0], match)
        own = is_own_contact(users[0], slot.ref)
        if own:
            changes = self._changing_role(slot, users[0], changes, draft.values)
        return PlannedRow(
            number=self.numbers[slot],
            verb="create" if match is None else ("update" if changes or refers or own else "keep"),
            role=slot.role,
            connection=slot.connection,
            ref=slot.ref,
            label=label(draft.values) or label(users[0].lead.values),
            changes=changes,
            kept=draft.kept(),
            refers=refers,
            why=_why(slot, users, match),
            changes_role=own,
        )

    def _there(self, offer: Offer, connection: str | None) -> Offer:
        """What names another record names it by its id in this connection."""
        if connection is None or offer.origin is None:
            return offer
        elsewhere = self.scene.elsewhere
        value = elsewhere.read(offer.target.name, offer.value, offer.origin.connection, connection)
        return replace(offer, value=value) if is_present(value) else replace(offer, barred=elsewhere.why)

    def _changing_role(
        self, slot: Slot, request: Request, changes: Sequence[Change], said: Mapping[str, Value]
    ) -> tuple[Change, ...]:
        """How a lead's own record becomes a contact: by these changes, by those that close it, and by what it lacks."""
        wanted = {change.field: change.new for change in changes}
        closing = [change for change in self._closes(slot, request)[0] if change.field not in wanted]
        wanted |= {change.field: change.new for change in closing}
        old = {**said, **{change.field: change.old for change in changes}}
        lacking = request.own[slot.connection or ""].still_lacks(wanted, {**said, **wanted})
        fields = self.scene.lead.fields
        makes = [
            Change(name, old.get(name, MISSING), value, "becomes a contact")
            for name, value in lacking.items()
            if not fields[name].kind.equivalent(old.get(name, MISSING), value)
        ]
        made = {change.field for change in makes}
        return (*(change for change in (*changes, *closing) if change.field not in made), *makes)

    def _illegal(self, part: Part, request: Request) -> Callable[[str, Value, Value], str]:
        """Why a person's stage may not be set so: it moves from what the record says, else from the lead's."""
        here = request.lead.values.get(STAGE, MISSING)

        def why_not(name: str, old: Value, new: Value) -> str:
            if name != STAGE or part.subject.name != self.scene.lead.name:
                return ""
            return self.scene.stages.barred(here if is_absent(old) else old, new) or ""

        return why_not

    def _home(self, slot: Slot) -> frozenset[str] | None:
        return None if slot.connection is None else self.scene.homes[slot.connection, slot.role]

    def _refers(self, slot: Slot, request: Request, match: Match | None) -> dict[str, int]:
        """Rows of the same lead that this record names: all for a new one, blank ones for one that exists."""
        home, found = self._home(slot), {}
        for name, role in REFERS.get(slot.role, {}).items():
            if home is not None and name not in home:
                continue
            if match is not None and not _blank(match, name):
                continue
            slots = self.layout.slots[request.number]
            near = [s for s in slots if s.role == role or (role == "lead" and is_own_contact(request, s.ref))]
            same = [s for s in near if slot.connection in {None, s.connection}] or (near if role == "lead" else [])
            if same:
                found[name] = self.numbers[same[0]]
        return found

    def _closing(self, slot: Slot, request: Request) -> PlannedRow:
        """How the lead's own record is closed: by the policy's values where its source can be written."""
        changes, kept, values = (*self._closes(slot, request), self._member(slot, request).values)
        own = slot.ref in request.changing
        if own:
            changes = self._changing_role(slot, request, (), request.own[slot.connection or ""].record.values)
        return PlannedRow(
            number=self.numbers[slot],
            verb="update" if changes or own else "keep",
            role="lead",
            connection=slot.connection,
            ref=slot.ref,
            label=label(values),
            changes=changes,
            kept=kept,
            why=CHANGES_ROLE if own else "closed" if changes else "LeadBridge remembers that it is converted",
            changes_role=own,
        )

    def _closes(self, slot: Slot, request: Request) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
        """The policy's values that close the lead's own record, and those that it keeps out."""
        values = self._member(slot, request).values
        home = self.scene.homes.get((slot.connection or "", "lead"), frozenset())
        meant = [
            Change(name, values.get(name, MISSING), new, "on_converted")
            for name, new in self.scene.policy.on_converted.items()
            if name in home and not self.scene.lead.fields[name].kind.equivalent(values.get(name, MISSING), new)
        ]
        why_not = {c.field: self.scene.stages.barred(c.old, c.new) for c in meant if c.field == STAGE}
        changes = tuple(change for change in meant if not why_not.get(change.field))
        return changes, tuple(replace(c, rule=f"kept: {why_not[c.field]}") for c in meant if why_not.get(c.field))

    def _member(self, slot: Slot, request: Request) -> Captured:
        return next(member for member in request.lead.members if member.ref == slot.ref)


def _blank(match: Match, name: str) -> bool:
    value = match.record.values.get(name, MISSING)
    return value is not MISSING and is_absent(value)


def _why(slot: Slot, users: Sequence[Request], match: Match | None) -> str:
    found = match.why if match else (f"no {slot.role} matches" if slot.role in {"account", "contact"} else "")
    return f"{found}; {len(users)} leads share it" if len(users) > 1 else found
