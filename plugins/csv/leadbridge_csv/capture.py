"""Capture: what is new, changed and gone in an object's files since a cursor, told by the rows' fingerprints.

- A file whose bytes did not change is not parsed; its rejects are reported again only when it is parsed again.
- ``gone`` is told of a table's rows only, and only where no doubt is left. While a row's key cannot be known (it is
  blank, or the row cannot be read), a file of a glob has vanished, a file has lost its header, or one changed while it
  was read, the rows that were not met are kept in the cursor and judged by a later capture; this one is not complete.
- A rejected row whose key is known counts as seen: it is neither gone nor changed.
- Rows that vanish from an inbox are not reported: an inbox is cleared by whoever fills it.
- A column that went from the header is missing in the rows, not blank.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from hashlib import blake2b

from leadbridge.errors import ConnectionFailedError
from leadbridge.provider import Gone, Page
from leadbridge.records import Record, Ref, Reject
from leadbridge_csv.encoding import is_clean
from leadbridge_csv.fingerprints import Fingerprints
from leadbridge_csv.matching import ContentMatcher, KeyMatcher, Verdict
from leadbridge_csv.objects import CsvFile
from leadbridge_csv.reader import Bad, Block
from leadbridge_csv.rejects import counted, duplicate_key, missing_key, unreadable, vanished_file
from leadbridge_csv.settings import CsvSettings
from leadbridge_csv.sheet import Sheet, digest_of, opened
from leadbridge_csv.state import Entry, State, from_cursor
from leadbridge_csv.target import RecordMaker, Target, key_of, key_place

_PAGE = 1000
_RUN = 32  # rows compared at once: few enough that one changed row does not slow down many
_REFUSED = (Verdict.DUPLICATE, Verdict.KEYLESS)


def capture_pages(target: Target, cursor: str | None) -> Iterator[Page]:
    """Raises UsageError for a damaged cursor, ConnectionFailedError where files are missing or cannot be read."""
    former = from_cursor(cursor, target.connection) if cursor else State()
    if former.identity != (target.key or ""):
        cursor, former = None, State()
    if not target.files and cursor and target.key is None:  # an inbox that was cleared: whoever fills it does that
        yield Page(cursor=cursor, seen=0)
        return
    if not target.files and former.seen:
        raise ConnectionFailedError(
            target.connection,
            f"connection {target.connection!r}: no file is left of {target.settings.path!r}, which held"
            f" {counted(former.seen, 'row')} before; put the files back, or capture the object from the start",
        )
    digests = [digest_of(target.connection, file) for file in target.files]
    here = [(file.label, digest) for file, digest in zip(target.files, digests, strict=True)]
    there = [(entry.label, entry.digest) for entry in former.entries if entry.label]
    if cursor and here == there and former.signature == _signature(target.settings):
        yield Page(cursor=cursor, complete=former.complete, seen=former.seen)
        return
    yield from _Scan(target, former).pages(digests)


def _signature(settings: CsvSettings) -> str:
    read_by = (settings.encoding, settings.delimiter, settings.quote, settings.max_cell)
    return blake2b(repr(read_by).encode(), digest_size=8).hexdigest()


class _Scan:
    """One capture that has to parse at least one file."""

    def __init__(self, target: Target, former: State) -> None:
        self._target = target
        self._former = former
        self._now = State(target.key or "", _signature(target.settings))
        self._matcher = KeyMatcher(former) if target.key else ContentMatcher(former)
        self._segments = former.segments()
        self._records: list[Record] = []
        self._rejects: list[Reject] = []
        self._unsure = False
        self._seen = 0
        self._read: list[str] = []

    def pages(self, digests: Sequence[str]) -> Iterator[Page]:
        for file, digest in zip(self._target.files, digests, strict=True):
            if not self._adopt(file, digest):
                yield from self._file(file, digest)
        gone = self._account_for_the_rest()
        yield Page(
            tuple(self._records),
            gone,
            tuple(self._rejects),
            cursor=self._now.to_cursor(),
            complete=self._now.complete,
            seen=self._seen,
            sources=tuple(self._read),
        )

    def _adopt(self, file: CsvFile, digest: str) -> bool:
        """Take over the former rows of a file that did not change, unless an earlier file holds one of them now."""
        segment = self._segments.get(file.label)
        if segment is None or segment.entry.digest != digest or self._former.signature != self._now.signature:
            return False
        if not self._matcher.meet_all(segment.start, segment.stop):
            return False
        self._now.entries.append(segment.entry)
        self._now.fingerprints.extend(self._former.fingerprints[segment.start : segment.stop])
        self._now.keys += self._former.keys[segment.keys_start : segment.keys_start + segment.entry.key_bytes]
        self._seen += segment.entry.rows
        return True

    def _file(self, file: CsvFile, digest: str) -> Iterator[Page]:
        rows, key_bytes = len(self._now.fingerprints), len(self._now.keys)
        self._unsure = False
        with opened(self._target.connection, file, self._target.settings) as sheet:
            place = key_place(self._target, sheet)
            if not sheet.names and file.label in self._segments and self._target.key:
                self._unsure = True  # emptied, or cut off while it is being written
            fingerprints = Fingerprints(sheet.names)
            for block in sheet.blocks():
                self._block(sheet, block, place, fingerprints)
                yield from self._full_pages()
        if digest_of(self._target.connection, file) != digest:
            digest = ""
        self._read.append(file.label)
        rows, key_bytes = len(self._now.fingerprints) - rows, len(self._now.keys) - key_bytes
        self._now.entries.append(Entry(file.label, digest, rows, key_bytes, self._unsure))

    def _block(self, sheet: Sheet, block: Block, place: int | None, fingerprints: Fingerprints) -> None:
        found = fingerprints.of(block.rows) if block.rows else array("Q")
        step = _RUN if len(self._former.fingerprints) else len(found) or 1
        for start in range(0, len(found), step):
            part = found[start : start + step]
            if self._matcher.meet_run(part):
                self._known(block.rows[start : start + step], part, place)
            else:
                self._rows(sheet, block, place, part, start)
        for bad in block.bad:
            if bad.code:
                self._reject(sheet, bad, place)

    def _known(self, rows: Sequence[Sequence[str]], found: array[int], place: int | None) -> None:
        self._now.fingerprints.extend(found)
        self._seen += len(found)
        if place is not None:
            self._now.keys += ("\0".join([key_of(row[place]) for row in rows]) + "\0").encode()

    def _rows(self, sheet: Sheet, block: Block, place: int | None, found: array[int], start: int) -> None:
        judge, now, key, make = self._matcher.judge, self._now, "", RecordMaker(self._target, sheet).make
        for at, fingerprint in enumerate(found, start):
            row = block.rows[at]
            if place is not None:
                key = key_of(row[place])
            verdict, one = judge(key, fingerprint) if key or place is None else (Verdict.KEYLESS, "")
            if verdict in _REFUSED:
                self._refuse(sheet, Bad("", block.numbers[at], block.texts[at], row), verdict)
                continue
            now.fingerprints.append(fingerprint)
            if key:
                now.keys += key.encode() + b"\0"
            self._seen += 1
            if verdict is not Verdict.KNOWN:
                self._records.append(make(one, row, block.texts[at], block.numbers[at]))

    def _refuse(self, sheet: Sheet, row: Bad, verdict: Verdict) -> None:
        if verdict is Verdict.KEYLESS:
            self._unsure = True
            self._rejects.append(missing_key(row, sheet, self._now.identity))
        else:
            self._rejects.append(duplicate_key(row, sheet, self._now.identity))

    def _reject(self, sheet: Sheet, bad: Bad, place: int | None) -> None:
        self._rejects.append(unreadable(bad, sheet, self._target.settings.max_cell))
        if place is not None and not self._is_known(sheet, bad, place):
            self._unsure = True

    def _is_known(self, sheet: Sheet, bad: Bad, place: int) -> bool:
        """Whose row a bad one is, as far as its key cell tells; a former row is kept as it was.

        In a row of the wrong width the cell may be another one, so it counts only where such a key is missed.
        """
        cells = bad.cells or next(sheet.dialect.parse([bad.text[:_PAGE]]), [])
        key = key_of(cells[place]) if place < len(cells) else ""
        if not key or not is_clean(key):
            return False
        former = self._matcher.meet_key(key)
        if former is None:
            return len(cells) == len(sheet.names)
        self._keep(former)
        self._seen += 1
        return True

    def _keep(self, place: int) -> int:
        """Carry a former row into the new cursor: the bytes of its key there."""
        self._now.fingerprints.append(self._former.fingerprints[place])
        key = self._matcher.key_at(place) + b"\0"
        self._now.keys += key
        return len(key)

    def _account_for_the_rest(self) -> tuple[Gone, ...]:
        """Tell which of a table's former rows are gone, or keep those that were not met, where that cannot be told."""
        if not self._now.identity:
            return ()
        labels = {file.label for file in self._target.files}
        for segment in self._segments.values():
            if segment.entry.label and segment.entry.label not in labels:
                kept = self._keep_unmet(segment.entry.label, segment.start, segment.stop)
                self._rejects.extend([vanished_file(segment.entry.label, kept)] if kept else [])
        if not self._now.complete:
            self._keep_unmet("", 0, len(self._former.fingerprints))
            return ()
        target, matcher = self._target, self._matcher
        return tuple(
            Gone(Ref(target.connection, target.object, matcher.key_at(place).decode()), "absent")
            for place in matcher.unmet(0, len(self._former.fingerprints))
        )

    def _keep_unmet(self, label: str, start: int, stop: int) -> int:
        """How many were kept."""
        places = list(self._matcher.unmet(start, stop))
        if places:
            key_bytes = sum(map(self._keep, places))
            self._now.entries.append(Entry(label, "", len(places), key_bytes))
            for place in places:
                self._matcher.meet_all(place, place + 1)
        return len(places)

    def _full_pages(self) -> Iterator[Page]:
        while len(self._records) + len(self._rejects) >= _PAGE:
            records, rejects = self._records[:_PAGE], self._rejects[:_PAGE]
            del self._records[:_PAGE], self._rejects[:_PAGE]
            yield Page(tuple(records), rejects=tuple(rejects), seen=self._seen)
