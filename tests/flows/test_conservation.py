"""Whatever happens in whatever order: units are conserved, nothing is decided twice."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from flows.case import BackorderState
from flows.codes import handle
from flows.effects import Reword, Say
from flows.events import StaffActed, TicketVerb

from .builders import (
    CHARCOAL,
    HOODIE,
    MIA,
    TODAY,
    a_case,
    a_line,
    a_ready_line,
    a_supply,
    an_order,
)
from .story import Story

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.case import DecisionRow

#: Histories per parametrised seed, and steps in each; raise them to look longer.
_HISTORIES = 30
_STEPS = 7


@pytest.mark.parametrize("seed", range(40))
def test_any_history_conserves_units(seed: int) -> None:
    """Tracked units are the shop's backordered ones; one decision holds for each."""
    dice = Random(seed)
    for number in range(_HISTORIES):
        history: list[str] = []
        story = _a_story(dice)
        for _ in range(_STEPS):
            step = dice.choice(_STEPS_TAKEN)
            history.append(step.__name__)
            try:
                step(story, dice)
                _check(story)
            except Exception as error:
                error.add_note(f"history {number} of seed {seed}: {history}")
                raise


def _a_story(dice: Random) -> Story:
    several = dice.choice((1, 2, 3))
    lines = (
        a_line(quantity=several, discount_minor=dice.choice((0, 100))),
        a_line("second", sku=HOODIE, quantity=2, backordered=0, allocated=2),
        a_ready_line(),
    )
    market = dice.choice(("GB", "DE", "US"))
    policy = dice.choice(
        (
            "",
            '[terms]\non_silence = "wait"',
            '[terms]\nautomatic_cancel = "ask"',
            "[terms]\nsubstitutes_shown = 3\nchanges_allowed = 1",
        )
    )
    case = a_case(an_order(*lines, market=market))
    story = Story(case, policy=policy).stocks(CHARCOAL, dice.choice((0, 1, 5)))
    return story.shop_says()


# --- steps ----------------------------------------------------------------------


def _numbers_move(story: Story, dice: Random) -> None:
    line = story.line(dice.choice(("hoodie", "second")))
    source, target = dice.choice(
        (
            ("backordered", "allocated"),
            ("allocated", "backordered"),
            ("backordered", "cancelled"),
            ("allocated", "shipped"),
        )
    )
    units = dice.randint(0, getattr(line, source))
    moved = {
        source: getattr(line, source) - units,
        target: getattr(line, target) + units,
    }
    story.shop_says(line.id, **moved)


def _anna_taps(story: Story, dice: Random) -> None:
    if not story.case.offers:
        return
    offer = dice.choice(story.case.offers)
    codes = [choice.code for item in offer.items for choice in item.choices]
    story.taps(dice.choice([*codes, *codes, "more", "change", "show"]), offer)


def _anna_asks(story: Story, dice: Random) -> None:
    story.opens(dice.choice(("orders", "person", "back_to_bot", "mute")))


def _anna_writes(story: Story, dice: Random) -> None:
    story.says(dice.choice(("yes please", "no", "where is my order", "cancel it")))


def _anna_cancels_some(story: Story, dice: Random) -> None:
    name = dice.choice(("hoodie", "second", "mug"))
    story.opens("cancel", f"{handle(name)}*{dice.randint(0, 4)}")
    pressed = dice.choice((1, 1, 2))
    for data in _buttons(story, "m:cancel:")[:1] * pressed:
        story.presses(data)
    if dice.random() < 0.3:
        for data in _buttons(story, "m:uncancel:"):
            story.presses(data)


def _buttons(story: Story, start: str) -> list[str]:
    said = [e.message for e in story.effects if isinstance(e, Say | Reword)]
    data = [b.data or "" for m in said for row in m.rows for b in row]
    return [one for one in data if one.startswith(start) and "." in one]


def _words_arrive(story: Story, _: Random) -> None:
    story.delivers()


