"""The hooks: called per batch, never per record; they never touch a CRM. Order: by priority, then name."""

from __future__ import annotations

from collections.abc import Sequence

import pluggy

from leadbridge.extend import (
    Convertible,
    Evidence,
    Fragment,
    Pair,
    Reason,
    RegisterCommands,
    RegisterProviders,
    RegisterSandboxes,
    RegisterTransforms,
)
from leadbridge.records import Captured

hookspec = pluggy.HookspecMarker("leadbridge")


class Hooks:
    @hookspec
    def leadbridge_capture(self, batch: Sequence[Captured]) -> Sequence[Captured]:
        """Enrich, normalise or leave out what was captured; what one returns the next is given."""
        raise TypeError("a specification is not called")

    @hookspec
    def leadbridge_score(self, batch: Sequence[Captured]) -> Sequence[Sequence[Reason]]:
        """Reasons for each record's score, in the order of the batch; the model adds them up."""
        raise TypeError("a specification is not called")

    @hookspec
    def leadbridge_dedupe(self, pairs: Sequence[Pair]) -> Sequence[Evidence | None]:
        """Evidence for or against each pair being one subject, in order; None has no opinion; any veto wins."""
        raise TypeError("a specification is not called")

    @hookspec
    def leadbridge_convert(self, requests: Sequence[Convertible]) -> Sequence[Fragment]:
        """Further values for what a lead becomes, or a veto with its reason."""
        raise TypeError("a specification is not called")

    @hookspec
    def leadbridge_register_providers(self, register: RegisterProviders) -> None:
        """Call ``register(name, "package.module:Class")`` for each provider."""

    @hookspec
    def leadbridge_register_sandboxes(self, register: RegisterSandboxes) -> None:
        """Call ``register(name, "package.module:Class")`` for each sandbox."""

    @hookspec
    def leadbridge_register_transforms(self, register: RegisterTransforms) -> None:
        """Call ``register(spec)`` for each named transform."""

    @hookspec
    def leadbridge_register_commands(self, register: RegisterCommands) -> None:
        """Call ``register(name, "package.module:app", help)`` for each command."""
