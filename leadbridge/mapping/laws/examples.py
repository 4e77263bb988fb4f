"""A mapping file's own ``tests:``: a record, and the canonical values that it must give."""

from __future__ import annotations

from collections.abc import Iterator

from leadbridge.files.check import suggest
from leadbridge.files.document import Path_
from leadbridge.mapping.constants import Scalar, typed
from leadbridge.mapping.lint.finding import Finding, Seen
from leadbridge.mapping.model import ExampleSpec
from leadbridge.mapping.valuemap import spell
from leadbridge.provider import Wire
from leadbridge.records import Captured, Record, Ref
from leadbridge.subjects.model import Field
from leadbridge.templates import as_text
from leadbridge.values import MISSING, Raw, Value, is_absent, is_present


def check_examples(seen: Seen) -> Iterator[Finding]:
    for number, example in enumerate(seen.file.tests):
        values = {name: _raw(value, seen.mapping.wire) for name, value in example.from_.items()}
        captured = seen.mapping.get(Record(Ref("test", seen.mapping.object, str(number)), values))
        yield from _compare(seen, number, example, captured)


def _raw(value: Scalar | None, wire: Wire) -> Raw:
    return spell(value) if wire == "text" and value is not None else value


def _compare(seen: Seen, number: int, example: ExampleSpec, captured: Captured) -> Iterator[Finding]:
    filled = {target.name: target for target in seen.mapping.targets}
    for name, wanted in example.gives.items():
        at: Path_ = ("tests", number, "gives", name)
        if name not in filled:
            yield seen.error("example", at, "this mapping does not fill it", suggest(name, filled), key=True)
            continue
        try:
            value = _wanted(wanted, filled[name])
        except ValueError as error:
            yield seen.error("example", at, str(error))
            continue
        given = captured.values.get(name, MISSING)
        if not (given == value and type(given) is type(value)) and not (is_absent(given) and is_absent(value)):
            yield seen.error("example", at, f"gives {_said(given, _rejected(captured, name))}, not {_said(value)}")


def _wanted(wanted: Scalar | list[str] | None, field: Field) -> Value:
    """The value that an example names; null stands for nothing there: missing, null, blank or rejected."""
    if wanted is None or wanted == "":
        return None
    if not isinstance(wanted, list):
        return typed(wanted, field)
    if field.type != "multi_select":
        raise ValueError(f"is a list, and {field.name} is {field.type}")
    items = [typed(item, field) for item in wanted]
    return tuple(str(part) for item in items if isinstance(item, tuple) for part in item)


def _rejected(captured: Captured, name: str) -> str:
    return next((r.reason for r in captured.rejects if name in r.reason.partition(":")[0].split(", ")), "")


def _said(value: Value, rejected: str = "") -> str:
    if is_present(value):
        return repr(value) if isinstance(value, str) else as_text(value)
    return f"nothing ({rejected})" if rejected else "nothing"
