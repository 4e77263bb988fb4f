"""How a file's cells are told apart: delimiter, quotes, line end, found out by trying."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice

_DELIMITERS = ",;\t|"
_RECORDS = 200
_MOST_ALIKE = 0.8
_MOST_SPLIT = 0.5
_SEP_LINE = re.compile(r'"?sep=(.)"?[\r\n]')
_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Dialect:
    """
    Attributes:
        spaced: blanks after a delimiter belong to neither cell.
        quote_all: every cell stands in quotes, so that rows written look like the others.
        named: the first line is ``sep=;`` as spreadsheets write it; the header comes after it.
    """

    delimiter: str = ","
    quote: str = '"'
    spaced: bool = False
    quote_all: bool = False
    line_end: str = "\n"
    named: bool = False

    def parse(self, lines: Iterable[str], strict: bool = False) -> Iterator[list[str]]:
        """Cells of each record. With ``strict``, csv.Error where a quote is not closed, or closed inside a cell."""
        return csv.reader(
            lines, delimiter=self.delimiter, quotechar=self.quote, skipinitialspace=self.spaced, strict=strict
        )

    def parse_alone(self, lines: Sequence[str]) -> list[str] | None:
        """The cells, where the lines are exactly one record with its quotes in order."""
        try:
            rows = list(self.parse(lines, strict=True))
        except csv.Error:
            return None
        return rows[0] if len(rows) == 1 else None

    def write(self, cells: Sequence[str], end: str) -> str:
        """A record that reads back as these cells."""
        lone_blank = len(cells) == 1 and not cells[0]
        return self.delimiter.join([self._quoted(cell, lone_blank) for cell in cells]) + end

    def _quoted(self, cell: str, lone_blank: bool) -> str:
        if not (self.quote_all or lone_blank or _needs_quotes(self.delimiter + self.quote).search(cell)):
            return cell
        return self.quote + cell.replace(self.quote, self.quote * 2) + self.quote


@cache
def _needs_quotes(marks: str) -> re.Pattern[str]:
    return re.compile(rf"^ |[\r\n{re.escape(marks)}]")


def sniff(sample: str, delimiter: str | None = None, quote: str | None = None) -> Dialect:
    """The dialect of a file that starts with this sample; what is given is taken as it is."""
    end = _LINE_END.search(sample)
    named = _SEP_LINE.match(sample)
    dialect = Dialect(line_end=end.group() if end else "\n", named=named is not None)
    if named:
        sample, delimiter = sample[named.end() :].removeprefix("\n"), delimiter or named.group(1)
    dialect = replace(dialect, quote=quote or '"', delimiter=delimiter or ",")
    lines = [line for line in re.split(r"(?<=\n)|(?<=\r)(?!\n)", sample) if line.strip()]
    delimiters = delimiter or _DELIMITERS
    quotes = quote or _quotes(lines, delimiters)
    tried = [
        replace(dialect, delimiter=one, quote=mark, spaced=spaced)
        for mark in quotes
        for spaced in (False, True)
        for one in delimiters
        if one != mark and not (spaced and one in " \t")
    ]
    best = max(tried, key=lambda candidate: _score(candidate, lines), default=dialect)
    return replace(best, quote_all=_quotes_all(best, lines))


def _quotes(lines: Sequence[str], delimiters: str) -> str:
    """Single quotes only where the whole header stands in them: a neutralised cell starts with one, too."""
    header = lines[0].strip() if lines else ""
    single = any(all(len(cell) > 1 and cell[0] == cell[-1] == "'" for cell in header.split(one)) for one in delimiters)
    return "'" if single else '"'


def _score(dialect: Dialect, lines: Sequence[str]) -> tuple[bool, bool, float, int]:
    """Better is: several columns and most records as wide as the header, or at least several, too; more alike; more."""
    widths = [len(row) for row in islice(dialect.parse(lines), _RECORDS) if row] or [0]
    alike = Counter(widths)[widths[0]] / len(widths)
    split = sum(width > 1 for width in widths) / len(widths)
    several = widths[0] > 1
    return several and alike >= _MOST_ALIKE, several and split >= _MOST_SPLIT, round(alike, 1), widths[0]


def _quotes_all(dialect: Dialect, lines: Sequence[str]) -> bool:
    """Every cell of the first two lines is quoted."""
    wanted = replace(dialect, quote_all=True)
    rows = [(line, dialect.parse_alone([line])) for line in lines[:2]]
    return bool(rows) and all(row and wanted.write(row, "").strip() == line.strip() for line, row in rows)
