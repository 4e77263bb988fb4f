"""Plugins: found by entry point, loaded one at a time, called in order. One that is at fault is named and skipped."""

from __future__ import annotations

from leadbridge.plugins.manager import Loaded, Plugins, load_plugins
from leadbridge.plugins.problems import Origin, PluginFailedError, Problem
from leadbridge.plugins.registry import Command

__all__ = ["Command", "Loaded", "Origin", "PluginFailedError", "Plugins", "Problem", "load_plugins"]
