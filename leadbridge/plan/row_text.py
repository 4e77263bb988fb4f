"""Rows of a plan as text and back: canonical JSON lines, their digest, and a table for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING as NO_DEFAULT
from dataclasses import Field, fields, is_dataclass
from functools import lru_cache
from hashlib import blake2b
from types import UnionType
from typing import IO, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from leadbridge.plan.sync_rows import PlanRow, Settle, Write
from leadbridge.state.codec import dumps, loads, revive
from leadbridge.values import MISSING, Value

COLUMNS: Final = ("number", "verb", "connection", "object", "id", "record", "field", "old", "new", "rule", "from")


def canonical(row: PlanRow) -> str:
    """One line of JSON; equal rows give equal text. What has its default value is left out."""
    return dumps({"kind": "settle" if isinstance(row.body, Settle) else "write", **_plain(row)})


def row_of(text: str) -> PlanRow:
    """The opposite of :func:`canonical`."""
    plain = loads(text)
    body: Settle | Write = _made(Settle if plain.pop("kind") == "settle" else Write, plain.pop("body"))
    return PlanRow(plain["number"], body, plain.get("refers", {}))


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


def write_json_lines(rows: Iterable[PlanRow], out: IO[str]) -> str:
    """Write a line for each row, as they come; gives their digest."""
    found = Digest()
    for row in rows:
        line = canonical(row)
        found.add(line)
        out.write(line + "\n")
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
        yield from ((*head, *tail) for tail in lines or [("", "", "", "", "")])


def shown(value: Value) -> str:
    """A value as people read it; blank for every kind of nothing."""
    if value is MISSING or value is None:
        return ""
    if isinstance(value, tuple):
        return "; ".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _plain(item: Any) -> Any:
    """The JSON structure of a frozen record; values stay for the codec."""
    if is_dataclass(item):
        said = ((f, getattr(item, f.name)) for f in fields(item))
        return {f.name: _plain(v) for f, v in said if v is not MISSING and v != _default(f)}
    if isinstance(item, Mapping):
        return {str(key): _plain(item[key]) for key in sorted(item)}
    return [_plain(part) for part in item] if isinstance(item, tuple) else item


def _default(of: Field[Any]) -> Any:
    return of.default_factory() if of.default_factory is not NO_DEFAULT else of.default


def _made(kind: Any, plain: Any) -> Any:
    """What a JSON structure stands for, by the type that is declared in its place."""
    if is_dataclass(kind) and isinstance(kind, type):
        required = {f.name: MISSING for f in fields(kind) if _default(f) is NO_DEFAULT}
        return kind(**required | {name: _made(_hints(kind)[name], part) for name, part in plain.items()})
    if get_origin(kind) is tuple:
        return tuple(_made(get_args(kind)[0], part) for part in plain)
    if isinstance(get_origin(kind), type) and issubclass(get_origin(kind), Mapping):
        key, value = get_args(kind)
        return {key(name): _made(value, part) for name, part in plain.items()}
    record = next((k for k in _choices(kind) if is_dataclass(k)), None)
    return revive(plain) if record is None or plain is None else _made(record, plain)


def _choices(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in {Union, UnionType, Literal} else (kind,)


@lru_cache(32)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
