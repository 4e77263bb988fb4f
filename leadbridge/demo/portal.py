"""The demo in a portal of HubSpot: large leads become contacts in Salesforce, the others in HubSpot, by one policy."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.request import Request, urlopen

from leadbridge.demo.standing import StandIn
from leadbridge.demo.steps import Holds, approve, done, held, planned, records

if TYPE_CHECKING:
    from leadbridge.jobs.comparing import Answer
    from leadbridge.jobs.leads import Lead
    from leadbridge.jobs.sync.model import PlanOutcome, RunOutcome, Watch
    from leadbridge.jobs.workspace import Workspace
    from leadbridge.sandbox import Served
    from leadbridge.state.store import Store

FILES: Final = Path(__file__).parent / "hubspot"
STARTERS: Final = ("hubspot.owners.yaml", "salesforce.users.yaml")
STAFF: Final = "staff"
LARGE: Final = "large"
CONTACTS: Final = "contacts"
SMALL: Final = "small"
POLICY: Final = "convert.yaml"
STAND_INS: Final = (
    StandIn("hubspot", "http://127.0.0.1:8081", "HS_TOKEN", "hubspot"),
    StandIn("salesforce", "http://127.0.0.1:8080", "SF_TOKEN", "simple_salesforce"),
)
HELD: Final[Mapping[str, Sequence[str]]] = {
    "hs": ("contacts", "companies", "deals"),
    "sf": ("Contact", "Account", "Opportunity"),
}
PROPERTIES: Final = {"budget": ("number", "number")} | dict.fromkeys(
    ("salesforce_contact", "salesforce_account"), ("string", "text")
)
"""The portal's own properties of contacts: name -> HubSpot's type and field type."""
_NAMES: Final = ("firstname", "lastname", "jobtitle", "email", "phone", "company", "website", "country")
_NUMBERS: Final = ("numemployees", "budget", "hubspot_owner_id")
_LEADS: Final = (
    ("Ada", "Abara", "", "ada.abara@alder-foods.example", "", "Alder Foods Inc", "", "", 1344, 45000, 81001),
    (
        *("Klaus", "Wähner", "Plant manager", "k.waehner@beacon-foods.example", "+49 69 90009131"),
        *("Beacon Foods GmbH", "", "", 425, 80000, 81002),
    ),
    (
        *("Britta", "Thiel", "CEO", "britta@thiel.example", "+49 341 99998127"),
        *("Thiel Maschinenbau KG", "https://www.thiel.example", "Germany", 480, 120000, 81003),
    ),
    ("Peter", "Ohm", "Director", "peter@ohm.example", "", "Ohm Logistik GmbH", "", "Germany", 35, 4500, 81003),
    ("Chen", "Costa", "Manager", "chen@cobalt-foods.example", "", "Cobalt Foods", "", "", 1946, 2500, 81001),
    ("Mara", "Lindt", "", "mara.lindt@gmx.example", "", "", "", "", "", "", 81002),
)

STAMPS: Final = frozenset({"createdate", "lastmodifieddate"})

Portal = Sequence[Mapping[str, str]]
"""HubSpot's contacts as they were made one by one: property -> value, without stamps; the owner by name, too."""


@dataclass(frozen=True, slots=True)
class Story:
    """What became of each step.

    Attributes:
        leads: best first; ``names``: the id of an owner in HubSpot -> their name.
        differences: what the two CRMs would do differently by the policy.
        into, converted, again: the large leads' conversion into Salesforce, its run, and the run after it.
        told: the run that keeps them in step, by which HubSpot learns whose they are.
        within, closed: the other leads' conversion within HubSpot.
        undone: of ``closed``, ``told`` and ``converted``.
        portals, holds: HubSpot's contacts, and all counted, at the start, after ``told``, after ``closed``, at the end.
    """

    leads: Sequence[Lead]
    names: Mapping[str, str]
    differences: Answer
    into: PlanOutcome
    converted: RunOutcome
    again: RunOutcome
    told: RunOutcome
    within: PlanOutcome
    closed: RunOutcome
    undone: tuple[RunOutcome, RunOutcome, RunOutcome]
    portals: tuple[Portal, ...]
    holds: tuple[Mapping[str, Holds], ...]


