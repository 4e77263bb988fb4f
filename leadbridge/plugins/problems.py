"""Where a plugin comes from, and what is wrong with it: enough for a person to uninstall or mend the right thing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb

from leadbridge.errors import LeadBridgeError


@dataclass(frozen=True, slots=True)
class Origin:
    """A plugin's name, and the distribution that brings it; empty where the project itself passed it in."""

    plugin: str
    distribution: str = ""
    version: str = ""

    def __str__(self) -> str:
        brought = f" ({self.distribution} {self.version})".replace(" )", ")") if self.distribution else ""
        return f"plugin {self.plugin}{brought}"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a plugin, or one thing that it brings, is skipped. ``str`` is one sentence."""

    origin: Origin
    text: str

    def __str__(self) -> str:
        return f"{self.origin} {self.text}"


class PluginFailedError(LeadBridgeError):
    """A plugin's hook raised, or gave back what the hook does not allow. The sentence names the plugin."""

    def __init__(self, origin: Origin, text: str) -> None:
        super().__init__(f"{origin} {text}; mend it, or uninstall it to go on without")
        self.origin = origin


def said(error: BaseException) -> str:
    """The error on one line: its type and the beginning of its message. For faults outside the handling of data."""
    message = " ".join(str(error).split())
    return f"{type(error).__name__}: {message[:300]}" if message else type(error).__name__


def place(error: BaseException) -> str:
    """The error's type and where it was raised, without its message, which may hold personal data."""
    frames = extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """`` (did you mean 'x'?)``, or empty where nothing is close."""
    from leadbridge.files.check import suggest

    close = suggest(word, candidates)
    return f" (did you mean {close!r}?)" if close else ""
