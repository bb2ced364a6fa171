"""The charts: from the tables that run, into a page without touching the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.backorder import BACKORDER
from flows.offer import OFFER
from flows.speaker import DIALOGUE
from flows.ticket import TICKET

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Cli


def test_every_arrow_has_its_sentence(cli: Cli) -> None:
    """All four lifecycles are drawn, each arrow with why it is there."""
    printed = cli("charts").output
    for lifecycle in (OFFER, BACKORDER, TICKET, DIALOGUE):
        assert lifecycle.chart() in printed
        for arrow in lifecycle.arrows:
            assert arrow.why in printed


def test_a_page_is_filled_between_its_marks(cli: Cli, folder: Path) -> None:
    """What stands around the charts stays; a second time nothing changes."""
    page = folder / "README.md"
    page.write_text("# One\n<!-- charts -->\nyesterday\n<!-- /charts -->\nlast\n")
    assert cli("charts", "--write", "README.md").exit_code == 0
    filled = page.read_text()
    assert filled.startswith("# One\n<!-- charts -->\n### Offer\n")
    assert filled.endswith("<!-- /charts -->\nlast\n")
    assert "yesterday" not in filled
    assert "up to date" in cli("charts", "--write", "README.md").output
    assert page.read_text() == filled


def test_a_page_without_marks_is_left_alone(cli: Cli, folder: Path) -> None:
    """Nothing is written where nobody said where."""
    (folder / "README.md").write_text("# One\n")
    assert cli("charts", "--write", "README.md").exit_code == 1
    assert cli("charts", "--write", "none.md").exit_code == 1
    assert (folder / "README.md").read_text() == "# One\n"
