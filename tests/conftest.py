"""What holds for all tests."""

from __future__ import annotations

import both_ways

both_ways.compare()
