"""Whatever strikes the calls: no record twice, none lost, and in the end everybody says the same."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hubspot_portal import PortalHarness
from hubspot_replies import Portal, served
from leadbridge_hubspot.provider import HubSpotProvider
from leadbridge_hubspot.settings import HubSpotSettings

from leadbridge.apply.calling import Caller
from leadbridge.apply.options import Options
from leadbridge.errors import ConnectionFailedError, LeadBridgeError, UncertainError
from leadbridge.provider import Action, Result, Site

ROWS = 230
STRIKES = ("lost_before", "lost_after", "busy", "locked", "half", "edge")


@pytest.fixture
def portal() -> Iterator[Portal]:
    portal = Portal()
    with served(portal):
        yield portal


class Strikes:
    """Of one call in three something goes wrong, by a seed."""

    def __init__(self, portal: Portal, seed: int) -> None:
        self._portal = portal
        self._chance = random.Random(seed)  # noqa: S311  (repeatable, not secret)

    def __call__(self, method: str, path: str, body: Any) -> Any:
        if self._chance.random() > 1 / 3:
            return None
        kind = self._chance.choice(STRIKES)
        if kind == "busy":
            return 429, {"policyName": "TEN_SECONDLY_ROLLING", "message": "slow down"}
        if kind == "locked":
            return 423, {"message": "locked"}
        if kind == "half" and "inputs" in body:
            self._portal._route(method, path, {**body, "inputs": body["inputs"][::2]})
        elif kind == "lost_after":
            self._portal._route(method, path, body)
        return (502 if kind == "edge" else 504), None


@pytest.mark.parametrize("seed", range(12))
def test_a_run_of_creates_and_updates_makes_everything_once(
    portal: Portal, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the core calls: again where nothing was done, by the same keys where nobody knows."""
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    crm = HubSpotProvider(Site("hs", tmp_path), HubSpotSettings(token="secret"))
    crm.describe()
    old = [portal.add("0-1", email=f"old{n}@example.com", lifecyclestage="customer") for n in range(ROWS)]
    actions = [
        Action(n, "create", "contacts", values={"email": f"new{n}@example.com", "age": str(n)}, key=f"key-{n}")
        for n in range(ROWS)
    ]
    actions += [
        Action(1000 + n, "update", "contacts", one, {"lifecyclestage": "lead", "age": "1", "associations.company": "7"})
        for n, one in enumerate(old)
    ]
    portal.hooks.append(Strikes(portal, seed))
    results = _carried_out(crm, actions)
    portal.hooks.clear()
    assert {one.state for one in results.values()} == {"done"}
    rows = {row["id"]: row["properties"] for row in portal.there("0-1")}
    assert len(rows) == 2 * ROWS
    for n in range(ROWS):
        made = rows[results[n].id or ""]
        assert (made["email"], made["age"], made["leadbridge_key"]) == (f"new{n}@example.com", str(n), f"key-{n}")
        changed = rows[old[n]]
        assert (changed["lifecyclestage"], changed["age"]) == ("lead", "1")
        assert portal.links["0-1", "0-2"][old[n], "7"] == {1}


def _carried_out(crm: HubSpotProvider, actions: list[Action]) -> dict[int, Result]:
    caller = Caller(crm, Options(sleep=lambda seconds: None))
    done: dict[int, Result] = {}
    for _ in range(60):
        left = [action for action in actions if action.number not in done]
        for at in range(0, len(left), 200):
            part = left[at : at + 200]
            try:
                results = caller.act(lambda: crm.write(part))  # noqa: B023  (called at once)
            except ConnectionFailedError:
                continue
            done |= {one.number: one for one in results if one.state != "uncertain"}
    return done


RATES = {"drop_before": 0.1, "drop_after": 0.1, "unavailable": 0.1, "burst": 0.1, "locked": 0.1, "gateway": 0.1}


@pytest.mark.parametrize("seed", range(5))
def test_over_a_wire_that_breaks_everything_is_made_once(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a stand-in of a portal, whose connections end before or after the deed."""
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    harness = PortalHarness(tmp_path)
    try:
        crm = harness.connect()
        crm.describe()
        old = [harness.create(harness.sample(n)) for n in range(120)]
        sent = range(1000, 1120)
        actions = [Action(n, "create", "contacts", values=harness.sample(n), key=f"key-{n}") for n in sent]
        actions += [Action(n, "update", "contacts", one, {"jobtitle": "seen"}) for n, one in enumerate(old)]
        harness.sandbox.faults.draw(seed, RATES)
        results = _carried_out(crm, actions)
        harness.sandbox.faults.clear()
        assert {one.state for one in results.values()} == {"done"}
        rows = {r.ref.id: r.values for page in crm.capture("contacts") for r in page.records}
        assert len(rows) == 240
        assert {rows[results[n].id or ""]["email"] for n in sent} == {harness.sample(n)["email"] for n in sent}
        assert {rows[one]["jobtitle"] for one in old} == {"seen"}
    finally:
        harness.close()


def test_only_what_is_known_to_be_undone_is_promised(portal: Portal, tmp_path: Path) -> None:
    """A reply that is lost after everything was written is never called `nothing was done`."""
    crm = HubSpotProvider(Site("hs", tmp_path), HubSpotSettings(token="secret"))
    crm.describe()

    def lost(method: str, path: str, body: Any) -> Any:
        if not path.endswith("batch/create"):
            return None
        portal._route(method, path, body)
        return 504, None

    portal.hooks.append(lost)
    with pytest.raises(LeadBridgeError) as caught:
        crm.write([Action(1, "create", "contacts", values={"email": "a@example.com"}, key="k")])
    assert isinstance(caught.value, UncertainError)
    portal.hooks.clear()
    (again,) = crm.write([Action(1, "create", "contacts", values={"email": "a@example.com"}, key="k")])
    assert (again.state, len(portal.there("0-1"))) == ("done", 1)
