"""Conditions and expressions in CEL, with one rule for absent values.

Absent means missing, null or blank. Where an absent value decides a condition it is *undecided*: ``when`` and
``where`` include and are then false, ``unless`` excludes and is then true, so a missing consent never lets a person
through. CEL's own logic still holds: ``absent || true`` is true, ``absent && false`` is false.

Present values stand under their names. ``record`` is a map of all present values: ``has(record.phone)`` asks whether
one is there, ``record["Lead Origin"]`` reads a provider field whose name is no identifier.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from leadbridge.condition_source import MACROS, RECORD, read, syntax_error
from leadbridge.errors import SourceFault
from leadbridge.files.check import suggest
from leadbridge.values import MISSING, is_absent

if TYPE_CHECKING:
    from cel import Program

MAX_LENGTH: Final = 2_000
"""Characters of one source; the parser itself bounds the depth of nesting."""

FUNCTIONS: Final = frozenset(
    [
        "bytes",
        "contains",
        "double",
        "duration",
        "dyn",
        "endsWith",
        "getDate",
        "getDayOfMonth",
        "getDayOfWeek",
        "getDayOfYear",
        "getFullYear",
        "getHours",
        "getMilliseconds",
        "getMinutes",
        "getMonth",
        "getSeconds",
        "int",
        "matches",
        "size",
        "startsWith",
        "string",
        "timestamp",
        "type",
        "uint",
    ]
)
"""The named functions of the CEL specification; operators have names that are no identifiers."""

_TYPE_WORDS: Final = frozenset({"bool", "bytes", "double", "int", "list", "map", "null_type", "string", "uint"})
_AS_THEY_ARE: Final = frozenset({str, int, bool, float, Decimal, datetime})
_REASONS: Final[dict[type[Exception], str]] = {
    TypeError: "compares or combines values of different types",
    ZeroDivisionError: "divides by zero",
    OverflowError: "reckons beyond the largest whole number",
    IndexError: "asks for an item that a list does not have",
    ValueError: "meets a value that conditions cannot read",
}
_CALLED: Final = re.compile(r"(?:Undefined variable or function: |Function )'([^']*)'")
_UNDEFINED: Final = re.compile(r"Undefined variable or function: '([^']*)'")


class ConditionFault(SourceFault):
    """A condition or expression that cannot be compiled."""


class ConditionError(ValueError):
    """A condition that failed on one record: the row is rejected with this reason, which holds no values."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled source.

    Attributes:
        names: the names that it reads, ``record`` included.
        record_names: keys that it reads of ``record``; None where only the evaluation tells.
    """

    source: str
    names: frozenset[str]
    record_names: frozenset[str] | None
    _program: Program = field(repr=False, compare=False)

    def evaluate(self, values: Mapping[str, object]) -> object:
        """The result, or ``MISSING`` where an absent value decides it.

        Raises:
            ConditionError: types that do not go together, a division by zero, and the like.
        """
        context = {n: _plain(v) for n in self.names if n != RECORD and not is_absent(v := values.get(n, MISSING))}
        if RECORD in self.names:
            keys = values.keys() if self.record_names is None else self.record_names
            context[RECORD] = {k: _plain(v) for k in keys if not is_absent(v := values.get(k, MISSING))}
        try:
            return self._program.execute(context)
        except KeyError:
            return MISSING
        except BaseException as error:  # a panic of the Rust library is no Exception
            if not _is_of_cel(error):
                raise
            if self._undecided(error, context):
                return MISSING
            raise ConditionError(f"{self.quoted} {_reason(error)}") from None

    def _undecided(self, error: BaseException, context: Mapping[str, object]) -> bool:
        """Whether the error says that a name of this source has no value; the same words tell of a method that a
        value's type does not have, which is a fault."""
        undefined = _UNDEFINED.match(str(error))
        return undefined is not None and undefined.group(1) in self.names and undefined.group(1) not in context

    @property
    def quoted(self) -> str:
        """How messages name it; long sources are cut."""
        short = " ".join(self.source.split())
        return f"the condition {short if len(short) <= 80 else short[:77] + '...'!r}"


