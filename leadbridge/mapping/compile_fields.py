"""From the `fields:` of a mapping file to field maps; every fault is collected with its position."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from leadbridge.errors import Fault
from leadbridge.files.check import collect_part, suggest
from leadbridge.files.document import Document, Path_
from leadbridge.mapping.constants import typed
from leadbridge.mapping.fields import ColumnMap, ConstantMap, FieldMap, PartsMap, TemplateMap, Write
from leadbridge.mapping.model import FieldSpec, Scalar
from leadbridge.mapping.valuemap import ambiguous, build, choice_codec, multiple_codec, single_codec
from leadbridge.provider import Wire
from leadbridge.subjects.model import Field, Subject
from leadbridge.templates import TemplateFault, compile_template
from leadbridge.transforms.defaults import default_transform
from leadbridge.transforms.spec import Codec, Options, PartsCodec, TransformSpec
from leadbridge.values import Present

SOURCES = ("field", "value", "template")
COLUMN_ONLY = ("as_", "part", "values", "reads")


@dataclass(frozen=True, slots=True)
class _Split:
    """A provider field that is split, as its first part says, and the fields that its parts fill."""

    spec: FieldSpec
    codec: PartsCodec
    parts: dict[str, Field] = field(default_factory=dict)

    def alike(self, spec: FieldSpec) -> bool:
        """Whether another part says the same of the split."""
        mine, other = self.spec, spec
        return (mine.as_, mine.model_extra, mine.write) == (other.as_, other.model_extra, other.write)


@dataclass(slots=True)
class FieldCompiler:
    """Compiles the fields of one document; what is wrong goes to ``faults``.

    Attributes:
        writable: whether its records are written at all; where not, no field is, whatever it says.
    """

    document: Document
    subject: Subject
    transforms: Mapping[str, TransformSpec]
    wire: Wire
    faults: list[Fault]
    writable: bool = True
    _split: dict[str, _Split] = field(default_factory=dict)

    def compile(self, specs: Mapping[str, FieldSpec]) -> tuple[FieldMap, ...]:
        """The field maps in the order of the file, split columns last."""
        maps = [self._field(name, spec) for name, spec in specs.items()]
        several = self._split.items()
        split = (PartsMap(s.parts, column, s.codec, self.wire, self._write(s.spec)) for column, s in several)
        return (*(m for m in maps if m is not None), *split)

    def _write(self, spec: FieldSpec) -> Write:
        return spec.write if self.writable else "never"

    def _fault(self, path: Path_, message: str, suggestion: str | None = None, *, key: bool = False) -> None:
        self.faults.append(self.document.fault(path, message, suggestion, key=key))

    def _field(self, name: str, spec: FieldSpec) -> FieldMap | None:
        at: Path_ = ("fields", name)
        target = self.subject.fields.get(name)
        if target is None:
            message = f"a {self.subject.name} has no field {name!r}; declare it in fields.yaml or choose another"
            self._fault(at, message, suggest(name, self.subject.fields), key=True)
            return None
        given = [source for source in SOURCES if getattr(spec, source) is not None]
        if len(given) != 1:
            self._fault(at, "needs exactly one of `field`, `value` and `template`")
            return None
        if given == ["field"]:
            return self._column(at, target, spec)
        return self._one_way(at, target, spec)

    def _one_way(self, at: Path_, target: Field, spec: FieldSpec) -> FieldMap | None:
        stray = [k for k in COLUMN_ONLY if getattr(spec, k) is not None] + list(spec.model_extra or {})
        for key in stray:
            shown = "as" if key == "as_" else key
            self._fault((*at, shown), "goes with `field` only", key=True)
        if spec.template is not None:
            return self._template(at, target, spec.template)
        if spec.value is None:
            return None
        try:
            return ConstantMap(target, typed(spec.value, target))
        except ValueError as error:
            self._fault((*at, "value"), str(error))
            return None

    def _template(self, at: Path_, target: Field, source: str) -> FieldMap | None:
        if target.type not in {"text", "choice", "reference"}:
            self._fault((*at, "template"), f"a template gives text; {target.name} is {target.type}")
            return None
        try:
            return TemplateMap(target, compile_template(source))
        except TemplateFault as error:
            self._fault((*at, "template"), error.message, error.suggestion)
            return None

    def _column(self, at: Path_, target: Field, spec: FieldSpec) -> FieldMap | None:
        built = self._transform(at, target, spec)
        if built is None or spec.field is None:
            return None
        if isinstance(built, PartsCodec):
            self._part(at, target, spec, built)
            return None
        if spec.part is not None:
            self._fault((*at, "part"), f"{spec.as_ or target.type!r} does not split; leave `part` out", key=True)
        return ColumnMap(target, spec.field, built, self.wire, self._write(spec))

    def _part(self, at: Path_, target: Field, spec: FieldSpec, codec: PartsCodec) -> None:
        if spec.part not in codec.parts:
            message = f"must name one of the parts {', '.join(codec.parts)}"
            self._fault((*at, "part") if spec.part else at, message, suggest(spec.part or "", codec.parts))
            return
        column = str(spec.field)
        split = self._split.setdefault(column, _Split(spec, codec))
        first = next((taken.name for taken in split.parts.values()), "")
        if spec.part in split.parts:
            filled = split.parts[spec.part].name
            self._fault((*at, "part"), f"the part {spec.part!r} of {column!r} already fills {filled}")
        elif not split.alike(spec):
            self._fault(at, f"splits {column!r} otherwise than {first} does; give both the same options and `write`")
        else:
            split.parts[spec.part] = target

    def _transform(self, at: Path_, target: Field, spec: FieldSpec) -> Codec | PartsCodec | None:
        if spec.values is not None:
            return self._valued(at, target, spec)
        if spec.reads is not None:
            self._fault((*at, "reads"), "goes with `values`", key=True)
        name = spec.as_ or default_transform(target.type)
        codec = self._named(at, target, spec, name)
        if isinstance(codec, Codec) and target.choices is not None:
            return choice_codec(codec, target.choices)
        return codec

    def _named(self, at: Path_, target: Field, spec: FieldSpec, name: str) -> Codec | PartsCodec | None:
        transform = self.transforms.get(name)
        if transform is None:
            self._fault((*at, "as"), f"there is no transform {name!r}", suggest(name, self.transforms))
            return None
        if target.type not in transform.gives:
            gives = " or ".join(transform.gives)
            self._fault((*at, "as"), f"{name!r} gives {gives}; {target.name} is {target.type}")
            return None
        extra = dict(spec.model_extra or {})
        options = collect_part(self.document, transform.options, extra, at, self.faults, FieldSpec)
        return None if options is None else transform.build(options, self.wire)

    def _valued(self, at: Path_, target: Field, spec: FieldSpec) -> Codec | None:
        pairs = self._pairs(at, target, spec)
        reads = self._reads(at, target, spec)
        for spelling in ambiguous(pairs, reads):
            message = f"{spelling!r} stands under several values; say in `reads` which one it reads as"
            self._fault((*at, "values"), message)
        values = build(pairs, reads, spec.unknown)
        if target.type != "multi_select":
            if spec.as_ not in {None, "text", "choice"}:
                self._fault((*at, "as"), "does not go with `values`: the map reads the provider's value itself")
            collect_part(self.document, Options, dict(spec.model_extra or {}), at, self.faults, FieldSpec)
            return single_codec(values, self.wire == "text")
        items = self._named(at, target, spec, "multi_select")
        return multiple_codec(values, items) if isinstance(items, Codec) else None

    def _pairs(self, at: Path_, target: Field, spec: FieldSpec) -> list[tuple[Present, list[Scalar]]]:
        pairs: list[tuple[Present, list[Scalar]]] = []
        for name, spellings in (spec.values or {}).items():
            listed = spellings if isinstance(spellings, list) else [spellings]
            value = self._canonical((*at, "values", name), name, target, key=True)
            if not listed:
                self._fault((*at, "values", name), "needs at least one provider value")
            elif value is not None:
                pairs.append((value, listed))
        return pairs

    def _reads(self, at: Path_, target: Field, spec: FieldSpec) -> dict[str, Present]:
        found = {}
        for spelling, name in (spec.reads or {}).items():
            value = self._canonical((*at, "reads", spelling), name, target)
            if value is not None:
                found[spelling] = value
        return found

    def _canonical(self, at: Path_, name: str, target: Field, *, key: bool = False) -> Present | None:
        try:
            value = typed(name, target)
        except ValueError as error:
            self._fault(at, str(error), suggest(name, target.choices or ()), key=key)
            return None
        return value[0] if isinstance(value, tuple) else value
