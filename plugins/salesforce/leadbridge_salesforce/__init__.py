"""Salesforce as a CRM, and a stand-in of an org to test against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadbridge import hookimpl

if TYPE_CHECKING:
    from leadbridge.extend import RegisterProviders, RegisterSandboxes


@hookimpl
def leadbridge_register_providers(register: RegisterProviders) -> None:
    register("salesforce", "leadbridge_salesforce.provider:SalesforceProvider")


@hookimpl
def leadbridge_register_sandboxes(register: RegisterSandboxes) -> None:
    register("salesforce", "leadbridge_salesforce.sandbox.stand_in:SalesforceSandbox")
