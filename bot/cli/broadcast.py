"""``backorder-bot broadcast``: one text about what is short, for banner and post."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.console import fail, open_store, read_policy_file, read_settings
from bot.cli.link import read_name


def broadcast(
    sku: Annotated[
        str, typer.Argument(metavar="SKU", help="The product that is short.")
    ],
    *,
    bot: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The bot's user name, to name its chat too."),
    ] = None,
) -> None:
    """Print one text per language about a product that is short, to put elsewhere.

    For the shop's banner or a post when many ask the same: what is short, when more is
    expected, whether it can be ordered, and whom to ask. Nothing is sent by this; it is
    true now, so print it anew when a date moves.
    """
    from zoneinfo import ZoneInfo

    from bot.clock import Clock
    from flows.broadcast import broadcast
    from store.availability import read_demand

    chat = f"https://t.me/{read_name(bot)}" if bot is not None else ""
    settings = read_settings()
    policy = read_policy_file(settings)
    if "email" in policy.shop.unsaid:
        fail(
            "The text says where to write to: please add the shop's email below "
            f"[shop] in {settings.policy_file} first."
        )
    now = Clock().now()
    with open_store(settings) as store, store.read() as connection:
        found = read_demand(connection, [sku])
    if not found:
        fail(f"There is no product {sku}.")
    today = now.astimezone(ZoneInfo(policy.hours.time_zone)).date()
    (listed,) = found
    texts = broadcast(
        listed.product, listed.demand, policy, now=now, today=today, chat=chat
    )
    if not texts:
        fail(f"{sku} is in stock or no longer sold: there is nothing to announce.")
    for language, text in texts.items():
        print(f"{language}: {text}")
