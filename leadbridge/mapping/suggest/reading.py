"""How a column is best read: the transform and options under which most of its samples make sense."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from leadbridge.mapping.suggest.words import Language
from leadbridge.provider import Wire
from leadbridge.subjects.model import Field
from leadbridge.transforms.spec import Codec, TransformSpec, UnreadableError
from leadbridge.values import MISSING

Option = str | bool | tuple[str, ...]
Options = Mapping[str, Option]

REGIONS: Final[Mapping[Language, tuple[str, ...]]] = {
    "en": ("US",),
    "de": ("DE", "AT", "CH"),
    "fr": ("FR", "BE", "CH"),
    "es": ("ES", "MX", "AR"),
}
"""Countries whose numbers are tried, in this order, where the records name none."""

_LEADING_ZERO: Final = ("GB", "AU")
"""The same for English headers where numbers begin with 0, as none does in the United States."""

_WORD_PAIRS: Final = (
    ("ja", "nein"),
    ("j", "n"),
    ("wahr", "falsch"),
    ("oui", "non"),
    ("o", "n"),
    ("vrai", "faux"),
    ("sí", "no"),
    ("si", "no"),
    ("s", "n"),
    ("verdadero", "falso"),
    ("checked", "unchecked"),
    ("subscribed", "unsubscribed"),
    ("enabled", "disabled"),
)
_NUMBERS: Final = frozenset({"integer", "decimal"})
_DAYS: Final = frozenset({"date", "datetime"})
_NAMED: Final[Mapping[str, str]] = {"company": "company_name", "name": "company_name", "domain": "domain"}
"""Fields whose default transform is not the most useful one; ``name`` is an organisation's."""

_NUMERIC_DAY: Final = re.compile(r"\s*\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{2,4}\b")
_COMMA_DECIMAL: Final = re.compile(r".*\d,\d{1,2}(?!\d).*", re.DOTALL)
_POINT_DECIMAL: Final = re.compile(r".*\d\.\d{1,2}(?!\d).*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Read:
    """A way to read a column.

    Attributes:
        transform: behind ``as:``; None where the field's type implies it.
        values: canonical value -> how the samples spell it, where they spell it otherwise.
        share: how many of the samples it reads, 0 to 1; 1 where there is none.
        guessed: why a person should look at it again; empty where the samples settle it.
    """

    transform: str | None
    options: Options = field(default_factory=dict)
    share: float = 1.0
    guessed: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reader:
    """Tries transforms on samples.

    Attributes:
        language: of the header.
        countries: ISO codes that the records name, the most frequent first.
        comma: whether numbers elsewhere in the object have a decimal comma.
    """

    transforms: Mapping[str, TransformSpec]
    wire: Wire
    language: Language = "en"
    countries: tuple[str, ...] = ()
    comma: bool = False

    def best(self, target: Field, subject: str, samples: Sequence[str]) -> Read:
        """The way that reads most samples; of equals the plainest."""
        if target.type == "choice" and target.choices is not None:
            return _chosen(target.choices, samples)
        named = _NAMED.get(target.name) if (target.name, subject) != ("name", "opportunity") else None
        transform = named if named in self.transforms else None
        ways = self._ways(target, samples)
        tried = [(self._share(transform or target.type, way, samples), way) for way in ways]
        most = max(share for share, _ in tried)
        options = next(options for share, options in tried if share == most)
        return Read(transform, options, most, self._guess(target, options, tried, samples))

    def _ways(self, target: Field, samples: Sequence[str]) -> Iterator[Options]:
        """Sets of options to try, in the order of preference."""
        if target.type in _NUMBERS:
            comma: Options = {"decimal_mark": ","}
            yield from (comma, {}) if self.comma else ({}, comma)
        elif target.type in _DAYS:
            days: list[Options] = [{"day_first": self.language != "en"}, {"day_first": self.language == "en"}]
            counted: list[Options] = [{"epoch": "ms"}, {"epoch": "s"}]
            yield from [*days, {}] if any(map(_NUMERIC_DAY.match, samples)) else [{}, *days, *counted]
        elif target.type == "phone":
            yield {}
            yield from ({"region": region} for region in self._regions(samples))
        elif target.type == "boolean":
            yield {}
            yield from ({"true_words": (yes,), "false_words": (no,)} for yes, no in _WORD_PAIRS)
        else:
            yield {}

    def _regions(self, samples: Sequence[str]) -> Iterable[str]:
        """Countries whose numbers these may be, the likeliest first."""
        zeros = sum(sample.strip(" (").startswith("0") for sample in samples)
        usual = _LEADING_ZERO if self.language == "en" and zeros * 2 > len(samples) else REGIONS[self.language]
        return dict.fromkeys((*self.countries, *usual))

    def _share(self, transform: str, options: Options, samples: Sequence[str]) -> float:
        spec = self.transforms.get(transform)
        if spec is None or not samples:
            return 1.0
        codec = spec.build(spec.options.model_validate(dict(options)), self.wire)
        return sum(_reads(codec, sample) for sample in samples) / len(samples) if isinstance(codec, Codec) else 0.0

    def _guess(
        self, target: Field, options: Options, tried: Sequence[tuple[float, Options]], samples: Sequence[str]
    ) -> str:
        if target.type in _DAYS and "day_first" in options:
            shares = [share for share, way in tried if "day_first" in way]
            return "the samples do not tell day from month" if shares[0] == shares[1] and samples else ""
        if target.type == "phone" and "region" in options:
            return "the country of numbers written without one"
        if target.type == "decimal" and samples and not any(map(_tells_mark, samples)):
            return "the samples do not tell whether a comma stands before decimals" if self.comma else ""
        return ""


def _chosen(choices: Sequence[str], samples: Sequence[str]) -> Read:
    """A list of values, of which a CRM mostly has the words and spells them in its own way, such as ``Hot``."""
    spelt = {sample.strip().casefold(): sample.strip() for sample in samples}
    known = [choice for choice in choices if choice in spelt]
    share = sum(sample.strip().casefold() in choices for sample in samples) / len(samples) if samples else 1.0
    if all(spelt[choice] == choice for choice in known):
        return Read(None, share=share)
    capital = all(spelt[choice][:1].isupper() for choice in known)
    rest = {choice: choice.capitalize() if capital else choice for choice in choices}
    return Read(None, share=share, values=rest | {choice: spelt[choice] for choice in known})


def _tells_mark(sample: str) -> bool:
    return bool(_COMMA_DECIMAL.match(sample) or _POINT_DECIMAL.match(sample))


def has_decimal_comma(samples: Sequence[str]) -> bool:
    """Whether the samples of a column of numbers have a comma before decimals, and none a point."""
    return any(map(_COMMA_DECIMAL.match, samples)) and not any(map(_POINT_DECIMAL.match, samples))


def _reads(codec: Codec, sample: str) -> bool:
    try:
        return codec.decode(sample) is not MISSING
    except UnreadableError:
        return False
