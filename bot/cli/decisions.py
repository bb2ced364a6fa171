"""``backorder-bot decisions``: the queue of what was decided, worked off by hand."""

from __future__ import annotations

import json
from collections.abc import Callable  # noqa: TC003 - typer reads annotations
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import fail, one_of, open_store, read_settings

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from store.decisions import Listed

app = typer.Typer(
    no_args_is_help=True,
    help="List, claim, apply or reject what was decided, where no backend does it.\n\n"
    "A decision may be claimed once the customer can no longer change it; applying "
    "one also does it in an imported shop.",
)

_Ids = Annotated[list[int], typer.Argument(metavar="ID…", help="As `list` shows them.")]
_STATES = ("open", "claimed", "applied", "rejected", "all")


@app.command("list")
def list_(
    *,
    state: Annotated[
        str,
        typer.Option(
            metavar=f"[{'|'.join(_STATES)}]",
            help="Which ones.",
            parser=one_of(*_STATES),
        ),
    ] = "open",
    as_json: Annotated[
        bool, typer.Option("--json", help="For programs: one JSON list.")
    ] = False,
) -> None:
    """List decisions, oldest first."""
    from bot.clock import Clock
    from store.decisions import State, listed

    wanted = None if state == "all" else State(state)
    with open_store(read_settings()) as store, store.read() as connection:
        rows = listed(connection, state=wanted)
    if as_json:
        print(json.dumps([asdict(row) for row in rows], indent=2, default=_plain))
    elif not rows:
        print("Nothing to do." if state == "open" else "There are none.")
    else:
        _print_table(rows, Clock().now())


@app.command()
def claim(ids: _Ids) -> None:
    """Take decisions over: from now on the customer cannot change them."""
    from store.decisions import claim

    def step(connection: Connection, number: int, now: datetime) -> str:
        claim(connection, number, now)
        return "claimed"

    _each(ids, step)


@app.command()
def apply(
    ids: _Ids,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen, change nothing.")
    ] = False,
) -> None:
    """Do what was decided and tell the customer where it matters.

    In an imported shop the lines, refunds and orders are changed as well. In a shop
    with its own backend this only notes that the backend did it.
    """
    from store.decisions import apply

    def step(connection: Connection, number: int, now: datetime) -> str:
        apply(connection, number, now, write_shop=True)
        return "could be applied" if dry_run else "applied"

    _each(ids, step, dry_run=dry_run)


@app.command()
def reject(
    number: Annotated[int, typer.Argument(metavar="ID")],
    *,
    reason: Annotated[str, typer.Option(help="Why; a colleague reads it in Slack.")],
) -> None:
    """Refuse a decision; a colleague gets a card with the reason."""
    from store.decisions import reject

    if not reason.strip():
        raise typer.BadParameter("say why, a colleague has to tell the customer")

    def step(connection: Connection, number: int, now: datetime) -> str:
        reject(connection, number, reason, now)
        return "rejected"

    _each([number], step)


@app.command()
def proof(
    number: Annotated[int, typer.Argument(metavar="ID")],
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="For programs: one JSON list.")
    ] = False,
) -> None:
    """Show what the customer saw before a decision, when, and what they answered."""
    from store.proof import offer_of_decision, proof_of_consent

    with open_store(read_settings()) as store, store.read() as connection:
        offer_id = offer_of_decision(connection, number)
        steps = proof_of_consent(connection, offer_id) if offer_id else []
    if not steps:
        fail(f"No customer was asked about decision {number}, or there is none.")
    if as_json:
        print(json.dumps([asdict(step) for step in steps], indent=2, default=_plain))
        return
    for step in steps:
        when = f"{step.at:%Y-%m-%d %H:%M:%S} UTC" if step.at else "not arrived"
        print(f"{when}  {step.kind}  {step.who}")
        print("\n".join(f"    {line}" for line in step.text.splitlines()))


@app.command()
def consolations() -> None:
    """Show what was given for patience, and how many were cancelled all the same."""
    from rich.console import Console
    from rich.table import Table

    from store.consolation import outcomes

    with open_store(read_settings()) as store, store.read() as connection:
        rows = outcomes(connection)
    if not rows:
        print("None was given yet.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("consolation")
    for title in ("given", "kept", "cancelled afterwards"):
        table.add_column(title, justify="right")
    for row in rows:
        counts = (row.given, row.kept, row.cancelled)
        table.add_row(row.kind.replace("_", " "), *map(str, counts))
    Console().print(table)


def _each(
    ids: list[int],
    step: Callable[[Connection, int, datetime], str],
    *,
    dry_run: bool = False,
) -> None:
    """Take a step with each in its own transaction; one refusal stops no other."""
    from bot.clock import Clock
    from store.decisions import DecisionRefused, ShopMovedOn

    refused = []
    clock = Clock()
    with open_store(read_settings()) as store:
        for number in ids:
            try:
                with store.write() as connection:
                    done = step(connection, number, clock.now())
                    if dry_run:
                        connection.rollback()
            except (DecisionRefused, ShopMovedOn) as error:
                refused.append(str(error))
            else:
                print(f"decision {number} {done}")
    if refused:
        fail(*refused)


def _print_table(rows: list[Listed], now: datetime) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("id", "order", "what", "decided by", "state"):
        table.add_column(title, overflow="fold")
    for row in rows:
        cells = (
            str(row.id),
            row.order_number or row.order_id,
            _what(row),
            _who(row),
            _state(row, now),
        )
        table.add_row(*(escape(cell) for cell in cells))
    Console(soft_wrap=False).print(table)


def _who(row: Listed) -> str:
    """Return who decided; where nobody did, by which rule."""
    nobody = row.decided_by in {"policy", "silence"}
    return f"{row.decided_by}: {row.rule}" if nobody and row.rule else row.decided_by


def _what(row: Listed) -> str:
    line = row.line_title or (f"line {row.line_id}" if row.line_id else "the order")
    units = f"{row.quantity} x {line}"
    instead = row.substitute_title or row.substitute_sku
    match row.kind:
        case "substitute":
            return f"{units}: send {instead} instead, {_money(row.price_minor, row)}"
        case "cancel_refund":
            return f"{units}: cancel, refund {_money(row.refund_minor, row)}"
        case "wait":
            return f"{units}: keep waiting"
        case "release":
            return f"send the rest of the order ({row.quantity} ready)"
        case "split_shipment":
            return f"{units}: send what is ready now"
        case other:
            return f"{units}: {other.replace('_', ' ')}"


def _state(row: Listed, now: datetime) -> str:
    from flows.ledger import UNTOLD

    if row.state == "rejected" and row.rejection:
        return f"rejected: {row.rejection}"
    if row.state == "open" and row.apply_after == UNTOLD:
        return "waits until the customer was told"
    if row.state == "open" and row.apply_after and row.apply_after > now:
        return f"changeable until {row.apply_after:%Y-%m-%d %H:%M} UTC"
    return row.state.value


def _money(minor: int | None, row: Listed) -> str:
    from decimal import Decimal

    from babel.numbers import format_currency, get_currency_precision

    if minor is None or row.currency is None:
        return "price as before" if row.kind == "substitute" else "nothing"
    amount = Decimal(minor).scaleb(-get_currency_precision(row.currency))
    return format_currency(amount, row.currency, locale="en")


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
