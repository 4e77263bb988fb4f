"""How a memory CRM converts its leads by itself: the reference of ``native_conversion``, as plain as can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from leadbridge.conversions import ConvertRequest, Effect, Prediction, Snapshots
from leadbridge.records import Reject
from leadbridge.values import MISSING, Raw, is_absent

_LASTING = "the lead stays converted: this CRM has no way back"


@dataclass(frozen=True, slots=True)
class MemoryConversion:
    """The CRM's own mapping. Of a record that exists only fields without a value are filled; ``False`` is a value.

    Attributes:
        objects: role, ``lead`` too -> object. Roles come in the order in which their records are made.
        fields: role -> its field -> field of the lead.
        names: role -> its field -> role of the record that it names.
        takes: role, ``lead`` too -> fields that a request may set.
        optional: roles that are made only where a request asks for them.
        defaults: role -> field -> value that a new record gets where it has none.
        statuses: field of the lead -> values that a converted lead may have; any, where the field is not here.
        carries: word of ``carry:`` -> (object, field) that names a lead, and names its contact afterwards.
    """

    objects: Mapping[str, str]
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    takes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    optional: frozenset[str] = frozenset({"opportunity"})
    defaults: Mapping[str, Mapping[str, Raw]] = field(default_factory=dict)
    statuses: Mapping[str, frozenset[str]] = field(default_factory=dict)
    carries: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def predict(self, requests: Sequence[ConvertRequest], snapshots: Mapping[int, Snapshots]) -> list[Prediction]:
        """One after the other: what a request fills, a later one into the same record finds filled."""
        now: dict[tuple[str, object], Mapping[str, Raw]] = {}
        return [self._predict(request, snapshots.get(request.number, {}), now) for request in requests]

    def _predict(
        self, request: ConvertRequest, snapshots: Snapshots, now: dict[tuple[str, object], Mapping[str, Raw]]
    ) -> Prediction:
        reject = self.refusal(request)
        if reject:
            return Prediction(request.number, reject=reject)
        there = dict(snapshots)
        for role in self.roles(request):
            at = request.into.get(role) or request.shares.get(role)
            there[role] = now.get((role, at), snapshots.get(role, {}))
        effects = tuple(self.effects(request, there))
        for effect in effects:
            at = effect.id or request.shares.get(effect.role) or request.number
            now[effect.role, at] = {**there.get(effect.role, {}), **effect.values, **dict.fromkeys(effect.names, "@")}
        return Prediction(request.number, effects, frozenset(self.carries), (_LASTING,))

    def roles(self, request: ConvertRequest) -> list[str]:
        """The roles of which this conversion makes or fills a record."""
        asked = {*request.makes, *request.into, *request.shares}
        return [role for role in self.objects if role != "lead" and (role not in self.optional or role in asked)]

    def refusal(self, request: ConvertRequest) -> Reject | None:
        """What can be told from the request alone."""
        wanted = request.wanted.get("lead", {})
        for name, legal in self.statuses.items():
            if name in wanted and wanted[name] not in legal:
                reason = f"{wanted[name]} is no {name} of a converted lead; there are: {', '.join(sorted(legal))}"
                return Reject("status", reason, "correct the policy's on_converted", provider_field=name)
        return None

    def effects(self, request: ConvertRequest, there: Snapshots) -> Iterator[Effect]:
        """By the records as they are; the lead's own last."""
        for role in self.roles(request):
            made = role not in request.into and role not in request.shares
            offered = self._offered(role, request, there.get("lead", {}))
            held = {} if made else there.get(role, {})
            empty = {name: raw for name, raw in offered.items() if is_absent(held.get(name, MISSING))}
            given = self.names.get(role, {})
            names = {name: other for name, other in given.items() if is_absent(held.get(name, MISSING))}
            unsure = self.defaults.get(role, {}).keys() - empty.keys() if made else ()
            yield Effect(role, self.objects[role], request.into.get(role), made, empty, names, frozenset(unsure))
        yield Effect("lead", request.lead.object, request.lead.id, made=False, values=self.taken("lead", request))

    def _offered(self, role: str, request: ConvertRequest, lead: Mapping[str, Raw]) -> dict[str, Raw]:
        copied = {name: lead.get(source, MISSING) for name, source in self.fields.get(role, {}).items()}
        return {name: raw for name, raw in {**copied, **self.taken(role, request)}.items() if not is_absent(raw)}

    def taken(self, role: str, request: ConvertRequest) -> dict[str, Raw]:
        wanted = request.wanted.get(role, {})
        return {name: wanted[name] for name in self.takes.get(role, ()) if name in wanted}
