"""Secrets by reference: ``${env:NAME}``, ``${keyring:service/user}``, ``${file:path}`` inside a setting's text.

Files under review hold references only; they are resolved when a connection is opened, and what they give is never
shown, logged or kept.
"""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from leadbridge.errors import UsageError
from leadbridge.files.paths import inside

FORMS: Final = "`${env:NAME}`, `${keyring:service/user}` or `${file:path}`"

_REFERENCE = re.compile(r"\$\{([^${}]*)\}")
_LARGEST: Final = 64 * 1024
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def has_reference(text: str) -> bool:
    """Whether any part of the text stands for something else, well written or not."""
    return "${" in text


def misspelt(text: str) -> str | None:
    """What is wrong with the references in a text, in one sentence; None where nothing is."""
    if has_reference(_REFERENCE.sub("", text)):
        return f"a `${{` is not closed; a reference is {FORMS}"
    for inner in _REFERENCE.findall(text):
        scheme, _, name = inner.partition(":")
        if scheme not in _SOURCES:
            return f"this is no reference to a secret; write {FORMS}"
        if not name.strip() or (scheme == "env" and not _NAME.fullmatch(name)):
            return f"the reference names nothing behind `{scheme}:`; write {FORMS}"
        if scheme == "keyring" and not all(name.partition("/")):
            return "a keyring reference needs a service and a user: `${keyring:service/user}`"
    return None


def resolve(text: str, folder: Path, environ: Mapping[str, str] | None = None) -> str:
    """The text with every reference replaced by the secret that it names.

    Args:
        folder: the project's; file references that are relative stay inside it.
        environ: environment variables; by default those of the process.

    Raises:
        UsageError: a reference leads to nothing; says where it was looked for, and the remedy.
    """
    if (wrong := misspelt(text)) is not None:
        raise UsageError(wrong)
    surroundings = os.environ if environ is None else environ

    def secret(found: re.Match[str]) -> str:
        scheme, _, name = found[1].partition(":")
        return _SOURCES[scheme](name, folder, surroundings)

    return _REFERENCE.sub(secret, text)


def _from_environment(name: str, _: Path, environ: Mapping[str, str]) -> str:
    if name not in environ:
        raise UsageError(
            f"`${{env:{name}}}`: looked for the environment variable {name}, which is not set;"
            " set it for the process that runs leadbridge"
        )
    if not environ[name]:
        raise UsageError(f"`${{env:{name}}}`: the environment variable {name} is set, but empty; give it a value")
    return environ[name]


def _from_keyring(name: str, _: Path, __: Mapping[str, str]) -> str:
    service, _slash, user = name.partition("/")
    shown = f"`${{keyring:{name}}}`"
    try:
        keyring = importlib.import_module("keyring")
        errors = importlib.import_module("keyring.errors")
    except ImportError as error:
        raise UsageError(f"{shown}: keyring is not installed; run: pip install 'leadbridge[keyring]'") from error
    try:
        password = keyring.get_password(service, user)
        store = type(keyring.get_keyring()).__name__
    except errors.KeyringError as error:
        raise UsageError(
            f"{shown}: looked in the keyring of this computer, which cannot be read ({type(error).__name__});"
            " unlock it, or use `${env:NAME}`"
        ) from error
    if not password:
        raise UsageError(
            f"{shown}: looked in the keyring ({store}) for service {service!r} and user {user!r}, which has no"
            f" password; store it with: keyring set {service} {user}"
        )
    return str(password)


def _from_file(name: str, folder: Path, _: Mapping[str, str]) -> str:
    """The file's text without the line end behind it. Absolute paths are allowed: secrets often lie elsewhere."""
    shown = f"`${{file:{name}}}`"
    try:
        file = Path(name) if Path(name).is_absolute() else inside(folder, name)
        with file.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
    except UsageError as error:
        raise UsageError(f"{shown}: {error}") from error
    except FileNotFoundError as error:
        raise UsageError(f"{shown}: looked for {file}, which is not there; create it with the secret in it") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or "no usable path"
        raise UsageError(f"{shown}: the file cannot be read: {reason}") from error
    return _text(content, shown, file)


def _text(content: bytes, shown: str, file: Path) -> str:
    if len(content) > _LARGEST:
        raise UsageError(f"{shown}: {file} is larger than {_LARGEST // 1024} KiB, so it is no secret")
    try:
        text = content.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise UsageError(f"{shown}: {file} is not UTF-8 text") from None  # its context would hold the bytes
    if not text:
        raise UsageError(f"{shown}: {file} is empty; write the secret into it")
    return text


_SOURCES: Final[dict[str, Callable[[str, Path, Mapping[str, str]], str]]] = {
    "env": _from_environment,
    "keyring": _from_keyring,
    "file": _from_file,
}
