"""Project folders and a provider with settings of every kind, for tests of the configuration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, SecretStr, field_validator

from leadbridge.errors import UsageError
from leadbridge.provider import ObjectDescription, Page, Provider, Settings

ROLES = ("lead", "contact", "account")


class Proxy(BaseModel):
    host: str
    password: SecretStr = SecretStr("unused")


class CrmSettings(Settings):
    domain: str = "example"
    client_id: str = ""
    token: SecretStr = SecretStr("")
    port: Annotated[int, Field(ge=1)] = 443
    proxy: Proxy | None = None
    labels: tuple[str, ...] = ()

    @field_validator("domain")
    @classmethod
    def _one_word(cls, domain: str) -> str:
        if "/" in domain:
            raise ValueError(f"{domain!r} is no domain")
        return domain


class Crm(Provider):
    name = "crm"
    settings_model = CrmSettings

    def describe(self) -> Sequence[ObjectDescription]:
        return ()

    def capture(self, object: str, cursor: str | None = None) -> Iterator[Page]:
        return iter(())


class OnlyCrm:
    """Where provider classes come from: there is one."""

    def provider(self, name: str) -> type[Provider]:
        if name != "crm":
            raise UsageError(f"there is no provider {name!r} (did you mean 'crm'?)")
        return Crm


def project(folder: Path, text: str, policies: Sequence[str] = ("convert.yaml",)) -> Path:
    """A project folder with this configuration; its file."""
    (folder / "mappings").mkdir(parents=True)
    for policy in policies:
        (folder / "mappings" / policy).touch()
    file = folder / "leadbridge.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def settings_of(provider: Provider) -> Any:
    return provider.settings
