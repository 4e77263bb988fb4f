"""The key of the marks of erased people. It lies beside the state, never in it, readable for its owner alone.

The state knows the key's own mark, so that a lost or exchanged key is noticed before anybody is let in by it.
"""

from __future__ import annotations

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path
from typing import Final

from sqlalchemy import insert, select

from leadbridge.state.errors import StateError
from leadbridge.state.schema import info
from leadbridge.state.transactions import Snapshot, Transaction

_KNOWN_BY: Final = "mark of the key of erasures"
_BYTES: Final = 32


def key_file(state: Path) -> Path:
    """Where the key of a state lies."""
    return state.with_name(f"{state.name}.key")


def key_of(snapshot: Snapshot, state: Path) -> bytes | None:
    """The key; None where nobody was ever erased. Raises StateError where it is lost or another one."""
    mark = snapshot.connection.execute(select(info.c.value).where(info.c.key == _KNOWN_BY)).scalar()
    if mark is None:
        return None
    file = key_file(state)
    try:
        key = file.read_bytes()
    except OSError:
        key = b""
    if not hmac.compare_digest(_mark(key), str(mark)):
        raise StateError(
            f"{file} is not the key with which the marks of erased people were made; put it back from a backup,"
            " or they could be made again"
        )
    return key


def make_key(tx: Transaction, state: Path) -> bytes:
    """The key, made where there is none yet. Raises StateError as :func:`key_of`, and where it cannot be written."""
    known = key_of(tx, state)
    if known is not None:
        return known
    file = key_file(state)
    try:
        _write(file)
        key = file.read_bytes()
    except OSError as error:
        raise StateError(f"the key {file} cannot be written: {error.strerror or error}") from error
    tx.connection.execute(insert(info), {"key": _KNOWN_BY, "value": _mark(key)})
    return key


def copy_key(state: Path, to: Path) -> None:
    """Put a state's key beside a copy of it; nothing where nobody was ever erased. Raises StateError: not written."""
    source, target = key_file(state), key_file(to)
    try:
        if source.is_file():
            _put(target, source.read_bytes())
    except OSError as error:
        raise StateError(f"the key {target} cannot be written: {error.strerror or error}") from error


def mark_of(key: bytes, kind: str, text: str) -> str:
    """The keyed hash of something that an erased person is known by, as 64 hexadecimal digits."""
    return hmac.new(key, f"{kind}\0{text}".encode(), sha256).hexdigest()


def _write(file: Path) -> None:
    """A key that is there already, of a run that did not get further, is kept."""
    if not file.exists():
        _put(file, secrets.token_bytes(_BYTES))


def _put(file: Path, key: bytes) -> None:
    """Whole or not at all, for nobody but its owner."""
    part = file.with_name(f"{file.name}.part-{os.getpid()}")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        out.write(key)
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)


def _mark(key: bytes) -> str:
    return mark_of(key, "key", "")
