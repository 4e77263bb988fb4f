"""Finding plugins: the entry points of group ``leadbridge``, imported one at a time, each failure kept to itself."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import Distribution, EntryPoint, distributions, entry_points

from leadbridge.plugins.problems import Origin, Problem, said

GROUP = "leadbridge"
OWN = "leadbridge"
"""The distribution that brings the core: where a name is taken twice, its own plugin keeps it."""


def entries(problems: list[Problem]) -> list[tuple[Origin, EntryPoint]]:
    """Every plugin's entry point with its origin, by name; of two with one name the second is a problem."""
    found = sorted(((_origin(e.name, e.dist), e) for e in _entry_points(problems)), key=lambda item: _rank(item[0]))
    taken: dict[str, Origin] = {}
    kept = []
    for origin, entry in found:
        if origin.plugin in taken:
            problems.append(Problem(origin, _duplicate(taken[origin.plugin])))
            continue
        taken[origin.plugin] = origin
        kept.append((origin, entry))
    return kept


def load(origin: Origin, entry: EntryPoint, problems: list[Problem]) -> object | None:
    """The plugin, or None with a problem. Whatever a plugin's module does on import but a person's interrupt is its."""
    try:
        plugin: object = entry.load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  (a module may even call sys.exit; the others must load)
        problems.append(Problem(origin, f"cannot be imported and is skipped: {said(error)}"))
        return None
    if plugin is None:
        problems.append(Problem(origin, f"is skipped: its entry point {entry.value!r} leads to None"))
    return plugin


def _rank(origin: Origin) -> tuple[str, bool, str, str]:
    return (origin.plugin, origin.distribution != OWN, origin.distribution, origin.version)


def _duplicate(first: Origin) -> str:
    other = f"{first.distribution} {first.version}"
    return f"is skipped: {other} already brings a plugin of this name; uninstall one of the two"


def _origin(plugin: str, found: Distribution | None) -> Origin:
    if found is None:
        return Origin(plugin)
    return Origin(plugin, found.metadata["Name"] or "unnamed", found.metadata["Version"] or "")


def _entry_points(problems: list[Problem]) -> list[EntryPoint]:
    """All of the group. One distribution with unreadable metadata makes the library's own look-up fail for all."""
    try:
        return list(entry_points(group=GROUP))
    except Exception:  # noqa: BLE001  (metadata are files that anything may have written)
        first_of_name = {found.metadata["Name"]: found for found in reversed(list(distributions()))}
        return [entry for found in first_of_name.values() for entry in _entry_points_of(found, problems)]


def _entry_points_of(found: Distribution, problems: list[Problem]) -> Iterator[EntryPoint]:
    try:
        yield from found.entry_points.select(group=GROUP)
    except Exception as error:  # noqa: BLE001  (same)
        problems.append(
            Problem(_origin("of unknown name", found), f"is skipped: its metadata cannot be read: {said(error)}")
        )
