"""Constants that files name, as values of a field's type."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from leadbridge.subjects.model import Field
from leadbridge.transforms.spec import UnreadableError
from leadbridge.values import Present

Scalar = str | bool | int | Decimal

_FORMED: Final = frozenset({"email", "phone", "url", "country"})
"""Types whose values have a form of their own."""


def typed(scalar: Scalar, field: Field) -> Present:
    """The scalar as a value of the field. Raises ValueError with what is wrong, in words."""
    value = _convert(scalar, field.type)
    if field.choices is not None:
        stray = [item for item in (value if isinstance(value, tuple) else (value,)) if item not in field.choices]
        if stray:
            raise ValueError(f"{stray[0]!r} is none of its values ({', '.join(field.choices)})")
    if field.length is not None and isinstance(value, str) and len(value) > field.length:
        raise ValueError(f"is longer than the field's {field.length} characters")
    return value


def of_kind(scalar: Scalar, kinds: Collection[str] | None) -> bool:
    """Whether it is a value of one of these types; None stands for any."""
    return kinds is None or any(_is(scalar, kind) for kind in kinds)


def _is(scalar: Scalar, kind: str) -> bool:
    try:
        _convert(scalar, kind)
    except ValueError:
        return False
    return True


def _convert(scalar: Scalar, kind: str) -> Present:
    if kind == "boolean":
        return _boolean(scalar)
    if isinstance(scalar, bool):
        raise ValueError(f"is true or false where a {kind} is wanted")  # noqa: TRY004  (a fault of the file)
    if kind in {"integer", "decimal"}:
        return _number(scalar, kind)
    if kind in {"date", "datetime"}:
        return _moment(str(scalar), kind)
    if kind in _FORMED:
        return _formed(str(scalar), kind)
    return (str(scalar),) if kind == "multi_select" else str(scalar)


def _formed(text: str, kind: str) -> Present:
    """The constant as the type's own transform reads it."""
    from leadbridge.transforms.defaults import builtin_transforms

    spec = next(spec for spec in builtin_transforms() if spec.name == kind)
    codec = spec.build(spec.options(), "text")
    try:
        value = codec.decode(text)
    except UnreadableError as error:
        raise ValueError(f"is no {kind}: {error}") from None
    if not isinstance(value, str) or not value:
        raise ValueError(f"is no {kind}")
    return value


def _boolean(scalar: Scalar) -> bool:
    if isinstance(scalar, bool):
        return scalar
    if str(scalar).lower() in {"true", "false"}:
        return str(scalar).lower() == "true"
    raise ValueError("must be true or false")


def _number(scalar: Scalar, kind: str) -> int | Decimal:
    try:
        number = Decimal(scalar)
    except InvalidOperation:
        raise ValueError("must be a number") from None
    if not number.is_finite():
        raise ValueError("must be a number")
    if kind == "decimal":
        return number
    if number != number.to_integral_value():
        raise ValueError("must be a whole number")
    return int(number)


def _moment(text: str, kind: str) -> date | datetime:
    try:
        if kind == "date":
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
    except ValueError:
        example = "2026-01-31" if kind == "date" else "2026-01-31T09:00:00Z"
        raise ValueError(f"must be a {kind} such as {example}") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
