"""Rows of a plan as text and back: canonical JSON lines, their digest, and a table for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final, Literal

from leadbridge.plan.native import WriteVerb
from leadbridge.plan.plain import made, plain
from leadbridge.plan.sync_rows import PlanRow, Settle, Write
from leadbridge.state.codec import dumps, loads
from leadbridge.values import MISSING, Value

_FOR_PEOPLE: Final = ',"said":['
"""Where a write's last field starts. Inside a value the quotes would be escaped."""

COLUMNS: Final = (
    "number",
    "verb",
    "connection",
    "object",
    "id",
    "record",
    "field",
    "old",
    "new",
    "rule",
    "from",
    "part",
)


def canonical(row: PlanRow) -> str:
    """One line of JSON; equal rows give equal text. What has its default value is left out."""
    return pen(row.body).line(row.number, row.refers)


@dataclass(frozen=True, slots=True)
class Penned:
    """A row's body as text, while it waits for its number; and what decides about that.

    Attributes:
        verb: None for a row that settles.
        refers: provider field -> golden record whose record it will name.
        apart: whether the row is sent only where another one is refused.
    """

    verb: WriteVerb | None
    text: str
    golden: int
    connection: str = ""
    object: str = ""
    subject: str = ""
    link: int | None = None
    refers: Mapping[str, int] = field(default_factory=dict)
    apart: bool = False

    @property
    def kind(self) -> Literal["settle", "create", "update", "delete", "convert"]:
        return self.verb or "settle"

    def line(self, number: int, refers: Mapping[str, int]) -> str:
        """The whole row; ``refers`` by number."""
        named = f'"refers":{dumps(dict(sorted(refers.items())))},' if refers else ""
        kind = "write" if self.verb else "settle"
        return f'{{"kind":"{kind}","number":{number},{named}"body":{self.text}}}'


def pen(body: Settle | Write) -> Penned:
    text = dumps(plain(body))
    if isinstance(body, Settle):
        return Penned(None, text, body.golden, subject=body.subject)
    return Penned(
        verb=body.verb,
        text=text,
        golden=body.golden,
        connection=body.connection,
        object=body.object,
        subject=body.subject,
        link=body.link,
        refers=body.refers,
        apart=body.undoes is not None,
    )


def row_of(text: str, *, bare: bool = False) -> PlanRow:
    """The opposite of :func:`canonical`; a ``bare`` write lacks what is said for people."""
    if bare:
        text, cut, _ = text.partition(_FOR_PEOPLE)
        text += "}}" if cut else ""
    said = loads(text)
    body: Settle | Write = made(Settle if said["kind"] == "settle" else Write, said["body"])
    return PlanRow(said["number"], body, said.get("refers", {}))


class Digest:
    """Of a plan's lines, one after the other."""

    def __init__(self) -> None:
        self._hash = blake2b(digest_size=16)

    def add(self, line: str) -> None:
        self._hash.update(line.encode() + b"\n")

    @property
    def text(self) -> str:
        return self._hash.hexdigest()


def digest(rows: Iterable[PlanRow]) -> str:
    found = Digest()
    for row in rows:
        found.add(canonical(row))
    return found.text


def cells(rows: Iterable[PlanRow]) -> Iterator[tuple[str, ...]]:
    """What stands under ``COLUMNS``: a line for each field of each write, one at least."""
    for row in rows:
        write = row.body
        if not isinstance(write, Write):
            continue
        head = (str(row.number), write.verb, write.connection, write.object, write.id or "", write.label)
        lines = [(c.field, shown(c.old), shown(c.new), c.rule, c.origin) for c in write.changes]
        lines += [(name, "", f"@{number}", "refers to row", "") for name, number in row.refers.items()]
        part = write.native.part if write.native else ""
        yield from ((*head, *tail, part) for tail in lines or [("", "", "", "", "")])


def shown(value: Value) -> str:
    """A value as people read it; blank for every kind of nothing."""
    if value is MISSING or value is None:
        return ""
    if isinstance(value, tuple):
        return "; ".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
