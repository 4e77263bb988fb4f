"""Checking a plugin's functions before they are taken in: a hook with a wrong name would silently never be called."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from leadbridge.hookspecs import Hooks
from leadbridge.plugins.problems import did_you_mean

PREFIX = "leadbridge_"
HOOKS: dict[str, tuple[str, ...]] = {
    name: tuple(inspect.signature(function).parameters)[1:]
    for name, function in vars(Hooks).items()
    if name.startswith(PREFIX)
}
"""Hook -> the names of its arguments."""


def faults(plugin: object) -> list[str]:
    """What is wrong with the plugin's hooks, a clause each."""
    return [fault for name, function in _functions(plugin) if (fault := _fault(name, function))]


def implemented(plugin: object) -> tuple[str, ...]:
    """The hooks that a faultless plugin implements."""
    return tuple(_hook(name, options) for name, f in _functions(plugin) if (options := _options(f)) is not None)


def _functions(plugin: object) -> Iterator[tuple[str, Any]]:
    """Functions that are marked as hooks, or look as if they were meant to be. Properties are not run."""
    for name in dir(plugin):
        found = inspect.getattr_static(plugin, name, None)
        function = found.__func__ if isinstance(found, classmethod | staticmethod) else found
        if inspect.isfunction(function) and (name.startswith(PREFIX) or _options(function) is not None):
            yield name, getattr(plugin, name)


def _options(function: Any) -> dict[str, Any] | None:
    """What ``@hookimpl`` left on the function; None where it was not marked."""
    options = getattr(function, "leadbridge_impl", None)
    return options if isinstance(options, dict) else None


def _hook(name: str, options: dict[str, Any]) -> str:
    return str(options.get("specname") or name)


def _fault(name: str, function: Any) -> str:
    options = _options(function)
    hook = name if options is None else _hook(name, options)
    if hook not in HOOKS:
        return f"{hook} is not a hook{did_you_mean(hook, HOOKS)}"
    if options is None:
        return f"{hook} is not marked with @hookimpl"
    if options.get("wrapper") or options.get("hookwrapper"):
        return f"{hook} is a wrapper; only plain hooks are called"
    taken = tuple(inspect.signature(function).parameters)
    if set(taken) - set(HOOKS[hook]):
        return f"{hook} takes ({', '.join(HOOKS[hook])}), not ({', '.join(taken)})"
    return ""
