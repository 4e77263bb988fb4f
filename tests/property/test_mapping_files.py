"""Whatever stands in a mappings folder, loading gives mappings or faults with positions; suggestions always load."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from mapping_files import HEAD, TRANSFORMS, WIRES, faults, findings, load

from leadbridge.errors import FileFaults
from leadbridge.mapping.lint import lint
from leadbridge.mapping.project import load_mappings
from leadbridge.mapping.suggest import suggest_mapping
from leadbridge.provider import FieldDescription, ObjectDescription
from leadbridge.subjects import STANDARD


def _flow(entries: dict[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in entries.items()) + "}"


KEYS = st.sampled_from(
    [
        *(
            "kind",
            "provider",
            "object",
            "role",
            "key",
            "when",
            "unless",
            "on_create",
            "fields",
            "tests",
            "extends",
            "lock",
        ),
        *("abstract", "lead", "account", "contact", "opportunity", "prospect", "carry", "dropped", "version", "rules"),
        *("email", "phone", "field", "as", "values", "from", "template", "match", "existing", "person", "stages", "x"),
    ]
)
LEAVES = st.sampled_from(
    [
        *(
            "mapping",
            "convert",
            "fields",
            "scoring",
            "csv",
            "lead",
            "email",
            "Mail",
            "phone",
            "a.yaml",
            "b.yaml",
            "x > 1",
        ),
        *(
            "'{a}'",
            "true",
            "null",
            "7",
            "0.5",
            "''",
            "[a]",
            "end_of_quarter",
            "first_name",
            "split_name",
            "fields.email",
        ),
    ]
)
TREES = st.recursive(
    LEAVES,
    lambda below: st.one_of(
        st.lists(below, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(KEYS, below, max_size=4).map(_flow),
    ),
    max_leaves=12,
)
KINDS = st.sampled_from(["mapping", "convert", "fields", "scoring", "stages"])


def _file(kind: str, entries: dict[str, str]) -> str:
    return _flow({"kind": kind} | {key: value for key, value in entries.items() if key != "kind"}) + "\n"


FILES = st.builds(_file, KINDS, st.dictionaries(KEYS, TREES, max_size=6))


@settings(max_examples=150, deadline=None)
@given(first=FILES, second=FILES)
def test_any_folder_is_loaded_or_its_faults_are_named(first: str, second: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, text in (("a.yaml", first), ("b.yaml", second)):
            (folder / file).write_text(text, encoding="utf-8")
        try:
            found = load_mappings(folder, TRANSFORMS, WIRES)
        except FileFaults as error:
            assert error.faults
            assert all(fault.line >= 1 and fault.column >= 1 and fault.message for fault in error.faults)
            return
        assert all(one.fault.line >= 1 for one in lint(found))


HEADERS = st.lists(
    st.one_of(
        st.text(max_size=12), st.sampled_from(["E-Mail", "Name", "Datum", "Budget (EUR)", "Tel.", "Land", "Ort"])
    ),
    max_size=8,
    unique=True,
)
CELLS = st.one_of(
    st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x4FFF), min_size=3, max_size=9),
    st.sampled_from(["ada@zzz.example", "31.12.2025", "1.234,50", "(415) 555-0100", "Germany", "ja", "zzz-secret"]),
)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), headers=HEADERS, role=st.sampled_from(["lead", "contact", "account", "opportunity", "campaign"]))
def test_any_header_gives_a_mapping_that_loads_and_holds_no_value(
    data: st.DataObject, headers: list[str], role: str
) -> None:
    samples = {header: tuple(data.draw(st.lists(CELLS, max_size=4))) for header in headers}
    described = ObjectDescription(
        "leads.csv", tuple(FieldDescription(header) for header in headers), samples=samples, key=None
    )
    subject = STANDARD.of_role(role)
    assert subject is not None
    text = suggest_mapping(described, ("csv", "text"), (role, subject), TRANSFORMS)
    with tempfile.TemporaryDirectory() as name:
        mappings = load(Path(name), lead=text)
        assert [one for one in lint(mappings) if one.level == "error"] == []
    columns = "".join(headers)
    for cells in samples.values():
        assert not any(cell in text for cell in cells if len(cell) > 2 and cell not in columns)


@settings(max_examples=60, deadline=None)
@given(
    locked=st.sets(st.sampled_from(["email", "phone", "title"])),
    touched=st.sets(st.sampled_from(["email", "phone", "title"])),
)
def test_a_lock_is_broken_exactly_where_it_is_touched(locked: set[str], touched: set[str]) -> None:
    base = f"{HEAD}abstract: true\nlock: [{', '.join(f'fields.{name}' for name in sorted(locked))}]\n"
    base += "fields: {email: A, phone: B, title: C}\n"
    over = "kind: mapping\nextends: base.yaml\nfields: {" + ", ".join(f"{name}: X" for name in sorted(touched)) + "}\n"
    with tempfile.TemporaryDirectory() as name:
        found = faults(Path(name), base=base, over=over)
    assert sorted(one.split(": ")[1].removeprefix("fields.") for one in found) == sorted(locked & touched)


@settings(max_examples=60, deadline=None)
@given(order=st.permutations(["a", "b", "c"]), doubled=st.booleans())
def test_the_order_of_files_does_not_matter(order: list[str], doubled: bool) -> None:
    objects = {"a": "x.csv", "b": "y.csv", "c": "x.csv" if doubled else "z.csv"}
    texts = {name: HEAD.replace("leads.csv", objects[name]) + "fields: {email: M}\n" for name in objects}
    with tempfile.TemporaryDirectory() as name:
        found = findings(Path(name), **{key: texts[key] for key in order})
    assert [one.split(":")[0] for one in found] == (["overlap c.yaml"] if doubled else [])
