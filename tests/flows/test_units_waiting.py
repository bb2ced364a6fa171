"""Some of what waits is given up: the rest keeps its date, question and choice."""

from __future__ import annotations

from dataclasses import replace

from flows.case import BackorderState, OfferState
from flows.effects import Reword, Say

from .builders import (
    CHARCOAL,
    HOODIE,
    a_case,
    a_line,
    a_shelf,
    a_supply,
    an_order,
    some_facts,
)
from .some_units import NEVER, cancelled, press, six_wait
from .story import Story


def test_waiting_units_go_before_ready_ones() -> None:
    """They cannot be sent; what lies ready is given up last."""
    story = press(six_wait(ready=4).says("cancel 2 of the hoodies"), "Yes")
    (row,) = story.standing
    assert row.backorder_id is not None
    press(story.says("cancel 5 of the hoodies"), "Yes")
    parts = [(r.quantity, r.backorder_id is not None) for r in story.standing]
    assert (1, False) in parts
    assert sum(units for units, waits in parts if waits) == 6


def test_the_rest_keeps_its_date() -> None:
    """Four still wait for what was told; nothing is promised or asked anew."""
    story = six_wait()
    before = story.backorder
    story = press(story.says("cancel 2 of the hoodies"), "Yes")
    rest = story.case.backorder(before.id)
    assert rest == replace(before, quantity=4)
    assert "order" not in story.keys
    story.opens("orders")
    assert "4 × Hoodie, black, L: out of stock; we expect it" in story.words
    assert "2 × Hoodie, black, L: being cancelled" in story.words


def test_an_open_question_asks_about_the_rest_until_the_same_time() -> None:
    """Fewer units, lower amounts, the same deadline; six are kept for it no longer."""
    story = six_wait(charcoal=9)
    asked = story.offer
    story = press(story.says("cancel 2 of the hoodies"), "Yes")
    now = story.offer
    assert (now.id, now.state, now.deadline_at) == (asked.id, "open", asked.deadline_at)
    assert now.items[0].quantity == 4
    assert list(story.holds.values()) == [(CHARCOAL, 4)]
    (edited,) = story.all(Reword)
    assert "4 × Hoodie, black, L" in edited.message.text
    story.taps("0c")
    assert sorted(cancelled(story)) == [("hoodie", 2), ("hoodie", 4)]
    refunds = [r.refund_minor or 0 for r in story.standing if r.kind == "cancel_refund"]
    assert sum(refunds) == 6 * 3900


def test_what_was_chosen_holds_for_the_rest() -> None:
    """Charcoal is sent for four; the row of six is withdrawn, not edited."""
    story = six_wait(charcoal=9).taps("0s0")
    story = press(story.says("cancel 2 of the hoodies"), "Yes")
    rows = sorted((row.kind, row.quantity) for row in story.standing)
    assert rows == [("cancel_refund", 2), ("substitute", 4)]
    assert list(story.holds.values()) == [(CHARCOAL, 4)]
    assert story.offer.state is OfferState.ANSWERED


def test_the_rest_of_a_choice_has_its_own_amounts() -> None:
    """What was cheaper by two euros each gives back eight for four, not twelve."""
    shelf = a_shelf(a_supply(), charcoal=9)
    cheaper = tuple(
        replace(p, price_minor=3700) if p.sku == CHARCOAL else p for p in shelf.products
    )
    line = a_line(quantity=6)
    case = a_case(an_order(line), shelf=replace(shelf, products=cheaper))
    story = Story(case).shop_says().delivers().taps("0s0")
    press(story.says("cancel 2 of the hoodies"), "Yes")
    refunds = {row.kind: row.refund_minor for row in story.standing}
    assert refunds == {"substitute": 800, "cancel_refund": 7800}
    story.taps("change")
    assert "Cancel, refund €156.00" in story.buttons
    story.taps("0w").taps("0s0")
    refunds = {row.kind: row.refund_minor for row in story.standing}
    assert refunds == {"substitute": 800, "cancel_refund": 7800}


def test_what_was_found_short_last_goes_first() -> None:
    """The earlier ones are nearer to being sent."""
    line = a_line(quantity=6, allocated=4)
    case = a_case(an_order(line), shelf=a_shelf(a_supply(), charcoal=0))
    story = Story(case, policy=NEVER).shop_says().waits(hours=2)
    first = story.backorder
    story.shop_says("hoodie", allocated=0, backordered=6)
    press(story.says("cancel 4 of the hoodies"), "Yes")
    assert story.case.backorder(first.id) == first


def test_what_is_sent_instead_goes_after_what_waits() -> None:
    """Charcoal can be sent; what was found short later cannot."""
    line = a_line(quantity=4, allocated=2)
    case = a_case(an_order(line), shelf=a_shelf(a_supply(), charcoal=2))
    story = Story(case, policy=NEVER).shop_says().delivers().taps("0w")
    story.waits(hours=1).shop_says("hoodie", allocated=0, backordered=4)
    story.stocks(CHARCOAL, 2).delivers()
    late = story.offer
    story.taps(late.items[0].recommended, late)
    states = [b.state for b in story.case.backorders]
    assert states == [BackorderState.WAITING, BackorderState.SUBSTITUTED]
    press(story.says("cancel 2 of the hoodies"), "Yes")
    states = [b.state for b in story.case.backorders]
    assert states == [BackorderState.CANCELLED, BackorderState.SUBSTITUTED]


