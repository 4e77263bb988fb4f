"""What a named transform is: a reversible reading of one provider value, chosen in a mapping with ``as:``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

from pydantic import BaseModel, ConfigDict

from leadbridge.provider import Wire
from leadbridge.values import Present, Raw, Value


class Options(BaseModel):
    """Base of a transform's options: the keys that stand beside ``as:``. Unknown keys are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class UnreadableError(ValueError):
    """A raw value that the transform cannot read; ``str(error)`` says why, without the value."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True, slots=True)
class Codec:
    """A transform with its options, compiled for one wire.

    ``decode`` is given a raw value that is neither missing, null nor blank, and gives a canonical value (``""`` where
    the raw value says nothing, MISSING where the field should abstain), or raises :class:`UnreadableError`. ``encode``
    is given a present canonical value and gives the raw one. What ``encode`` gives, ``decode`` must be able to read.
    """

    decode: Callable[[Raw], Value]
    encode: Callable[[Present], Raw]


@dataclass(frozen=True, slots=True)
class PartsCodec:
    """A transform that reads several canonical fields out of one provider field, such as a split name.

    ``decode`` gives part -> value (a part that is not there is left out); ``encode`` is given all parts that are
    present and gives the raw value.
    """

    parts: tuple[str, ...]
    decode: Callable[[Raw], Mapping[str, Present]]
    encode: Callable[[Mapping[str, Present]], Raw]


@dataclass(frozen=True, slots=True)
class TransformSpec:
    """A named transform.

    Attributes:
        name: what stands behind ``as:``.
        gives: names of the field types that it can fill (see ``leadbridge.subjects.types``).
        options: pydantic model of the keys beside ``as:``; its field descriptions are the documentation.
        build: (options, wire) -> codec. Called once per mapping, not per row.
        doc: one sentence for the language page.
    """

    name: str
    gives: tuple[str, ...]
    options: type[Options]
    build: Callable[[Options, Wire], Codec | PartsCodec]
    doc: str


OptionsT = TypeVar("OptionsT", bound=Options)


def transform(
    name: str,
    gives: tuple[str, ...],
    options: type[OptionsT],
    build: Callable[[OptionsT, Wire], Codec | PartsCodec],
    doc: str,
) -> TransformSpec:
    """A spec whose ``build`` takes its own options model; the mapping layer hands it an instance of ``options``."""
    return TransformSpec(name, gives, options, cast("Callable[[Options, Wire], Codec | PartsCodec]", build), doc)
