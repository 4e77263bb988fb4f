"""A memory CRM's own conversion, carried out: each lead whole, or left as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from leadbridge.conversions import ConvertRequest, ConvertResult, Effect
from leadbridge.memory_conversion import MemoryConversion
from leadbridge.memory_store import MemoryCrm, refusal
from leadbridge.provider import Action, Verb
from leadbridge.records import Ref, Reject
from leadbridge.values import MISSING, Raw, is_absent

_AN_ID = "id"  # of a record that is made first


def convert(crm: MemoryCrm, conversion: MemoryConversion, request: ConvertRequest) -> ConvertResult:
    """Convert a lead that may be converted."""
    lead = crm.entry(request.lead.object, request.lead.id)
    there: dict[str, Mapping[str, Raw]] = {"lead": lead.values}
    for role, id_ in request.into.items():
        try:
            there[role] = crm.entry(conversion.objects[role], id_).values
        except KeyError:
            reject = Reject("gone", f"{conversion.objects[role]} {id_} is not there any more", "plan again")
            return ConvertResult(request.number, "rejected", reject=reject)
    *effects, closing = conversion.effects(request, there)
    refused = _refusal(crm, conversion, effects)
    if refused:
        return ConvertResult(request.number, "rejected", reject=refused)
    became = _carry_out(crm, conversion, effects)
    crm.close((request.lead.object, lead.id), closing.values, became, made="contact" not in request.into)
    _carry_along(crm, conversion, lead.id, became["contact"][1])
    records = {role: Ref(request.lead.connection, *at) for role, at in became.items()}
    return ConvertResult(request.number, "done", records)


def _refusal(crm: MemoryCrm, conversion: MemoryConversion, effects: Sequence[Effect]) -> Reject | None:
    """The first word of the CRM's validation against any of the records."""
    for effect in effects:
        defaults = conversion.defaults.get(effect.role, {}) if effect.made else {}
        values = {**defaults, **dict.fromkeys(effect.names, _AN_ID), **effect.values}
        verb: Verb = "create" if effect.made else "update"
        refused = refusal(crm.objects[effect.object], Action(0, verb, effect.object, effect.id, values))
        if refused:
            return refused
    return None


def _carry_out(
    crm: MemoryCrm, conversion: MemoryConversion, effects: Sequence[Effect]
) -> Mapping[str, tuple[str, str]]:
    """Role -> object and id of the records, in the order in which they were made."""
    became: dict[str, tuple[str, str]] = {}
    for effect in effects:
        named = {name: became[role][1] for name, role in effect.names.items() if role in became}
        values = {**effect.values, **named}
        if effect.made:
            id_ = crm.create(effect.object, {**conversion.defaults.get(effect.role, {}), **values})
        else:
            id_ = effect.id or ""
            crm.edit(effect.object, id_, values)
        became[effect.role] = (effect.object, id_)
    return became


def _carry_along(crm: MemoryCrm, conversion: MemoryConversion, lead: str, contact: str) -> None:
    for object_, name in conversion.carries.values():
        for id_, values in crm.records(object_).items():
            if not is_absent(values.get(name, MISSING)) and values[name] == lead:
                crm.edit(object_, id_, {name: contact})
