"""Lint: what is wrong, or probably not meant, in mappings that could be read. A pure function of what is handed in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from leadbridge.mapping.lint.coverage import check_new_records, check_overlaps
from leadbridge.mapping.lint.described import check_connection
from leadbridge.mapping.lint.fields import check_fields
from leadbridge.mapping.lint.finding import Connected, Finding, Level, seen
from leadbridge.mapping.lint.policies import check_policies
from leadbridge.mapping.lint.project import check_bases, check_locks, check_scoring
from leadbridge.mapping.project import Mappings

__all__ = ["Connected", "Finding", "Level", "lint"]


def lint(mappings: Mappings, connections: Mapping[str, Connected] | None = None) -> list[Finding]:
    """All findings, each once, in the order of file and line.

    ``connections`` are those of the project, with the objects of the ones that were asked; None leaves all of that out.
    """
    found = dict.fromkeys(_findings(mappings, connections))
    return sorted(found, key=lambda f: (f.fault.file.as_posix(), f.fault.line, f.fault.column, f.fault.message))


def _findings(mappings: Mappings, connections: Mapping[str, Connected] | None) -> Iterator[Finding]:
    every = seen(mappings)
    for mapping in every:
        yield from check_fields(mapping)
        yield from check_new_records(mapping)
        if connections is not None:
            yield from check_connection(mapping, connections)
    yield from check_overlaps(every)
    yield from check_policies(mappings, every)
    yield from check_bases(mappings)
    yield from check_locks(mappings)
    yield from check_scoring(mappings, every)
