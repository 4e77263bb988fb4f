"""Frozen records as JSON structures and back, by the types that they declare. How is worked out once for each class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING as NO_DEFAULT
from dataclasses import Field, fields, is_dataclass
from functools import lru_cache
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from leadbridge.state.codec import revive
from leadbridge.values import MISSING

_AS_IT_IS: Final = frozenset({str, int, bool, float, type(None)})

_Make = Callable[[Any], Any]


def plain(item: Any) -> Any:
    """The JSON structure of a frozen record, without what is missing or has its default; values stay for the codec."""
    if item.__class__ in _AS_IT_IS:
        return item
    if isinstance(item, tuple):
        return [plain(part) for part in item]
    if isinstance(item, Mapping):
        return {str(key): plain(item[key]) for key in sorted(item)}
    return _record(item) if is_dataclass(item) else item


def made(kind: type, structure: Mapping[str, Any]) -> Any:
    """The record of a class that a JSON structure stands for."""
    return _maker(kind)(structure)


def _record(item: Any) -> dict[str, Any]:
    found = {}
    for name, default in _defaults(item.__class__):
        value = getattr(item, name)
        if value is MISSING or value == default:
            continue
        found[name] = value if value.__class__ in _AS_IT_IS else plain(value)
    return found


@lru_cache(64)
def _defaults(kind: type) -> tuple[tuple[str, Any], ...]:
    return tuple((f.name, _default(f)) for f in fields(kind))


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
    if isinstance(get_origin(kind), type) and issubclass(get_origin(kind), Mapping):
        return _mapping_maker(*get_args(kind))
    choices = get_args(kind) if get_origin(kind) in {Union, UnionType} else ()
    record: Any = next((choice for choice in choices if is_dataclass(choice)), None)
    if record is None:
        return revive
    make = _maker(record)
    return lambda structure: None if structure is None else make(structure)


def _mapping_maker(key: _Make, value: Any) -> _Make:
    make = _maker(value)
    return lambda structure: {key(name): make(part) for name, part in structure.items()}


def _record_maker(kind: type) -> _Make:
    required = {name: MISSING for name, default in _defaults(kind) if default is NO_DEFAULT}
    makers: dict[str, _Make] = {name: _maker(declared) for name, declared in get_type_hints(kind).items()}

    def make(structure: Mapping[str, Any]) -> Any:
        said = {name: part if part.__class__ in _AS_IT_IS else makers[name](part) for name, part in structure.items()}
        return kind(**(required | said))

    return make
