"""From a mapping file to an :class:`ObjectMapping`; every fault is collected with its position."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from leadbridge.conditions import Condition, ConditionFault, compile_condition
from leadbridge.errors import Fault
from leadbridge.files.check import suggest
from leadbridge.files.document import Document, Path_
from leadbridge.files.salvage import salvage
from leadbridge.mapping.compile_fields import FieldCompiler
from leadbridge.mapping.model import MappingFile
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.mapping.valuemap import spell
from leadbridge.provider import Wire
from leadbridge.subjects.model import Catalogue
from leadbridge.transforms.spec import TransformSpec
from leadbridge.values import Raw


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a mapping file is checked against.

    Attributes:
        transforms: by the name behind ``as:``.
        wires: provider name -> how its raw values travel; a provider that is not there is unknown.
    """

    catalogue: Catalogue
    transforms: Mapping[str, TransformSpec]
    wires: Mapping[str, Wire]


def compile_mapping(document: Document, around: Surroundings, faults: list[Fault]) -> ObjectMapping | None:
    """The mapping, or None where something is wrong or the file is abstract."""
    before = len(faults)
    found = salvage(document, MappingFile, faults, {"provider": "", "object": "", "role": "", "fields": {}})
    if found.made is None:
        return None
    meant: list[Fault] = []
    mapping = _compile(found.document, found.made, around, meant)
    faults.extend(found.news(meant))
    return mapping if len(faults) == before and not found.made.abstract else None


def _compile(document: Document, file: MappingFile, around: Surroundings, faults: list[Fault]) -> ObjectMapping | None:
    """The mapping, of use only where no fault was added; None where its subject or wire is not known."""
    subject = around.catalogue.of_role(file.role)
    if subject is None:
        close = suggest(file.role, around.catalogue.roles)
        faults.append(document.fault(("role",), f"there is no role {file.role!r}", close))
    wire = around.wires.get(file.provider)
    if wire is None:
        message = f"no plugin brings a provider {file.provider!r}; see `leadbridge plugins list`"
        faults.append(document.fault(("provider",), message, suggest(file.provider, around.wires)))
    when = condition(document, ("when",), file.when, faults)
    unless = condition(document, ("unless",), file.unless, faults)
    if subject is None:
        return None
    writable = file.write == "always"
    compiler = FieldCompiler(document, subject, around.transforms, wire or "text", faults, writable)
    fields = compiler.compile(file.fields)
    if wire is None:
        return None
    return ObjectMapping(
        file=document.file,
        provider=file.provider,
        connection=file.connection,
        object=file.object,
        role=file.role,
        subject=subject,
        fields=fields,
        key=file.key,
        when=when,
        unless=unless,
        on_create=_raw(file, wire),
        tests=tuple(file.tests),
        wire=wire,
        writable=writable,
    )


def condition(
    document: Document, at: Path_, source: str | None, faults: list[Fault], names: frozenset[str] | None = None
) -> Condition | None:
    """The compiled condition; None where there is none or it is wrong."""
    if source is None:
        return None
    try:
        compiled = compile_condition(source, names)
    except ConditionFault as error:
        faults.append(document.fault(at, error.message, error.suggestion))
        return None
    unknown = sorted((compiled.record_names or frozenset()) - names) if names is not None else ()
    faults.extend(document.fault(at, f"unknown name {name!r}", suggest(name, names or ())) for name in unknown)
    return compiled


def _raw(file: MappingFile, wire: Wire) -> dict[str, Raw]:
    return {name: spell(value) if wire == "text" else value for name, value in file.on_create.items()}
