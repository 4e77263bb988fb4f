"""Frozen records as JSON structures and back, by the types that they declare. How is worked out once for each class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING as NO_DEFAULT
from dataclasses import Field, fields, is_dataclass
from functools import lru_cache
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from leadbridge.state.codec import revive, revived
from leadbridge.values import MISSING

_AS_IT_IS: Final = frozenset({str, int, bool, float, type(None)})

_Make = Callable[[Any], Any]


def plain(item: Any) -> dict[str, Any]:
    """The JSON structure of a frozen record, without what is missing or has its default; values stay for the codec."""
    found = {}
    for name, default, write in _writers(item.__class__):
        value = getattr(item, name)
        if value is MISSING or value == default:
            continue
        found[name] = value if write is None or value.__class__ in _AS_IT_IS else write(value)
    return found


def made(kind: type, structure: Mapping[str, Any]) -> Any:
    """The record of a class that a JSON structure stands for."""
    return _maker(kind)(structure)


@lru_cache(64)
def _writers(kind: type) -> tuple[tuple[str, Any, _Make | None], ...]:
    """Of each field its name, its default, and what makes a structure of it; None where the codec takes it as it is."""
    declared = get_type_hints(kind)
    return tuple(
        (f.name, _default(f), _writer(declared[f.name], bool(f.metadata.get("in_order")))) for f in fields(kind)
    )


def _writer(kind: Any, in_order: bool) -> _Make | None:
    record = _record_in(kind)
    if record is not None:
        return plain
    if get_origin(kind) is tuple:
        part = _writer(get_args(kind)[0], in_order)
        return None if part is None else _tuple_writer(part)
    if not _is_mapping(kind):
        return None
    key, value = get_args(kind)
    return _mapping_writer(key, _writer(value, in_order), in_order)


def _tuple_writer(part: _Make) -> _Make:
    return lambda items: [part(one) for one in items]


def _mapping_writer(key: type, part: _Make | None, in_order: bool) -> _Make:
    if part is not None:
        return lambda items: {str(name): part(items[name]) for name in sorted(items)}
    if key is not str:
        return lambda items: {str(name): items[name] for name in sorted(items)}
    return dict if in_order else lambda items: dict(sorted(items.items()))


def _default(of: Field[Any]) -> Any:
    return of.default_factory() if of.default_factory is not NO_DEFAULT else of.default


@lru_cache(256)
def _maker(kind: Any) -> _Make:
    """Makes what is declared as this type."""
    if is_dataclass(kind) and isinstance(kind, type):
        return _record_maker(kind)
    if get_origin(kind) is tuple:
        part = _maker(get_args(kind)[0])
        return lambda structure: tuple([part(one) for one in structure])
    if _is_mapping(kind):
        return _mapping_maker(*get_args(kind))
    record = _record_in(kind)
    if record is None:
        return revive
    make = _maker(record)
    return lambda structure: None if structure is None else make(structure)


def _is_mapping(kind: Any) -> bool:
    return isinstance(get_origin(kind), type) and issubclass(get_origin(kind), Mapping)


def _record_in(kind: Any) -> Any:
    """The record that a type is, or may be; None where it is none."""
    choices = get_args(kind) if get_origin(kind) in {Union, UnionType} else (kind,)
    return next((choice for choice in choices if is_dataclass(choice)), None)


def _mapping_maker(key: _Make, value: Any) -> _Make:
    make = _maker(value)
    if make is revive and key is str:
        return revived
    return lambda structure: {key(name): make(part) for name, part in structure.items()}


def _record_maker(kind: type) -> _Make:
    required = {f.name: MISSING for f in fields(kind) if _default(f) is NO_DEFAULT}
    makers: dict[str, _Make] = {name: _maker(declared) for name, declared in get_type_hints(kind).items()}

    def make(structure: Mapping[str, Any]) -> Any:
        said = {name: part if part.__class__ in _AS_IT_IS else makers[name](part) for name, part in structure.items()}
        return kind(**(required | said))

    return make