def test_nobody_is_consoled_twice_for_one_wait() -> None:
    """Two of six were given up and taken back: they waited with the others."""
    policy = '[terms]\nconsolation = "voucher"\nconsolation_after_days = 1\n'
    line = a_line(quantity=6)
    case = a_case(an_order(line), shelf=a_shelf(a_supply(), charcoal=0))
    story = Story(case, policy=policy + "automatic_cancel = 'never'").shop_says()
    story.delivers().waits(days=3)
    press(press(story.says("cancel 2 of the hoodies"), "Yes"), "Keep it after all")
    story.waits(days=2)
    gifts = [row for row in story.standing if row.kind == "consolation"]
    assert len(gifts) == 1


def test_what_is_taken_back_waits_as_before() -> None:
    """With the date that was told, as part of what it was cut from."""
    story = six_wait()
    before = story.backorder
    press(press(story.says("cancel 2 of the hoodies"), "Yes"), "Keep it after all")
    waiting = [b for b in story.case.backorders if b.closed_at is None]
    assert waiting == [before]
    assert not cancelled(story)


def test_the_shop_takes_the_units_out() -> None:
    """Two of six are applied: they are over, four wait on, the customer hears it."""
    story = press(six_wait().says("cancel 2 of the hoodies"), "Yes")
    (row,) = story.standing
    story.put_line("hoodie", backordered=4, cancelled=2)
    story.row_becomes(row, claimed_at=story.now, applied_at=story.now)
    assert "2 × Hoodie, black, L in order 1042 is cancelled" in story.words
    (left,) = [b for b in story.case.backorders if b.closed_at is None]
    assert (left.quantity, left.state) == (4, BackorderState.WAITING)


def test_stock_for_the_rest_lets_the_order_go() -> None:
    """Two are cancelled, the other four came: nothing waits any more."""
    story = press(six_wait().says("cancel 2 of the hoodies"), "Yes")
    story.shop_says("hoodie", backordered=2, allocated=4)
    kinds = sorted(row.kind for row in story.standing)
    assert kinds == ["cancel_refund", "release"]


def test_the_last_waiting_units_release_the_rest() -> None:
    """All that waits goes, what lies ready ships."""
    story = press(six_wait(ready=4).says("cancel 6 of the hoodies"), "Yes")
    kinds = {row.kind: row.quantity for row in story.standing}
    assert kinds == {"cancel_refund": 6, "release": 5}


def test_what_came_meanwhile_is_not_cancelled_twice() -> None:
    """Two of six were given up, then all six came: four are left to cancel."""
    story = press(six_wait().says("cancel 2 of the hoodies"), "Yes")
    story.shop_says("hoodie", backordered=0, allocated=6)
    press(story.says("cancel the hoodies"), "Cancel Hoodie")
    assert "• 4 × Hoodie, black, L" in story.words


def test_what_came_meanwhile_can_be_kept() -> None:
    """It is there: nothing waits again for a decision."""
    story = press(six_wait().says("cancel 2 of the hoodies"), "Yes")
    back = str(story.all(Say)[0].message.rows[0][0].data)
    story.shop_says("hoodie", backordered=0, allocated=6).presses(back)
    assert not cancelled(story)
    states = {b.state for b in story.case.backorders}
    assert states == {BackorderState.FILLED}


def test_a_question_about_several_offers_to_give_up_some() -> None:
    """One press more asks how many; the question stays open beside it."""
    story = six_wait(charcoal=9)
    story.opens("orders").taps("show")
    press(story, "Cancel only some of them")
    assert story.keys == ["cancel_confirm"]
    assert story.buttons[1:-1] == ["Only 1", "Only 3", "Only 5"]
    press(press(story, "Only 1"), "Yes")
    assert cancelled(story) == [("hoodie", 1)]
    assert [item.quantity for offer in story.pending for item in offer.items] == [5]


def test_where_there_is_more_it_stands_with_the_other_options() -> None:
    """A long list of products is long enough."""
    shelf = a_shelf(a_supply(), charcoal=9)
    navy = replace(shelf.products[1], sku="HOOD-NAVY-L", blank="HOOD-NAVY-L")
    navy = replace(navy, color="navy", color_hex="#20203a")
    facts = (*shelf.facts, some_facts("HOOD-NAVY-L", 9))
    shelf = replace(shelf, products=(*shelf.products, navy), facts=facts)
    story = Story(a_case(an_order(a_line(quantity=6)), shelf=shelf)).shop_says()
    assert "Other options" in story.buttons
    assert "Cancel only some of them" not in story.buttons
    story.taps("more")
    assert "Cancel only some of them" in story.buttons


def test_of_one_there_is_no_some() -> None:
    """A single unit is cancelled or not."""
    story = Story().shop_says()
    assert "Cancel only some of them" not in story.buttons


def test_what_came_and_went_again_stays_cancelled() -> None:
    """All six were given up; they come, and three of them fall short once more."""
    story = press(six_wait().says("cancel 6 of the hoodies"), "Yes")
    before = sum(row.refund_minor or 0 for row in story.standing)
    story.shop_says("hoodie", allocated=6, backordered=0)
    story.shop_says("hoodie", allocated=3, backordered=3)
    assert not story.keys
    assert cancelled(story) == [("hoodie", 3), ("hoodie", 3)]
    assert sum(row.refund_minor or 0 for row in story.standing) == before


def test_what_is_kept_after_all_is_told_one_date_with_the_rest() -> None:
    """The first four come early, but all six wait: none of them is told that day."""
    story = press(six_wait().says("cancel 2 of the hoodies"), "Yes")
    press(story, "Keep it after all")
    story.expects(a_supply(5, 4), a_supply(9, 9, id="rest"), sku=HOODIE).shop_says()
    assert not story.keys
    story.expects(a_supply(5, 6), sku=HOODIE).shop_says()
    assert story.keys == ["sooner"]
