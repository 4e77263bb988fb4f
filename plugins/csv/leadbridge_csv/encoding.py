"""Which encoding a file is in, found out from its beginning."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

# UTF-32 first: its little-endian mark starts with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Where a sample tells these apart from each other and from Western text, the guess can be trusted.
_OTHER_SCRIPTS = ("cp1251", "cp1253", "cp1255", "cp1256", "cp874", "cp932", "gb18030", "big5", "euc_kr")
_WESTERN = "cp1252"
_GUESS_FROM = 1 << 15
_MULTIBYTE = re.compile("[^\x00-\x7f\ud800-\udfff]")
_STRAY = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding by Python's name, and the byte order mark that the file starts with.

    What cannot be decoded is kept as lone surrogates, so that the row can be told and its bytes are not lost.
    """

    name: str
    mark: bytes = b""

    @property
    def errors(self) -> str:
        return "surrogatepass" if self.name.startswith(("utf-16", "utf-32")) else "surrogateescape"

    def encode(self, text: str) -> bytes:
        """The bytes of what was read, undecodable ones included."""
        return text.encode(self.name, self.errors)


def is_clean(text: str) -> bool:
    """No NUL, and nothing that could not be decoded."""
    return "\0" not in text and is_decoded(text)


def is_decoded(text: str) -> bool:
    """Python keeps undecodable bytes as lone surrogates, and those alone cannot be encoded as UTF-8."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def detect(sample: bytes, declared: str | None = None) -> Encoding:
    """The declared encoding, else by byte order mark, as UTF-8, as UTF-16 by its NULs, or as a code page."""
    if declared:
        return _declared(sample, declared)
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return Encoding(name, mark)
    if _mostly_utf8(sample):
        return Encoding("utf-8")
    return Encoding(_by_nuls(sample) or _code_page(sample))


def _declared(sample: bytes, declared: str) -> Encoding:
    """``utf-16`` and the like leave the order of bytes to the mark; where there is none it is little-endian."""
    found = [(mark, name) for mark, name in _MARKS if sample.startswith(mark) and name.startswith(declared[:6])]
    if declared.startswith("utf-8"):
        return Encoding("utf-8", codecs.BOM_UTF8 if sample.startswith(codecs.BOM_UTF8) else b"")
    if found:
        return Encoding(found[0][1], found[0][0])
    return Encoding(f"{declared}-le" if declared in {"utf-16", "utf-32"} else declared)


def _mostly_utf8(sample: bytes) -> bool:
    """Plain ASCII, or more sound multi-byte characters than stray bytes: a few bad rows do not make a code page."""
    text = sample.decode("utf-8", "surrogateescape")
    tail = text.rstrip("".join(map(chr, range(0xDC80, 0xDD00)))) if len(text) > 3 else text
    if len(text) - len(tail) <= 3:  # a character cut off at the sample's end
        text = tail
    return "\0" not in text and len(_MULTIBYTE.findall(text)) >= len(_STRAY.findall(text))


def _by_nuls(sample: bytes) -> str | None:
    """UTF-16 without a mark: in text with spaces, digits and separators every second byte is often NUL."""
    low, high = sample[0::2].count(0), sample[1::2].count(0)
    often = len(sample) // 2 * 0.3
    if high > often and low < often / 10:
        return "utf-16-le"
    if low > often and high < often / 10:
        return "utf-16-be"
    return "utf-8" if low or high else None


def _code_page(sample: bytes) -> str:
    """Western, unless the text is clearly in another script. Central European files need ``encoding: cp1250``.

    It is one script, most letters stand under the same bytes, and few rows of a lead file have any: of a list of
    companies with three such rows, written as cp1252, charset-normalizer says cp1250. A guess would break files that
    are read well.
    """
    from charset_normalizer import from_bytes

    best = from_bytes(sample[:_GUESS_FROM], cp_isolation=[_WESTERN, "cp1250", *_OTHER_SCRIPTS]).best()
    return best.encoding if best and best.encoding in _OTHER_SCRIPTS else _WESTERN
