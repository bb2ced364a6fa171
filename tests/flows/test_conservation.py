"""Whatever happens in whatever order: units are conserved, nothing is decided twice."""

from __future__ import annotations

from datetime import time
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from flows.case import BackorderState, OfferState
from flows.effects import Notice, PromiseTold, Reword, Say
from flows.events import ShopChanged
from flows.ledger import UNTOLD
from flows.setting import Mode
from flows.waiting import KEEPING

from .histories import Life, a_life, live

if TYPE_CHECKING:
    from datetime import datetime

    from flows.case import Case
    from flows.events import Event

#: Per seed as many beginnings of five steps, each with three ends of two: 3,000
#: histories together. Raise them to look longer.
_BEGINNINGS, _ENDS = 25, 3
_FIRST, _LAST = 5, 2

_BERLIN = ZoneInfo("Europe/Berlin")
_AWAKE = time(8), time(21)
#: Offers whose goods may be kept: asked about, chosen, or being carried out.
_KEEPS = frozenset(
    (
        *(OfferState.PROPOSED, OfferState.OPEN, OfferState.RESTING),
        *(OfferState.ANSWERED, OfferState.EXPIRED, OfferState.SETTLED),
    )
)


@pytest.mark.parametrize("seed", range(40))
def test_any_history_conserves_units(seed: int) -> None:
    """Whatever an order lives through, all of this holds after each turn of it."""
    dice = Random(seed)
    for _ in range(_BEGINNINGS):
        begun = a_life(dice, Checked)
        first = _lived(begun, dice, [], _FIRST)
        for _ in range(_ENDS):
            _lived(begun.again(), dice, first, _LAST)


def _lived(life: Checked, dice: Random, before: list[str], steps: int) -> list[str]:
    """Let more happen, and return all that has happened by then."""
    history = [*before]
    for _ in range(steps):
        try:
            history.append(live(life, dice))
        except Exception as error:
            error.add_note(f"after {', '.join(history)}")
            raise
    return history


class Checked(Life):
    """A life in which every single turn is looked at."""

    def take(self, event: Event) -> Checked:
        """Take a turn, and see that it broke nothing."""
        before = self.case
        super().take(event)
        # What mode watch only shows, the case looks at anew when it is switched.
        watches = self.mode is Mode.WATCH
        self.unseen = watches or (self.unseen and not isinstance(event, ShopChanged))
        if not self.unseen:
            _units_are_tracked(self)
            _what_is_asked_is_pending(self)
        _one_decision_holds(self)
        _holds_are_for_offers(self)
        _words_are_in_force(self)
        _refunds_were_paid(self)
        _windows_end_by_day(self)
        _nothing_got_worse_in_silence(before, self)
        return self


def _units_are_tracked(life: Life) -> None:
    open_ = [b for b in life.case.backorders if b.closed_at is None]
    for order in life.case.orders:
        for line in order.lines:
            tracked = sum(b.quantity for b in open_ if b.line_id == line.id)
            assert tracked == line.backordered, f"{line.id}: {tracked} tracked"


def _what_is_asked_is_pending(life: Life) -> None:
    known = {b.id for b in life.case.backorders if b.closed_at is None}
    asked = {item.backorder_id for o in life.pending for item in o.unanswered}
    assert asked <= known, f"asked about what no longer waits: {asked - known}"
    for backorder in life.case.backorders:
        offer = life.case.offer_for(backorder.id)
        # What could not be sent waits for a colleague, or for the morning.
        buried = offer is not None and offer.state is OfferState.BURIED
        if backorder.state is BackorderState.OFFERED and not buried:
            assert backorder.id in asked, f"nobody asks about {backorder}"


def _one_decision_holds(life: Life) -> None:
    for backorder in life.case.backorders:
        ours = [r for r in life.standing if r.backorder_id == backorder.id]
        gifts = [r for r in ours if r.kind == "consolation"]
        assert len(gifts) <= 1, f"consoled twice for {backorder}"
        # Waiting, once the shop has read it, needs no taking back.
        rows = [r for r in ours if r.kind != "wait" or r.changeable]
        rows = [r for r in rows if r not in gifts]
        assert len(rows) <= 1, f"{len(rows)} decisions hold for {backorder}"
        decided = {BackorderState.SUBSTITUTED, BackorderState.CANCELLED}
        # What is over waits for nobody, when the shop refuses it afterwards.
        refused = backorder.closed_at is not None and any(
            r.rejected_at for r in life.case.decisions if r.backorder_id == backorder.id
        )
        if backorder.state in decided and not life.unseen and not refused:
            assert rows, f"nothing was decided about {backorder}"
        assert backorder.quantity > 0
        for row in rows:
            waits = backorder.closed_at is None and row.changeable
            if waits and row.kind != "wait" and not life.unseen:
                assert row.quantity == backorder.quantity, f"{row} about {backorder}"
    for kind in ("release", "split_shipment"):
        found = [r for r in life.standing if r.kind == kind]
        assert len(found) <= 1, f"an order has two of {kind}"


