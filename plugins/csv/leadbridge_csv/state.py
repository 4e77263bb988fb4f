"""What a capture remembers of an object: the content of a cursor.

Per row 8 bytes of fingerprint, in the order of the files, and in a table its key's text, since a vanished row has to be
named. Per file a digest, so that a file that did not change is not even parsed.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from array import array
from dataclasses import dataclass, field

from leadbridge.errors import UsageError
from leadbridge_csv.fingerprints import little_endian

_VERSION = "csv1"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file's part of the rows.

    Attributes:
        label: its path; empty for rows that no file holds now, but of which nobody can say that they are deleted.
        digest: of the whole file; empty where the file must be looked at again.
        unsure: it holds rejected rows of which nobody knows the key.
    """

    label: str
    digest: str
    rows: int
    key_bytes: int
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """Where an entry's rows stand among all: from ``start`` to before ``stop``, their keys from ``keys_start`` on."""

    entry: Entry
    start: int
    stop: int
    keys_start: int


@dataclass(slots=True)
class State:
    """
    Attributes:
        identity: the key column, or empty for an inbox. Under another identity the ids are others.
        signature: of the settings that decide how a file is read.
        keys: NUL-terminated, in the order of the rows; empty for an inbox.
    """

    identity: str = ""
    signature: str = ""
    entries: list[Entry] = field(default_factory=list)
    fingerprints: array[int] = field(default_factory=lambda: array("Q"))
    keys: bytearray = field(default_factory=bytearray)

    @property
    def seen(self) -> int:
        """Rows that are in a file now."""
        return sum(entry.rows for entry in self.entries if entry.label and entry.digest)

    @property
    def complete(self) -> bool:
        """Every row was read, and its key, and no file has gone."""
        return all(entry.label and entry.digest and not entry.unsure for entry in self.entries)

    def segments(self) -> dict[str, Segment]:
        """By label."""
        found, row, key = dict[str, Segment](), 0, 0
        for entry in self.entries:
            found[entry.label] = Segment(entry, row, row + entry.rows, key)
            row, key = row + entry.rows, key + entry.key_bytes
        return found

    def to_cursor(self) -> str:
        head = [
            self.identity,
            self.signature,
            [[e.label, e.digest, e.rows, e.key_bytes, e.unsure] for e in self.entries],
        ]
        parts = (zlib.compress(json.dumps(head).encode()), _bytes(self.fingerprints), zlib.compress(self.keys, 1))
        return ":".join([_VERSION, *(base64.b64encode(part).decode() for part in parts)])


def from_cursor(cursor: str, connection: str) -> State:
    """Raises UsageError where this is no cursor of a CSV connection."""
    try:
        version, head, fingerprints, keys = cursor.split(":")
        identity, signature, entries = json.loads(zlib.decompress(base64.b64decode(head)))
        rows = array("Q")
        rows.frombytes(base64.b64decode(fingerprints))
        state = State(
            identity,
            signature,
            [Entry(*entry) for entry in entries],
            little_endian(rows),
            bytearray(zlib.decompress(base64.b64decode(keys))),
        )
        sound = version == _VERSION and sum(entry.rows for entry in state.entries) == len(rows)
    except (ValueError, TypeError, EOFError, binascii.Error, zlib.error):
        sound = False
    if not sound:
        raise UsageError(f"connection {connection!r}: the cursor kept for it is damaged; capture it from the start")
    return state


def _bytes(numbers: array[int]) -> bytes:
    return little_endian(array("Q", numbers)).tobytes()
