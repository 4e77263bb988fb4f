from __future__ import annotations

import sys

from leadbridge.subjects.reference import field_table

sys.stdout.write(field_table())
