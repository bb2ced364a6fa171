"""``backorder-bot availability``: may it be sold though it is not here, and why not?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import fail, open_store, read_policy_file, read_settings

if TYPE_CHECKING:
    from flows.acceptance import Availability

#: Products read at a time.
_PAGE = 500


def availability(
    sku: Annotated[
        str | None,
        typer.Argument(help="One product; without it, all that are not in stock."),
    ] = None,
) -> None:
    """Say whether products can be ordered now, with each condition and its numbers.

    The shop's pages read the same from the view bot_availability.
    """
    from bot.clock import Clock
    from bot.listing import find_availability
    from flows.acceptance import Reason
    from store.availability import page

    settings = read_settings()
    policy = read_policy_file(settings)
    now = Clock().now()
    with open_store(settings) as store, store.read() as connection:
        if sku is not None:
            found = find_availability(connection, [sku], policy, now)
            _print(found[0] if found else fail(f"There is no product {sku}."))
            return
        after, told = "", 0
        while skus := page(connection, after, _PAGE):
            after = skus[-1]
            for one in find_availability(connection, skus, policy, now):
                if one.reason not in {Reason.IN_STOCK, Reason.NOT_SOLD}:
                    told += 1
                    _print(one)
    if not after:
        print("There are no products yet: `backorder-bot import FILE…` brings them in.")
    elif not told:
        print("Everything that is sold is in stock.")


def _print(found: Availability) -> None:
    from flows.acceptance import Reason

    if found.reason is Reason.IN_STOCK:
        names = ", ".join(check.name for check in found.checks)
        print(f"{found.sku}: can be ordered, in stock; not needed: {names}")
        return
    can = "can be ordered" if found.orderable else "cannot be ordered"
    print(f"{found.sku}: {can} ({found.reason.value})")
    for check in found.checks:
        print(f"  {'pass' if check.passed else 'FAIL'}  {check.name}: {check.detail}")
    if found.when.known:
        print(f"  expected {found.when.expected_from} to {found.when.expected_to}")
