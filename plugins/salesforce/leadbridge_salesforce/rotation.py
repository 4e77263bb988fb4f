"""Refresh tokens that are good once: the newest one is kept in the project folder, for its owner only.

An app with refresh token rotation gives a new token with every session and takes the old one no more. The file says,
by a hash, from which configured token its own one descends, so that a newly configured token wins.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from leadbridge.errors import ConnectionFailedError
from leadbridge.provider import Site


def newest(site: Site, configured: str) -> str:
    """The token to use: the kept one where it descends from the configured one, else the configured one."""
    try:
        kept = json.loads(_file(site).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return configured
    if isinstance(kept, dict) and kept.get("from") == _hash(configured) and isinstance(kept.get("token"), str):
        return str(kept["token"])
    return configured


def keep(site: Site, configured: str, token: str) -> None:
    """Keep a token that came with a session, before the session is used.

    Raises:
        ConnectionFailedError: it cannot be written; the token would be lost, and the next sign-in would fail.
    """
    if token == newest(site, configured):
        return
    file = _file(site)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
            json.dump({"from": _hash(configured), "token": token}, stream)
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(file)
    except OSError as error:
        reason = f"the new refresh token cannot be kept in {file} ({error.strerror}); make the folder writable"
        raise ConnectionFailedError(site.connection, f"connection {site.connection!r}: {reason}") from error


def _file(site: Site) -> Path:
    return site.resolve(f".leadbridge/{site.connection}.refresh-token.json")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
