"""Stories of lines with several units, and presses by what a button says."""

from __future__ import annotations

from flows.effects import Button, Reword, Say

from .builders import (
    a_case,
    a_line,
    a_ready_line,
    a_shelf,
    a_supply,
    an_order,
)
from .story import Story

NEVER = "[terms]\nautomatic_cancel = 'never'"


def mugs(quantity: int = 3, **line: object) -> Story:
    """Return a story with some mugs and a hoodie, all of it ready."""
    lines = (
        a_line(allocated=1, backordered=0),
        a_ready_line(quantity=quantity, **line),
    )
    return Story(a_case(an_order(*lines))).shop_says()


def six_wait(charcoal: int = 0, ready: int = 0, **order: object) -> Story:
    """Return a story of which six hoodies wait; without charcoal they were dated."""
    line = a_line(quantity=6 + ready, allocated=ready)
    case = a_case(
        an_order(line, a_ready_line(), **order),
        shelf=a_shelf(a_supply(), charcoal=charcoal),
    )
    return Story(case, policy=NEVER).shop_says().delivers()


def press(story: Story, label: str) -> Story:
    """Press the button of the last turn that begins so."""
    said = [e.message for e in story.effects if isinstance(e, Say | Reword)]
    found: list[Button] = [b for m in said for row in m.rows for b in row]
    data = next(b.data for b in found if b.label.startswith(label))
    assert data
    return story.presses(data)


def cancelled(story: Story) -> list[tuple[str | None, int]]:
    """Return the standing cancellations: which line, how many units."""
    rows = [row for row in story.standing if row.kind == "cancel_refund"]
    return [(row.line_id, row.quantity) for row in rows]
