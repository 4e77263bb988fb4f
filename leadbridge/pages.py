"""What one step of a capture yields. Part of the provider contract: its names stand in :mod:`leadbridge.provider`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from leadbridge.records import Record, Ref, Reject


@dataclass(frozen=True, slots=True)
class Gone:
    """A record that capture no longer finds.

    Attributes:
        proof: ``tombstone`` (the CRM says deleted), ``absent`` (not in a complete scan), or ``erasure`` (the CRM says
            that it was erased for good because the person had a right to it: every copy goes, and none comes back).
        merged_into: the surviving record's id where the CRM reports a merge, else None.
    """

    ref: Ref
    proof: Literal["tombstone", "absent", "erasure"]
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class Converted:
    """A lead that the CRM converted by itself.

    Attributes:
        contact: the record that stands for the person from now on.
        made: whether the conversion made it; False where it existed before.
    """

    lead: Ref
    contact: Ref
    made: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """One step of a capture.

    Attributes:
        records: new and changed records since the cursor; all records where there was none.
        gone: records that went; only on a page with ``complete``, or with tombstones or erasures.
        rejects: rows that could not be read; the rest went on.
        cursor: where the next capture starts once this page is safe, or None while that cannot be said yet.
        complete: last page of a scan that saw everything.
        seen: records seen so far in this capture, changed or not; for the brakes that watch a source's size.
        converted: leads that the CRM's own users converted.
        sources: what it read whole, as its rejects' sources begin (a file's path): what it rejects no more is mended.
    """

    records: tuple[Record, ...] = ()
    gone: tuple[Gone, ...] = ()
    rejects: tuple[Reject, ...] = ()
    cursor: str | None = None
    complete: bool = False
    seen: int = 0
    converted: tuple[Converted, ...] = ()
    sources: tuple[str, ...] = ()
