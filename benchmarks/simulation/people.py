"""What people do all day, by a seed: the same hands for every tool, in the world that the tool has left them."""

from __future__ import annotations

import random
from collections.abc import Callable

from benchmarks.simulation.layout import CONNECTIONS, EDITED, Kind, table, table_of
from benchmarks.simulation.world import World
from leadbridge.provider import Action
from leadbridge.records import Ref
from leadbridge.values import Raw


class People:
    """
    Attributes:
        calm: whether the last run ended well: only then do people make or delete a record of somebody whom another
            CRM has, since a tool that was cut short may be about to make it, or may not know yet that it did.
    """

    def __init__(self, world: World, seed: int) -> None:
        self._world = world
        self._chance = random.Random(seed)  # noqa: S311  (repeatable, not secret)
        self._edits = 0
        self._settled: set[str] = set()
        self._recognised: set[Ref] = set()
        self._accounts: list[str] = []
        self._persons: list[str] = []
        self._emails: dict[str, str] = {}
        self.calm = True

    def ran(self) -> None:
        """A run ended: whoever was there has been recognised."""
        self._settled.update(self._persons)
        self._recognised.update(self._world.ledger.records)

    def act(self, times: int) -> None:
        for _ in range(times):
            chance = self._chance.random()
            tag = self._chance.choice(self._persons) if self._persons else ""
            at = self._chance.choice(CONNECTIONS)
            self._act(chance, tag, at)

    def _act(self, chance: float, tag: str, at: str) -> None:
        table_: tuple[tuple[float, Callable[[], None]], ...] = (
            (0.12, lambda: self._newcomer(at)),
            (0.16, lambda: self._account(at)),
            (0.20, lambda: self._known_elsewhere(tag, at)),
            (0.23, lambda: self._twin(tag, at)),
            (0.26, lambda: self._delete(tag, at)),
            (0.29, lambda: self._merge(tag, at)),
            (0.36, lambda: self._edit_account(at)),
            (0.50, lambda: self._both(tag)),
            (1.00, lambda: self._edit(tag, at)),
        )
        do = next(action for limit, action in table_ if chance < limit)
        if tag or chance < 0.16:
            do()

    def meddle(self, action: Action, connection: str) -> None:
        """Somebody edits the record that a tool is about to write, or has just written: to a value of their own, since
        putting the old one back cannot be told from a CRM that did not take the new one.
        """
        ref = Ref(connection, action.object, action.id or "")
        kept = self._world.ledger.records.get(ref)
        if kept is not None and not kept.gone:
            self._world.edit(ref, "name", self._value("name"))

    # --- one thing each

    def _newcomer(self, at: str) -> None:
        tag = f"person-{len(self._persons)}"
        self._persons.append(tag)
        self._emails[tag] = f"{tag}.Mail@X.example"
        self._make(tag, at)
        if self._chance.random() < 0.25:
            self._make(tag, self._chance.choice([c for c in CONNECTIONS if c != at]))

    def _known_elsewhere(self, tag: str, at: str) -> None:
        """Somebody whom nobody has told the tool of yet is entered in another CRM as well."""
        if self.calm and tag not in self._settled and not self._mine(tag, at):
            self._make(tag, at)

    def _twin(self, tag: str, at: str) -> None:
        """A second record in the same CRM."""
        if self.calm and len(self._mine(tag, at)) == 1:
            self._make(tag, at, email=str(self._world.value(self._mine(tag, at)[0], "email")))

    def _delete(self, tag: str, at: str) -> None:
        mine = self._mine(tag, at)
        if mine and self.calm and tag in self._settled:
            self._world.delete(self._chance.choice(mine))

    def _merge(self, tag: str, at: str) -> None:
        mine = self._mine(tag, at)
        if len(mine) > 1 and self.calm and tag in self._settled:
            loser, winner = self._chance.sample(mine, 2)
            self._world.merge(loser, winner)

    def _account(self, at: str) -> None:
        if table(at, "account") is not None:
            tag = f"account-{len(self._accounts)}"
            self._accounts.append(tag)
            self._world.create(at, "account", {"tag": tag, "name": f"{tag} Ltd", "city": self._value("city")})

    def _edit_account(self, at: str) -> None:
        tag = self._chance.choice(self._accounts) if self._accounts else ""
        mine = self._mine(tag, at, "account")
        if mine:
            self._edit_ref(mine[0])

    def _edit(self, tag: str, at: str) -> None:
        mine = self._mine(tag, at)
        if mine:
            self._edit_ref(self._chance.choice(mine))

    def _both(self, tag: str) -> None:
        """One field, edited in two CRMs in one cycle."""
        name = self._chance.choice(("name", "city", "out"))
        for at in self._chance.sample(CONNECTIONS, 2):
            for ref in self._mine(tag, at)[:1]:
                self._world.edit(ref, name, self._value(name))

    def _edit_ref(self, ref: Ref) -> None:
        at = table_of(ref.connection, ref.object)
        name = self._chance.choice([n for n in EDITED[at.kind] if n in at.columns])
        if name == "email" and ref not in self._recognised:
            name = "name"
        self._world.edit(ref, name, self._value(name))

    # --- values

    def _make(self, tag: str, at: str, email: str = "") -> None:
        values: dict[str, Raw] = {"tag": tag, "email": email or self._emails[tag]}
        for name in ("name", "phone", "city", "out"):
            if self._chance.random() < 0.8:
                values[name] = self._value(name)
        accounts = [ref for t in self._accounts for ref in self._mine(t, at, "account")]
        if accounts and self._chance.random() < 0.5:
            values["account"] = self._chance.choice(accounts).id
        self._world.create(at, "person", values)

    def _value(self, name: str) -> Raw:
        """A value that nobody wrote before, so that a cell tells whose edit it holds; sometimes blank."""
        self._edits += 1
        number = self._edits
        if name == "out":
            return self._chance.random() < 0.5
        if name == "email":
            return f"New{number}@X.example"
        if name != "name" and self._chance.random() < 0.1:
            return self._chance.choice([None, ""])
        if name == "phone":
            return self._chance.choice([f"(415) 555-{number:04}", f"+1415555{number:04}", f"415.555.{number:04}"])
        return f"{name.title()} {number}" + self._chance.choice(["", " "])

    def _mine(self, tag: str, at: str, kind: Kind = "person") -> list[Ref]:
        place = table(at, kind)
        live = self._world.ledger.live(tag)
        return [ref for ref in live if place and (ref.connection, ref.object) == (at, place.object)]
