"""From a convert file to a :class:`ConvertPolicy`; every fault is collected with its position."""

from __future__ import annotations

from dataclasses import dataclass

from leadbridge.errors import Fault
from leadbridge.files.check import suggest
from leadbridge.files.document import Document, Path_
from leadbridge.files.salvage import salvage
from leadbridge.mapping.compile_objects import condition
from leadbridge.mapping.constants import typed
from leadbridge.mapping.model import ConvertFile, PartSpec, TargetSpec
from leadbridge.mapping.policy import Constant, ConvertPolicy, Dated, From, Made, Part, PolicyField, Source
from leadbridge.matching import MATCH_KEYS
from leadbridge.moments import MomentFault, compile_moment
from leadbridge.subjects.model import Catalogue, Field, Subject
from leadbridge.templates import TemplateFault, compile_template
from leadbridge.values import Present

TEXTUAL = frozenset({"text", "choice", "reference"})
WIDER = {"text": frozenset({"email", "phone", "url", "country", "choice", "reference"}), "decimal": {"integer"}}
"""Target type -> further types of lead fields that it can take as they are."""


def compile_policy(document: Document, catalogue: Catalogue, faults: list[Fault]) -> ConvertPolicy | None:
    """The policy, or None where something is wrong or the file is abstract."""
    before = len(faults)
    found = salvage(document, ConvertFile, faults, {"version": 1})
    if found.made is None:
        return None
    meant: list[Fault] = []
    policy = _compile(found.document, found.made, catalogue, meant)
    faults.extend(found.news(meant))
    return policy if len(faults) == before and not found.made.abstract else None


def _compile(document: Document, file: ConvertFile, catalogue: Catalogue, faults: list[Fault]) -> ConvertPolicy:
    """The policy, of use only where no fault was added."""
    lead = catalogue.subjects["person"]
    compiler = PolicyCompiler(document, catalogue, lead, faults)
    names = frozenset(lead.fields)
    when = condition(document, ("lead", "when"), file.lead.when, faults, names)
    unless = condition(document, ("lead", "unless"), file.lead.unless, faults, names)
    on_converted = compiler.closing(file)
    parts = {role: compiler.part(role, spec) for role, spec in file.parts.items()}
    compiler.dropped(file)
    if not parts and not file.abstract:
        faults.append(document.fault((), "converts into nothing; give it an `account` or a `contact`"))
    return ConvertPolicy(
        file=document.file,
        name=document.file.name,
        version=file.version,
        when=when,
        unless=unless,
        on_converted=on_converted,
        parts=parts,
        carry=tuple(file.carry),
        dropped=frozenset(file.dropped),
        mode=file.mode,
        ids=compiler.ids(file),
    )


