"""A small org in a sandbox's store, and queries over it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from leadbridge_salesforce.sandbox.schema import standard_org
from leadbridge_salesforce.sandbox.soql.faults import QueryError
from leadbridge_salesforce.sandbox.soql.names import Surroundings
from leadbridge_salesforce.sandbox.soql.queries import Queries
from leadbridge_salesforce.sandbox.store import Store, Stored

TODAY = date(2026, 11, 25)
BASE = "/services/data/v67.0"


class World:
    """A store with whatever a test puts into it."""

    def __init__(self, *, open_cursors: int = 10) -> None:
        self.store = Store(standard_org())
        self.queries = Queries(self.store, open_cursors=open_cursors)

    def put(self, object: str, **values: Stored) -> str:
        """A record with just these values; its id."""
        schema = self.store.schema.by_name[object.lower()]
        row: dict[str, Stored] = {f.name: 0 if f.type == "boolean" else None for f in schema.fields if f.stored}
        row |= {"Id": self.store.new_id(object), **values}
        self.store.insert(object, [row])
        return str(row["Id"])

    def around(self, fiscal_start: int = 1) -> Surroundings:
        return Surroundings(self.store.schema, TODAY, fiscal_start)

    def ask(self, text: str, **options: Any) -> dict[str, Any]:
        """The first page."""
        return self.queries.start(text, self.around(), BASE, **options)

    def records(self, text: str, **options: Any) -> list[dict[str, Any]]:
        """The records of the first page, without what Salesforce says about them."""
        return [bare(record) for record in self.ask(text, **options)["records"]]

    def names(self, where: str, object: str = "Lead") -> list[str]:
        """The names of the records that a condition selects, in the order of their ids."""
        return [record["Name"] for record in self.records(f"SELECT Name FROM {object} WHERE {where}")]

    def refused(self, text: str) -> tuple[str, str]:
        """Code, and the last line of the message, with which a query is refused."""
        with pytest.raises(QueryError) as caught:
            self.ask(text)
        return caught.value.code, caught.value.message.rpartition("\n")[2]


def bare(record: dict[str, Any]) -> dict[str, Any]:
    return {k: bare(v) if isinstance(v, dict) else v for k, v in record.items() if k != "attributes"}
