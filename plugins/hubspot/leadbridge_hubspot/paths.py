"""Where each part of the API is found, by version: one table.

The generated clients know the oldest addresses only; every request's path is rewritten here before it is sent.
HubSpot versions by date since March 2026; v4 ends in March 2027, v1 to v3 in September 2027 (its changelog).
"""

from __future__ import annotations

from typing import Final

from leadbridge_hubspot.settings import Version

_DATED: Final = {
    "/crm/v3/objects": "/crm/objects/{}",
    "/crm/v4/objects": "/crm/objects/{}",
    "/crm/v4/associations": "/crm/associations/{}",
    "/crm/v3/properties": "/crm/properties/{}",
    "/crm/v3/property-validations": "/crm/property-validations/{}",
    "/crm/v3/pipelines": "/crm/pipelines/{}",
    "/crm/v3/owners": "/crm/owners/{}",
    "/crm/v3/lists": "/crm/lists/{}",
    "/oauth/v1/token": "/oauth/{}/token",
}
"""Prefix of the generated clients -> the dated one. What is not here is served under its old address only."""


def versioned(path: str, version: Version) -> str:
    """The address of a path of the generated clients in the version that is spoken, without an end slash."""
    path = path.rstrip("/")
    if version == "v3":
        return "/oauth/v3/token" if path == "/oauth/v1/token" else path
    for old, new in _DATED.items():
        if path == old or path.startswith(f"{old}/"):
            return new.format(version) + path[len(old) :]
    return path
