"""A project's mappings folder: every file read and compiled, every fault of every file reported at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from leadbridge.errors import Fault, FileFaults, UsageError
from leadbridge.files.check import suggest
from leadbridge.files.document import Document, load, shown
from leadbridge.files.salvage import salvage
from leadbridge.mapping.compile_objects import Surroundings, compile_mapping
from leadbridge.mapping.compile_policy import compile_policy
from leadbridge.mapping.extends import extend
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.mapping.policy import ConvertPolicy
from leadbridge.mapping.stages import DEFAULT, Stages, compile_stages, with_stages
from leadbridge.provider import Wire
from leadbridge.scoring import ScoringModel, compile_scoring
from leadbridge.subjects import STANDARD
from leadbridge.subjects.custom import FieldsFile, check_fields, with_custom_fields
from leadbridge.subjects.model import Catalogue
from leadbridge.transforms.spec import TransformSpec

KINDS: Final = ("mapping", "convert", "fields", "scoring", "stages")


@dataclass(frozen=True, slots=True)
class Mappings:
    """Everything that a project's mappings folder says.

    Attributes:
        documents: file name -> the document after `extends`, for positions in later messages.
        policies: file name -> convert policy.
        scoring: the project's scoring model, or None.
        stages: the project's own, or the standard ones.
    """

    folder: Path
    catalogue: Catalogue
    objects: tuple[ObjectMapping, ...]
    policies: Mapping[str, ConvertPolicy]
    scoring: ScoringModel | None
    documents: Mapping[str, Document]
    stages: Stages = DEFAULT

    def of(self, provider: str, connection: str, object: str) -> tuple[ObjectMapping, ...]:
        """The mappings of one object of a connection; one of them at most covers a record."""
        return tuple(m for m in self.objects if m.serves(provider, connection, object))

    def policy(self, name: str) -> ConvertPolicy:
        """The policy in the file of this name. Raises UsageError with what there is."""
        if name in self.policies:
            return self.policies[name]
        known = ", ".join(self.policies) or "none"
        raise UsageError(f"there is no convert policy {name!r} in {shown(self.folder)}; there are: {known}")


def load_mappings(folder: Path, transforms: Mapping[str, TransformSpec], wires: Mapping[str, Wire]) -> Mappings:
    """Read the folder.

    Raises:
        UsageError: there is no such folder.
        FileFaults: all that is wrong in its files.
    """
    faults: list[Fault] = []
    documents = _documents(folder, faults)
    by_kind = {kind: [d for d in documents.values() if d.data.get("kind") == kind] for kind in KINDS}
    stages = _stages(by_kind["stages"], faults)
    catalogue = with_stages(_catalogue(by_kind["fields"], faults), stages)
    early, around = len(faults), Surroundings(catalogue, transforms, wires)
    objects = [compile_mapping(document, around, faults) for document in by_kind["mapping"]]
    policies = [compile_policy(document, catalogue, faults) for document in by_kind["convert"]]
    scoring = _scoring(by_kind["scoring"], catalogue, faults)
    if faults:
        doubtful = _undeclared(by_kind["fields"], catalogue)
        later = [fault for fault in faults[early:] if not _speaks_of(fault, doubtful)]
        raise FileFaults(list(dict.fromkeys(faults[:early] + later)))
    return Mappings(
        folder=folder,
        catalogue=catalogue,
        objects=tuple(mapping for mapping in objects if mapping is not None),
        policies={policy.name: policy for policy in policies if policy is not None},
        scoring=scoring,
        documents=documents,
        stages=stages,
    )


def load_catalogue(folder: Path) -> Catalogue:
    """The subjects with the fields and the stages that the folder declares, whatever its other files say.

    Raises:
        UsageError: there is no such folder.
        FileFaults: what is wrong in the declaration.
    """
    faults: list[Fault] = []
    documents = _documents(folder, []).values()
    stages = _stages([d for d in documents if d.data["kind"] == "stages"], faults)
    catalogue = _catalogue([d for d in documents if d.data["kind"] == "fields"], faults)
    if faults:
        raise FileFaults(faults)
    return with_stages(catalogue, stages)


def _documents(folder: Path, faults: list[Fault]) -> dict[str, Document]:
    """File name -> document, extended; a file that cannot be read at all is left out."""
    read: dict[str, Document] = {}
    for file in _files(folder):
        try:
            document = load(file)
        except FileFaults as error:
            faults.extend(error.faults)
            continue
        kind = document.data.get("kind")
        if kind in KINDS:
            read[file.name] = document
        else:
            message = f"must be one of {', '.join(KINDS)}" if "kind" in document.data else "needs the key `kind`"
            faults.append(document.fault(("kind",), message, suggest(str(kind or ""), KINDS)))
    return {name: extend(name, read, faults) for name in read}


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise UsageError(
            f"the mappings folder {shown(folder)} is not there; create it, or name another as `mappings:` "
            f"in leadbridge.yaml (looked for {folder.absolute()})"
        )
    named = (file for file in folder.iterdir() if file.suffix in {".yaml", ".yml"})
    return sorted(file for file in named if file.is_file() or not file.exists())  # a link to nowhere is to be told


def _catalogue(documents: list[Document], faults: list[Fault]) -> Catalogue:
    """The standard subjects with the fields that the project declares, as far as they are declared well."""
    _only_one("fields", documents, faults)
    if not documents:
        return STANDARD
    found = salvage(documents[0], FieldsFile, faults)
    if found.made is None:
        return STANDARD
    wrong = check_fields(found.made, STANDARD)
    faults.extend(found.document.fault(p.path, p.message, p.suggestion, key=p.at_key) for p in wrong)
    return STANDARD if wrong else with_custom_fields(STANDARD, found.made)


def _stages(documents: list[Document], faults: list[Fault]) -> Stages:
    """The project's stages, as far as they can be told, else the standard ones."""
    _only_one("stages", documents, faults)
    return (compile_stages(documents[0], faults) if documents else None) or DEFAULT


def _undeclared(documents: list[Document], catalogue: Catalogue) -> frozenset[str]:
    """Custom fields whose declaration is at fault: what other files say of them cannot be judged."""
    data = [subject for document in documents for subject in document.data.values() if isinstance(subject, dict)]
    known = {name for subject in catalogue.subjects.values() for name in subject.fields}
    return frozenset(name for fields in data for name in fields if name not in known)


def _speaks_of(fault: Fault, names: frozenset[str]) -> bool:
    return any(re.search(rf"\b{re.escape(name)}\b", f"{fault.path} {fault.message}", re.I) for name in names)


def _scoring(documents: list[Document], catalogue: Catalogue, faults: list[Fault]) -> ScoringModel | None:
    _only_one("scoring", documents, faults)
    person = catalogue.subjects["person"]
    models = [compile_scoring(document, person, faults) for document in documents[:1]]
    return models[0] if models else None


def _only_one(kind: str, documents: list[Document], faults: list[Fault]) -> None:
    for document in documents[1:]:
        message = f"{documents[0].file.name} is of kind {kind} already; a project has one"
        faults.append(document.fault(("kind",), message))
