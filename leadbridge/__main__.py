"""``python -m leadbridge``: the command line where the script is not on the path."""

from __future__ import annotations

import sys

from leadbridge.cli import main

sys.exit(main())
