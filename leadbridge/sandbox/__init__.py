"""Sandboxes: stateful stand-ins of CRMs, served on loopback over real HTTP. Needs ``leadbridge[sandbox]``.

A plugin brings one by subclassing :class:`Sandbox` and naming it in the hook ``leadbridge_register_sandboxes``. Whoever
tests against it writes::

    with start("salesforce", Options(seed="demo", leads=20)) as served:
        ...  # served.url, served.token; served.sandbox.faults.add(Fault("drop_after", path="convert"))
"""

from __future__ import annotations

from leadbridge.sandbox.base import Options, Sandbox, Switch
from leadbridge.sandbox.calls import Answered, Call, Log
from leadbridge.sandbox.clock import Clock
from leadbridge.sandbox.control import known, steered
from leadbridge.sandbox.database import Database
from leadbridge.sandbox.faults import Fault, Faults
from leadbridge.sandbox.serving import Served, serve
from leadbridge.sandbox.starting import start
from leadbridge.sandbox.switching import Switchboard

__all__ = [
    "Answered",
    "Call",
    "Clock",
    "Database",
    "Fault",
    "Faults",
    "Log",
    "Options",
    "Sandbox",
    "Served",
    "Switch",
    "Switchboard",
    "known",
    "serve",
    "start",
    "steered",
]
