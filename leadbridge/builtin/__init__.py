"""LeadBridge's own plugin: what the core brings comes in by the same door as everybody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadbridge import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadbridge.extend import Evidence, Pair, RegisterProviders, RegisterTransforms


@hookimpl
def leadbridge_register_providers(register: RegisterProviders) -> None:
    register("memory", "leadbridge.memory:MemoryProvider")


@hookimpl
def leadbridge_register_transforms(register: RegisterTransforms) -> None:
    from leadbridge.transforms.defaults import builtin_transforms

    for spec in builtin_transforms():
        register(spec)


@hookimpl
def leadbridge_dedupe(pairs: Sequence[Pair]) -> Sequence[Evidence | None]:
    from leadbridge.matching import ExactKeys

    return ExactKeys().leadbridge_dedupe(pairs)
