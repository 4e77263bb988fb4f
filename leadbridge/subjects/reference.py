"""The docs' page of fields, made from the subjects: ``python -m leadbridge.subjects > docs/fields.md``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leadbridge.subjects import STANDARD, TYPES, Field, Subject

_INTRODUCTION = """\
# Fields

The standard fields of each subject, under the names that mappings, conditions and policies use. Roles are views on
one set of fields. A team's own fields are declared in `mappings/fields.yaml`. A twin is where
Salesforce or HubSpot keeps the same thing; where it counts in another unit, the meaning says so.

This page is made by `python -m leadbridge.subjects`.
"""


def field_table() -> str:
    """The whole page, in Markdown."""
    return "\n".join((_INTRODUCTION, *_types(), *(line for s in STANDARD.subjects.values() for line in _subject(s))))


def _types() -> Iterator[str]:
    yield "## Types\n"
    yield from _table(("type", "holds"), ((f"`{t.name}`", t.doc) for t in TYPES.values()))


def _subject(subject: Subject) -> Iterator[str]:
    yield f"## {subject.name}\n"
    yield f"{subject.doc} Roles: {', '.join(f'`{role}`' for role in subject.roles)}.\n"
    header = ("field", "type", "longest", "meaning", "Salesforce", "HubSpot")
    yield from _table(header, (_row(field) for field in subject.fields.values()))


def _row(field: Field) -> tuple[str, ...]:
    choices = f" One of {', '.join(f'`{choice}`' for choice in field.choices)}." if field.choices else ""
    computed = " Set by LeadBridge." if field.computed else ""
    return (
        f"`{field.name}`",
        field.type,
        f"{field.length:,}" if field.length else "",
        field.doc + choices + computed,
        _code(field.salesforce),
        _code(field.hubspot),
    )


def _code(twins: tuple[str, ...]) -> str:
    return ", ".join(f"`{twin}`" for twin in twins)


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(header) + " |"
    yield "|" + "---|" * len(header)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""
