"""CSV files as a CRM: tables with a key that can be written, and append-only inboxes without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadbridge import hookimpl

if TYPE_CHECKING:
    from leadbridge.extend import RegisterProviders


@hookimpl
def leadbridge_register_providers(register: RegisterProviders) -> None:
    register("csv", "leadbridge_csv.provider:CsvProvider")