@dataclass(frozen=True, slots=True)
class PolicyCompiler:
    """Compiles the sections of one document; what is wrong goes to ``faults``."""

    document: Document
    catalogue: Catalogue
    lead: Subject
    faults: list[Fault]

    def _fault(self, path: Path_, message: str, suggestion: str | None = None, *, key: bool = False) -> None:
        self.faults.append(self.document.fault(path, message, suggestion, key=key))

    def _lead_field(self, at: Path_, name: str) -> Field | None:
        found = self.lead.fields.get(name)
        if found is None:
            self._fault(at, f"a lead has no field {name!r}", suggest(name, self.lead.fields))
        return found

    def closing(self, file: ConvertFile) -> dict[str, Present]:
        """The values that the lead gets once it is converted."""
        values = {}
        for name, scalar in file.lead.on_converted.items():
            at: Path_ = ("lead", "on_converted", name)
            target = self._lead_field(at, name)
            if target is None:
                continue
            try:
                values[name] = typed(scalar, target)
            except ValueError as error:
                self._fault(at, str(error))
        return values

    def ids(self, file: ConvertFile) -> dict[str, str]:
        """Role -> the lead's field for the id of what it became."""
        found: dict[str, str] = {}
        for role, name in file.lead.ids.items():
            at: Path_ = ("lead", "ids", role)
            found[role] = name
            target = self._lead_field(at, name)
            if target is not None and target.type != "text":
                self._fault(at, f"an id is text; {name} is {target.type}")
            if role not in file.parts:
                self._fault(at, f"the policy makes no {role}", key=True)
        return found

    def dropped(self, file: ConvertFile) -> None:
        """Each dropped field must be one of the lead's."""
        for index, name in enumerate(file.dropped):
            self._lead_field(("dropped", index), name)

    def part(self, role: str, spec: PartSpec) -> Part:
        """One of account, contact, opportunity, prospect."""
        subject = self.catalogue.of_role(role) or self.lead
        keys = MATCH_KEYS.get(role, ())
        for index, key in enumerate(spec.match):
            if key not in keys:
                known = f"known are {', '.join(keys)}" if keys else "it is never matched"
                self._fault((role, "match", index), f"{key!r} finds no {role}; {known}", suggest(key, keys))
        fields = (self._target(role, subject, name, target, spec) for name, target in spec.fields.items())
        when = condition(self.document, (role, "when"), spec.when, self.faults, frozenset(self.lead.fields))
        rules = tuple(rule for rule in fields if rule is not None)
        return Part(role, subject, tuple(spec.match), spec.existing, rules, when)

    def _target(self, role: str, subject: Subject, name: str, spec: TargetSpec, part: PartSpec) -> PolicyField | None:
        at: Path_ = (role, "fields", name)
        target = subject.fields.get(name)
        if target is None:
            self._fault(at, f"{_a(role)} has no field {name!r}", suggest(name, subject.fields), key=True)
            return None
        given = [k for k in ("from_", "value", "template") if getattr(spec, k) is not None]
        if len(given) != 1:
            self._fault(at, "needs exactly one of `from`, `value` and `template`")
            return None
        existing = spec.existing or part.existing
        self._check_existing(at, target, existing)
        source = self._source(at, target, spec)
        return None if source is None else PolicyField(target, source, existing)

    def _check_existing(self, at: Path_, target: Field, existing: str) -> None:
        if existing == "union" and target.type not in {"multi_select", "text"}:
            self._fault((*at, "existing"), f"`union` joins texts and multi-selects; {target.name} is {target.type}")
        if existing == "longest" and target.type not in TEXTUAL | {"url"}:
            self._fault((*at, "existing"), f"`longest` compares texts; {target.name} is {target.type}")
        if existing == "restrictive" and target.type != "boolean":
            self._fault((*at, "existing"), f"`restrictive` is for yes or no; {target.name} is {target.type}")

    def _source(self, at: Path_, target: Field, spec: TargetSpec) -> Source | None:
        if spec.from_ is not None:
            return self._from(at, target, spec.from_)
        if spec.template is not None:
            return self._made(at, target, spec.template)
        return self._constant(at, target, spec)

    def _from(self, at: Path_, target: Field, name: str) -> Source | None:
        field = self._lead_field(at, name)
        if field is None:
            return None
        if field.type != target.type and field.type not in WIDER.get(target.type, frozenset()):
            self._fault(at, f"{target.name} is {target.type} and cannot hold the lead's {name}, {_a(field.type)}")
            return None
        return From(name)

    def _made(self, at: Path_, target: Field, text: str) -> Source | None:
        if target.type not in TEXTUAL:
            self._fault((*at, "template"), f"a template gives text; {target.name} is {target.type}")
            return None
        try:
            template = compile_template(text)
        except TemplateFault as error:
            self._fault((*at, "template"), error.message, error.suggestion)
            return None
        for name in sorted(template.names):
            self._lead_field((*at, "template"), name)
        return Made(template)

    def _constant(self, at: Path_, target: Field, spec: TargetSpec) -> Source | None:
        if spec.value is None:
            return None
        try:
            return Constant(typed(spec.value, target))
        except ValueError as error:
            if target.type not in {"date", "datetime"}:
                self._fault((*at, "value"), str(error))
                return None
        try:
            return Dated(compile_moment(str(spec.value)), target.type == "date")
        except MomentFault as error:
            self._fault((*at, "value"), error.message, error.suggestion)
            return None


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
