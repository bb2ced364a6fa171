"""Durable turns against their floor, and against a pickle of everything each turn."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from store.engine import Store

from .floor import Floor, watched
from .measure import Results, Sample, Stopwatch, side_by_side
from .pickled import Pickled
from .report import Figure, table
from .scene import CHATS, build, open_turns

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from bot.turns import Turns

    from .floor import Written
    from .measure import Contender
    from .progress import Progress
    from .scene import Script

ROUNDS = 5
#: Turns of each kind in a round.
SHARE = 32
PICKLED = "a PTB ConversationHandler's turn, pickled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything that takes turns in the rounds."""

    script: Script
    turns: Turns
    floor: Floor
    written: dict[str, Written]
    pickled: Pickled


async def measure(folder: Path, console: Console, progress: Progress) -> list[Figure]:
    """Print how fast turns are, and return the two figures."""
    progress.begin(f"Durable turns: preparing {CHATS} chats")
    template = folder / "template.db"
    script = build(f"sqlite:///{template}", progress.step)
    written = _watch(_copy(template, "watched"), script)
    store = Store(f"sqlite:///{_copy(template, 'turns')}")
    parts = Parts(
        script=script,
        turns=open_turns(store),
        floor=Floor(_copy(template, "floor")),
        written=written,
        pickled=await Pickled.opened(folder / "conversations.pickle", CHATS),
    )
    progress.begin(f"Durable turns: {ROUNDS} rounds")
    results = await side_by_side(_contenders(parts), ROUNDS, progress)
    await parts.pickled.close()
    parts.floor.close()
    parts.turns.stop()
    store.close()
    progress.end()
    return _told(results, parts, console)


def _contenders(parts: Parts) -> dict[str, Contender]:
    made: dict[str, Contender] = {}
    for kind in parts.script.kinds:
        made[f"floor: {kind}"] = _floor(parts, kind)
        made[kind] = _turns(parts, kind)
    made[PICKLED] = _pickled(parts)
    return made


def _turns(parts: Parts, kind: str) -> Contender:
    async def run(number: int) -> Sample:
        asked = parts.script.share(kind, number, SHARE)
        watch = Stopwatch.started()
        for one in asked:
            await parts.turns.take(one.event, key=one.key)
        return watch.sample(len(asked))

    return run


def _floor(parts: Parts, kind: str) -> Contender:
    async def run(number: int) -> Sample:
        keys = [one.key for one in parts.script.share(kind, number, SHARE)]
        watch = Stopwatch.started()
        for key in keys:
            parts.floor.write(parts.written[key])
        return watch.sample(len(keys))

    return run


def _pickled(parts: Parts) -> Contender:
    async def run(number: int) -> Sample:
        watch = Stopwatch.started()
        for turn in range(SHARE):
            await parts.pickled.turn((number * SHARE + turn) % CHATS)
        return watch.sample(SHARE)

    return run


def _watch(file: Path, script: Script) -> dict[str, Written]:
    """Take every turn once on a copy and return what each wrote, by its key."""
    written: dict[str, Written] = {}
    store = Store(f"sqlite:///{file}")
    turns = open_turns(store)
    for number in range(ROUNDS):
        for kind in script.kinds:
            for one in script.share(kind, number, SHARE):
                with watched(store) as seen:
                    turns.take_now(one.event, one.key)
                written[one.key] = tuple(seen)
    turns.stop()
    store.close()
    return written


def _told(results: Results, parts: Parts, console: Console) -> list[Figure]:
    kinds = list(parts.script.kinds)
    rows = []
    for kind in kinds:
        keys = [one.key for one in parts.script.share(kind, 0, SHARE)]
        wrote = sum(len(parts.written[key]) for key in keys) / len(keys)
        rows.append(
            (
                f"a customer {kind}",
                f"{results.rate(kind):.0f}",
                f"{results.each(kind) * 1e3:.2f}",
                f"{results.times_slower(kind, f'floor: {kind}'):.1f}",
                f"{results.times_slower(PICKLED, kind):.1f}",
            )
        )
        rows.append(
            (
                f"  its floor: {wrote:.1f} writes by bare sqlite3",
                f"{results.rate(f'floor: {kind}'):.0f}",
                f"{results.each(f'floor: {kind}') * 1e3:.2f}",
                "1",
                "",
            )
        )
    rows.append(
        (
            PICKLED,
            f"{results.rate(PICKLED):.0f}",
            f"{results.each(PICKLED) * 1e3:.2f}",
            "",
            "1",
        )
    )
    mixed = _mixed(results, kinds)
    table(
        console,
        f"Durable turns, SQLite with synchronous=FULL on a file, {CHATS} chats",
        ("one turn at a time", "per second", "ms", "× floor", "× PTB"),
        rows,
    )
    pickled = results.times_slower(PICKLED, "mixed")
    return [
        Figure(
            name="turn_cost_vs_sqlite_floor",
            value=mixed,
            unit="times",
            against="the same rows written by bare sqlite3; at most 8",
        ),
        Figure(
            name="turns_vs_ptb_persistent",
            value=pickled,
            unit="times",
            against=f"PTB with a pickle each turn at {CHATS} chats; at least 5",
        ),
    ]


def _mixed(results: Results, kinds: list[str]) -> float:
    """Add the kinds up, a third each, and return the mixture's cost in floors."""
    for name, parts in (
        ("mixed", kinds),
        ("mixed floor", [f"floor: {kind}" for kind in kinds]),
    ):
        results.samples[name] = [
            Sample(
                count=sum(s.count for s in round_),
                seconds=sum(s.seconds for s in round_),
                cpu=sum(s.cpu for s in round_),
            )
            for round_ in zip(*(results.samples[part] for part in parts), strict=True)
        ]
    return results.times_slower("mixed", "mixed floor")


def _copy(template: Path, name: str) -> Path:
    """Return a copy of the store; everything in it is in the file itself."""
    copied = template.with_name(f"{name}.db")
    shutil.copyfile(template, copied)
    return copied