def _time_passes(story: Story, dice: Random) -> None:
    story.waits(hours=dice.choice((1, 5, 25)))


def _date_moves(story: Story, dice: Random) -> None:
    days = dice.choice((None, 3, 9, 13, 16, 40))
    past = (story.now.date() - TODAY).days
    supply = a_supply(None if days is None else days + past)
    story.expects(supply, sku=HOODIE).shop_says()


def _shelf_moves(story: Story, dice: Random) -> None:
    held = sum(units for _, units in story.holds.values())
    story.stocks(CHARCOAL, held + dice.choice((0, 1, 5)))


def _shop_works(story: Story, dice: Random) -> None:
    rows = [row for row in story.standing if row.applied_at is None]
    if not rows:
        return
    row = dice.choice(rows)
    match dice.choice(("claim", "apply", "reject")):
        case "claim":
            story.row_becomes(row, claimed_at=story.now)
        case "reject":
            story.row_becomes(row, claimed_at=story.now, rejected_at=story.now)
        case _:
            _execute(story, row)
            story.row_becomes(row, claimed_at=story.now, applied_at=story.now)


def _execute(story: Story, row: DecisionRow) -> None:
    if row.line_id is None or row.kind not in {"cancel_refund", "substitute"}:
        return
    line = story.line(row.line_id)
    waits = row.backorder_id is not None
    there = line.backordered if waits else line.allocated
    units = min(row.quantity, there)
    story.put_line(
        line.id,
        **{"backordered" if waits else "allocated": there - units},
        cancelled=line.cancelled + units,
    )


def _staff_work(story: Story, dice: Random) -> None:
    ticket = story.case.ticket
    if ticket is not None:
        verb = dice.choice(list(TicketVerb))
        story.take(StaffActed(staff=MIA, case_id=1, ticket_id=ticket.id, verb=verb))


_STEPS_TAKEN: list[Callable[[Story, Random], None]] = [
    _numbers_move,
    _numbers_move,
    _anna_taps,
    _anna_taps,
    _anna_taps,
    _anna_cancels_some,
    _anna_cancels_some,
    _anna_asks,
    _anna_writes,
    _words_arrive,
    _words_arrive,
    _time_passes,
    _date_moves,
    _shelf_moves,
    _shop_works,
    _shop_works,
    _staff_work,
]


# --- what holds after every one ----------------------------------------------------


def _check(story: Story) -> None:
    open_ = [b for b in story.case.backorders if b.closed_at is None]
    for order in story.case.orders:
        for line in order.lines:
            tracked = sum(b.quantity for b in open_ if b.line_id == line.id)
            assert tracked == line.backordered, f"{line.id}: {tracked} tracked"
    for backorder in story.case.backorders:
        rows = [r for r in story.standing if r.backorder_id == backorder.id]
        # Waiting, once the shop has read it, needs no taking back.
        rows = [r for r in rows if r.kind != "wait" or r.changeable]
        assert len(rows) <= 1, f"{len(rows)} decisions hold for {backorder}"
        if backorder.state in {BackorderState.SUBSTITUTED, BackorderState.CANCELLED}:
            assert rows, f"nothing was decided about {backorder}"
        assert backorder.quantity > 0
        for row in rows:
            waits = backorder.closed_at is None and row.changeable
            if waits and row.kind != "wait":
                assert row.quantity == backorder.quantity, f"{row} about {backorder}"
        asked = any(
            backorder.id in {item.backorder_id for item in offer.unanswered}
            for offer in story.pending
        )
        if backorder.state is BackorderState.OFFERED:
            assert asked, f"nobody asks about {backorder}"
    releases = [r for r in story.standing if r.kind == "release"]
    assert len(releases) <= 1, "an order is released twice"
    known = {b.id for b in open_}
    for offer in story.pending:
        about = {item.backorder_id for item in offer.unanswered}
        assert about <= known, f"asked about what no longer waits: {about - known}"
