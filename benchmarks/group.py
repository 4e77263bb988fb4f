"""What is measured together, and how it is compared."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.measure import Cost


@dataclass(frozen=True, slots=True)
class Line:
    """One measured thing.

    Attributes:
        value: in the group's unit.
        ratio: how many times better than this line the first line of the group is; None for the first itself, and
            where nothing is compared.
        peak: largest resident memory in MB.
    """

    name: str
    value: float
    ratio: float | None
    peak: float


@dataclass(frozen=True, slots=True)
class Group:
    """Lines measured by turns in one run, so that their ratios hold on any machine."""

    title: str
    unit: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured.

    Attributes:
        rows: of the files that are captured; ``memory``: of those whose memory is measured; ``rounds``: by turns.
        synced, growth, sync_rounds: the same for whole runs of a job, which remember and write.
        converted: leads that are to be converted, and accounts and contacts beside them to which none belongs.
        org: records that are written into an org, and captured, for the memory that the connection takes.
    """

    rows: int
    memory: tuple[int, ...]
    rounds: int
    synced: int
    growth: tuple[int, ...]
    sync_rounds: int
    converted: tuple[tuple[int, int], ...]
    org: tuple[int, ...] = ()


_CONVERTED = ((2_000, 0), (10_000, 0), (2_000, 100_000))
FULL = Size(100_000, (10_000, 100_000, 1_000_000), 5, 10_000, (2_500, 10_000), 3, _CONVERTED)
LARGE = Size(
    100_000, (10_000, 100_000, 1_000_000), 5, 100_000, (10_000, 100_000, 1_000_000), 1, _CONVERTED, (50_000, 200_000)
)
QUICK = Size(10_000, (10_000, 100_000), 1, 1_000, (1_000,), 1, ((1_000, 0), (1_000, 2_000)))


def lines(values: dict[str, tuple[float, Cost]], *, more_is_better: bool = True) -> tuple[Line, ...]:
    ours = next(iter(values.values()))[0]
    found = []
    for number, (name, (value, cost)) in enumerate(values.items()):
        ratio = ours / value if more_is_better else value / ours
        found.append(Line(name, value, ratio if number else None, cost.peak))
    return tuple(found)
