"""What all Bulk API 2.0 jobs have in common: their states, their properties, and how they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn, Self

from leadbridge_salesforce.sandbox.bulk.table import DELIMITERS, LINE_ENDINGS, Format
from leadbridge_salesforce.sandbox.dml.refusals import Refused
from leadbridge_salesforce.sandbox.org import Org

Json = dict[str, Any]

PREFIX: Final = "750"
"""What the ids of jobs begin with."""

OPEN: Final = "Open"
UPLOADED: Final = "UploadComplete"
RUNNING: Final = "InProgress"
DONE: Final = "JobComplete"
FAILED: Final = "Failed"
ABORTED: Final = "Aborted"
ENDED: Final = frozenset({DONE, FAILED, ABORTED})


@dataclass(frozen=True, slots=True)
class What:
    """What a job is to do. ``version`` is the API version that it was made with, such as ``67.0``."""

    operation: str
    object: str
    version: str


@dataclass(slots=True)
class Job:
    """A job and how far it has got.

    Attributes:
        polls: how often its state was asked for since it could begin; work takes as many as the org says.
    """

    id: str
    what: What
    format: Format
    created_by: str
    created: str
    modified: str
    state: str
    polls: int = 0
    error: str = ""
    processed: int = 0

    @classmethod
    def begun(cls, org: Org, what: What, format: Format, state: str) -> Self:
        """A new job of whoever asks, from now on."""
        now = org.now()
        return cls(org.store.new_id_of(PREFIX), what, format, org.user, now, now, state)

    def info(self) -> Json:
        """What the API tells of every job."""
        told: Json = {
            "id": self.id,
            "operation": self.what.operation,
            "object": self.what.object,
            "createdById": self.created_by,
            "createdDate": self.created,
            "systemModstamp": self.modified,
            "state": self.state,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(self.what.version),
            "lineEnding": self.format.line_ending,
            "columnDelimiter": self.format.delimiter,
        }
        return told | ({"errorMessage": self.error} if self.error else {})


@dataclass(slots=True)
class Times:
    """Figures of a job that has run; the sandbox tells plausible ones."""

    retries: int = 0
    rows: int = 0

    def info(self) -> Json:
        return {
            "retries": self.retries,
            "totalProcessingTime": 100 + self.rows,
            "apiActiveProcessingTime": 80 + self.rows,
            "apexProcessingTime": 0,
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """The properties of a request, read once each; what is left over is refused."""

    properties: Mapping[str, Any]
    known: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        for name in self.properties:
            if name not in self.known:
                invalid(f'Unrecognized field "{name}"', "JSON_PARSER_ERROR")

    def text(self, name: str, default: str = "") -> str:
        value = self.properties.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            invalid(f"Property '{name}' must be a string", "JSON_PARSER_ERROR")
        return value

    def one_of(self, name: str, allowed: Mapping[str, Any] | frozenset[str], default: str = "") -> str:
        value = self.text(name, default)
        if value not in allowed:
            listed = ", ".join(sorted(allowed))
            invalid(f"{name} '{value}' is not one of {listed}")
        return value

    def format(self) -> Format:
        """Delimiter and line ending; the content type is always CSV."""
        self.one_of("contentType", frozenset({"CSV"}), "CSV")
        delimiter = self.one_of("columnDelimiter", DELIMITERS, "COMMA")
        return Format(delimiter, self.one_of("lineEnding", LINE_ENDINGS, "LF"))


def invalid(message: str, code: str = "INVALIDJOB", status: int = 400) -> NoReturn:
    """Refuse a request."""
    raise Refused(code, message, status=status)


def invalid_state(message: str) -> NoReturn:
    invalid(message, "INVALIDJOBSTATE")


def supported(object: str, refused: str) -> None:
    """Refuse an object that is among those, with commas between, which Bulk does not take."""
    if object.lower() in {name.strip().lower() for name in refused.split(",")}:
        invalid(f"Entity '{object}' is not supported by the Bulk API.", "INVALIDENTITY")


def within_quota(used: int, allowed: int) -> None:
    """Refuse what goes beyond a day's allowance."""
    if used >= allowed:
        invalid(f"The allowance of {allowed} within 24 hours is used up", "EXCEEDEDQUOTA")


def no_such_job() -> NoReturn:
    invalid("The requested resource does not exist", "NOT_FOUND", 404)
