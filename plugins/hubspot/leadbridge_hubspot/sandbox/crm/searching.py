"""Search: filters become SQL over the index, within HubSpot's caps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from leadbridge_hubspot.sandbox.objects import BY_NAME, Kind
from leadbridge_hubspot.sandbox.portal import Portal, iso
from leadbridge_hubspot.sandbox.properties import Property
from leadbridge_hubspot.sandbox.refusals import invalid
from leadbridge_hubspot.sandbox.shapes import each, whole, words
from leadbridge_hubspot.sandbox.store import INDEXED, LINKS, Record, as_id, record_of

PAGE: Final = 200
Json = Any
Condition = sa.ColumnElement[bool]
_MILLISECONDS: Final = {"date", "datetime"}


@dataclass(frozen=True, slots=True)
class Found:
    records: Sequence[Record]
    total: int
    after: int | None


def search(portal: Portal, kind: Kind, told: Mapping[str, Json], size: int) -> Found:
    """A page of what was asked for. ``size`` is the length of the body. Raises Refused."""
    if size > portal.switches.search_body:
        raise invalid(f"The request body is longer than {portal.switches.search_body} characters", "QUERY_TOO_LONG")
    limit, after = whole(told, "limit", 10), whole(told, "after")
    if not 0 < limit <= PAGE:
        raise invalid(f"limit must be between 1 and {PAGE}", "INVALID_LIMIT", "limit")
    if after + limit > portal.switches.search_window:
        raise invalid(f"Only the first {portal.switches.search_window} results can be read", "PAGING_LIMIT", "after")
    portal.store.index(portal.now() - portal.switches.index_lag * 1000)
    where = sa.and_(INDEXED.c.object == kind.id, _groups(portal, kind, told), _text(kind, told))
    total = int(portal.store.connection.execute(sa.select(sa.func.count()).where(where)).scalar_one())
    wanted = sa.select(INDEXED).where(where).order_by(*_order(portal, kind, told)).limit(limit).offset(after)
    rows = portal.store.rows(wanted)
    more = after + len(rows) < total
    return Found([record_of(row) for row in rows], total, after + len(rows) if more else None)


def _groups(portal: Portal, kind: Kind, told: Mapping[str, Json]) -> Condition:
    groups = each(told, "filterGroups")
    filters = [each(group, "filters") for group in groups]
    switches = portal.switches
    if len(groups) > switches.filter_groups:
        raise invalid(f"At most {switches.filter_groups} filterGroups are allowed", "TOO_MANY_FILTER_GROUPS")
    if any(len(one) > switches.group_filters for one in filters):
        raise invalid(f"At most {switches.group_filters} filters are allowed in a group", "TOO_MANY_FILTERS")
    if sum(map(len, filters)) > switches.all_filters:
        raise invalid(f"At most {switches.all_filters} filters are allowed", "TOO_MANY_FILTERS")
    met = [sa.and_(sa.true(), *(_filter(portal, kind, one) for one in group)) for group in filters]
    return sa.or_(*met) if met else sa.true()


def _text(kind: Kind, told: Mapping[str, Json]) -> Condition:
    """``query``: every record in one of whose searched properties all its words are found."""
    if not told.get("query"):
        return sa.true()
    wanted = " ".join(f"{word}*" for word in str(told["query"]).split())
    return sa.or_(*(sa.func.has_token(_stored(name), wanted) == 1 for name in kind.searched))


def _order(portal: Portal, kind: Kind, told: Mapping[str, Json]) -> list[sa.ColumnElement[Any]]:
    sorts = told.get("sorts") or []
    if not isinstance(sorts, list) or len(sorts) > 1:
        raise invalid("Only one sort is allowed", "TOO_MANY_SORTS", "sorts")
    if not sorts:
        return [INDEXED.c.created, INDEXED.c.id]
    one = sorts[0] if isinstance(sorts[0], dict) else {"propertyName": sorts[0]}
    column = _column(kind, _known(portal, kind, str(one.get("propertyName", ""))))
    return [column.desc() if one.get("direction") == "DESCENDING" else column.asc(), INDEXED.c.id]


def _filter(portal: Portal, kind: Kind, told: Mapping[str, Json]) -> Condition:
    name, operator = str(told.get("propertyName", "")), str(told.get("operator", ""))
    if name.startswith("associations."):
        return _associated(kind, name, operator, told)
    prop = _known(portal, kind, name)
    build = _OPERATORS.get(operator)
    if build is None:
        raise invalid(f"{operator} is no operator; there are {', '.join(sorted(_OPERATORS))}", "INVALID_OPERATOR")
    column = _column(kind, prop)
    condition = build(_Compared(prop, column, told))
    if operator in _NEGATIONS and not portal.switches.negations_need_value:
        return sa.or_(condition, column.is_(None))
    return condition


@dataclass(frozen=True, slots=True)
class _Compared:
    of: Property
    column: sa.ColumnElement[Any]
    told: Mapping[str, Json]

    @property
    def folded(self) -> bool:
        """Values are compared without regard to case, but those of enumerations."""
        return self.of.type in {"string", "phone_number"}

    @property
    def subject(self) -> sa.ColumnElement[Any]:
        return sa.func.folded(self.column) if self.folded else self.column

    def value(self, name: str = "value") -> Any:
        if self.told.get(name) is None:
            raise invalid(f"{name} is missing in the filter on {self.of.name}", "MISSING_VALUE", name)
        return self.read(str(self.told[name]))

    def values(self) -> list[Any]:
        """IN takes texts as they are: those of string properties must be in lower case."""
        told = self.told.get("values")
        if not isinstance(told, list) or not told:
            raise invalid(f"values are missing in the filter on {self.of.name}", "MISSING_VALUE", "values")
        return [str(one) if self.folded else self.read(str(one)) for one in told]

    def read(self, text: str) -> Any:
        prop = self.of
        if prop.type == "number":
            try:
                return float(text)
            except ValueError:
                raise invalid(f"{text} is no number", "INVALID_NUMBER", prop.name) from None
        if self.column is INDEXED.c.created or self.column is INDEXED.c.modified:
            return _milliseconds(prop, text)
        if prop.type in _MILLISECONDS:
            return _moment(prop, text)
        return text.casefold() if self.folded else text


def _moment(prop: Property, text: str) -> str:
    """As it is kept."""
    shown = iso(_milliseconds(prop, text))
    return shown[:10] if prop.type == "date" else shown


def _milliseconds(prop: Property, text: str) -> int:
    """Filters tell moments in milliseconds since 1970; ISO is taken too."""
    digits = text.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) <= 15:
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid(f"{text} is no moment", "INVALID_DATE", prop.name) from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _equal(c: _Compared) -> Condition:
    if c.of.several:
        return sa.and_(sa.func.instr(sa.literal(";").concat(c.column).concat(";"), f";{c.value()};") > 0)
    return sa.and_(c.subject == c.value())


def _not(c: _Compared, condition: Condition) -> Condition:
    return sa.and_(c.column.is_not(None), sa.not_(condition))


def _in(c: _Compared) -> Condition:
    return sa.and_(c.subject.in_(c.values()))


def _token(c: _Compared) -> Condition:
    return sa.and_(sa.func.has_token(c.column, str(c.value())) == 1)


_OPERATORS: Final[Mapping[str, Callable[[_Compared], Condition]]] = {
    "EQ": _equal,
    "NEQ": lambda c: _not(c, _equal(c)),
    "LT": lambda c: c.subject < c.value(),
    "LTE": lambda c: c.subject <= c.value(),
    "GT": lambda c: c.subject > c.value(),
    "GTE": lambda c: c.subject >= c.value(),
    "BETWEEN": lambda c: c.subject.between(c.value(), c.value("highValue")),
    "IN": _in,
    "NOT_IN": lambda c: _not(c, _in(c)),
    "HAS_PROPERTY": lambda c: c.column.is_not(None),
    "NOT_HAS_PROPERTY": lambda c: c.column.is_(None),
    "CONTAINS_TOKEN": _token,
    "NOT_CONTAINS_TOKEN": lambda c: _not(c, _token(c)),
}
_NEGATIONS: Final = {"NEQ", "NOT_IN", "NOT_CONTAINS_TOKEN"}


def _associated(kind: Kind, name: str, operator: str, told: Mapping[str, Json]) -> Condition:
    other = BY_NAME.get(name.removeprefix("associations."))
    values: list[Json] = list(words(told, "values")) if operator == "IN" else [told.get("value")]
    if other is None or operator not in {"EQ", "IN"} or not values:
        raise invalid(f"{name} cannot be searched by {operator}", "INVALID_FILTER", name)
    ids = [key for one in values if (key := as_id(str(one))) is not None]
    mine = sa.select(LINKS.c.source_id).where(
        LINKS.c.source == kind.id, LINKS.c.target == other.id, LINKS.c.target_id.in_(ids)
    )
    return INDEXED.c.id.in_(mine)


def _known(portal: Portal, kind: Kind, name: str) -> Property:
    found = portal.property(kind, name)
    if found is None:
        raise invalid(f'There was a problem with the request: "{name}" is no property', "PROPERTY_DOESNT_EXIST", name)
    return found


def _column(kind: Kind, prop: Property) -> sa.ColumnElement[Any]:
    if prop.name == "hs_object_id":
        return INDEXED.c.id
    if prop.name == kind.created:
        return INDEXED.c.created
    if prop.name == kind.modified:
        return INDEXED.c.modified
    stored = _stored(prop.name)
    return sa.cast(stored, sa.Float) if prop.type == "number" else stored


def _stored(name: str) -> sa.ColumnElement[Any]:
    return sa.func.json_extract(INDEXED.c.properties, f'$."{name}"')
