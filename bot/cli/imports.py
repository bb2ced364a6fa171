"""``backorder-bot import``: a shop's files into the store, with a report to act on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import (
    MEND_DATABASE,
    NO_STORE,
    fail,
    is_absent,
    read_settings,
    reason_of,
)

if TYPE_CHECKING:
    from store.importers import Report
    from store.importers.progress import Progress


def import_(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE…",
            help="Shopify or WooCommerce JSON, Shopify's orders CSV, or our own CSV.",
        ),
    ] = None,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the same report, write nothing.")
    ] = False,
    template: Annotated[
        str | None,
        typer.Option(
            metavar="RELATION",
            help="Print a CSV of our own to fill in: products, orders, order_lines, …",
        ),
    ] = None,
    currency: Annotated[
        str | None,
        typer.Option(
            metavar="CODE",
            help="The currency of product prices, when no order tells it.",
        ),
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="SQLAlchemy URL of the store, if not the one of DATABASE_URL.",
        ),
    ] = None,
) -> None:
    """Import orders, products, stock and parcels; the same file again changes nothing.

    Leaves 1 when a file was not taken. The other files are taken all the same.
    """
    from store.importers.money import is_currency

    if template is not None:
        print(_template(template), end="")
        return
    if not files:
        raise typer.BadParameter("name at least one file, or --template RELATION")
    code = currency.upper() if currency else None
    if code is not None and not is_currency(code):
        raise typer.BadParameter(
            f"{currency} is no ISO 4217 code", param_hint="currency"
        )
    where = read_settings().database_url if database is None else _checked(database)
    report = _taken(where, files, dry_run=dry_run, currency=code)
    for line in report.lines():
        print(line)
    if not report.ok:
        raise typer.Exit(1)


def _checked(database: str) -> str:
    from bot.addresses import database as read_database

    try:
        return read_database(database)
    except ValueError:
        expected = "an SQLAlchemy URL of an SQLite file or a PostgreSQL database"
        # What was typed may hold a password and is not repeated.
        raise typer.BadParameter(
            f"expected {expected}", param_hint="--database"
        ) from None


def _taken(
    database: str, files: list[Path], *, dry_run: bool, currency: str | None
) -> "Report":
    """Import files; leave with a sentence where there is nothing to import into."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import SQLAlchemyError

    from bot.clock import Clock
    from store.engine import open_engine
    from store.importers import NoStoreError, import_files

    shown = make_url(database).render_as_string(hide_password=True)
    if is_absent(database):
        fail(f"Nothing was imported: {shown}: {NO_STORE}")
    engine = open_engine(database)
    try:
        with _bar() as progress:
            return import_files(
                engine,
                files,
                dry_run=dry_run,
                currency=currency,
                now=Clock().now(),
                progress=progress,
            )
    except NoStoreError as error:
        fail(f"Nothing was imported: {error}.")
    except SQLAlchemyError as error:
        fail(f"Nothing was imported: {shown}: {reason_of(error)}", MEND_DATABASE)
    finally:
        engine.dispose()


def _template(relation: str) -> str:
    from store.importers import RELATIONS, template

    try:
        return template(relation)
    except KeyError as error:
        raise typer.BadParameter(
            f"no relation {relation}; there are {', '.join(RELATIONS)}",
            param_hint="template",
        ) from error


@contextmanager
def _bar() -> Iterator["Progress"]:
    """Show on stderr what is being done; stdout stays the report's."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
    )
    from rich.progress import (
        Progress as Bar,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    seen = console.is_terminal
    with Bar(*columns, console=console, transient=True, disable=not seen) as bar:
        tasks = {}

        def tell(work: str, done: int, total: int, /) -> None:
            if work not in tasks:
                tasks[work] = bar.add_task(work, total=total)
            bar.update(tasks[work], completed=done, total=total)

        yield tell
