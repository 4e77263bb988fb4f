"""vdirsyncer brings two storages in memory in step: ``sync_memory.py ITEMS FOLDER``; half of the items are on both."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from vdirsyncer.storage.memory import MemoryStorage
from vdirsyncer.sync import sync
from vdirsyncer.sync.status import SqliteStatus
from vdirsyncer.vobject import Item

CARD = """BEGIN:VCARD
VERSION:3.0
UID:{number}
N:Anandal{number};Ada;;;
FN:Ada Anandal{number}
EMAIL:ada{number}@anandal.example
TEL:+49 30 {number:07d}
ADR:;;;Berlin;;;
END:VCARD"""


async def main() -> None:
    count, folder = int(sys.argv[1]), Path(sys.argv[2])
    left, right = await _storage(range(count)), await _storage(range(count // 2, count // 2 + count))
    status = SqliteStatus(str(folder / "status.db"))
    status.load_legacy_status({})
    await sync(left, right, status)
    status.close()
    if not len(left.items) == len(right.items) == count // 2 + count:
        raise SystemExit(f"{len(left.items)} and {len(right.items)} items")


async def _storage(numbers: range) -> MemoryStorage:
    storage = MemoryStorage()
    for number in numbers:
        await storage.upload(Item(CARD.format(number=number)))
    return storage


if __name__ == "__main__":
    asyncio.run(main())
