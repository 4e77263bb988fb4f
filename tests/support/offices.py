"""A town whose leads are converted: one CRM with leads, accounts, contacts and opportunities, by one policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from town import Town, describe, nobody

from leadbridge.jobs.sync import api
from leadbridge.jobs.sync.model import RunOutcome
from leadbridge.memory import MemoryConversion, MemoryCrm
from leadbridge.state import goldens, links
from leadbridge.state.store import Store
from leadbridge.testing.faults import Killed
from leadbridge.values import Raw

ROLES = {
    "lead": "first_name last_name email phone company status budget",
    "account": "name industry",
    "contact": "first_name last_name email phone organisation",
    "opportunity": "name amount stage close_date organisation contact",
    "activity": "subject person organisation",
}
OBJECTS = {role: f"{role.capitalize()}s" for role in ROLES}
TYPED = {"budget": "{field: budget, as: decimal}", "amount": "{field: amount, as: decimal}"}
TYPED |= {"phone": "{field: phone, as: phone, region: US}", "close_date": "{field: close_date, as: date}"}

POLICY = """\
kind: convert
version: 1
lead: {when: "status == 'working'", on_converted: {status: converted}}
account:
  match: [company_name]
  existing: fill_blank
  fields: {name: company}
contact:
  match: [email]
  existing: fill_blank
  fields: {first_name: first_name, last_name: last_name, email: email, phone: phone}
opportunity:
  when: "budget > 0"
  fields: {name: {template: "{company}"}, amount: budget, stage: {value: Prospecting}, close_date: {value: today}}
prospect: {fields: {qualified_at: {value: now}, budget: budget}}
carry: [activities]
"""
ADA: dict[str, Raw] = {
    "first_name": "Ada",
    "last_name": "King",
    "email": "ada@x.example",
    "phone": "+14155550100",
    "company": "Acme",
    "status": "working",
    "budget": 500,
}
BOB: dict[str, Raw] = {**ADA, "first_name": "Bob", "email": "bob@x.example", "phone": "+14155550101", "budget": 0}


NATIVELY = MemoryConversion(
    objects={role: OBJECTS[role] for role in ("lead", "account", "contact", "opportunity")},
    fields={
        "account": {"name": "company"},
        "contact": {"first_name": "first_name", "last_name": "last_name", "email": "email"},
        "opportunity": {"name": "company"},
    },
    names={"contact": {"organisation": "account"}, "opportunity": {"organisation": "account", "contact": "contact"}},
    takes={"lead": ("status",), "opportunity": ("name",)},
    defaults={"opportunity": {"stage": "Qualification"}},
    carries={"activities": ("Activitys", "person")},
)
"""How such a CRM converts by itself: a contact's phone and an opportunity's amount are not in its own mapping."""


def native_office(folder: Path, jobs: str = "convert: {convert: [crm], policy: convert.yaml}", *names: str) -> Town:
    """The same, where every CRM converts leads by itself."""
    town = office(folder, jobs, *names)
    for name in names or ("crm",):
        town.crm(name).conversion = NATIVELY
    return town


def office(folder: Path, jobs: str = "convert: {convert: [crm], policy: convert.yaml}", *names: str) -> Town:
    """CRMs of these names, or one called ``crm``, all alike."""
    town = Town(folder, jobs)
    (folder / "mappings" / "convert.yaml").write_text(POLICY, encoding="utf-8")
    for name in names or ("crm",):
        described = [describe(OBJECTS[role], columns) for role, columns in ROLES.items()]
        town.crm(name, *described)
        for role, columns in ROLES.items():
            fields = "".join(f"  {field}: {TYPED.get(field, field)}\n" for field in columns.split())
            head = f"provider: stage\nconnection: {name}\nobject: {OBJECTS[role]}\nrole: {role}\n"
            town.map(f"{name}.{role}", f"{head}fields:\n{fields}")
    return town


def lead(crm: MemoryCrm, **values: Raw) -> str:
    return crm.create("Leads", {**dict.fromkeys(ROLES["lead"].split(), ""), **values})


def contact(crm: MemoryCrm, **values: Raw) -> str:
    return crm.create("Contacts", {**dict.fromkeys(ROLES["contact"].split(), ""), **values})


def convert(town: Town, job: str = "convert") -> RunOutcome:
    """A person looks at the plan and says yes."""
    with town.opened() as (workspace, store):
        return api.convert(workspace, store, job, lambda plan: True, (), nobody)


def everything(crm: MemoryCrm) -> dict[str, dict[str, dict[str, Raw]]]:
    return {name: crm.records(name) for name in crm.objects}


def remembered(town: Town) -> tuple[object, ...]:
    """Golden values and the states of their links, without the numbers that retries use up."""
    with town.opened() as (_, store), store.read() as snapshot:
        found = []
        stored = goldens.page(snapshot)
        linked = links.by_goldens(snapshot, [one.golden.id for one in stored])
        for one in stored:
            subject = one.golden.subject
            plain = {
                name: value
                for name, value in one.golden.values.items()
                if name not in {"organisation", "contact", "qualified_at"}
            }
            states = sorted((k.link.ref.object, k.link.state) for k in linked.get(one.golden.id, ()))
            found.append((subject, sorted((n, str(v)) for n, v in plain.items()), states))
        return tuple(sorted(found))


class Plug:
    """Pulled at the n-th step of the state; nothing of the process goes on after that."""

    def __init__(self, at: int | None = None) -> None:
        self.at = at
        self.steps = 0

    def step(self) -> None:
        self.steps += 1
        if self.at is not None and self.steps >= self.at:
            raise Killed


@contextmanager
def plugged(plug: Plug, patch: Callable[[object, str, object], None]) -> Iterator[None]:
    """Every transaction that writes is two steps: before anything of it is durable, and after all of it is."""
    begin = Store.begin

    @contextmanager
    def begun(self: Store) -> Iterator[object]:
        with begin(self) as tx:
            yield tx
            plug.step()
        plug.step()

    patch(Store, "begin", begun)
    try:
        yield
    finally:
        patch(Store, "begin", begin)


def values(crm: MemoryCrm) -> dict[str, list[object]]:
    """What the CRM holds, ids left out: taking back and making anew gives others."""
    references = {"organisation", "contact", "person"}
    return {
        name: sorted(str(sorted((n, str(v)) for n, v in one.items() if n not in references)) for one in found.values())
        for name, found in everything(crm).items()
    }


def killed_at(town: Town, step: int) -> bool:
    """Whether the run died."""
    patch = pytest.MonkeyPatch()
    try:
        with plugged(Plug(step), patch.setattr):
            convert(town)
    except Killed:
        return True
    finally:
        patch.undo()
    return False