def fill(portal: Served) -> None:
    """Six people who left their address in HubSpot, and properties for what HubSpot does not know by itself."""
    for name, (kind, field_type) in PROPERTIES.items():
        made = {"name": name, "label": name, "groupName": "contactinformation", "type": kind, "fieldType": field_type}
        _post(f"{portal.url}/crm/v3/properties/contacts", made, portal.token)
    people = [dict(zip((*_NAMES, *_NUMBERS), map(str, row), strict=True)) for row in _LEADS]
    fresh = {"lifecyclestage": "lead", "hs_lead_status": "NEW"}
    _post(f"{portal.control}/records", {"object": "contacts", "create": [{**one, **fresh} for one in people]})


def _post(url: str, body: object, token: str = "") -> None:
    """To a stand-in on this machine."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    with urlopen(Request(url, json.dumps(body).encode(), headers), timeout=30):  # noqa: S310  (http, to 127.0.0.1)
        pass


def live(workspace: Workspace, store: Store, watch: Watch) -> Story:
    """Compare; convert into Salesforce and keep in step; convert within HubSpot; undo all of it."""
    from leadbridge.jobs.sync import api

    approve(workspace, store, api.make_plan(workspace, store, STAFF, watch), watch)
    names = _owners(workspace)
    seen = [_seen(workspace, names)]
    into = api.make_plan(workspace, store, LARGE, watch)
    converted = approve(workspace, store, into, watch)
    told = approve(workspace, store, api.make_plan(workspace, store, CONTACTS, watch), watch)
    again = api.convert(workspace, store, LARGE, "yes", frozenset(), watch)
    seen.append(_seen(workspace, names))
    within = api.make_plan(workspace, store, SMALL, watch)
    closed = approve(workspace, store, within, watch)
    seen.append(_seen(workspace, names))
    undone = (
        api.undo(workspace, store, closed.run, "yes", watch),
        api.undo(workspace, store, told.run, "yes", watch),
        api.undo(workspace, store, converted.run, "yes", watch),
    )
    seen.append(_seen(workspace, names))
    return Story(
        leads=_leads(workspace, watch),
        names=names,
        differences=_differences(workspace),
        into=into,
        converted=converted,
        again=again,
        told=told,
        within=within,
        closed=closed,
        undone=undone,
        portals=tuple(portal for portal, _ in seen),
        holds=tuple(holds for _, holds in seen),
    )


def counts(story: Story) -> dict[str, object]:
    """What each step did, as numbers; HubSpot's contacts as they were in between."""
    closed, told, converted = story.undone
    return {
        "leads": len(story.leads),
        "differences": len(story.differences.comparison.differing),
        "into_salesforce": {
            "planned": planned(story.into),
            "applied": done(story.converted),
            "told": done(story.told),
            "again": done(story.again),
            "undone": [done(told), done(converted)],
        },
        "within_hubspot": {"planned": planned(story.within), "applied": done(story.closed), "undone": done(closed)},
        "contacts": [[dict(one) for one in portal] for portal in story.portals],
        "held": [{name: dict(of) for name, of in holds.items()} for holds in story.holds],
    }


def _leads(workspace: Workspace, watch: Watch) -> Sequence[Lead]:
    from leadbridge.jobs.leads import Wanted, list_leads

    return list_leads(workspace, Wanted(("hs",), frozenset({"lead"}), None, (("score", True),)), watch).found


def _differences(workspace: Workspace) -> Answer:
    from leadbridge.jobs.comparing import Question, compare_connections

    return compare_connections(workspace, Question(workspace.mappings.policy(POLICY), ("hs", "sf"), live=True))


def _owners(workspace: Workspace) -> dict[str, str]:
    people = records(workspace, "hs", ("owners",))["owners"]
    return {one.ref.id: f"{one.values.get('firstName')} {one.values.get('lastName')}" for one in people}


def _seen(workspace: Workspace, names: Mapping[str, str]) -> tuple[Portal, Mapping[str, Holds]]:
    """What HubSpot says of its contacts now, and how many records of what there are."""
    found = {name: records(workspace, name, objects) for name, objects in HELD.items()}
    people = sorted(found["hs"]["contacts"], key=lambda one: int(one.ref.id))
    told = [
        {name: str(raw) for name, raw in one.values.items() if raw is not None and name not in STAMPS} for one in people
    ]
    portal = [{**one, "owner": names.get(one.get("hubspot_owner_id", ""), "")} for one in told]
    return portal, {name: held(some) for name, some in found.items()}
