"""``leadbridge mappings test``: the two laws on every field, and the examples that stand in the files."""

from __future__ import annotations

from leadbridge.mapping.laws.check import check_laws
from leadbridge.mapping.laws.examples import check_examples
from leadbridge.mapping.lint.finding import Finding, seen
from leadbridge.mapping.project import Mappings

__all__ = ["check_mappings"]


def check_mappings(mappings: Mappings, examples: int = 200, seed: int = 0) -> list[Finding]:
    """What breaks a law or an example, in the order of the files. ``examples`` are tried per field and law."""
    found: list[Finding] = []
    for mapping in seen(mappings):
        found.extend(check_laws(mapping, examples, seed))
        found.extend(check_examples(mapping))
    return found
