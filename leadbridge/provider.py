"""The provider contract: what a plugin's class does for the core, in fixed terms.

A provider speaks to one kind of CRM. Only its methods do I/O; hooks never touch a CRM. ``leadbridge.memory`` is the
reference, ``leadbridge.testing.ProviderContract`` the test class that every provider passes by subclassing.

Terms
-----
- *object*: the CRM's own name for a kind of record; *provider field*: its own name for a field.
- *page*: what one step of a capture yields. Pages of one capture carry each changed record once, in any order.
- *cursor*: opaque text that the caller keeps per connection and object, and stores only after all that its page carried
  is safe; handing an older one in again is always allowed and repeats changes, never loses one.
- *complete*: a capture saw every record that the connection can see. Only then may absence mean anything.
"""

from __future__ import annotations

import abc
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from leadbridge.conversions import ConversionFile, ConvertRequest, ConvertResult, Prediction, Snapshots
from leadbridge.descriptions import FieldDescription, ObjectDescription
from leadbridge.pages import Converted, Gone, Page
from leadbridge.records import Record, Ref, Reject
from leadbridge.site import Site
from leadbridge.values import Raw

__all__ = [
    "Action",
    "Capabilities",
    "Converted",
    "FieldDescription",
    "Gone",
    "Lack",
    "ObjectDescription",
    "Page",
    "Provider",
    "Result",
    "Settings",
    "Site",
    "UnsupportedError",
    "Verb",
    "Wire",
]

Wire = Literal["text", "typed"]
"""How raw values travel: ``text``, all strings (CSV, HubSpot); ``typed``, booleans and numbers as themselves."""


class Settings(BaseModel):
    """Base of a provider's connection settings; unknown keys are faults, found with their position."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can do; the core asks for nothing else."""

    wire: Wire = "text"
    incremental: bool = False  # capture(cursor) yields changes only
    deletes: bool = False  # capture reports records that went, with proof
    erasures: bool = False  # capture tells records that were erased for good from those that were deleted
    merges: bool = False  # capture reports merges with all ids
    writes: bool = False  # begin, write, commit
    staged: bool = False  # a file: nothing shows before commit, then exactly what was sent; else at once (an API)
    upsert_by_key: bool = False  # a create repeated with its key makes no second record, and leaves the first alone
    native_conversion: bool = False  # predict, convert, converted; read_back too
    converts_at_once: int = 100  # most leads that one call of convert is given
    read_back: bool = False  # read() after a write shows what was stored
    field_stamps: bool = False  # records carry when each of their fields was set
    checks_expected: bool = True  # write compares `expected` itself, at no further call; else the caller reads first
    at_once: int | None = None  # most actions that one write is given; None: as many as is usual
    local: bool = False  # describing costs no call to a CRM: it reads this machine's files or memory


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that a CRM has not, and that LeadBridge is the better for: a field to keep keys in, say.

    Attributes:
        name: stable word, such as ``Lead.LeadBridge_Key__c``.
        reason: a sentence for a person: what it is for.
        steps: how a person supplies it in the CRM, a line each.
    """

    name: str
    reason: str
    steps: tuple[str, ...] = ()


Verb = Literal["create", "update", "delete"]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do to one record of one object.

    Attributes:
        number: the row's number in its plan; results come back under it.
        id: the record's id; None for a create.
        values: provider field -> raw value to set, exactly these.
        expected: provider field -> raw value that must still hold just before the write; else the row is ``stale``.
        key: for a create, a key made by LeadBridge, so that repeating the call cannot make a second record.
    """

    number: int
    verb: Verb
    object: str
    id: str | None = None
    values: Mapping[str, Raw] = field(default_factory=dict)
    expected: Mapping[str, Raw] = field(default_factory=dict)
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one action: ``done`` with the record's id, ``rejected`` with a reject, or ``uncertain``."""

    number: int
    state: Literal["done", "rejected", "uncertain"]
    id: str | None = None
    reject: Reject | None = None


