"""What plugin authors test with: :class:`ProviderContract`, which every provider passes by subclassing. Needs pytest.

::

    class TestMyCrm(ProviderContract):
        def make(self, tmp_path: Path) -> Harness:
            return MyHarness(...)

The methods' docstrings are the rules. ``tests/unit/test_memory.py`` is the shortest complete example.
"""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("leadbridge.testing.describing", "leadbridge.testing.capturing")
pytest.register_assert_rewrite("leadbridge.testing.writing", "leadbridge.testing.running", "leadbridge.testing.harness")
pytest.register_assert_rewrite("leadbridge.testing.converting", "leadbridge.testing.budgeting")

from leadbridge.testing.budgeting import BudgetContract  # noqa: E402  (after the rewrite is asked for)
from leadbridge.testing.capturing import CaptureContract  # noqa: E402  (same)
from leadbridge.testing.converting import ConvertContract  # noqa: E402  (same)
from leadbridge.testing.describing import DescribeContract  # noqa: E402  (same)
from leadbridge.testing.harness import ConversionHands, Harness  # noqa: E402  (same)
from leadbridge.testing.running import RunContract  # noqa: E402  (same)
from leadbridge.testing.writing import WriteContract  # noqa: E402  (same)


class ProviderContract(DescribeContract, CaptureContract, WriteContract, RunContract, ConvertContract, BudgetContract):
    """All rules. A rule about a capability that the provider does not declare is skipped."""


__all__ = ["ConversionHands", "Harness", "ProviderContract"]
