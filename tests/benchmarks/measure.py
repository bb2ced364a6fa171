"""Contenders side by side: they take turns within every round, medians count.

The machine's noise is large and slow, so what is compared was measured within seconds
of each other, in alternating order, and ratios are medians of each round's ratio.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What one contender did in one round; ``cpu`` is seconds of this process."""

    count: int
    seconds: float
    cpu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopwatch:
    """Runs from its making until ``sample``."""

    began: float
    cpu: float

    @classmethod
    def started(cls) -> Stopwatch:
        """Return a watch that runs."""
        return cls(began=time.perf_counter(), cpu=_cpu())

    def sample(self, count: int) -> Sample:
        """Return what ``count`` things took since the start."""
        return Sample(
            count=count,
            seconds=time.perf_counter() - self.began,
            cpu=_cpu() - self.cpu,
        )


#: Does a round's share of work (the argument is the round's number) and tells it.
Contender = Callable[[int], Awaitable[Sample]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The samples of every contender, round by round."""

    samples: dict[str, list[Sample]]

    def rate(self, name: str) -> float:
        """Return the median of things done per second."""
        return median(s.count / s.seconds for s in self.samples[name])

    def each(self, name: str) -> float:
        """Return the median of seconds per thing."""
        return median(s.seconds / s.count for s in self.samples[name])

    def cpu_each(self, name: str) -> float:
        """Return the median of this process's CPU seconds per thing."""
        return median(s.cpu / s.count for s in self.samples[name])

    def times_slower(self, name: str, other: str) -> float:
        """Return how many times longer one takes than the other."""
        return median(
            (one.seconds / one.count) / (two.seconds / two.count)
            for one, two in zip(self.samples[name], self.samples[other], strict=True)
        )

    def times_the_cpu(self, name: str, other: str) -> float:
        """Return how many times the other's CPU one takes."""
        return median(
            (one.cpu / one.count) / (two.cpu / two.count)
            for one, two in zip(self.samples[name], self.samples[other], strict=True)
        )


async def side_by_side(
    contenders: dict[str, Contender], rounds: int, progress: Progress
) -> Results:
    """Run every contender once a round; odd rounds run them backwards."""
    samples: dict[str, list[Sample]] = {name: [] for name in contenders}
    for number in range(rounds):
        order = list(contenders)
        for name in reversed(order) if number % 2 else order:
            progress.step(f"round {number + 1} of {rounds}: {name}")
            samples[name].append(await contenders[name](number))
    return Results(samples=samples)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
