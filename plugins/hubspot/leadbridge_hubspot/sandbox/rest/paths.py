"""Where each part of the API is served: one table of prefixes, old ones and those that bear a date."""

from __future__ import annotations

import re
from typing import Final

DATED: Final = ("2026-03", "2026-09")
_PREFIXES: Final = {
    "objects": ("/crm/v3/objects", "/crm/v4/objects", "/crm/objects/{}"),
    "associations": ("/crm/v4/associations", "/crm/associations/{}"),
    "properties": ("/crm/v3/properties", "/crm/properties/{}"),
    "property-validations": ("/crm/v3/property-validations", "/crm/property-validations/{}"),
    "pipelines": ("/crm/v3/pipelines", "/crm/pipelines/{}"),
    "owners": ("/crm/v3/owners", "/crm/owners/{}"),
    "lists": ("/crm/v3/lists", "/crm/lists/{}"),
    "oauth": ("/oauth/v1", "/oauth/v3", "/oauth/{}"),
    "account-info": ("/account-info/v3", "/account-info/{}"),
    "submissions": ("/submissions/v3/integration/secure/submit",),
}
_ALL: Final = [
    (area, prefix.format(version))
    for area, prefixes in _PREFIXES.items()
    for prefix in prefixes
    for version in (DATED if "{}" in prefix else ("",))
]


def placed(path: str) -> tuple[str, str, str] | None:
    """Part of the API, the rest of the path without slashes at its ends, and the version, of a path that is served."""
    for area, prefix in _ALL:
        if path == prefix or path.startswith(f"{prefix}/"):
            version = re.search(r"/(v\d|\d{4}-\d\d)(?:/|$)", prefix + "/")
            return area, path[len(prefix) :].strip("/"), version[1] if version else ""
    return None
