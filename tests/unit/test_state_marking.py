"""The key of the marks of erased people, and the marks."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from stated import opened

from leadbridge.state import erasures
from leadbridge.state.errors import StateError
from leadbridge.state.marking import key_file, key_of, make_key, mark_of
from leadbridge.state.restoring import restore
from leadbridge.state.store import Store

URL = "sqlite:///.leadbridge/state.db"


def made(store: Store) -> bytes:
    with store.begin() as tx:
        return make_key(tx, store.file)


def test_a_key_is_made_once(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        with store.read() as snapshot:
            assert key_of(snapshot, store.file) is None
        key = made(store)
        assert (len(key), made(store)) == (32, key)
        assert stat.S_IMODE(key_file(store.file).stat().st_mode) == 0o600


def test_a_key_that_was_written_before_a_kill_is_the_one(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        with pytest.raises(ZeroDivisionError), store.begin() as tx:
            make_key(tx, store.file)
            raise ZeroDivisionError
        before = key_file(store.file).read_bytes()
        assert made(store) == before


@pytest.mark.parametrize("content", [None, b"another"])
def test_a_lost_or_exchanged_key_is_told(tmp_path: Path, content: bytes | None) -> None:
    with opened(tmp_path) as store:
        made(store)
        file = key_file(store.file)
        file.unlink() if content is None else file.write_bytes(content)
        with pytest.raises(StateError, match="put it back from a backup"):
            made(store)


def test_marks_differ_by_key_kind_and_text() -> None:
    found = {mark_of(key, kind, text) for key in (b"1", b"2") for kind in ("a", "b") for text in ("x", "y")}
    assert len(found) == 8
    assert {len(mark) for mark in found} == {64}


def test_a_mark_is_known_whole_or_not_at_all(tmp_path: Path) -> None:
    mark = mark_of(b"key", "email", "ada@x.example")
    near = mark[:-1] + ("0" if mark[-1] != "0" else "1")
    with opened(tmp_path) as store:
        with store.begin() as tx:
            erasures.add(tx, 7, 3, [mark])
            erasures.add(tx, 7, 4, [mark])
        with store.read() as snapshot:
            found = erasures.known(snapshot, [mark, near, mark_of(b"other", "email", "ada@x.example")])
            assert {m: (e.golden, e.run) for m, e in found.items()} == {mark: (7, 3)}
            assert [(e.golden, n) for e, n in erasures.latest(snapshot)] == [(7, 1)]
        with store.begin() as tx:
            assert (erasures.lift(tx, 7), erasures.lift(tx, 7)) == (1, 0)
            assert erasures.known(tx, [mark]) == {}
            assert erasures.exist(tx)


def test_a_backup_takes_the_key_along_and_restore_brings_it_back(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        key = made(store)
        store.backup(tmp_path / "state.bak")
    copy = key_file(tmp_path / "state.bak")
    assert (copy.read_bytes(), stat.S_IMODE(copy.stat().st_mode)) == (key, 0o600)

    other = tmp_path / "other"
    other.mkdir()
    restore(URL, other, tmp_path / "state.bak")
    with opened(other) as store:
        assert made(store) == key
