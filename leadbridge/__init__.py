"""LeadBridge keeps leads in step between CRMs and converts them by one written policy.

Public names stand here; everything a plugin needs is in ``leadbridge``, ``leadbridge.provider``,
``leadbridge.conversions``, ``leadbridge.extend``, ``leadbridge.records``, ``leadbridge.values``, ``leadbridge.errors``,
``leadbridge.transforms.spec``, ``leadbridge.pacing``, ``leadbridge.memory``, ``leadbridge.sandbox``,
``leadbridge.testing`` and ``leadbridge.testing.faults``.
"""

from __future__ import annotations

import pluggy

__version__ = "0.1.0.dev0"

hookimpl = pluggy.HookimplMarker("leadbridge")
"""Marks a plugin's functions as implementations of the hooks in ``leadbridge.hookspecs``."""

__all__ = ["__version__", "hookimpl"]
