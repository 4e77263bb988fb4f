"""How large a state grows, how quickly it is filled and read. ``LEADBRIDGE_STATE_ROWS=100000`` gives true figures."""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from faker import Faker
from stated import opened

from leadbridge.golden import Golden, Held, Link
from leadbridge.records import Ref
from leadbridge.state import goldens, keys, links
from leadbridge.state.model import GoldenKey, StoredLink
from leadbridge.values import Present

ROWS = int(os.environ.get("LEADBRIDGE_STATE_ROWS", "4000"))
BATCH = 2000
FIELDS = {
    "first_name": ("FirstName", "firstname"),
    "last_name": ("LastName", "lastname"),
    "email": ("Email", "email"),
    "phone": ("Phone", "phone"),
    "company": ("Company", "company"),
    "title": ("Title", "jobtitle"),
    "street": ("Street", "address"),
    "city": ("City", "city"),
    "postal_code": ("PostalCode", "zip"),
    "country": ("Country", "country"),
    "industry": ("Industry", "industry"),
    "employees": ("NumberOfEmployees", "numemployees"),
    "status": ("Status", "hs_lead_status"),
    "source": ("LeadSource", "hs_analytics_source"),
    "opted_out_of_email": ("HasOptedOutOfEmail", "hs_email_optout"),
}


def people() -> Iterator[tuple[int, dict[str, Present]]]:
    fake, chance = Faker(), random.Random(1)  # noqa: S311  (nothing secret)
    fake.seed_instance(1)
    makers = (fake.first_name, fake.last_name, fake.company, fake.job, fake.street_address, fake.city, fake.postcode)
    pools = [[maker() for _ in range(500)] for maker in makers]
    for number in range(1, ROWS + 1):
        first, last, company, title, street, city, code = (chance.choice(pool) for pool in pools)
        email, phone = f"{first}.{last}{number}@example.com".lower(), f"+1415{5550000 + number}"
        rest = ("United States", "Manufacturing", chance.randrange(5000), "working", "Web", False)
        yield (
            number,
            dict(zip(FIELDS, (first, last, email, phone, company, title, street, city, code, *rest), strict=True)),
        )


def rows(number: int, values: dict[str, Present]) -> tuple[Golden, list[StoredLink]]:
    """A golden record of 15 fields and its links in two CRMs, of which one speaks text only."""
    made = Golden(number, "person", {name: Held(value, "sf", 1) for name, value in values.items()})
    refs = Ref("sf", "Lead", f"00Q5g00000{number * 7919 % 10**8:08}"), Ref("hs", "contacts", str(10**10 + number))
    typed = {FIELDS[name][0]: value for name, value in values.items()}
    text = {FIELDS[name][1]: str(value) for name, value in values.items()}
    return made, [
        StoredLink(Link(2 * number + i, number, ref, "lead", "live", base, number))  # type: ignore[arg-type]
        for i, (ref, base) in enumerate(zip(refs, (typed, text), strict=True))
    ]


@contextmanager
def timed(what: str, said: list[str]) -> Iterator[None]:
    started = time.perf_counter()
    yield
    said.append(f"{what}: {ROWS / (time.perf_counter() - started):,.0f} golden records/s")


def test_bytes_per_linked_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """DESIGN 9: under 1.5 GB per million linked records in two CRMs; with two keys each."""
    made = [rows(number, values) for number, values in people()]
    batches = [made[start : start + BATCH] for start in range(0, ROWS, BATCH)]
    refs = [[two[0].link.ref for _, two in batch] for batch in batches]
    said: list[str] = []
    with opened(tmp_path) as store:
        with timed("insert, each with 2 links and 2 keys", said):
            for batch in batches:
                with store.begin() as tx:
                    goldens.add(tx, [golden for golden, _ in batch])
                    links.add(tx, [link for _, two in batch for link in two])
                    keys.add(
                        tx,
                        {g.id: [GoldenKey("person", k, str(g.value(k))) for k in ("email", "phone")] for g, _ in batch},
                    )
        with timed("load", said), store.read() as snapshot:
            assert sum(len(goldens.load(snapshot, [g.id for g, _ in batch])) for batch in batches) == ROWS
        with timed("load with both links", said), store.read() as snapshot:
            assert sum(len(links.by_goldens(snapshot, [g.id for g, _ in batch])) for batch in batches) == ROWS
        with timed("find a link by its ref", said), store.read() as snapshot:
            assert sum(len(links.by_refs(snapshot, some)) for some in refs) == ROWS
        with timed("tell that nothing changed", said), store.read() as snapshot:
            seen = [{two[0].link.ref: two[0].link.base for _, two in batch} for batch in batches]
            assert sum(len(links.unchanged(snapshot, some)) for some in seen) == ROWS
    size = store.file.stat().st_size / ROWS
    with capsys.disabled():
        said.append(f"{size:,.0f} bytes per golden record with two links")
        sys.stdout.write("".join(f"\n  {line}" for line in said))

    assert size < 1500
