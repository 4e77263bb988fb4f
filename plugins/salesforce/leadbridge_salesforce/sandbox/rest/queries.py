"""query, queryAll, and the pages behind the first."""

from __future__ import annotations

import re
from typing import Final

from leadbridge_salesforce.sandbox.dml.refusals import Refused
from leadbridge_salesforce.sandbox.rest.answers import Answer
from leadbridge_salesforce.sandbox.rest.asking import Asked
from leadbridge_salesforce.sandbox.soql.queries import PAGE

SMALLEST_PAGE: Final = 200


def query(asked: Asked) -> Answer:
    return _first(asked, all_rows=False)


def query_all(asked: Asked) -> Answer:
    return _first(asked, all_rows=True)


def more(asked: Asked) -> Answer:
    """The next page of a query or a queryAll; both are followed under ``query``."""
    if asked.org.faults.take("locator_lost", asked.call):
        raise Refused("INVALID_QUERY_LOCATOR", "invalid query locator")
    return Answer(200, asked.api.queries.more(asked.parts["locator"], page_size=_page_size(asked)))


def _first(asked: Asked, *, all_rows: bool) -> Answer:
    text = asked.query.get("q")
    if not text:
        raise Refused("MALFORMED_QUERY", "A query is required: the parameter q is missing")
    if asked.org.faults.take("query_timeout", asked.call):
        raise Refused("QUERY_TIMEOUT", "Your query request was running for too long.")
    found = asked.api.queries.start(text, asked.around(), asked.base, all_rows=all_rows, page_size=_page_size(asked))
    return Answer(200, found)


def _page_size(asked: Asked) -> int:
    """What the client hints at, within Salesforce's bounds; less where the switch says so, for no size is promised."""
    hint = re.search(r"batchSize\s*=\s*(\d+)", asked.header("sforce-query-options"), re.IGNORECASE)
    wanted = min(max(int(hint[1]), SMALLEST_PAGE), PAGE) if hint else PAGE
    return max(1, min(wanted, asked.org.switches.page_size))
