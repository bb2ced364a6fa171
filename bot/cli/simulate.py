"""``backorder-bot policy simulate``: what would another policy have decided?"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path  # noqa: TC003 - typer reads annotations
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from bot.cli.console import fail, open_store, read_policy_file, read_settings

if TYPE_CHECKING:
    from flows.policy import Policy
    from flows.simulate import Asked, Verdict


def simulate(
    file: Annotated[
        Path, typer.Argument(help="The policy to try; it changes nothing.")
    ],
    *,
    days: Annotated[
        int, typer.Option(min=1, max=3650, help="How far to look back.")
    ] = 60,
) -> None:
    """Replay the last weeks' proposals under another policy and show the differences.

    Example: backorder-bot policy simulate stricter.toml --days 60
    """
    from bot.clock import Clock
    from store.history import asked_since

    then = _read(file)
    settings = read_settings()
    now = read_policy_file(settings)
    with open_store(settings) as store, store.read() as connection:
        since = Clock().now() - timedelta(days=days)
        asked = list(asked_since(connection, since))
    if not asked:
        print(f"Nothing was proposed in the last {days} days; nothing to compare.")
        return
    _compare(asked, now, then)


def _read(file: Path) -> Policy:
    from flows.policy import BadPolicy, read_policy

    try:
        return read_policy(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{file} cannot be read: {error}")
    except BadPolicy as error:
        fail(f"{file} is not right yet:", *(f"  {p}" for p in error.problems))


def _compare(asked: list[Asked], now: Policy, then: Policy) -> None:
    from rich.console import Console
    from rich.progress import track
    from rich.table import Table

    from flows.simulate import verdict

    zone = ZoneInfo(now.hours.time_zone)
    changes = Table("order", "item", "now", "then", box=None)
    rules: Counter[tuple[str, str]] = Counter()
    changed = 0
    errors = Console(stderr=True)
    for one in track(asked, "Replaying", console=errors, transient=True):
        before, after = verdict(one, now, zone), verdict(one, then, zone)
        differs = before.decision != after.decision
        rules[after.rule, "different" if differs else "same"] += 1
        if differs:
            changed += 1
            changes.add_row(
                one.order.number, one.item.title, _said(before), _said(after)
            )
    console = Console()
    if changed:
        console.print(changes)
    console.print(f"\n{changed} of {len(asked)} would have been decided differently.")
    by_rule = Table("rule of the new policy", "same", "different", box=None)
    for rule in sorted({name for name, _ in rules}):
        by_rule.add_row(rule, str(rules[rule, "same"]), str(rules[rule, "different"]))
    console.print(by_rule)


def _said(made: Verdict) -> str:
    return f"{made.kind}: {made.recommended}, silence {made.on_silence}"
