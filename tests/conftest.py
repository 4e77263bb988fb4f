"""What holds for all tests."""

from __future__ import annotations

import both_ways
import pytest

both_ways.compare()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Workers must find the same names: the text of a set or of an object's address differs from process to process."""
    unsteady = [item.nodeid for item in items if "set({" in item.nodeid or " at 0x" in item.nodeid]
    if unsteady:
        raise pytest.UsageError(f"give these tests ids of their own: {', '.join(unsteady)}")
