"""Physical lines of a file in bounded pieces, with places to come back to."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass
from typing import BinaryIO

from leadbridge_csv.encoding import Encoding, is_clean

SIZE = 1 << 17


@dataclass(frozen=True, slots=True)
class Spot:
    """The start of a line: a byte offset with the decoder's state there, and characters to skip from it."""

    offset: int
    state: tuple[bytes, int]
    skip: int
    line: int

    def past(self, characters: int, lines: int) -> Spot:
        return Spot(self.offset, self.state, self.skip + characters, self.line + lines)


class LineSource:
    """Reads lists of whole lines with their ends (``\\r\\n``, ``\\n`` or ``\\r``) as they are.

    Attributes:
        origin: where the list read last starts.
        clean: whether that list holds neither NUL nor undecodable bytes.
        partial: whether it is one piece of a line longer than ``limit`` characters; its rest comes with the next.
    """

    def __init__(self, stream: BinaryIO, encoding: Encoding, limit: int) -> None:
        self._stream = stream
        self._limit = limit
        self._decoder = codecs.getincrementaldecoder(encoding.name)(encoding.errors)
        self.seek(Spot(len(encoding.mark), self._decoder.getstate(), 0, 1))

    def seek(self, spot: Spot) -> None:
        self._stream.seek(spot.offset)
        self._decoder.setstate(spot.state)
        self._offset = spot.offset
        self._skip = spot.skip
        self._carry = ""
        self._tail = self.origin = spot
        self.clean = True
        self.partial = False

    def read(self) -> list[str]:
        """The next lines, or none at the end of the file. Raises UnicodeDecodeError where it cannot go on."""
        while True:
            state, offset, data = self._decoder.getstate(), self._offset, self._stream.read(SIZE)
            self._offset += len(data)
            text = self._decoder.decode(data, not data)
            skipped = min(self._skip, len(text))
            self._skip -= skipped
            here = Spot(offset, state, skipped, self._tail.line)
            lines = self._lines(text[skipped:], here, final=not data)
            if lines or not data:
                return lines

    def _lines(self, text: str, here: Spot, final: bool) -> list[str]:
        """What is whole of the carried text and this; the tail is carried on, unless it is too long to be held."""
        held, buffer = len(self._carry), self._carry + text
        self.origin = self._tail if held else here
        ends = "\n" in buffer or "\r" in buffer
        lines = io.StringIO(buffer, newline="").readlines() if ends else [buffer] if buffer else []
        self.clean = is_clean(buffer)
        self._carry = "" if final or not lines or lines[-1].endswith("\n") else lines.pop()
        self.partial = not lines and len(self._carry) > self._limit
        if self.partial:
            lines, self._carry = _cut(self._carry)
        start = len(buffer) - len(self._carry)
        number = self.origin.line + (0 if self.partial else len(lines))
        if start >= held:  # anchored at this chunk, so that coming back never reads from far before it
            self._tail = Spot(here.offset, here.state, here.skip + start - held, number)
        else:
            self._tail = self.origin.past(start, number - self.origin.line)
        return lines


def _cut(long: str) -> tuple[list[str], str]:
    """A piece of a line, and what must wait: a final ``\\r`` may be half of a line end."""
    return ([long[:-1]], "\r") if long.endswith("\r") else ([long], "")
