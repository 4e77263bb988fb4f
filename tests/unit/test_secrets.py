"""Secrets by reference: where each is looked for, what is said where it is not found, and that none is ever shown."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import pytest
from configuring import ROLES, OnlyCrm, project, settings_of

from leadbridge.config import load_config
from leadbridge.errors import FileFaults, UsageError
from leadbridge.secrets import misspelt, resolve

FORMS = "`${env:NAME}`, `${keyring:service/user}` or `${file:path}`"


def refusal(text: str, folder: Path, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(UsageError) as caught:
        resolve(text, folder, environ or {})
    return str(caught.value)


class Vault:
    """Stands in for the keyring package, which is an extra."""

    class KeyringError(Exception):
        pass

    def __init__(self, monkeypatch: pytest.MonkeyPatch, passwords: dict[tuple[str, str], str] | None) -> None:
        self.passwords = passwords
        package: Any = types.ModuleType("keyring")
        package.get_password, package.get_keyring = self.get, lambda: self
        errors: Any = types.ModuleType("keyring.errors")
        errors.KeyringError = self.KeyringError
        monkeypatch.setitem(sys.modules, "keyring", package)
        monkeypatch.setitem(sys.modules, "keyring.errors", errors)

    def get(self, service: str, user: str) -> str | None:
        if self.passwords is None:
            raise self.KeyringError("locked")
        return self.passwords.get((service, user))


def test_text_without_references_is_itself(tmp_path: Path) -> None:
    assert resolve("$ {} $5 {env:X}", tmp_path, {}) == "$ {} $5 {env:X}"


def test_environment(tmp_path: Path) -> None:
    environ = {"HOST": "example.org", "PORT": "99"}
    assert resolve("https://${env:HOST}:${env:PORT}/", tmp_path, environ) == "https://example.org:99/"


def test_what_a_secret_holds_is_not_resolved_again(tmp_path: Path) -> None:
    assert resolve("${env:A}", tmp_path, {"A": "${env:B}", "B": "x"}) == "${env:B}"


def test_environment_not_set(tmp_path: Path) -> None:
    assert refusal("${env:SF_ID}", tmp_path) == (
        "`${env:SF_ID}`: looked for the environment variable SF_ID, which is not set;"
        " set it for the process that runs leadbridge"
    )


def test_environment_empty(tmp_path: Path) -> None:
    assert refusal("${env:SF_ID}", tmp_path, {"SF_ID": ""}) == (
        "`${env:SF_ID}`: the environment variable SF_ID is set, but empty; give it a value"
    )


def test_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Vault(monkeypatch, {("hubspot", "acme/eu"): "hunter2"})
    assert resolve("${keyring:hubspot/acme/eu}", tmp_path, {}) == "hunter2"


def test_keyring_without_the_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Vault(monkeypatch, {})
    assert refusal("${keyring:hubspot/acme}", tmp_path) == (
        "`${keyring:hubspot/acme}`: looked in the keyring (Vault) for service 'hubspot' and user 'acme', which has no"
        " password; store it with: keyring set hubspot acme"
    )


def test_keyring_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Vault(monkeypatch, None)
    assert refusal("${keyring:hubspot/acme}", tmp_path) == (
        "`${keyring:hubspot/acme}`: looked in the keyring of this computer, which cannot be read (KeyringError);"
        " unlock it, or use `${env:NAME}`"
    )


def test_keyring_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert refusal("${keyring:hubspot/acme}", tmp_path) == (
        "`${keyring:hubspot/acme}`: keyring is not installed; run: pip install 'leadbridge[keyring]'"
    )


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_file(tmp_path: Path, end: bytes) -> None:
    (tmp_path / "token").write_bytes(b" hunter2\n" + b"line" + end)
    assert resolve("${file:token}", tmp_path, {}) == " hunter2\nline"


def test_absolute_file_outside_the_project(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("hunter2", encoding="utf-8")
    (tmp_path / "p").mkdir()
    assert resolve(f"${{file:{tmp_path / 'token'}}}", tmp_path / "p", {}) == "hunter2"


def test_relative_file_outside_the_project(tmp_path: Path) -> None:
    assert refusal("${file:../token}", tmp_path) == (
        f"`${{file:../token}}`: '../token' leaves the project folder {tmp_path.resolve()};"
        " move what it names into the folder and write its path from there"
    )


def test_file_not_there(tmp_path: Path) -> None:
    assert refusal("${file:token}", tmp_path) == (
        f"`${{file:token}}`: looked for {tmp_path.resolve() / 'token'}, which is not there;"
        " create it with the secret in it"
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty; write the secret into it"),
        (b"\n", "is empty; write the secret into it"),
        (b"hunter2\xff", "is not UTF-8 text"),
        (b"x" * 70_000, "is larger than 64 KiB, so it is no secret"),
    ],
)
def test_file_that_holds_no_secret(tmp_path: Path, content: bytes, expected: str) -> None:
    (tmp_path / "token").write_bytes(content)
    assert refusal("${file:token}", tmp_path) == f"`${{file:token}}`: {tmp_path.resolve() / 'token'} {expected}"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows says 'permission denied' of a folder")
def test_folder_instead_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").mkdir()
    assert refusal("${file:token}", tmp_path) == "`${file:token}`: the file cannot be read: Is a directory"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${env:A", f"a `${{` is not closed; a reference is {FORMS}"),
        ("${env:${env:A}}", f"a `${{` is not closed; a reference is {FORMS}"),
        ("${vault:a}", f"this is no reference to a secret; write {FORMS}"),
        ("${A}", f"this is no reference to a secret; write {FORMS}"),
        ("${}", f"this is no reference to a secret; write {FORMS}"),
        ("${env:}", f"the reference names nothing behind `env:`; write {FORMS}"),
        ("${env:A B}", f"the reference names nothing behind `env:`; write {FORMS}"),
        ("${file: }", f"the reference names nothing behind `file:`; write {FORMS}"),
        ("${keyring:acme}", "a keyring reference needs a service and a user: `${keyring:service/user}`"),
    ],
)
def test_misspelt_references(tmp_path: Path, text: str, expected: str) -> None:
    assert misspelt(text) == expected
    assert refusal(text, tmp_path) == expected


CONFIG = """\
connections:
  c:
    provider: crm
    domain: ${env:DOMAIN}
    token: ${env:TOKEN}
    port: ${env:PORT}
    proxy: {host: h, password: "p-${file:pw}"}
    labels: [plain, "${env:LABEL}"]
