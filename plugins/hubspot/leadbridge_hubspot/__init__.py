"""HubSpot as a CRM, and a stand-in of a portal to test against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadbridge import hookimpl

if TYPE_CHECKING:
    from leadbridge.extend import RegisterProviders, RegisterSandboxes


@hookimpl
def leadbridge_register_providers(register: RegisterProviders) -> None:
    register("hubspot", "leadbridge_hubspot.provider:HubSpotProvider")


@hookimpl
def leadbridge_register_sandboxes(register: RegisterSandboxes) -> None:
    register("hubspot", "leadbridge_hubspot.sandbox.stand_in:HubSpotSandbox")
