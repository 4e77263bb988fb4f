"""Captured records for tests, in one line each."""

from __future__ import annotations

from leadbridge.records import Captured, Record, Ref
from leadbridge.values import Value


def person(id: str, connection: str = "fair", role: str = "lead", **values: Value) -> Captured:
    return Captured(Record(Ref(connection, "leads", id), {}, f"{connection}.csv:{id}"), "person", role, values)


def organisation(id: str, connection: str = "crm", **values: Value) -> Captured:
    return Captured(Record(Ref(connection, "accounts", id), {}), "organisation", "account", values)
