"""Small leads, records and policies for tests of the conversion planner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from leadbridge.conditions import compile_condition
from leadbridge.mapping.policy import Constant, ConvertPolicy, Dated, From, Made, Part, PolicyField
from leadbridge.moments import compile_moment
from leadbridge.plan.layout import Scene
from leadbridge.plan.model import Match, Request
from leadbridge.plan.uniting import unite
from leadbridge.records import Captured, Record, Ref
from leadbridge.subjects import STANDARD
from leadbridge.templates import compile_template

NOW = datetime(2025, 9, 23, 12, tzinfo=UTC)
PERSON, ORGANISATION = STANDARD.subjects["person"], STANDARD.subjects["organisation"]


def record(ref: str, role: str = "lead", *, modified: datetime | None = None, **values: object) -> Captured:
    """``connection:object:id`` with canonical values."""
    held = Record(Ref(*ref.split(":")), {}, modified=modified)
    subject = STANDARD.of_role(role)
    assert subject is not None
    return Captured(held, subject.name, role, values)


def part(
    role: str,
    fields: Mapping[str, object],
    *,
    match: Iterable[str] = (),
    existing: str = "fill_blank",
    when: str | None = None,
) -> Part:
    """``fields`` gives sources; text is the lead's field of that name, a pair is a source with its own rule."""
    subject = STANDARD.of_role(role)
    assert subject is not None
    condition = None if when is None else compile_condition(when, PERSON.fields)
    rules = []
    for name, given in fields.items():
        source, rule = given if isinstance(given, tuple) else (given, existing)
        rules.append(PolicyField(subject.fields[name], From(source) if isinstance(source, str) else source, rule))
    return Part(role, subject, tuple(match), existing, tuple(rules), condition)


ACCOUNT = part(
    "account", {"name": "company", "website": "website", "industry": "industry"}, match=["domain", "company_name"]
)
CONTACT = part(
    "contact",
    {
        "first_name": "first_name",
        "last_name": "last_name",
        "email": "email",
        "phone": "phone",
        "opted_out_of_email": ("opted_out_of_email", "restrictive"),
    },
    match=["email"],
)
OPPORTUNITY = part(
    "opportunity",
    {
        "name": Made(compile_template("{company}[ - {product}]")),
        "amount": "budget",
        "stage": Constant("Prospecting"),
        "close_date": Dated(compile_moment("end_of_quarter"), whole_day=True),
    },
    when="budget > 0",
)
PROSPECT = part("prospect", {"qualified_at": Dated(compile_moment("now"), whole_day=False), "score": "score"})


def policy(*parts: Part, when: str | None = None, unless: str | None = None, **on_converted: object) -> ConvertPolicy:
    made = {p.role: p for p in parts or (ACCOUNT, CONTACT, OPPORTUNITY, PROSPECT)}
    compiled = [None if source is None else compile_condition(source, PERSON.fields) for source in (when, unless)]
    return ConvertPolicy(Path("convert.yaml"), "convert.yaml", 3, *compiled, on_converted, made)


def scene(used: ConvertPolicy | None = None, **homes: Iterable[str]) -> Scene:
    """``crm`` has accounts and contacts with every field; ``homes`` overrides, ``crm_lead=[...]``."""
    held = {("crm", "account"): frozenset(ORGANISATION.fields), ("crm", "contact"): frozenset(PERSON.fields)}
    given = {tuple(name.rsplit("_", 1)): frozenset(fields) for name, fields in homes.items()}
    return Scene(used or policy(), {**held, **given}, PERSON, NOW)


def request(number: int, *members: Captured, domain: str = "", **matched: Captured) -> Request:
    """A lead for ``crm``; ``domain`` and the company's name are its keys; ``account=`` and ``contact=`` its matches."""
    lead = unite(members, ["web", "fair"], PERSON)
    company = str(lead.values.get("company", "")).casefold()
    keys = tuple(f"{kind}:{key}" for kind, key in (("domain", domain), ("company_name", company)) if key)
    found = {("crm", role): Match(existing, f"same {role}") for role, existing in matched.items()}
    return Request(number, lead, ("crm",), found, {"account": keys})