@dataclass(frozen=True, slots=True)
class Condition:
    """An expression that must say true or false."""

    expression: Expression

    @property
    def source(self) -> str:
        return self.expression.source

    @property
    def names(self) -> frozenset[str]:
        return self.expression.names

    @property
    def record_names(self) -> frozenset[str] | None:
        return self.expression.record_names

    def decide(self, values: Mapping[str, object]) -> bool | None:
        """True, false, or None where it is undecided.

        Raises:
            ConditionError: see :meth:`Expression.evaluate`; also for a result that is neither true nor false.
        """
        result = self.expression.evaluate(values)
        if result is MISSING:
            return None
        if isinstance(result, bool):
            return result
        raise ConditionError(f"{self.expression.quoted} says neither true nor false")

    def includes(self, values: Mapping[str, object]) -> bool:
        """``when`` and ``where``: only a clear true includes."""
        return self.decide(values) is True

    def excludes(self, values: Mapping[str, object]) -> bool:
        """``unless``: all but a clear false excludes."""
        return self.decide(values) is not False


def compile_condition(source: str, names: Collection[str] | None) -> Condition:
    """Compile a condition; see :func:`compile_expression`."""
    return Condition(compile_expression(source, names))


def compile_expression(source: str, names: Collection[str] | None) -> Expression:
    """Compile a source that may read ``names`` and ``record``; None allows every name.

    Raises:
        ConditionFault: a syntax error, an unknown name or function, a bad regular expression, or more cost than a
            condition may have.
    """
    program = _parse(source)
    reading = read(source)
    functions = frozenset(program.functions())
    _check_functions(functions)
    _check_cost(reading.nested, reading.maps)
    _check_patterns(reading.patterns)
    used = frozenset(program.variables()) - (_TYPE_WORDS if "type" in functions else frozenset())
    if names is not None:
        _check_names(used - reading.bound - {RECORD}, reading.bound, names)
    return Expression(source, used - reading.bound, reading.record_names, program)


def _parse(source: str) -> Program:
    import cel

    if not source.strip():
        raise ConditionFault("the condition is empty")
    if len(source) > MAX_LENGTH:
        raise ConditionFault(f"the condition has {len(source):,} characters; at most {MAX_LENGTH:,} are allowed")
    try:
        return cel.compile(source)
    except BaseException as error:  # a panic of the Rust library is no Exception
        if not _is_of_cel(error):
            raise
        raise ConditionFault(*syntax_error(str(error))) from None


def _check_functions(functions: Collection[str]) -> None:
    for name in sorted(functions):
        if name in MACROS:
            raise ConditionFault(f"{name} takes a name and a condition, as in list.{name}(item, item > 1)")
        if name.isidentifier() and not name.startswith("_") and name not in FUNCTIONS:
            raise ConditionFault(f"there is no function {name!r}", suggest(name, FUNCTIONS | MACROS))


def _check_cost(nested: bool, maps: int) -> None:
    """Keeps evaluation linear in the size of the record: nested macros multiply, repeated maps grow texts."""
    if nested:
        raise ConditionFault("exists, all, filter and map may not stand inside each other")
    if maps > 1:
        raise ConditionFault("map may be used once in a condition")


def _check_patterns(patterns: Collection[str]) -> None:
    """The library reads them only when a record is there, and would fail at each."""
    import cel

    for pattern in patterns:
        try:
            cel.compile(f"''.matches({pattern})").execute({})
        except BaseException as error:  # a panic of the Rust library is no Exception
            if not _is_of_cel(error):
                raise
            raise ConditionFault(f"{pattern[:80]} is no regular expression that matches() can take") from None


def _check_names(used: frozenset[str], bound: frozenset[str], names: Collection[str]) -> None:
    hiding = sorted(bound & frozenset(names))
    if hiding:
        raise ConditionFault(f"the item name {hiding[0]!r} hides the field of that name; choose another")
    unknown = sorted(used - frozenset(names))
    if unknown:
        listed = ", ".join(repr(name) for name in unknown)
        meant = next(filter(None, (suggest(name, names) for name in unknown)), None)
        raise ConditionFault(f"unknown name{'s' if len(unknown) > 1 else ''} {listed}", meant)


def _plain(value: object) -> object:
    """The value as the CEL library takes it: a date is its first moment in UTC, a multi-select a list."""
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return list(value) if isinstance(value, tuple) else value


def _is_of_cel(error: BaseException) -> bool:
    """An error of the library, not Ctrl-C or an exit, which must pass."""
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


def _reason(error: BaseException) -> str:
    """Never holds a value: the library's own words may."""
    for kind, reason in _REASONS.items():
        if isinstance(error, kind):
            return reason
    called = _CALLED.match(str(error))
    return f"calls {called.group(1)}() with a value that it cannot take" if called else "cannot be evaluated"
