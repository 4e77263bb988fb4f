"""Templates: one text out of several fields, such as ``{company}[ - {product}]``.

``{field}`` is the field's value; in a mapping it is a provider field, whose name may have spaces (``{Lead Number}``).
A ``[section]`` is left out where one of its fields is absent; an absent field outside sections leaves the whole text
blank. ``{{ }} [[ ]]`` stand for the characters themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from leadbridge.errors import SourceFault
from leadbridge.values import BLANK, MISSING, Present, Value, is_present

MAX_LENGTH: Final = 10_000

_TOKEN: Final = re.compile(r"\{\{|\}\}|\[\[|\]\]|\{(?P<name>[^{}\[\]]*)\}|[{}\[\]]|[^{}\[\]]+")


class TemplateFault(SourceFault):
    """A template that cannot be compiled."""


@dataclass(frozen=True, slots=True)
class _Slot:
    name: str


_Part = str | _Slot


@dataclass(frozen=True, slots=True)
class _Section:
    parts: tuple[_Part, ...]
    optional: bool


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template; ``names`` are the fields that it reads."""

    source: str
    names: frozenset[str]
    _sections: tuple[_Section, ...]

    def render(self, values: Mapping[str, Value]) -> str:
        """The text, or blank where there is nothing to say. Values are put in as they are, never read as template."""
        rendered: list[str] = []
        for section in self._sections:
            text = _fill(section.parts, values)
            if text is not None:
                rendered.append(text)
            elif not section.optional:
                return BLANK
        text = "".join(rendered)
        return text if text.strip() else BLANK


def _fill(parts: tuple[_Part, ...], values: Mapping[str, Value]) -> str | None:
    texts = []
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
            continue
        value = values.get(part.name, MISSING)
        if not is_present(value):
            return None
        texts.append(as_text(value))
    return "".join(texts)


def as_text(value: Present) -> str:
    """A value in words that every CRM reads alike: ISO dates, plain decimals, ``true`` and ``false``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def compile_template(source: str) -> Template:
    """Compile a template.

    Raises:
        TemplateFault: with the column of what is wrong.
    """
    if not source.strip():
        raise TemplateFault("the template is empty")
    if len(source) > MAX_LENGTH:
        raise TemplateFault(f"the template has {len(source):,} characters; at most {MAX_LENGTH:,} are allowed")
    sections = _parse(source)
    names = frozenset(p.name for s in sections for p in s.parts if isinstance(p, _Slot))
    return Template(source, names, sections)


def _parse(source: str) -> tuple[_Section, ...]:
    sections: list[_Section] = []
    parts: list[_Part] = []
    opened: int | None = None
    for token in _TOKEN.finditer(source):
        text, column = token.group(), token.start() + 1
        if text == "[":
            if opened is not None:
                raise TemplateFault(f"a section opens inside another at column {column}; write [[ for a bracket")
            sections.append(_Section(tuple(parts), optional=False))
            parts, opened = [], column
        elif text == "]":
            sections.append(_closed(parts, opened, column))
            parts, opened = [], None
        else:
            parts.append(_part(token, column))
    if opened is not None:
        raise TemplateFault(f"the section opened at column {opened} is not closed; write [[ for a bracket")
    return (*sections, _Section(tuple(parts), optional=False))


def _closed(parts: list[_Part], opened: int | None, column: int) -> _Section:
    if opened is None:
        raise TemplateFault(f"no section is open at column {column}; write ]] for a bracket")
    if not any(isinstance(part, _Slot) for part in parts):
        raise TemplateFault(f"the section opened at column {opened} has no field; write [[ and ]] for brackets")
    return _Section(tuple(parts), optional=True)


def _part(token: re.Match[str], column: int) -> _Part:
    text, name = token.group(), token.group("name")
    if name is not None:
        if not name.strip():
            raise TemplateFault(f"{text!r} at column {column} names no field; write {{{{ and }}}} for braces")
        return _Slot(name.strip())
    if text in ("{", "}"):
        raise TemplateFault(f"{text!r} at column {column} stands alone; write {text * 2} for a brace")
    return text[0] if text in ("{{", "}}", "[[", "]]") else text
