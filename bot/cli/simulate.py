"""``backorder-bot policy simulate``: what would another policy have decided?"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path  # noqa: TC003 - typer reads annotations
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import fail, open_store, read_policy_file, read_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from flows.policy import Policy
    from flows.simulate import Asked, Verdict

_STOCK = (
    "The stock of those days is not kept: what was offered then counts as available,"
    " of everything else what is free today."
)


def simulate(
    file: Annotated[
        Path, typer.Argument(help="The policy to try; it changes nothing.")
    ],
    *,
    days: Annotated[
        int, typer.Option(min=1, max=3650, help="How far to look back.")
    ] = 60,
) -> None:
    """Decide the last weeks' proposals anew under another policy; show differences.

    Substitutes are sought anew in today's catalogue, by the rules in force and by
    those of FILE.

    Example: backorder-bot policy simulate stricter.toml --days 60
    """
    from bot.clock import Clock
    from store.history import asked_since

    then = _read(file)
    settings = read_settings()
    now = read_policy_file(settings)
    with open_store(settings) as store, store.read() as connection:
        since = Clock().now() - timedelta(days=days)
        asked = asked_since(connection, since)
        pairs = _replayed(connection, asked, now, then)
    if not asked:
        print(f"Nothing was proposed in the last {days} days; nothing to compare.")
        return
    _print_differences(pairs)
    _print_limits(sum(len(one.items) for one in asked) - len(pairs), now, then)


def _read(file: Path) -> Policy:
    from flows.policy import BadPolicy, read_policy

    try:
        return read_policy(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{file} cannot be read: {error}")
    except BadPolicy as error:
        fail(f"{file} is not right yet:", *(f"  {p}" for p in error.problems))


def _replayed(
    connection: Connection, asked: Sequence[Asked], now: Policy, then: Policy
) -> list[tuple[str, Verdict, Verdict]]:
    """Return each item's order number and what both policies make of it."""
    from rich.console import Console
    from rich.progress import track

    from flows.simulate import compared
    from store.history import shelf_around

    errors = Console(stderr=True)
    return [
        (one.order.number, before, after)
        for one in track(asked, "Replaying", console=errors, transient=True)
        for before, after in compared(one, shelf_around(connection, one), now, then)
    ]


def _print_differences(pairs: Sequence[tuple[str, Verdict, Verdict]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    changes = Table("order", "item", "now", "then", box=None)
    rules: Counter[tuple[str, str]] = Counter()
    for number, before, after in pairs:
        differs = before.decision != after.decision
        rules[after.rule, "different" if differs else "same"] += 1
        if differs:
            cells = (number, before.title, _said(before), _said(after))
            changes.add_row(*map(escape, cells))
    console = Console()
    if changes.row_count:
        console.print(changes)
    changed = f"{changes.row_count} of {len(pairs)}"
    console.print(f"\n{changed} would have been decided differently.")
    by_rule = Table("rule of the new policy", "same", "different", box=None)
    for rule in sorted({name for name, _ in rules}):
        counts = rules[rule, "same"], rules[rule, "different"]
        by_rule.add_row(escape(rule), *map(str, counts))
    console.print(by_rule)


def _said(made: Verdict) -> str:
    best = f"send {made.product}" if made.sku else made.recommended
    silent = "send it" if made.on_silence == "substitute" else made.on_silence
    return f"{made.kind}: {best}, silence {silent}"


def _print_limits(left_out: int, now: Policy, then: Policy) -> None:
    """Say what a replay cannot know, so that nobody takes "0 of 9" for more."""
    from flows.simulate import unseen

    print(f"\n{_STOCK}")
    if left_out:
        gone = "their line or a product of theirs"
        print(f"Left out, because the shop no longer has {gone}: {left_out}.")
    names = unseen(now, then)
    if names:
        print(f"Changed as well, but no replay can show it: {', '.join(names)}.")
    else:
        print("Nothing else differs between the two files.")