"""
SECRETS = {"DOMAIN": "acme", "TOKEN": "hunter2", "PORT": "8443", "LABEL": "x"}


def opened(folder: Path, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]) -> Any:
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    file = project(folder / "p", CONFIG)
    connection = load_config(file, OnlyCrm(), ROLES).connection("c")
    (folder / "p" / "pw").write_text("hunter3\n", encoding="utf-8")
    return settings_of(connection.open(folder / "p"))


def test_settings_are_resolved_when_the_connection_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = opened(tmp_path, monkeypatch, SECRETS)
    assert (settings.domain, settings.port, settings.labels) == ("acme", 8443, ("plain", "x"))
    assert settings.token.get_secret_value() == "hunter2"
    assert settings.proxy.password.get_secret_value() == "p-hunter3"
    assert "hunter" not in repr(settings)


def test_every_secret_that_is_not_found_is_told_with_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileFaults) as caught:
        opened(tmp_path, monkeypatch, {"DOMAIN": "acme", "PORT": "1"})
    file = tmp_path / "p" / "leadbridge.yaml"
    remedy = "which is not set; set it for the process that runs leadbridge"
    assert str(caught.value).splitlines() == [
        f"{file}:5:12: connections.c.token: `${{env:TOKEN}}`: looked for the environment variable TOKEN, {remedy}",
        f"{file}:8:21: connections.c.labels[1]: `${{env:LABEL}}`: looked for the environment variable LABEL, {remedy}",
    ]


def test_what_a_reference_gives_is_never_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileFaults) as caught:
        opened(tmp_path, monkeypatch, {**SECRETS, "DOMAIN": "hunter4/", "PORT": "hunter5"})
    file = tmp_path / "p" / "leadbridge.yaml"
    wrong = "what its reference gives is not what the provider expects; correct the secret, or name another"
    assert str(caught.value).splitlines() == [
        f"{file}:4:13: connections.c.domain: {wrong}",
        f"{file}:6:11: connections.c.port: {wrong}",
    ]
