"""``backorder-bot import``: a shop's files into the store, with a report to act on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from store.importers.progress import Progress

#: Where the store is when nothing says so; the same file ``init`` makes.
DEFAULT_DATABASE = "sqlite:///backorder.sqlite3"


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
        str, typer.Option(envvar="DATABASE_URL", help="SQLAlchemy URL of the store.")
    ] = DEFAULT_DATABASE,
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
    if not run_import(database, files, dry_run=dry_run, currency=code):
        raise typer.Exit(1)


def run_import(
    database: str, files: list[Path], *, dry_run: bool, currency: str | None = None
) -> bool:
    """Import files, print the report and return whether all were taken."""
    from store.engine import open_engine
    from store.importers import NoStoreError, import_files

    engine = open_engine(database)
    try:
        with _bar() as progress:
            report = import_files(
                engine, files, dry_run=dry_run, currency=currency, progress=progress
            )
    except NoStoreError as error:
        print(f"Nothing was imported: {error}.")
        return False
    finally:
        engine.dispose()
    for line in report.lines():
        print(line)
    return report.ok


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
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
    )
    from rich.progress import (
        Progress as Bar,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    with Bar(*columns, console=console, transient=True) as bar:
        tasks = {}

        def tell(work: str, done: int, /) -> None:
            if work not in tasks:
                tasks[work] = bar.add_task(work, total=None)
            bar.advance(tasks[work], done)

        yield tell
