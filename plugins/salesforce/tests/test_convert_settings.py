"""LeadConvertSettings files: read, written, hostile ones refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leadbridge_salesforce.convert_settings import CREATIONS, ConvertSettings, load, read, write

from leadbridge.errors import UsageError

FILE = b"""<?xml version="1.0" encoding="UTF-8"?>
<LeadConvertSettings xmlns="http://soap.sforce.com/2006/04/metadata">
    <allowOwnerChange>true</allowOwnerChange>
    <objectMapping>
        <inputObject>Lead</inputObject>
        <mappingFields>
            <inputField>Budget__c</inputField>
            <outputField>Amount_Planned__c</outputField>
        </mappingFields>
        <mappingFields>
            <inputField>pkg__Score__c</inputField>
            <outputField>pkg__Score__c</outputField>
        </mappingFields>
        <outputObject>Opportunity</outputObject>
    </objectMapping>
    <opportunityCreationOptions>VisibleOptional</opportunityCreationOptions>
</LeadConvertSettings>
"""

names = st.from_regex(r"[A-Z][A-Za-z0-9_]{0,20}__c", fullmatch=True)
settings = st.builds(
    ConvertSettings,
    st.dictionaries(
        st.sampled_from(["Account", "Contact", "Opportunity"]), st.dictionaries(names, names, min_size=1, max_size=8)
    ),
    st.none() | st.booleans(),
    st.none() | st.sampled_from(CREATIONS),
)


def test_a_file_as_salesforce_writes_it() -> None:
    found = read(FILE)
    assert found.mappings == {"Opportunity": {"Amount_Planned__c": "Budget__c", "pkg__Score__c": "pkg__Score__c"}}
    assert (found.allow_owner_change, found.opportunities) == (True, "VisibleOptional")
    assert found.by_role()["contact"] == {}


def test_writing_what_was_read_is_the_same_file() -> None:
    assert write(read(FILE)) == FILE


def test_a_hundred_fields_and_more_come_through() -> None:
    fields = {f"Target_{number}__c": f"Source_{number}__c" for number in range(150, 0, -1)}
    there = ConvertSettings({"Account": {"A__c": "B__c"}, "Contact": fields}, allow_owner_change=False)
    assert read(write(there)) == there
    assert list(read(write(there)).mappings["Contact"]) == list(fields)


@given(settings)
def test_reading_what_was_written_gives_it_back(there: ConvertSettings) -> None:
    assert read(write(there)) == there
    assert write(read(write(there))) == write(there)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no XML"),
        (b"<a>", "no XML"),
        (b"<Settings/>", "root is Settings"),
        (FILE.replace(b"Opportunity<", b"Case<"), "Case, which no conversion makes"),
        (FILE.replace(b"<inputField>Budget__c</inputField>", b""), "lacks its inputField"),
        (FILE.replace(b"Amount_Planned__c", b"pkg__Score__c"), "filled from two fields"),
        (FILE.replace(b"VisibleOptional", b"Maybe"), "none of"),
        (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + FILE[39:].replace(b"Budget__c", b"&e;"), "type"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "f.xml").write_bytes(content)
    with pytest.raises(UsageError, match=message):
        load(tmp_path / "f.xml")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="name the org's"):
        load(tmp_path / "f.xml")
