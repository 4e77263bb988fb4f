"""What connections would do differently by one convert policy. A pure function of what is handed in."""

from leadbridge.mapping.diff.comparing import compare, homes
from leadbridge.mapping.diff.model import (
    CARRY,
    LEADS,
    RECORD,
    Compared,
    Comparison,
    Fate,
    Own,
    Reason,
    Route,
    Side,
    State,
)
from leadbridge.mapping.diff.own import Probe, probe, told

__all__ = [
    "CARRY",
    "LEADS",
    "RECORD",
    "Compared",
    "Comparison",
    "Fate",
    "Own",
    "Probe",
    "Reason",
    "Route",
    "Side",
    "State",
    "compare",
    "homes",
    "probe",
    "told",
]
