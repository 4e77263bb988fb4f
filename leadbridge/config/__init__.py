"""``leadbridge.yaml``: connections and jobs, checked as far as that goes without opening a connection."""

from __future__ import annotations

from leadbridge.config.connections import Connection, Providers
from leadbridge.config.jobs import Brakes, ConvertJob, Job, Precedence, SyncJob
from leadbridge.config.load import Config, load_config
from leadbridge.config.words import Limit

__all__ = [
    "Brakes",
    "Config",
    "Connection",
    "ConvertJob",
    "Job",
    "Limit",
    "Precedence",
    "Providers",
    "SyncJob",
    "load_config",
]
