"""All that a conversion by Salesforce itself rests on, read when it is first needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import quote_plus

import requests

from leadbridge.errors import ConnectionFailedError, UsageError
from leadbridge.provider import Site
from leadbridge_salesforce import convert_settings
from leadbridge_salesforce.client import Client, Json
from leadbridge_salesforce.converting import Converting
from leadbridge_salesforce.prediction import Predictor, Status
from leadbridge_salesforce.schema import Schemas
from leadbridge_salesforce.standard_mapping import OBJECTS

_STATUSES = "SELECT ApiName,MasterLabel FROM LeadStatus WHERE IsConverted = true ORDER BY IsDefault DESC, SortOrder"


class Native:
    """The conversion of one connection. ``prepare`` asks the org; after it a prediction asks nothing."""

    def __init__(self, site: Site, client: Client, schemas: Schemas) -> None:
        self._site = site
        self._client = client
        self._schemas = schemas

    def prepare(self) -> None:
        """Read what a prediction needs. Raises UsageError where the settings file is wrong."""
        self.predictor  # noqa: B018  (kept from here on)

    @property
    def unasked(self) -> list[str]:
        """What :meth:`take` wants the answer to: nothing, once it has it."""
        return [] if "statuses" in self.__dict__ else [f"query?q={quote_plus(_STATUSES)}"]

    def take(self, status: int, body: Json) -> None:
        """The answer, asked for along with something else."""
        self.statuses = _statuses(body["records"]) if status == requests.codes.ok else ()

    @cached_property
    def statuses(self) -> tuple[Status, ...]:
        """Converted statuses, the org's default first; none where the user cannot see them."""
        try:
            return _statuses(self._client.rows(_STATUSES))
        except (ConnectionFailedError, UsageError):
            return ()

    @cached_property
    def predictor(self) -> Predictor:
        how = self._client.settings.conversion
        custom = None
        if how.settings_file is not None:
            custom = convert_settings.load(self._site.resolve(how.settings_file)).by_role()
        schemas = {"lead": self._schemas.get("Lead")} | {r: self._schemas.get(o) for r, o in OBJECTS.items()}
        return Predictor(schemas, custom, self.statuses, how.queue_owner, how.overwrite_lead_source)

    @cached_property
    def converting(self) -> Converting:
        return Converting(self._client, self._schemas, lambda: self.statuses)


def _statuses(rows: Iterable[Mapping[str, Any]]) -> tuple[Status, ...]:
    return tuple(Status(str(row["ApiName"]), str(row["MasterLabel"])) for row in rows)
