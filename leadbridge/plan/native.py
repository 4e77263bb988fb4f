"""What a row has to do with a conversion that a CRM does by itself.

Rows of such a conversion, by their numbers: the row that *converts* the lead, which alone the CRM is sent; its
*effects*, one for each record that the CRM makes or fills by then; what *follows*: the policy's difference to them.

=========== ======================== ==========================================================================
part        once its lead            what becomes of it
            is converted
=========== ======================== ==========================================================================
effect      yes                      read back: done, and agreed is what was told beforehand and is there
follow      yes                      sent, where the record holds what was told beforehand, or nothing
either      no                       skipped
=========== ======================== ==========================================================================

What of the policy did not arrive is a reject ``converted_deviating``; the lead is converted all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from leadbridge.provider import Verb
from leadbridge.values import Raw

WriteVerb = Verb | Literal["convert"]
"""What a row does; ``convert`` has the CRM convert its lead."""

DEVIATING = "converted_deviating"


@dataclass(frozen=True, slots=True)
class Native:
    """
    Attributes:
        by: of an effect and of what follows, the rows that convert; one of them done is enough. None where an earlier
            run converted: then what follows is sent once more.
        record: of these, number of the effect that makes the record, where its id is not known yet.
        brings: of an effect, the provider fields of it that the policy asks for.
        unsure: of an effect, provider fields that the CRM fills with what nobody can know.
        makes, into, wanted: of a row that converts, see :class:`leadbridge.conversions.ConvertRequest`. Roles whose
            records are made in the same plan stand in the row's ``refers``, by the row that makes or converts.
    """

    part: Literal["converts", "effect", "follows"]
    by: tuple[int, ...] = ()
    record: int | None = None
    brings: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    into: Mapping[str, str] = field(default_factory=dict)
    wanted: Mapping[str, Mapping[str, Raw]] = field(default_factory=dict)
