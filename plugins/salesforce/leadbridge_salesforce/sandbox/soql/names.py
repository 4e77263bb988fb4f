"""What the names in a query mean: fields of its object, and of parents, which are joined as they are named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NoReturn

from sqlalchemy import ColumnElement, FromClause, case, column, func, literal, null, table
from sqlalchemy.sql.selectable import NamedFromClause

from leadbridge_salesforce.sandbox.schema.model import FieldSchema, ObjectSchema, OrgSchema
from leadbridge_salesforce.sandbox.soql.faults import fault_at
from leadbridge_salesforce.sandbox.soql.tree import Path

MAX_PARENTS: Final = 5
"""Child-to-parent levels; SOQL reference, understanding relationship query limitations."""

_NAME_FIELDS: Final = frozenset(
    {"id", "name", "firstname", "lastname", "type", "email", "phone", "title", "username", "alias", "isactive"}
    | {"profileid", "userroleid"}
)
"""What can be asked of a parent that may be of several objects (``Owner``, ``Who``, ``What``): the Name object."""

_TYPE: Final = FieldSchema("Type", "Type", "string", length=80)

_HINT: Final = (
    "If you are attempting to use a custom {kind}, be sure to append the '__c' after the {what}. Please reference your"
    " WSDL or the describe call for the appropriate names."
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a query is compiled against.

    Attributes:
        org: the objects and fields that whoever asks can see.
        today: the org's day, which date literals are relative to.
        fiscal_start: the month in which the org's fiscal year begins.
    """

    org: OrgSchema
    today: date
    fiscal_start: int = 1


@dataclass(frozen=True, slots=True)
class Column:
    """A field as SQL. ``sql`` is None for a compound field, which has no column of its own.

    ``objects`` are those that an id or a reference may point to.
    """

    field: FieldSchema
    sql: ColumnElement[Any] | None
    name: str
    objects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seat:
    """A record of the query's row: the query's own, or a parent that was joined.

    ``tables`` holds one table per object that the record may be of; ``id`` tells whether there is one and which;
    ``name`` is the relationship that leads here.
    """

    tables: Mapping[str, NamedFromClause]
    objects: tuple[ObjectSchema, ...]
    id: ColumnElement[Any]
    name: str = ""

    @property
    def polymorphic(self) -> bool:
        return len(self.objects) > 1

    @property
    def object(self) -> ObjectSchema:
        return self.objects[0]

    @property
    def table(self) -> NamedFromClause:
        return self.tables[self.object.name]


