"""pydantic's findings, each at its place in the data, with the noise of unions taken out.

pydantic reports what is wrong with every branch of a union. A person wrote one of them: the branch whose kind (text,
list, mapping) is the one in the file is kept; where none is, one finding says all the kinds that would do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from leadbridge.files.kinds import KINDS, QUOTED, SECRET
from leadbridge.files.marks import Path_


@dataclass(frozen=True, slots=True)
class Branch:
    """A step of pydantic's location that names a branch of a union, not a key of the data."""

    name: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that pydantic found.

    Attributes:
        kind: pydantic's error type.
        message: pydantic's message, or the text of the ValueError that a validator raised.
        steps: keys, list positions and branches that lead to it.
        wanted: what would do (``text``, ``a list``) where the value is of the wrong kind.
        at_key: the fault is in the key, not in the value under it.
    """

    kind: str
    message: str
    steps: tuple[str | int | Branch, ...]
    input: Any = None
    context: Mapping[str, Any] = field(default_factory=dict)
    wanted: tuple[str, ...] = ()
    at_key: bool = False

    @classmethod
    def of(cls, line: Mapping[str, Any], data: Any) -> Finding:
        """From one entry of ``ValidationError.errors()``, for the data that was validated."""
        location = tuple(step for step in line["loc"] if step != "[key]")
        context = line.get("ctx", {})
        wanted = _wanted(line, context)
        return cls(
            kind=line["type"],
            message=str(context.get("error") or line["msg"]),
            steps=_placed(location, data, named_absent=line["type"] == "missing"),
            input=line["input"],
            context=context,
            wanted=(wanted,) if wanted else (),
            at_key=location != line["loc"],
        )

    @property
    def path(self) -> Path_:
        return tuple(step for step in self.steps if not isinstance(step, Branch))

    @property
    def suggestion(self) -> str | None:
        """What the validator's own error suggests, if it does."""
        found = getattr(self.context.get("error"), "suggestion", None)
        return found if isinstance(found, str) and not self.secret else None

    @property
    def secret(self) -> bool:
        """Whether the name says that the value must not be repeated."""
        return any(isinstance(step, str) and SECRET.search(step) for step in self.path[-1:])


def _wanted(line: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    """The kind of value that would do, where the one in the file is of another kind."""
    if line["type"] == "is_instance_of" and context.get("class") == "Decimal":
        return "a number"
    if line["type"] == "literal_error" and isinstance(line["input"], dict | list):
        return "text"
    quotable = isinstance(line["input"], int | Decimal) and line["type"] == "string_type"
    return QUOTED if quotable else KINDS.get(line["type"], "")


def _placed(location: Sequence[str | int], data: Any, *, named_absent: bool) -> tuple[str | int | Branch, ...]:
    """Tell keys of the data from names of branches, by walking the data."""
    steps: list[str | int | Branch] = []
    for number, step in enumerate(location):
        last = number == len(location) - 1
        if (isinstance(data, dict) and step in data) or (isinstance(data, list) and isinstance(step, int)):
            steps.append(step)
            data = data[step]  # type: ignore[index,unused-ignore]  # a dict by its key, a list by its position
        else:
            steps.append(step if named_absent and last else Branch(str(step)))
    return tuple(steps)


def settle(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that a person can act on, without branches."""
    plain: list[Finding] = []
    unions: dict[tuple[str | int | Branch, ...], dict[Branch, list[Finding]]] = {}
    for finding in findings:
        at = next((i for i, step in enumerate(finding.steps) if isinstance(step, Branch)), None)
        if at is None:
            plain.append(finding)
            continue
        branch = finding.steps[at]
        rest = replace(finding, steps=(*finding.steps[:at], *finding.steps[at + 1 :]))
        unions.setdefault(finding.steps[:at], {}).setdefault(branch, []).append(rest)  # type: ignore[arg-type]
    for steps, branches in unions.items():
        plain.extend(_settled(steps, [settle(found) for found in branches.values()]))
    return plain


def _settled(steps: tuple[str | int | Branch, ...], branches: Sequence[list[Finding]]) -> list[Finding]:
    """The findings of the branch that was meant, or one that names what every branch wants."""
    fitting = [found for found in branches if not any(f.wanted and f.steps == steps for f in found)]
    if fitting:
        return min(fitting, key=len)
    first = branches[0][0]
    wanted = tuple(dict.fromkeys(w for found in branches for f in found for w in f.wanted if f.steps == steps))
    return [replace(first, steps=steps, wanted=wanted)]