def _holds_are_for_offers(life: Life) -> None:
    for (offer_id, backorder_id), (sku, units) in life.holds.items():
        place = next((p for p in life.case.waiting if p.id == offer_id), None)
        if place is not None:
            assert place.state in KEEPING, f"{units} {sku} kept for {place}"
            assert units == place.quantity
            continue
        offer = next(o for o in life.case.offers if o.id == offer_id)
        assert offer.state in _KEEPS, f"{units} {sku} held by an offer {offer.state}"
        item = next(i for i in offer.items if i.backorder_id == backorder_id)
        shown = {choice.sku for choice in item.choices if choice.sku}
        assert sku in shown, f"{sku} held, {shown} shown"
        assert units <= item.quantity, f"{units} {sku} held for {item.quantity}"


def _words_are_in_force(life: Life) -> None:
    """A colleague holds no words of an ended offer, nor waits a row for words lost."""
    over = {o.subject for o in life.case.offers if o.state not in _KEEPS}
    held = {say.subject for says in life.held.values() for say in says}
    unsent = held | life.letters
    assert not unsent & over, f"still to be sent: {unsent & over}"
    memory = life.case.memory
    for row in life.standing:
        if row.apply_after != UNTOLD or not row.changeable:
            continue
        about = [k for k, offer in memory.untold_offers if offer == row.offer_id]
        keys = about or [k for k, order in memory.untold if order == row.order_id]
        assert keys, f"nothing lets go {row}"
        assert set(keys) <= {*life.unreleased, *life.letters}, (
            f"nobody can let go {row}"
        )


def _refunds_were_paid(life: Life) -> None:
    for order in life.case.orders:
        goods = sum(x.unit_price_minor * x.quantity for x in order.lines)
        less = order.discount_minor + sum(x.discount_minor for x in order.lines)
        paid = goods - less + order.shipping_minor
        rows = [r for r in life.standing if r.order_id == order.id]
        back = sum(r.refund_minor or 0 for r in rows)
        assert back <= (paid if order.payment_status == "captured" else 0)


def _windows_end_by_day(life: Life) -> None:
    for offer in life.pending:
        if offer.state is OfferState.RESTING:
            assert offer.rested_at is not None, f"{offer} rests since never"
            continue
        ends = offer.deadline_at if offer.state is OfferState.OPEN else None
        assert ends or offer.told_deadline, f"{offer} never ends"
        for end in (offer.told_deadline, ends):
            assert end is None or _by_day(end), f"a window ends at night, {end}"
        if ends is not None:
            wake = life.case.wake_at
            assert wake is not None, f"nobody wakes for {offer}"
            assert wake <= ends or life.mode is Mode.WATCH, f"{wake} is after {ends}"
    for place in life.case.waiting:
        if place.state in KEEPING and place.told_until is not None:
            assert _by_day(place.told_until), f"kept until night, {place}"


def _by_day(at: datetime) -> bool:
    first, last = _AWAKE
    return first <= at.astimezone(_BERLIN).time() < last


def _nothing_got_worse_in_silence(before: Case, life: Life) -> None:
    said = [e for e in life.effects if isinstance(e, Say | Reword | Notice)]
    noted = {e.backorder_id for e in life.effects if isinstance(e, PromiseTold)}
    for earlier in before.backorders:
        backorder = life.case.backorder(earlier.id)
        if backorder is None or backorder.told == earlier.told:
            continue
        assert backorder.told is not None, f"a promise was forgotten: {earlier}"
        assert backorder.id in noted, f"a promise is not in the books: {backorder}"
        last = earlier.told.expected_to if earlier.told else None
        now = backorder.told.expected_to
        if last is not None and (now is None or now > last):
            assert said, f"{last} became {now}, and nobody was told"