class Provider(abc.ABC):
    """Base class of providers. One instance serves one connection; methods are not called concurrently.

    Expected failures raise a :class:`leadbridge.errors.LeadBridgeError`: ``ConnectionFailedError`` where the CRM
    cannot be reached or read now, ``BusyError`` where another process holds it, ``UsageError`` where the settings
    or an object's name are wrong. What one row cannot do is a reject in a page or a result, never an exception.

    A call to a CRM that fails says what to do next by a subclass of ``ConnectionFailedError``: ``RetryableError``,
    ``CredentialsError``, ``BatchRefusedError`` and ``QuotaError`` promise that nothing of the call was done,
    ``UncertainError`` promises nothing. After any other error from ``write`` or ``commit`` the caller looks up
    what was done before it sends anything again.
    """

    name: ClassVar[str]
    settings_model: ClassVar[type[Settings]] = Settings
    capabilities: Capabilities = Capabilities()  # one whose settings decide sets it again for itself
    conversion_file: ClassVar[ConversionFile | None] = None  # the CRM's own, for `leadbridge mappings import`

    def __init__(self, site: Site, settings: Settings) -> None:
        self.site = site
        self.settings = settings

    @abc.abstractmethod
    def describe(self) -> Sequence[ObjectDescription]:
        """The objects that this connection can see, with their fields, in a stable order."""

    def wants(self, fields: Mapping[str, Collection[str]]) -> None:  # noqa: B027  (what asks for everything ignores it)
        """Object -> the provider fields that somebody reads of captured records; any other may be left out of them.

        Called before captures, if at all. An object that is not named is read with all of its fields.
        """

    @abc.abstractmethod
    def capture(self, object: str, cursor: str | None = None) -> Iterator[Page]:
        """Yield pages of the object's records: all without a cursor, changes since it with one.

        The last page carries a cursor. Capturing again with it, where nothing changed, yields no records.
        """

    def unlimited(self, object: str) -> Iterator[Page]:
        """All of an object's records, also those that its ``limit`` leaves out: an undo looks who names what."""
        return self.capture(object)

    def outside(self, object: str, ids: Sequence[str]) -> Collection[str]:
        """Those of these records that the object's ``limit`` leaves out, as the last capture found it.

        Asked after the capture of an object that is limited. Such a record leaves the scope; that is no delete.
        """
        raise UnsupportedError(self, "outside")

    def read(self, refs: Sequence[Ref]) -> Sequence[Record | None]:
        """The records as they are now, in the order asked, limited or not; None for one that is not there."""
        raise UnsupportedError(self, "read")

    def refresh(self) -> None:  # noqa: B027  (a provider without credentials has nothing to do here)
        """Fetch new credentials; called once after a call raised ``CredentialsError``, which is then repeated."""

    def lacks(self) -> Sequence[Lack]:
        """What ``leadbridge init CONNECTION`` offers to supply; nothing is changed by asking."""
        return ()

    def supply(self, lack: Lack) -> None:
        """Make what is lacking, after a person agreed. Raises a LeadBridgeError where it cannot; then they do it."""
        raise UnsupportedError(self, "supply")

    def begin(self) -> None:
        """Start a run of writes. A provider that writes whole files takes its lock here."""
        raise UnsupportedError(self, "begin")

    def write(self, actions: Sequence[Action]) -> Sequence[Result]:
        """Carry out a batch: one result per action, under its number, in any order."""
        raise UnsupportedError(self, "write")

    def keyed(self, object: str) -> bool:
        """With ``upsert_by_key``: whether it holds for this object, which may lack a field to keep the key in."""
        return self.capabilities.upsert_by_key

    def find(self, actions: Sequence[Action]) -> Sequence[str | None]:
        """For creates whose reply was lost: the id of the record that each made; None where that cannot be told.

        Asked only where creates are not :meth:`keyed`. A create of unknown end goes to a person, not out again,
        except where the provider is ``staged``: what does not show there was never written.
        """
        return [None for _ in actions]

    def normalises(self, object: str, field: str, sent: Raw, stored: Raw) -> bool:
        """Whether the CRM keeps ``sent`` as ``stored`` by a rule of its own; else it counts as an edit. Pure."""
        return False

    def narrowed(self, object: str, on_create: Mapping[str, Raw]) -> Mapping[str, tuple[str, ...]]:
        """Provider field -> the values that a new record may hold, where fewer than described. No run asks it."""
        return {}

    def predict(self, requests: Sequence[ConvertRequest], snapshots: Mapping[int, Snapshots]) -> Sequence[Prediction]:
        """What ``convert`` would do, one answer per request, in their order. Pure: no call, and the same each time.

        Told by what ``describe`` found, the settings, and ``snapshots`` (request's number -> its records) alone. A
        provider field that a snapshot lacks is missing: the connection cannot see it.
        """
        raise UnsupportedError(self, "predict")

    def convert(self, requests: Sequence[ConvertRequest]) -> Sequence[ConvertResult]:
        """Convert leads: one result per request, under its number, in any order; between ``begin`` and ``commit``.

        Each lead is converted whole or left as it was, whatever becomes of the others, and what is done is durable at
        once. A lead that is converted already is a reject ``converted``, and nothing is made. Errors promise what
        those of ``write`` do; never repeat a call here that may have been carried out.
        """
        raise UnsupportedError(self, "convert")

    def converted(self, leads: Sequence[Ref]) -> Sequence[Mapping[str, Ref] | None]:
        """Role -> record that stands for each lead, in the order asked; None for one that is not converted, or gone.

        Read from the CRM now: asked after a reply was lost, before a lead is ever sent again.
        """
        raise UnsupportedError(self, "converted")

    def commit(self) -> None:
        """End a run of writes: what ``write`` called done is durable once this returns."""
        raise UnsupportedError(self, "commit")

    def abandon(self) -> None:  # noqa: B027  (a provider without locks has nothing to do here)
        """End a run of writes without keeping what is not durable yet; free every lock."""

    def allowance(self) -> int | None:
        """API calls that the connection may still make; None where there is no limit, or calls cost nothing.

        What others use of the same limit is taken off. Told by what earlier replies said; at most one cheap call is
        made where they said nothing, or long ago. Asked again in the same state, the answer is the same, and free.
        """
        return None

    def estimate(self, actions: Iterable[Action]) -> int:
        """Most API calls that one ``write`` of these actions takes, with reading back what creates and updates left.

        Pure, like the other estimates: calls nothing, and the same each time. Where nothing goes wrong no more calls
        are made than estimated; what is repeated, split or looked up after a failure is not counted. Asked once the
        objects are described.
        """
        raise UnsupportedError(self, "estimate")

    def estimate_reads(self, refs: Iterable[Ref]) -> int:
        """Most API calls that one ``read`` takes. Ids may be blank: those of records that are yet to be made."""
        raise UnsupportedError(self, "estimate_reads")

    def estimate_conversions(self, requests: Iterable[ConvertRequest]) -> int:
        """Most API calls that one ``convert`` takes, without reading anything back. Pure: calls nothing."""
        raise UnsupportedError(self, "estimate_conversions")

    def close(self) -> None:  # noqa: B027  (same)
        """Free connections and files. Idempotent."""


class UnsupportedError(TypeError):
    """A method was called that the provider's capabilities do not offer; a fault of the caller."""

    def __init__(self, provider: Provider, method: str) -> None:
        super().__init__(f"provider {type(provider).__name__} does not offer {method}()")
