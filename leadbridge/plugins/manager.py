"""The plugins of a process.

Hooks are called by priority (``@hookimpl(tryfirst=True)``, plain, ``trylast=True``), then by the plugin's name.
Loading imports each plugin's top module and nothing more; what it registers is asked for when it is first needed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import pluggy

from leadbridge.hookspecs import Hooks
from leadbridge.plugins import calling, checking, finding
from leadbridge.plugins.problems import Origin, Problem, said
from leadbridge.plugins.registry import Command, Register, add_command, add_location, add_transform

if TYPE_CHECKING:
    from leadbridge.extend import Convertible, Evidence, Fragment, Pair, Reason
    from leadbridge.provider import Provider
    from leadbridge.records import Captured
    from leadbridge.transforms.spec import TransformSpec


@dataclass(frozen=True, slots=True)
class Loaded:
    """A plugin that works, the hooks that it implements, and what it registered, by name."""

    origin: Origin
    hooks: tuple[str, ...]
    providers: tuple[str, ...]
    sandboxes: tuple[str, ...]
    transforms: tuple[str, ...]
    commands: tuple[str, ...]


class Plugins:
    """Ready to be asked: for providers, sandboxes, transforms and commands by name, and for the answers to batch hooks.

    A hook that raises, or gives back what it must not, is a :class:`PluginFailedError` that names the plugin.
    """

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager("leadbridge")
        self._manager.add_hookspecs(Hooks)
        self._origins: dict[str, Origin] = {}
        self._problems: list[Problem] = []

    def take(self, origin: Origin, plugin: object) -> None:
        """Take in one plugin, or note why not."""
        faults = checking.faults(plugin)
        try:
            if not faults:
                self._manager.register(plugin, name=origin.plugin)
        except (ValueError, pluggy.PluginValidationError) as error:
            faults = [said(error)]
        if faults:
            self._problems.append(Problem(origin, f"is skipped: {'; '.join(faults)}"))
        else:
            self._origins[origin.plugin] = origin

    def include(self, plugin: object) -> None:
        """Take in an object that the caller made, such as a project's scorer. Raises TypeError for a faulty one."""
        origin, before = Origin(type(plugin).__name__), len(self._problems)
        self.take(origin, plugin)
        if len(self._problems) > before:
            raise TypeError(str(self._problems.pop()))

    @property
    def loaded(self) -> tuple[Loaded, ...]:
        """The plugins that work, by name."""
        return tuple(
            Loaded(
                origin=origin,
                hooks=checking.implemented(self._manager.get_plugin(name)),
                providers=self._providers.of(origin),
                sandboxes=self._sandboxes.of(origin),
                transforms=self._transforms.of(origin),
                commands=self._commands.of(origin),
            )
            for name, origin in sorted(self._origins.items())
        )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that was skipped, and why. Every plugin is asked for what it registers first."""
        _ = self._providers, self._sandboxes, self._transforms, self._commands
        return tuple(self._problems)

    @property
    def providers(self) -> Mapping[str, str]:
        """Name -> ``package.module:Class``; nothing is imported."""
        return self._providers.things

    @property
    def transforms(self) -> Mapping[str, TransformSpec]:
        return self._transforms.things

    @property
    def commands(self) -> Mapping[str, Command]:
        return self._commands.things

    def provider(self, name: str) -> type[Provider]:
        """Import a provider's class. Raises UsageError: no such provider, not importable, or no provider."""
        from leadbridge.plugins.locating import provider_class

        return provider_class(self._providers, name, broken=len(self._problems))

    @property
    def sandboxes(self) -> Mapping[str, str]:
        """Name -> ``package.module:Class``; nothing is imported."""
        return self._sandboxes.things

    def sandbox(self, name: str) -> object:
        """Import what stands for a sandbox. Raises UsageError: there is none of this name, or it is not importable."""
        from leadbridge.plugins.locating import sandbox_class

        return sandbox_class(self._sandboxes, name, broken=len(self._problems))

    def command(self, name: str) -> object:
        """Import a command. Raises UsageError where that fails, KeyError where no plugin registered it."""
        from leadbridge.plugins.locating import imported

        return imported("command", name, self._commands.things[name].location, self._commands.origins[name])

    def enrich(self, batch: Sequence[Captured]) -> Sequence[Captured]:
        """``leadbridge_capture``: what one plugin gives back the next is given."""
        return calling.enrich(self._calls("leadbridge_capture"), batch)

    def hooked(self, hooks: Collection[str], *, besides: object = None) -> bool:
        """Whether a plugin other than ``besides`` implements one of these hooks."""
        callers: list[pluggy.HookCaller] = [getattr(self._manager.hook, hook) for hook in hooks]
        return any(one.plugin is not besides for caller in callers for one in caller.get_hookimpls())

    def score(self, batch: Sequence[Captured]) -> list[list[Reason]]:
        """``leadbridge_score``: all plugins' reasons for each record, in the order of the batch."""
        return calling.score(self._calls("leadbridge_score"), batch)

    def dedupe(self, pairs: Sequence[Pair]) -> list[list[Evidence]]:
        """``leadbridge_dedupe``: all plugins' evidence on each pair, in the order of the pairs."""
        return calling.dedupe(self._calls("leadbridge_dedupe"), pairs)

    def convert(self, requests: Sequence[Convertible]) -> list[Fragment]:
        """``leadbridge_convert``: all plugins' fragments, in the order of the plugins."""
        return calling.convert(self._calls("leadbridge_convert"), requests)

    def _calls(self, hook: str) -> list[calling.Call]:
        caller: pluggy.HookCaller = getattr(self._manager.hook, hook)
        ordered = sorted(caller.get_hookimpls(), key=lambda i: (i.trylast - i.tryfirst, i.plugin_name))
        return [calling.Call(self._origins[i.plugin_name], hook, i.function, i.argnames) for i in ordered]

    @cached_property
    def _providers(self) -> Register[str]:
        register: Register[str] = Register("provider", self._problems)
        self._ask("leadbridge_register_providers", lambda origin: partial(add_location, register, origin))
        return register

    @cached_property
    def _sandboxes(self) -> Register[str]:
        register: Register[str] = Register("sandbox", self._problems)
        self._ask("leadbridge_register_sandboxes", lambda origin: partial(add_location, register, origin))
        return register

    @cached_property
    def _transforms(self) -> Register[TransformSpec]:
        register: Register[TransformSpec] = Register("transform", self._problems)
        self._ask("leadbridge_register_transforms", lambda origin: partial(add_transform, register, origin))
        return register

    @cached_property
    def _commands(self) -> Register[Command]:
        register: Register[Command] = Register("command", self._problems)
        self._ask("leadbridge_register_commands", lambda origin: partial(add_command, register, origin))
        return register

    def _ask(self, hook: str, given_by: Callable[[Origin], Callable[..., None]]) -> None:
        """Let every plugin register; LeadBridge's own first, so that no plugin takes the name of a built-in."""
        for call in sorted(self._calls(hook), key=lambda call: call.origin.distribution != finding.OWN):
            try:
                call.function(given_by(call.origin))
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001  (as on import: the other plugins must work)
                self._problems.append(Problem(call.origin, f"failed in {hook}: {said(error)}"))


def load_plugins(extra: Iterable[object] = ()) -> Plugins:
    """All installed plugins, and ``extra`` objects of the caller's own. Never fails for a plugin's sake."""
    plugins = Plugins()
    for origin, entry in finding.entries(plugins._problems):
        plugin = finding.load(origin, entry, plugins._problems)
        if plugin is not None:
            plugins.take(origin, plugin)
    for mine in extra:
        plugins.include(mine)
    return plugins
