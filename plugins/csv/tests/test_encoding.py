"""Encodings, found out."""

from __future__ import annotations

import codecs

import pytest
from leadbridge_csv.encoding import Encoding, detect, is_clean

RUSSIAN = "имя;город\nИван Петров;Москва\nОльга;Казань\n"  # noqa: RUF001  (it is Russian)
GERMAN = "Vorname;Ort\r\nJürgen;Köln\r\nZoë;Düsseldorf\r\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"", Encoding("utf-8")),
        (b"a,b\n1,2\n", Encoding("utf-8")),
        (GERMAN.encode(), Encoding("utf-8")),
        (GERMAN.encode("utf-8-sig"), Encoding("utf-8", codecs.BOM_UTF8)),
        (codecs.BOM_UTF16_LE + GERMAN.encode("utf-16-le"), Encoding("utf-16-le", codecs.BOM_UTF16_LE)),
        (codecs.BOM_UTF16_BE + GERMAN.encode("utf-16-be"), Encoding("utf-16-be", codecs.BOM_UTF16_BE)),
        (codecs.BOM_UTF32_LE + GERMAN.encode("utf-32-le"), Encoding("utf-32-le", codecs.BOM_UTF32_LE)),
        (GERMAN.encode("utf-16-le"), Encoding("utf-16-le")),
        (GERMAN.encode("utf-16-be"), Encoding("utf-16-be")),
        (GERMAN.encode("cp1252"), Encoding("cp1252")),
        ("Name,Price\nAda,5 €\n".encode("cp1252"), Encoding("cp1252")),
        ("name,ville\nRené,Orléans\nJosé,Málaga\n".encode("latin-1"), Encoding("cp1252")),
        (RUSSIAN.encode("cp1251"), Encoding("cp1251")),
        ("名前,会社\n山田太郎,株式会社テスト\n鈴木花子,有限会社サンプル\n".encode("cp932"), Encoding("cp932")),
        (GERMAN.encode()[:-30], Encoding("utf-8")),
    ],
)
def test_found_out(data: bytes, encoding: Encoding) -> None:
    assert detect(data) == encoding


def test_a_few_bad_bytes_do_not_make_a_code_page() -> None:
    assert detect(GERMAN.encode() + b"Ren\xe9;Lyon\r\n") == Encoding("utf-8")


def test_a_sample_may_end_inside_a_character() -> None:
    assert detect("Name\nZoë".encode()[:-1]) == Encoding("utf-8")


def test_a_nul_does_not_make_utf_16() -> None:
    assert detect(b"a,b\n1,\x002\n3,4\n5,6\n") == Encoding("utf-8")


@pytest.mark.parametrize(
    ("declared", "data", "encoding"),
    [
        ("cp1250", b"a,b\n", Encoding("cp1250")),
        ("utf-8", codecs.BOM_UTF8 + b"a", Encoding("utf-8", codecs.BOM_UTF8)),
        ("utf-8-sig", b"a", Encoding("utf-8")),
        ("utf-16", codecs.BOM_UTF16_BE + "a".encode("utf-16-be"), Encoding("utf-16-be", codecs.BOM_UTF16_BE)),
        ("utf-16", "a".encode("utf-16-le"), Encoding("utf-16-le")),
        ("utf-16-be", codecs.BOM_UTF16_BE, Encoding("utf-16-be", codecs.BOM_UTF16_BE)),
    ],
)
def test_declared(declared: str, data: bytes, encoding: Encoding) -> None:
    assert detect(data, declared) == encoding


def test_what_could_not_be_decoded_is_told_and_kept() -> None:
    encoding = Encoding("utf-8")
    text = b"Ren\xe9".decode(encoding.name, encoding.errors)
    assert not is_clean(text)
    assert encoding.encode(text) == b"Ren\xe9"
    assert is_clean("René")
    assert not is_clean("a\0b")
