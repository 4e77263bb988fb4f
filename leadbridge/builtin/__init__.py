"""LeadBridge's own plugin: what the core brings comes in by the same door as everybody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadbridge import hookimpl

if TYPE_CHECKING:
    from leadbridge.extend import RegisterProviders


@hookimpl
def leadbridge_register_providers(register: RegisterProviders) -> None:
    register("memory", "leadbridge.memory:MemoryProvider")
