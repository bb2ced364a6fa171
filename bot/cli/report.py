"""``backorder-bot report``: what did the last weeks' backorders cost?"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import open_store, read_settings

if TYPE_CHECKING:
    from store.report import Money, Report

_STATES = {
    "noticed": "just noticed",
    "suppressed": "in time, nothing was said",
    "offered": "a choice is open",
    "waiting": "wait for stock",
    "substituted": "another product",
    "cancelled": "cancelled",
    "with_staff": "with the team",
    "filled": "came after all",
}


def report(
    *,
    days: Annotated[
        int, typer.Option(min=1, max=3650, help="How far to look back.")
    ] = 30,
) -> None:
    """Say what backorders cost: waiting, words, tickets and money.

    A sale from the shelf needs none of it; this is what waiting adds. Who orders again
    takes months to show: add --days 365.
    """
    from bot.clock import Clock
    from store.report import report as read_report

    settings = read_settings()
    now = Clock().now()
    with open_store(settings) as store, store.read() as connection:
        found = read_report(connection, now - timedelta(days=days), now)
    print(f"The last {days} days")
    for name, value in [*_counts(found), *_handling(found)]:
        print(f"  {name:<27} {value}")
    _print_often(found)
    _print_review(found)
    _print_loyalty(found)
    for money in found.money:
        _print_money(money)


def _counts(found: Report) -> list[tuple[str, str]]:
    rows = [("backorders found", f"{found.found} ({found.units} units)")]
    rows += [
        (f"  {_STATES.get(state, state)}", f"{units} units")
        for state, units in sorted(found.ended.items())
    ]
    if found.days is not None:
        rows.append(("median wait of those ended", f"{found.days:.1f} days"))
    if found.told.seconds is not None:
        rows.append(("median time until told", _span(found.told.seconds)))
    if found.moved.seconds is not None:
        told = f"{_span(found.moved.seconds)} ({found.moved.count} measured)"
        rows.append(("  and until a new date was", told))
    return [*rows, ("dates that slipped", str(found.slips))]


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _print_often(found: Report) -> None:
    """Name what falls short again and again: worth more stock, or none."""
    if found.often:
        print("  short again and again")
    for sku, times in found.often:
        print(f"    {sku:<26}{times} times")
    if found.looks:
        named = ", ".join(f"{look} ({times})" for look, times in found.looks)
        print(f"    mostly in {named}")


def _print_review(found: Report) -> None:
    """Flag the wares of which more should lie there; `reorder` says how many."""
    if found.review:
        print("  inventory review: ran out, came back, ran out again")
    for blank, times in found.review:
        print(f"    {blank:<26}{times} times")


def _print_loyalty(found: Report) -> None:
    """Set side by side who ordered again; of a few nothing is said."""
    print("  ordered again")
    for name, group in (("after waiting", found.waited), ("after none", found.smooth)):
        counts = f"{group.again} of {group.customers} customers"
        share = "too few to say" if group.share is None else f"{group.share:.0%}"
        print(f"    {name:<26}{counts}: {share}")


def _handling(found: Report) -> list[tuple[str, str]]:
    each = (
        f" ({found.messages / found.found:.1f} a backorder)"
        if found.found and found.messages
        else ""
    )
    return [
        ("messages to customers", f"{found.messages}{each}"),
        ("letters by your mailer", str(found.letters)),
        ("tickets for the team", str(found.tickets)),
    ]


def _print_money(money: Money) -> None:
    from decimal import Decimal

    from babel.numbers import format_currency, get_currency_precision

    def said(minor: int) -> str:
        amount = Decimal(minor).scaleb(-get_currency_precision(money.currency))
        return format_currency(amount, money.currency, locale="en")

    print(f"  in {money.currency}")
    for name, minor in (
        ("sold and not here yet", money.waiting_minor),
        ("cancelled and refunded", money.cancelled_minor),
        ("price differences refunded", money.differences_minor),
        ("given for patience", money.consoled_minor),
    ):
        print(f"    {name:<25} {said(minor)}")
