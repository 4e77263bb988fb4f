"""Helpers for tests of transforms: build one by name, and say what became of a raw value."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from leadbridge.provider import Wire
from leadbridge.transforms.defaults import builtin_transforms
from leadbridge.transforms.spec import Codec, PartsCodec, UnreadableError
from leadbridge.values import Present, Raw, Value


def codec(name: str, wire: Wire = "text", **options: object) -> Codec | PartsCodec:
    spec = next(spec for spec in builtin_transforms() if spec.name == name)
    return spec.build(spec.options(**options), wire)


def read(raw: Raw, name: str, **options: object) -> Value | Mapping[str, Present]:
    """The canonical value, or ``code: reason`` where the transform refuses the raw value."""
    try:
        return codec(name, **options).decode(raw)
    except UnreadableError as error:
        return f"{error.code}: {error}"


def refused(name: str, **options: object) -> str:
    """The one message that the transform's options model has about these options."""
    try:
        codec(name, **options)
    except ValidationError as error:
        (fault,) = error.errors()
        return str(fault["msg"])
    return "accepted"