class Scope:
    """The names of one query, and the joins that they have asked for so far."""

    def __init__(self, around: Surroundings, object: ObjectSchema, query: str, alias: str | None, number: str) -> None:
        self.around = around
        self.query = query
        self._number = number
        self._alias = alias.lower() if alias else None
        self._joins = 0
        base = _table(object, f"q{number}")
        self.base = Seat({object.name: base}, (object,), base.c.Id)
        self.source: FromClause = base
        self._parents: dict[tuple[str, ...], Seat] = {}

    def fail(self, code: str, at: int, message: str) -> NoReturn:
        raise fault_at(code, self.query, at, message)

    def column(self, path: Path) -> Column:
        """The field that a path leads to.

        Raises:
            QueryError: INVALID_FIELD.
        """
        parts = self.parts(path)
        return self.column_of(self.seat(parts[:-1], path.at), parts[-1], path.at)

    def parts(self, path: Path) -> tuple[str, ...]:
        """The path from the query's object on: ``Lead.Name`` and ``l.Name`` are ``Name``."""
        first = path.parts[0].lower()
        if len(path.parts) > 1 and (first == self._alias or self._names_the_object(first)):
            return path.parts[1:]
        return path.parts

    def column_of(self, seat: Seat, name: str, at: int) -> Column:
        if seat.polymorphic:
            return self._column_of_name(seat, name, at)
        field = seat.object.field(name)
        if field is None:
            self._unknown_field(name, seat.object.name, at)
        objects = (seat.object.name,) if field.type == "id" else field.reference_to
        return Column(field, seat.table.c[field.name] if field.stored else None, field.name, objects)

    def seat(self, relationships: tuple[str, ...], at: int) -> Seat:
        """The parent at the end of these relationships, joined if nobody has asked for it before."""
        if len(relationships) > MAX_PARENTS:
            self.fail("INVALID_FIELD", at, "Maximum number of relationship levels exceeded.")
        key = tuple(name.lower() for name in relationships)
        if not key:
            return self.base
        if key not in self._parents:
            self._parents[key] = self._join(self.seat(relationships[:-1], at), relationships[-1], at)
        return self._parents[key]

    def _names_the_object(self, name: str) -> bool:
        return name == self.base.object.name.lower() and name not in self.base.object.by_relationship

    def _join(self, child: Seat, relationship: str, at: int) -> Seat:
        reference = None if child.polymorphic else child.object.by_relationship.get(relationship.lower())
        found = [self.around.org.object(name) for name in reference.reference_to] if reference else []
        objects = tuple(o for o in found if o is not None)
        if reference is None or not objects:
            self._unknown_relationship(relationship, at)
        key = child.table.c[reference.name]
        tables = {o.name: self._joined(o, key) for o in objects}
        there = _first_of([parent.c.Id for parent in tables.values()])
        return Seat(tables, objects, there, reference.relationship_name or relationship)

    def _joined(self, object: ObjectSchema, key: ColumnElement[Any]) -> NamedFromClause:
        self._joins += 1
        parent = _table(object, f"q{self._number}p{self._joins}")
        self.source = self.source.outerjoin(parent, parent.c.Id == key)
        return parent

    def _column_of_name(self, seat: Seat, name: str, at: int) -> Column:
        if name.lower() == "type":
            cases = [(seat.tables[o.name].c.Id.is_not(None), literal(o.name)) for o in seat.objects]
            return Column(_TYPE, case(*cases, else_=null()), "Type")
        having = [(o, field) for o in seat.objects if (field := o.field(name)) is not None and field.stored]
        if not having or name.lower() not in _NAME_FIELDS:
            self._unknown_field(name, "Name", at)
        field = having[0][1]
        objects = tuple(o.name for o in seat.objects) if field.type == "id" else field.reference_to
        return Column(field, _first_of([seat.tables[o.name].c[f.name] for o, f in having]), field.name, objects)

    def _unknown_field(self, name: str, entity: str, at: int) -> NoReturn:
        hint = _HINT.format(kind="field", what="custom field name")
        self.fail("INVALID_FIELD", at, f"No such column '{name}' on entity '{entity}'. {hint}")

    def _unknown_relationship(self, name: str, at: int) -> NoReturn:
        hint = (
            "If you are attempting to use a custom relationship, be sure to append the '__r' after the custom"
            " relationship name. Please reference your WSDL or the describe call for the appropriate names."
        )
        self.fail("INVALID_FIELD", at, f"Didn't understand relationship '{name}' in field path. {hint}")


def _first_of(columns: list[ColumnElement[Any]]) -> ColumnElement[Any]:
    return func.coalesce(*columns) if len(columns) > 1 else columns[0]


def _table(object: ObjectSchema, alias: str) -> NamedFromClause:
    return table(object.name, *(column(field.name) for field in object.fields if field.stored)).alias(alias)


def find_object(around: Surroundings, name: str, query: str, at: int) -> ObjectSchema:
    """The object of a FROM clause.

    Raises:
        QueryError: INVALID_TYPE.
    """
    found = around.org.object(name)
    if found is None:
        hint = _HINT.format(kind="object", what="entity name")
        raise fault_at("INVALID_TYPE", query, at, f"sObject type '{name}' is not supported. {hint}")
    return found


def not_deleted(seat: Seat) -> ColumnElement[bool] | None:
    """Leaves out what lies in the recycle bin; None for objects that have none."""
    return seat.table.c.IsDeleted == 0 if seat.object.has("IsDeleted") else None
