"""Which keys a pydantic model knows at a place inside it, for suggestions."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from leadbridge.files.marks import Path_


def key_of(name: str, model: type[BaseModel]) -> str:
    """A field's key in a file: its alias where it has one."""
    found = model.model_fields[name]
    alias = found.validation_alias
    return alias if isinstance(alias, str) else found.alias or name


def keys_at(model: type[BaseModel], path: Path_) -> set[str]:
    """The keys known at a path, by all branches of unions on the way; none where the path leads nowhere."""
    models = [found for found in types_at(model, path) if _is_model(found)]
    return {key_of(name, found) for found in models for name in found.model_fields}


def types_at(model: type[BaseModel], path: Path_) -> list[Any]:
    """The types that a value at a path may have, by all branches of unions."""
    shapes: list[Any] = [model]
    for step in path:
        shapes = [below for shape in shapes for plain in _plain(shape) for below in _below(plain, step)]
    return [plain for shape in shapes for plain in _plain(shape)]


def _is_model(shape: Any) -> bool:
    return isinstance(shape, type) and issubclass(shape, BaseModel)


def _plain(shape: Any) -> Iterator[Any]:
    """The branches of a type, without annotations and aliases."""
    if hasattr(shape, "__value__"):  # a `type X = ...` alias
        yield from _plain(shape.__value__)
    elif get_origin(shape) is Annotated:
        yield from _plain(get_args(shape)[0])
    elif get_origin(shape) in (Union, types.UnionType):
        for branch in get_args(shape):
            yield from _plain(branch)
    else:
        yield shape


def _below(shape: Any, step: str | int) -> Iterator[Any]:
    """The types one step below a type."""
    if _is_model(shape):
        yield from (f.annotation for name, f in shape.model_fields.items() if step in (name, key_of(name, shape)))
        return
    arguments = [a for a in get_args(shape) if a is not Ellipsis]
    if arguments:
        yield arguments[-1]  # the value of a dict, the item of a list
