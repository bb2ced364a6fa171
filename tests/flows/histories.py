"""Histories: what may happen to Anna's order, drawn step by step from seeded dice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, TypeVar

from flows.codes import handle
from flows.effects import Reword, Say
from flows.events import StaffActed, StaffGranted, StaffReleased, TicketVerb
from flows.setting import Mode, Outage
from flows.waiting import WaitingState

from .builders import (
    CHARCOAL,
    HOODIE,
    MIA,
    TODAY,
    a_case,
    a_charcoal,
    a_line,
    a_mug,
    a_product,
    a_ready_line,
    a_shelf,
    a_supply,
    an_order,
)
from .story import Story

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from flows.case import DecisionRow
    from flows.events import Event

_POLICIES = (
    "",
    "[terms]\nsuppress_within_days = 12\nupdate_every_days = 2",
    '[terms]\non_silence = "wait"',
    '[terms]\nautomatic_cancel = "ask"\nship = "as_ready"',
    "[terms]\nsubstitutes_shown = 3\nchanges_allowed = 1\nsecond_parcel_minor = 0",
    '[terms]\nconsolation = "voucher"\nconsolation_refused = true',
    """[terms]
    consolation = "discount"
    consolation_after_days = 1
    consolation_approval_above = 100
    silent_substitute = true
    automatic_cancel = "never"
    """,
)
#: Some of all combinations, so that each begins once and is lived on often.
_STARTS = tuple(
    product(
        (1, 2, 3),
        (0, 100),
        (0, 1, 5),
        ("GB", "DE", "US"),
        ("captured", "authorized"),
        _POLICIES,
        ("", "asked", "on the list"),
    )
)[::37]
Kind = TypeVar("Kind", bound="Life")

#: As many buttons as somebody still finds when scrolling up.
_REMEMBERED = 30


class Life(Story):
    """A story that remembers which buttons were shown, and which mode it is in."""

    shown: tuple[str, ...] = ()
    #: Something happened that mode watch has only shown, and nobody has looked since.
    unseen = False

    def take(self, event: Event) -> Life:
        """Take one turn."""
        super().take(event)
        said = [e.message for e in self.effects if isinstance(e, Say | Reword)]
        data = [b.data for m in said for row in m.rows for b in row if b.data]
        self.shown = (*self.shown, *data)[-_REMEMBERED:]
        return self

    @property
    def mode(self) -> Mode:
        """How much happens by itself."""
        return self._setting.mode

    def switches(self, mode: Mode) -> None:
        """Let a colleague switch the mode."""
        self._setting = replace(self._setting, mode=mode)

    def halts(self, hours: float) -> None:
        """Let everything automatic be paused for a while."""
        began, self.now = self.now, self.now + timedelta(hours=hours)
        halt = Outage(channel="*", began_at=began, ended_at=self.now)
        outages = (*self._setting.outages, halt)
        self._setting = replace(self._setting, outages=outages)


def a_life(dice: Random, kind: type[Kind]) -> Kind:
    """Return the beginning of a history: the shop said what is short, at least."""
    made = _begun(kind, *dice.choice(_STARTS)).again()
    assert isinstance(made, kind)
    return made


@cache
def _begun(
    kind: type[Life],
    several: int,
    discount: int,
    free: int,
    market: str,
    paid: str,
    policy: str,
    so_far: str,
) -> Life:
    lines = (
        a_line(quantity=several, discount_minor=discount),
        a_line("second", sku=HOODIE, quantity=2, backordered=0, allocated=2),
        a_ready_line(),
    )
    # Who has a discount sees a cheaper substitute, too.
    charcoal = a_charcoal(price_minor=3900 - 4 * discount)
    shelf = a_shelf(a_supply(), products=(a_product(), charcoal, a_mug()))
    order = an_order(*lines, market=market, payment_status=paid, shipping_minor=490)
    life = kind(a_case(order, shelf=shelf), policy=policy)
    life.stocks(CHARCOAL, free).shop_says()
    if so_far:
        life.delivers()
    if so_far == "on the list":
        life.taps("0c+")
    return life


def live(life: Life, dice: Random) -> str:
    """Let one thing happen, and return its name."""
    step = dice.choice(_STEPS)
    step(life, dice)
    return step.__name__.strip("_")


# --- the shop -------------------------------------------------------------------


def _numbers_move(life: Life, dice: Random) -> None:
    line = life.line(dice.choice(("hoodie", "second")))
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
    life.shop_says(line.id, **moved)


def _date_moves(life: Life, dice: Random) -> None:
    days = dice.choice((None, 3, 9, 13, 16, 40))
    past = (life.now.date() - TODAY).days
    supply = a_supply(None if days is None else days + past)
    life.expects(supply, sku=HOODIE).shop_says()


def _shelf_moves(life: Life, dice: Random) -> None:
    held = sum(units for sku, units in life.holds.values() if sku == CHARCOAL)
    life.stocks(CHARCOAL, held + dice.choice((0, 1, 5)))


def _it_is_back(life: Life, dice: Random) -> None:
    """A wave reaches who is next, as the store marks it."""
    held = sum(units for sku, units in life.holds.values() if sku == HOODIE)
    life.stocks(HOODIE, held + dice.choice((0, 1, 3)))
    marked = tuple(
        replace(place, called=place.state is WaitingState.WAITING, blank=HOODIE)
        for place in life.case.waiting
    )
    life.case = replace(life.case, waiting=marked)
    life.shop_says()


def _shop_works(life: Life, dice: Random) -> None:
    rows = [row for row in life.standing if row.applied_at is None]
    if not rows:
        return
    row = dice.choice(rows)
    match dice.choice(("claim", "apply", "reject")):
        case "claim":
            life.row_becomes(row, claimed_at=life.now)
        case "reject":
            life.row_becomes(row, claimed_at=life.now, rejected_at=life.now)
        case _:
            _execute(life, row)
            life.row_becomes(row, claimed_at=life.now, applied_at=life.now)


def _execute(life: Life, row: DecisionRow) -> None:
    if row.line_id is None or row.kind not in {"cancel_refund", "substitute"}:
        return
    line = life.line(row.line_id)
    waits = row.backorder_id is not None
    there = line.backordered if waits else line.allocated
    units = min(row.quantity, there)
    life.put_line(
        line.id,
        **{"backordered" if waits else "allocated": there - units},
        cancelled=line.cancelled + units,
    )


# --- Anna -----------------------------------------------------------------------


def _anna_taps(life: Life, dice: Random) -> None:
    if not life.case.offers:
        return
    offer = dice.choice(life.case.offers)
    codes = [choice.code for item in offer.items for choice in item.choices]
    joining = [f"{code}+" for code in codes if code.endswith("c")]
    more = ("more", "change", "show")
    life.taps(dice.choice([*codes, *codes, *joining, *more]), offer)


def _anna_presses(life: Life, dice: Random) -> None:
    """She presses any button she has ever seen: a split, a place, an old offer's."""
    if life.shown:
        life.presses(dice.choice(life.shown))


