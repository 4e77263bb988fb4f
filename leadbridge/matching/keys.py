"""Exact normalised keys: what two records of one subject, or a lead and what it belongs to, must have in common.

Every key is a text such as ``domain:reuter.example``. Free-mail domains and hosts of company pages give no key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from leadbridge.matching.freemail import is_shared
from leadbridge.matching.normal import company_key, fold, phone_key, registrable_domain
from leadbridge.subjects.types import TYPES
from leadbridge.values import MISSING, Value

Values: TypeAlias = Mapping[str, Value]
Reader: TypeAlias = Callable[[Values], Iterator[str]]

PERSON: Final = "person"
ORGANISATION: Final = "organisation"
USER: Final = "user"

_LONGEST: Final = 1_000
_PERSON_KEYS: Final = ("email", "phone", "mobile_phone", "name_and_company")
_ORGANISATION_KEYS: Final = ("domain", "company_name", "domain_and_name", "phone")

MATCH_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "lead": _PERSON_KEYS,
    "prospect": _PERSON_KEYS,
    "contact": _PERSON_KEYS,
    "account": _ORGANISATION_KEYS,
}
"""Role -> the words that ``match:`` may use to find a record of it."""

BATCH_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    PERSON: ("email", "phone", "name_and_company"),
    ORGANISATION: ("domain", "company_name", "phone"),
    USER: ("email",),
}
"""Subject -> the keys that bring two records of one batch together; the evidence decides afterwards."""


def text_of(values: Values, name: str) -> str:
    """The field's text without spaces around it, cut where it is absurdly long; blank where absent or no text."""
    value = values.get(name, MISSING)
    return value[:_LONGEST].strip() if isinstance(value, str) else ""


def keys_of(subject: str, values: Values, kinds: Sequence[str]) -> tuple[str, ...]:
    """The record's keys of these kinds, in their order, each once. Kinds that the subject does not have give none."""
    readers = _READERS.get(subject, {})
    found = (f"{kind}:{key}" for kind in kinds if kind in readers for key in readers[kind](values) if key)
    return tuple(dict.fromkeys(found))


def kind_of(key: str) -> str:
    return key.partition(":")[0]


def company_of(subject: str, values: Values) -> str:
    """The key of the company's name: an organisation's own, or what a person says of theirs."""
    return company_key(text_of(values, "name" if subject == ORGANISATION else "company"))


def agree(left: Values, right: Values, name: str) -> bool | None:
    """Whether two folded texts are equal, a first name's initial standing for it; None where one is not known."""
    one, other = fold(text_of(left, name)), fold(text_of(right, name))
    if not one or not other:
        return None
    short, long = sorted((one, other), key=len)
    return one == other or (name == "first_name" and len(short) == 1 and long.startswith(short))


def differ(left: Values, right: Values, name: str) -> bool:
    """Whether both are known and different."""
    return agree(left, right, name) is False


def _email(values: Values) -> Iterator[str]:
    email = text_of(values, "email")
    if email:
        yield str(TYPES["email"].key(email))


def _phones(*names: str) -> Reader:
    def read(values: Values) -> Iterator[str]:
        for name in names:
            yield phone_key(text_of(values, name))

    return read


def _domains(*names: str) -> Reader:
    def read(values: Values) -> Iterator[str]:
        for name in names:
            domain = registrable_domain(text_of(values, name))
            if domain and not is_shared(domain):
                yield domain

    return read


def _company(subject: str) -> Reader:
    def read(values: Values) -> Iterator[str]:
        yield company_of(subject, values)

    return read


def _domain_and_name(subject: str, domains: Reader) -> Reader:
    def read(values: Values) -> Iterator[str]:
        company = company_of(subject, values)
        if company:
            for domain in domains(values):
                yield f"{domain} {company}"

    return read


def _name_and_company(values: Values) -> Iterator[str]:
    parts = [fold(text_of(values, "first_name")), fold(text_of(values, "last_name")), company_of(PERSON, values)]
    if all(parts):
        yield " / ".join(parts)


_PERSON_DOMAINS: Final = _domains("website", "email")
_ORGANISATION_DOMAINS: Final = _domains("domain", "website")
_READERS: Final[Mapping[str, Mapping[str, Reader]]] = {
    PERSON: {
        "email": _email,
        "phone": _phones("phone", "mobile_phone"),
        "mobile_phone": _phones("mobile_phone"),
        "name_and_company": _name_and_company,
        "domain": _PERSON_DOMAINS,
        "company_name": _company(PERSON),
        "domain_and_name": _domain_and_name(PERSON, _PERSON_DOMAINS),
    },
    ORGANISATION: {
        "domain": _ORGANISATION_DOMAINS,
        "company_name": _company(ORGANISATION),
        "domain_and_name": _domain_and_name(ORGANISATION, _ORGANISATION_DOMAINS),
        "phone": _phones("phone"),
    },
    USER: {"email": _email},
}
"""Subject -> kind of key -> how to read it. A person's company keys find the organisation they belong to."""
