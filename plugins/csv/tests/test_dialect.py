"""Delimiters, quotes and line ends, found out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leadbridge_csv.dialect import Dialect, sniff


@pytest.mark.parametrize(
    ("sample", "dialect"),
    [
        ("", Dialect()),
        ("a,b\n", Dialect()),
        ("a,b\r\n1,2\r\n", Dialect(line_end="\r\n")),
        ("a,b\r1,2\r", Dialect(line_end="\r")),
        ("a;b\n1,5;2,5\n", Dialect(";")),
        ("a\tb\n1, 2\t3\n", Dialect("\t")),
        ("a|b\n1|2\n", Dialect("|")),
        ('"a","b"\n"1","x;y"\n', Dialect(quote_all=True)),
        ('a;b\n"1,2";"3,4,5"\n', Dialect(";")),
        ("'a','b'\n'1','2,3'\n", Dialect(quote="'", quote_all=True)),
        ("a,b\n'=1,2\n'=3,4\n", Dialect()),
        ('a, b\n1, "2, 3"\n4, "5, 6"\n', Dialect(spaced=True)),
        ("sep=;\na,b;c\n1;2\n", Dialect(";", named=True)),
        ("name\nDoe, Jane\nRoe\n", Dialect(";")),
        ("a,b\n1,2,3\n4,5,6\n", Dialect()),
        ("a,b\n1,2\n3,4,5\n", Dialect()),
        ('a;b\n1;"x\ny,z"\n2;w\n', Dialect(";")),
    ],
)
def test_found_out(sample: str, dialect: Dialect) -> None:
    assert sniff(sample) == dialect


def test_what_is_given_is_taken() -> None:
    assert sniff("a,b\n1,2\n", delimiter=";", quote="'") == Dialect(";", "'")
    assert sniff("a^b\n1^2\n", delimiter="^") == Dialect("^")


DIALECTS = st.builds(
    Dialect,
    delimiter=st.sampled_from(",;\t|"),
    quote=st.sampled_from("\"'"),
    spaced=st.booleans(),
    quote_all=st.booleans(),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
)


@given(
    cells=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1, max_size=5),
    dialect=DIALECTS,
)
def test_a_written_row_reads_back(cells: list[str], dialect: Dialect) -> None:
    end = dialect.line_end
    text = dialect.write(cells, end)
    lines = [line + end for line in text.removesuffix(end).split(end)]
    assert dialect.parse_alone(lines) == cells
