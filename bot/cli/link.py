"""``backorder-bot link``: signed links that tie a chat to an order's buyer."""

from __future__ import annotations

import csv
import re
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import fail, open_store, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.settings import Settings

_AT_ONCE = 500
#: What Telegram allows; four letters are left of its earliest days.
_NAME = re.compile(r"[A-Za-z]\w{3,31}", re.ASCII)


def link(
    order: Annotated[
        str | None,
        typer.Argument(metavar="ORDER", help="An order's number or id, like 1042."),
    ] = None,
    *,
    all_: Annotated[
        bool, typer.Option("--all", help="Links for all open orders; needs --csv.")
    ] = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print order_number,email,link.")
    ] = False,
    bot: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="The bot's user name; else Telegram is asked."
        ),
    ] = None,
    days: Annotated[
        int, typer.Option(min=1, max=3650, help="How many days the link is good for.")
    ] = 90,
    qr: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Also a QR image; - draws it right here."),
    ] = None,
) -> None:
    """Print the link that opens an order's chat; it goes into mail, page or parcel.

    Examples: backorder-bot link 1042 --qr parcel.png, or
    backorder-bot link --all --csv > links.csv
    """
    if (order is None) == (not all_):
        raise typer.BadParameter("name one ORDER, or --all --csv for all of them")
    if all_ and not as_csv:
        raise typer.BadParameter("--all prints a table: add --csv")
    if all_ and qr is not None:
        raise typer.BadParameter("--qr draws one link: name the ORDER, without --all")
    named = None if bot is None else read_name(bot)
    settings = read_settings()
    if settings.link_secret is None:
        fail("LINK_SECRET is not set: `backorder-bot init` makes one.")
    secret = settings.link_secret.get_secret_value().encode()
    name = named or _ask_name(settings)
    from bot.clock import Clock

    good_until = Clock().now() + timedelta(days=days)
    with open_store(settings) as store, store.read() as connection:
        if order is not None:
            order_id, number, email = _find(connection, order)
            url = _url(name, order_id, good_until, secret)
            if as_csv:
                _print_rows(iter([(number, email, url)]))
            else:
                print(url)
            if qr is not None:
                _draw(url, qr)
            return
        _print_rows(
            (number, email, _url(name, order_id, good_until, secret))
            for order_id, number, email in _open_orders(connection)
        )


def read_name(typed: str) -> str:
    """Return a bot's user name as Telegram writes it, or leave with what is wrong."""
    name = typed.strip().removeprefix("@")
    if not _NAME.fullmatch(name):
        raise typer.BadParameter(
            "expected the user name that @BotFather gave, like northprint_bot: "
            "4 to 32 letters, digits and _, a letter first",
            param_hint="--bot",
        )
    return name


def _find(connection: Connection, name: str) -> tuple[str, str, str]:
    from sqlalchemy import or_, select

    from store.shop import customers, orders

    wanted = {name, name.removeprefix("#"), f"#{name.removeprefix('#')}"}
    found = connection.execute(
        select(orders.c.id, orders.c.number, customers.c.email)
        .outerjoin(customers, customers.c.id == orders.c.customer_id)
        .where(or_(orders.c.number.in_(wanted), orders.c.id == name))
        .order_by(orders.c.placed_at)
    ).all()
    exact = [row for row in found if row.id == name] or found
    if not exact:
        fail(f"There is no order {name} in the store.")
    if len(exact) > 1:
        fail(
            f"{len(exact)} orders have the number {name}; name one by its id:",
            *(f"  {row.id}  {row.email or 'no e-mail'}" for row in exact),
        )
    row = exact[0]
    return row.id, row.number, row.email or ""


def _open_orders(connection: Connection) -> Iterator[tuple[str, str, str]]:
    from sqlalchemy import select

    from store.shop import customers, orders

    rows = connection.execution_options(yield_per=_AT_ONCE).execute(
        select(orders.c.id, orders.c.number, customers.c.email)
        .outerjoin(customers, customers.c.id == orders.c.customer_id)
        .where(orders.c.status == "open")
        .order_by(orders.c.placed_at, orders.c.id)
    )
    for row in rows:
        yield row.id, row.number, row.email or ""


def _url(name: str, order_id: str, good_until: datetime, secret: bytes) -> str:
    from flows.links import mint

    try:
        return f"https://t.me/{name}?start={mint(order_id, good_until, secret)}"
    except ValueError as error:
        fail(f"{error}: Telegram takes 64 characters, so ids up to 32 bytes.")


def _print_rows(rows: Iterator[tuple[str, str, str]]) -> None:
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(("order_number", "email", "link"))
    table.writerows(rows)


def _ask_name(settings: Settings) -> str:
    import asyncio

    if settings.telegram_bot_token is None:
        fail("Name the bot with --bot NAME, or set TELEGRAM_BOT_TOKEN to ask Telegram.")
    return asyncio.run(_username(settings))


async def _username(settings: Settings) -> str:
    from telegram.error import TelegramError

    from bot.telegram.client import BotApi, TelegramFatalError
    from bot.telegram.redaction import hide_tokens

    token = settings.telegram_bot_token
    assert token is not None  # noqa: S101 - asked before
    api = BotApi(
        token=token.get_secret_value(),
        api_url=settings.telegram_api_url,
        file_url=settings.telegram_file_url,
        allow_http=settings.allow_http,
    )
    try:
        return (await api.connect()).username or ""
    except TelegramFatalError as error:
        fail(str(error))
    except TelegramError as error:
        fail(
            f"Telegram does not tell the bot's name: {hide_tokens(error.message)}",
            "Name it yourself with --bot NAME.",
        )
    finally:
        await api.transport.shutdown()


def _draw(url: str, where: str) -> None:
    import qrcode

    code = qrcode.QRCode(border=2)
    code.add_data(url)
    code.make()
    if where == "-":
        code.print_ascii(out=sys.stdout, invert=True)
        return
    try:
        code.make_image().save(where)
    except (OSError, ValueError) as error:
        fail(f"{where} cannot be written: {error}")
    print(f"QR image: {where}")
