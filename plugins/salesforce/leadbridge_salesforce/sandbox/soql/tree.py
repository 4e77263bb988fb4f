"""A query as a tree. Names are as they were written; nothing here knows what an org holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted text, still with its escapes: what they mean depends on where it stands."""

    raw: str


@dataclass(frozen=True, slots=True)
class Span:
    """A date literal such as ``LAST_N_DAYS:30``; ``count`` is 0 where the name takes none."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Literal:
    """A value in a condition; ``at`` is its place in the query, ``source`` as it was written."""

    value: Text | Decimal | bool | date | datetime | Span | None
    source: str
    at: int


@dataclass(frozen=True, slots=True)
class Path:
    """A field, or a field of a parent: ``Account.Owner.Name``."""

    parts: tuple[str, ...]
    at: int

    @property
    def text(self) -> str:
        return ".".join(self.parts)

    @property
    def key(self) -> str:
        """The same for all spellings of the same field."""
        return self.text.lower()


@dataclass(frozen=True, slots=True)
class Call:
    """``COUNT()``, ``MAX(Amount)``, ``CALENDAR_YEAR(CreatedDate)``; the function is in capitals."""

    function: str
    argument: Path | None
    at: int

    @property
    def key(self) -> str:
        return f"{self.function}({self.argument.key if self.argument else ''})"


@dataclass(frozen=True, slots=True)
class FieldSet:
    """``FIELDS(ALL)``, ``FIELDS(STANDARD)`` or ``FIELDS(CUSTOM)``."""

    kind: str
    at: int


Expression = Path | Call


@dataclass(frozen=True, slots=True)
class Comparison:
    """``left operator value``; the operator is one of ``= != < > <= >= LIKE``."""

    left: Expression
    operator: str
    value: Literal


@dataclass(frozen=True, slots=True)
class Membership:
    """``left [NOT] IN (values)``, or with a query in their place: a semi-join or an anti-join."""

    left: Expression
    negated: bool
    among: tuple[Literal, ...] | Query


@dataclass(frozen=True, slots=True)
class Selection:
    """``left INCLUDES (values)`` or, negated, ``EXCLUDES``, of a multi-select picklist."""

    left: Path
    negated: bool
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Not:
    inner: Condition


@dataclass(frozen=True, slots=True)
class Both:
    """All of the parts hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of the parts holds."""

    parts: tuple[Condition, ...]


Condition = Comparison | Membership | Selection | Not | Both | Either


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in the select list; an alias is allowed for aggregates and grouped fields only."""

    what: Expression | FieldSet | Query
    alias: str | None


@dataclass(frozen=True, slots=True)
class Order:
    by: Expression
    descending: bool
    nulls_last: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A query, or one inside another. ``source`` is an object's name, or a child relationship's in a subquery."""

    items: tuple[Item, ...]
    source: str
    source_at: int
    alias: str | None = None
    where: Condition | None = None
    group: tuple[Expression, ...] = ()
    having: Condition | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int | None = None
    all_rows: bool = False
