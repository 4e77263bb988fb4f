"""Importing what a plugin registered by location, on demand; each failure is a sentence that names the plugin."""

from __future__ import annotations

import importlib
import inspect

from leadbridge.errors import UsageError
from leadbridge.plugins.problems import Origin, did_you_mean, said
from leadbridge.plugins.registry import Register
from leadbridge.provider import Provider

LIST = "leadbridge plugins list"


def provider_class(register: Register[str], name: str, broken: int) -> type[Provider]:
    """The class of this name. ``broken`` counts the problems of other plugins, for the hint where there is none."""
    _ensure_known(register, name, broken)
    origin, location = register.origins[name], register.things[name]
    found = imported("provider", name, location, origin)
    if not (isinstance(found, type) and issubclass(found, Provider)):
        raise UsageError(f"provider {name!r} of {origin} cannot be used: {location} is no subclass of Provider")
    if inspect.isabstract(found):
        lacking = ", ".join(sorted(found.__abstractmethods__))
        raise UsageError(f"provider {name!r} of {origin} cannot be used: {location} lacks {lacking}")
    return found


def sandbox_class(register: Register[str], name: str, broken: int) -> object:
    """What is registered as the sandbox of this name; whoever starts it checks what it is."""
    _ensure_known(register, name, broken)
    return imported("sandbox", name, register.things[name], register.origins[name])


def imported(kind: str, name: str, location: str, origin: Origin) -> object:
    module, _, attribute = location.partition(":")
    try:
        found: object = getattr(importlib.import_module(module), attribute)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise UsageError(
            f"{kind} {name!r} of {origin} cannot be imported: {said(error)}; mend or reinstall it"
        ) from error
    return found


def _ensure_known(register: Register[str], name: str, broken: int) -> None:
    if name not in register.things:
        raise UsageError(_unknown(register, name, broken))


def _unknown(register: Register[str], name: str, broken: int) -> str:
    hint = f" and the {broken} plugin problems" if broken > 1 else " and the plugin problem" if broken else ""
    return f"there is no {register.kind} {name!r}{did_you_mean(name, register.things)}; see all{hint} with: {LIST}"
