"""``backorder-bot charts``: every lifecycle as a chart with a sentence per arrow."""

from __future__ import annotations

import re
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.console import fail

if TYPE_CHECKING:
    from flows.machine import Lifecycle

_BETWEEN = re.compile(r"(<!-- charts -->\n).*?(<!-- /charts -->)", re.DOTALL)


def charts(
    *,
    write: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Put them between <!-- charts --> and <!-- /charts -->.",
        ),
    ] = None,
) -> None:
    """Print the lifecycles as Mermaid charts, generated from the tables that run.

    Example: backorder-bot charts --write README.md
    """
    if write is None:
        print(charts_text(), end="")
        return
    try:
        page = write.read_text(encoding="utf-8")
    except OSError as error:
        fail(f"{write} cannot be read: {error.strerror}")
    if not _BETWEEN.search(page):
        fail(f"{write} has no lines <!-- charts --> and <!-- /charts --> to fill.")
    drawn = with_charts(page)
    if drawn == page:
        print(f"{write} is up to date.")
        return
    write.write_text(drawn, encoding="utf-8")
    print(f"{write} has the charts of today.")


def with_charts(page: str) -> str:
    """Return the page with fresh charts between its marks."""
    text = charts_text()
    return _BETWEEN.sub(lambda marks: f"{marks[1]}{text}{marks[2]}", page)


def charts_text() -> str:
    """Return all charts as Markdown."""
    from flows.backorder import BACKORDER
    from flows.offer import OFFER
    from flows.speaker import DIALOGUE
    from flows.ticket import TICKET
    from flows.waiting import WAITING

    drawn: tuple[Lifecycle[Any, Any], ...] = (
        OFFER,
        BACKORDER,
        TICKET,
        DIALOGUE,
        WAITING,
    )
    return "\n".join(_section(lifecycle) for lifecycle in drawn)


def _section(lifecycle: Lifecycle[Any, Any]) -> str:
    rows = [f"### {lifecycle.name.capitalize()}", "", "```mermaid", lifecycle.chart()]
    rows += ["```", "", "| step | from | to | why |", "| --- | --- | --- | --- |"]
    for arrow in lifecycle.arrows:
        sources = ", ".join(state.value for state in arrow.source)
        why = arrow.why.replace("|", "\\|")
        rows.append(f"| {arrow.trigger} | {sources} | {arrow.dest.value} | {why} |")
    return "\n".join([*rows, ""])