def _anna_cancels_some(life: Life, dice: Random) -> None:
    """She names a number of units, presses once or twice, and may want them back."""
    name = dice.choice(("hoodie", "second", "mug"))
    life.opens("cancel", f"{handle(name)}*{dice.randint(0, 4)}")
    pressed = dice.choice((1, 1, 2))
    for data in _buttons(life, "m:cancel:")[:1] * pressed:
        life.presses(data)
    if dice.random() < 0.3:
        for data in _buttons(life, "m:uncancel:"):
            life.presses(data)


def _buttons(life: Life, start: str) -> list[str]:
    said = [e.message for e in life.effects if isinstance(e, Say | Reword)]
    data = [b.data or "" for m in said for row in m.rows for b in row]
    return [one for one in data if one.startswith(start) and "." in one]


def _anna_asks(life: Life, dice: Random) -> None:
    life.opens(dice.choice(("orders", "person", "back_to_bot", "mute")))


def _anna_on_the_list(life: Life, dice: Random) -> None:
    joins = [("join", one.id) for one in life.case.backorders]
    place = [(verb, e.id) for e in life.case.waiting for verb in _ON_THE_LIST]
    if joins or place:
        life.opens(*dice.choice([*joins, *place]))


_ON_THE_LIST = ("keep", "leave", "again")


def _anna_writes(life: Life, dice: Random) -> None:
    life.says(dice.choice(("yes please", "no", "where is my order", "cancel it")))


def _anna_names_a_day(life: Life, dice: Random) -> None:
    day = life.now.date() + timedelta(days=dice.choice((2, 5, 12, 20)))
    life.says(f"I need it by {day.isoformat()}")


def _words_arrive(life: Life, _: Random) -> None:
    life.delivers()


# --- the staff and the clock ------------------------------------------------------


def _staff_work(life: Life, dice: Random) -> None:
    ticket = life.case.ticket
    if ticket is not None:
        verb = dice.choice(list(TicketVerb))
        life.take(StaffActed(staff=MIA, case_id=1, ticket_id=ticket.id, verb=verb))


def _staff_grant(life: Life, dice: Random) -> None:
    if life.case.memory.consoled:
        about = dice.choice(life.case.memory.consoled).removeprefix("asked:")
        give = dice.random() < 0.7
        life.take(StaffGranted(staff=MIA, case_id=1, backorder_id=about, give=give))


def _staff_release(life: Life, dice: Random) -> None:
    if life.unreleased:
        batch = dice.choice(sorted(life.unreleased))
        send = dice.random() < 0.7
        life.take(StaffReleased(staff=MIA, case_id=1, batch=batch, send=send))


def _mode_changes(life: Life, dice: Random) -> None:
    """It is mostly switched back on: in watch hardly anything happens."""
    life.switches(dice.choice((Mode.WATCH, Mode.ASK, Mode.ACT, Mode.ACT)))
    life.shop_says()


def _all_is_paused(life: Life, dice: Random) -> None:
    life.halts(dice.choice((1, 8, 30)))
    life.waits(minutes=1)


def _time_passes(life: Life, dice: Random) -> None:
    life.waits(hours=dice.choice((1, 5, 25, 130)))


_STEPS: tuple[Callable[[Life, Random], None], ...] = (
    *(_numbers_move, _numbers_move, _date_moves, _shelf_moves, _it_is_back),
    *(_shop_works, _shop_works),
    *(_anna_taps, _anna_taps, _anna_taps, _anna_presses, _anna_presses),
    *(
        _anna_cancels_some,
        _anna_cancels_some,
        _anna_asks,
        _anna_on_the_list,
        _anna_writes,
        _anna_names_a_day,
    ),
    *(_words_arrive, _words_arrive, _staff_work, _staff_grant, _staff_release),
    *(_mode_changes, _all_is_paused, _time_passes),
)
