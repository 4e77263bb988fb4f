"""One memory CRM, a journal, and what applying rows to them does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from journals import Clock, MemoryJournal, connect, crm, options

from leadbridge.apply import Summary, apply_writes, resume
from leadbridge.memory import MemoryCrm
from leadbridge.plan.rows import WriteRow
from leadbridge.testing.faults import Fault, Faults, at


class Run:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.crm: MemoryCrm = crm(folder)
        self.journal = MemoryJournal()
        self.clock = Clock()

    def apply(self, *rows: WriteRow, faults: Faults | None = None, **changes: Any) -> Summary:
        self.journal.plan(rows)
        self.provider = connect(self.folder, faults)
        return apply_writes(rows, {"crm": self.provider}, self.journal, replace(options(self.clock), **changes))

    def resume(self, faults: Faults | None = None) -> Summary:
        self.provider = connect(self.folder, faults)
        return resume({"crm": self.provider}, self.journal, options(self.clock))

    def account(self, **values: Any) -> str:
        return self.crm.create("Account", values)

    @property
    def accounts(self) -> list[dict[str, Any]]:
        return list(self.crm.records("Account").values())

    @property
    def states(self) -> dict[int, str]:
        return self.journal.states()


def counted(summary: Summary) -> tuple[int, int, int, int]:
    return summary.done, summary.rejected, summary.uncertain, summary.left


def failing(method: str, call: int, fault: Fault, **others: Any) -> Faults:
    return Faults(script=at({(method, call): fault}), **others)
