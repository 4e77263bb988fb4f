"""A draft becomes the file: written whole beside it and put in its place, or appended; on disk before this returns."""

from __future__ import annotations

import glob
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from leadbridge_csv.drafts import Draft
from leadbridge_csv.failures import changed_meanwhile, writing
from leadbridge_csv.sheet import digest_of

_CHUNK = 1 << 20
_SUFFIX = ".leadbridge-tmp"


class Rewrite:
    """The new file beside the old one. Untouched rows, and text that is no row, are copied byte for byte."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._connection = draft.target.connection
        self._file = draft.table.file
        self._path = draft.table.file.path.resolve()
        with writing(self._connection, self._file.label):
            _sweep(self._path)
            handle, name = tempfile.mkstemp(_SUFFIX, f".{self._path.name}.", self._path.parent)
            self._temporary = Path(name)
            try:
                with os.fdopen(handle, "wb") as stream:
                    self._fill(stream)
                shutil.copymode(self._path, self._temporary)
                _keep_owner(self._path, self._temporary)
            except BaseException:
                self.discard()
                raise

    def replace(self) -> None:
        """Raises ConnectionFailedError, leaving the file as it is, where somebody wrote to it since it was read."""
        try:
            if digest_of(self._connection, self._file) != self._draft.table.digest:
                raise changed_meanwhile(self._connection, self._file.label)
            self._draft.table.close()  # Windows does not replace an open file
            with writing(self._connection, self._file.label):
                self._temporary.replace(self._path)
                _sync_folder(self._path.parent)
        finally:
            self.discard()

    def discard(self) -> None:
        with suppress(OSError):
            self._temporary.unlink(missing_ok=True)

    def _fill(self, stream: BinaryIO) -> None:
        table, done = self._draft.table, 0
        table.stream.seek(0)
        for place in sorted(self._draft.edits):
            start = table.starts[place]
            _copy(table.stream, stream, start - done)
            stream.write(self._replacement(place))
            done = start + table.sizes[place]
            table.stream.seek(done)
        shutil.copyfileobj(table.stream, stream, _CHUNK)
        stream.writelines(_additions(self._draft, self._needs_end()))
        stream.flush()
        os.fsync(stream.fileno())

    def _replacement(self, place: int) -> bytes:
        cells = self._draft.edits[place]
        if cells is None:
            return b""
        sheet, text = self._draft.table.sheet, self._draft.table.row(place).text
        end = text[len(text.rstrip("\r\n")) :]
        return sheet.encoding.encode(sheet.dialect.write(cells, end))

    def _needs_end(self) -> bool:
        table, last = self._draft.table, len(self._draft.table.starts) - 1
        last_is_row = last >= 0 and table.row(last).text == table.last_text
        deleted = last_is_row and last in self._draft.edits and self._draft.edits[last] is None
        return not table.last_text.endswith(("\n", "\r")) and not deleted


def append(draft: Draft) -> None:
    """Add the rows at the file's end as it is now; others may have appended meanwhile.

    Raises ConnectionFailedError where the header has changed, or nothing could be added.
    """
    table, label = draft.table, draft.table.file.label
    sheet = table.sheet
    head = sheet.encoding.mark + sheet.encoding.encode(sheet.head)
    with writing(draft.target.connection, label), table.file.path.open("r+b") as stream:
        if stream.read(len(head)) != head:
            raise changed_meanwhile(draft.target.connection, label)
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(size - 4, 0))
        tail = stream.read()
        ended = tail.endswith((sheet.encoding.encode("\n"), sheet.encoding.encode("\r")))
        data = b"".join(_additions(draft, not ended))
        _append(stream, data, size)


def _append(stream: BinaryIO, data: bytes, size: int) -> None:
    """All or nothing: what was written before the disk was full is cut off again, unless somebody else appended too."""
    try:
        stream.seek(size)
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    except OSError:
        with suppress(OSError):
            if os.fstat(stream.fileno()).st_size <= size + len(data):
                os.ftruncate(stream.fileno(), size)
        raise


def _additions(draft: Draft, needs_end: bool) -> Iterator[bytes]:
    sheet = draft.table.sheet
    end = sheet.dialect.line_end
    if draft.added and needs_end:
        yield sheet.encoding.encode(end)
    for cells in draft.added:
        yield sheet.encoding.encode(sheet.dialect.write(cells, end))


def _copy(source: BinaryIO, target: BinaryIO, size: int) -> None:
    while size > 0:
        data = source.read(min(size, _CHUNK))
        if not data:
            raise OSError(0, "the file was cut off")
        target.write(data)
        size -= len(data)


def _sweep(path: Path) -> None:
    """Remove what killed runs left beside the file: copies of it that never took its place.

    mkstemp puts eight characters; more would be the copy of another file whose name begins like this one's.
    """
    for left in path.parent.glob(f".{glob.escape(path.name)}.????????{_SUFFIX}"):
        with suppress(OSError):
            left.unlink()


def _keep_owner(path: Path, temporary: Path) -> None:
    """As far as this user may; where not, the file is theirs from now on."""
    found = path.stat()
    if hasattr(os, "chown"):
        with suppress(OSError):
            os.chown(temporary, found.st_uid, found.st_gid)
            temporary.chmod(found.st_mode)  # a change of owner may take bits away


def _sync_folder(folder: Path) -> None:
    """So that the new name survives a power cut; Windows cannot, and need not."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
