"""A proposal as the text of a mapping file. It holds column names and shapes, never a value of a record."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Final

from leadbridge.mapping.suggest.propose import Mapped, Proposal
from leadbridge.mapping.suggest.reading import Option

_PLAIN: Final = re.compile(r"[A-Za-zÀ-ɏ][\w À-ɏ./&()+-]*", re.ASCII)
_UNPRINTABLE: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_READS_AS_OTHER: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def scalar(text: str) -> str:
    """Text as a YAML scalar on one line, plain where nothing in it could be taken for something else."""
    plain = _PLAIN.fullmatch(text) and text == text.strip() and text.casefold() not in _READS_AS_OTHER
    return text if plain else _quoted(text)


def text_of(proposal: Proposal, provider: str, role: str) -> str:
    """The whole file."""
    return "\n".join(_lines(proposal, provider, role)) + "\n"


def _lines(proposal: Proposal, provider: str, role: str) -> Iterator[str]:
    yield "# yaml-language-server: $schema=.schema/mapping.json"
    yield "# Proposed from the header and some samples. Look it through, then run: leadbridge mappings lint"
    if proposal.headless:
        yield "# check: the first line looks like a record; if the header is missing, write the columns' names above it"
    yield "kind: mapping"
    yield f"provider: {scalar(provider)}"
    yield f"object: {scalar(proposal.object)}"
    yield f"role: {scalar(role)}"
    if proposal.key is not None:
        yield f"key: {scalar(proposal.key)}"
    if not proposal.fields:
        yield "# No column is known by its name or its samples. Write what each is, as in `email: Column 1`."
    yield "fields:" if proposal.fields else "fields: {}"
    for mapped in proposal.fields:
        yield f"  {mapped.field}: {_entry(mapped)}{_remark(mapped)}"
    if proposal.left:
        yield "  # Columns that are not mapped; their values stay in the file:"
    for column, shape in proposal.left.items():
        yield f"  # {scalar(column)}: {shape}"


def _entry(mapped: Mapped) -> str:
    keys = [f"field: {scalar(mapped.column)}"]
    if mapped.read.transform is not None:
        keys.append(f"as: {mapped.read.transform}")
    if mapped.part is not None:
        keys.append(f"part: {mapped.part}")
    keys += [f"{name}: {_option(option)}" for name, option in mapped.read.options.items()]
    if mapped.read.values:
        pairs = (f"{scalar(value)}: {scalar(spelt)}" for value, spelt in mapped.read.values.items())
        keys.append(f"values: {{{', '.join(pairs)}}}")
    if mapped.write is not None:
        keys.append(f"write: {mapped.write}")
    return scalar(mapped.column) if len(keys) == 1 else "{" + ", ".join(keys) + "}"


def _option(option: Option) -> str:
    if isinstance(option, bool):
        return str(option).lower()
    return f"[{', '.join(map(scalar, option))}]" if isinstance(option, tuple) else scalar(option)


def _quoted(text: str) -> str:
    """In double quotes, all that a YAML file may not hold as it is written as an escape."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _remark(mapped: Mapped) -> str:
    notes: Sequence[str] = [mapped.read.guessed] if mapped.read.guessed else []
    if mapped.read.share < 1:
        notes = [*notes, f"reads {mapped.read.share:.0%} of the samples"]
    return f"  # check: {'; '.join(notes)}" if notes else ""
