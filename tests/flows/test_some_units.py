"""Cancelling some units of a line: what is asked, what goes, what it gives back."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flows.cancelling import digest_of
from flows.codes import handle
from flows.effects import Reword, Say
from flows.money import order_value

from .builders import (
    HOODIE,
    NOON,
    a_case,
    a_line,
    a_ready_line,
    a_shelf,
    a_supply,
    an_order,
)
from .some_units import NEVER, cancelled, mugs, press, six_wait
from .story import Story

# --- asked -------------------------------------------------------------------------


def test_the_number_is_changed_in_the_same_words() -> None:
    """Each press shows its own refund; the message stays one."""
    story = mugs(discount_minor=100).says("cancel the mugs")
    press(story, "Cancel Mug Fjord")
    assert story.buttons == [
        "Yes, cancel and refund €35.00",
        "Only 1",
        "Only 2",
        "Talk to a person",
    ]
    press(story, "Only 2")
    (edited,) = story.all(Reword)
    assert "You'd get €23.34 back. One stays in the order." in edited.message.text
    assert not story.all(Say)
    assert story.buttons[1:-1] == ["Only 1", "All 3"]


def test_many_units_have_few_buttons() -> None:
    """One, half, one less, one more, all: every number is near."""
    story = mugs(40).says("cancel 12 of the mugs")
    assert story.buttons[1:-1] == ["Only 1", "Only 11", "Only 13", "Only 20", "All 40"]


def test_one_unit_is_not_asked_how_many() -> None:
    """There is nothing to choose."""
    story = mugs(1).says("cancel 1 of the mugs")
    assert story.buttons == ["Yes, cancel and refund €12.00", "Talk to a person"]


def test_an_old_number_rewords_nothing_else() -> None:
    """One is left of five: it is asked about anew, no other message is rewritten."""
    story = mugs(5).opens("cancel", handle("mug"))
    only_3 = _data_below(story)[3]
    story.shop_says("mug", allocated=1, shipped=4).presses(only_3)
    assert not story.all(Reword)
    (said,) = story.all(Say)
    assert "• 1 × Mug Fjord" in said.message.text


def test_numbers_reword_the_question_about_the_whole_order() -> None:
    """Work on the hoodie has begun, so all that is left of the order is one line."""
    lines = (
        a_line(allocated=1, backordered=0, work_started_at=NOON),
        a_ready_line(quantity=3),
    )
    story = Story(a_case(an_order(*lines))).shop_says()
    story.opens("cancel", handle("order-1042"))
    (asked,) = story.all(Say)
    press(story, "Only 1")
    (edited,) = story.all(Reword)
    assert edited.subject == asked.subject


@pytest.mark.parametrize(("answer", "units"), [("2", 2), ("only 2", 2), ("two", 2)])
def test_a_bare_number_answers_how_many(answer: str, units: int) -> None:
    """And a typed yes repeats what was asked last."""
    story = press(mugs(5).says("please cancel my order"), "Cancel Mug Fjord")
    for words in (answer, "yes"):
        story.says(words)
        assert story.keys == ["cancel_confirm"]
        assert f"• {units} × Mug Fjord" in story.words
    assert not story.standing


def test_button_data_fits_whatever_ids_the_shop_has() -> None:
    """Telegram takes 64 bytes."""
    line = a_ready_line("gid://shopify/LineItem/" + "9" * 80, quantity=999_999)
    story = Story(a_case(an_order(line)))
    story.opens("cancel", f"{handle(line.id)}*999998")
    assert "999998 × Mug Fjord" in story.words
    assert press(story, "Yes").keys == ["cancel_done"]


# --- done --------------------------------------------------------------------------


def test_some_go_and_the_order_lives_on() -> None:
    """The row says how many; what is left can still be cancelled, or ships."""
    story = press(mugs(5).says("cancel 2 of the mugs"), "Yes")
    assert story.keys == ["cancel_done"]
    assert "3 stay in the order." in story.words
    assert cancelled(story) == [("mug", 2)]
    story.opens("orders")
    assert "2 × Mug Fjord: being cancelled" in story.words
    assert "3 × Mug Fjord: ready" in story.words
    story.says("cancel the mugs")
    press(story, "Cancel Mug Fjord")
    assert "• 3 × Mug Fjord" in story.words


def test_a_second_press_cancels_no_two_more() -> None:
    """Two of five are not two of three, though both are two mugs for the same money."""
    story = mugs(5).says("cancel 2 of the mugs")
    said = story.all(Say)[0].message
    story.presses(str(said.rows[0][0].data)).presses(str(said.rows[0][0].data))
    assert "out of date" in story.toast
    assert story.keys == ["cancel_confirm"]
    assert cancelled(story) == [("mug", 2)]


def test_a_second_press_on_all_of_it_calls_nobody() -> None:
    """What waited is being cancelled as wanted: no colleague is needed for that."""
    story = six_wait().opens("cancel", handle("hoodie"))
    yes = _data_below(story)[0]
    story.presses(yes).presses(yes)
    assert story.keys == ["cancel_late"]
    assert story.case.ticket is None
    assert cancelled(story) == [("hoodie", 6)]


def test_what_changed_meanwhile_is_asked_anew() -> None:
    """The shop has sent some: the old button shows what is left, and does nothing."""
    story = mugs(5).says("cancel 4 of the mugs")
    yes = str(story.all(Say)[0].message.rows[0][0].data)
    story.shop_says("mug", allocated=3, shipped=2).presses(yes)
    assert not cancelled(story)
    assert "• 3 × Mug Fjord" in story.words


def test_too_late_is_for_a_person() -> None:
    """Work has begun: no number of it goes by a button."""
    story = mugs(5).says("cancel 2 of the mugs")
    yes = str(story.all(Say)[0].message.rows[0][0].data)
    story.shop_says("mug", work_started_at=NOON).presses(yes)
    assert not cancelled(story)
    assert story.keys[0] == "cancel_late"
    assert story.case.ticket is not None


@pytest.mark.parametrize("argument", ["*0", "*-1", "*x", "*99", "*" + "9" * 30, "*²"])
def test_a_made_up_number_is_the_whole_line(argument: str) -> None:
    """Clients can send anything; it only ever asks."""
    story = mugs(3).opens("cancel", handle("mug") + argument)
    assert "• 3 × Mug Fjord" in story.words
    assert not story.standing


def test_both_cancellations_are_taken_back_by_the_newest_button() -> None:
    """An older button shows fewer units than it would bring back: it asks anew."""
    story = press(mugs(5).says("cancel 2 of the mugs"), "Yes")
    old = str(story.all(Say)[0].message.rows[0][0].data)
    press(story.says("cancel 1 of the mugs"), "Yes")
    assert "• 3 × Mug Fjord" in story.words
    story.presses(old)
    assert "out of date" in story.toast
    assert cancelled(story) == [("mug", 2), ("mug", 1)]
    press(story, "Keep it after all")
    assert story.keys == ["kept"]
    assert not cancelled(story)


def test_what_the_shop_has_begun_with_stays_cancelled() -> None:
    """The other one can still be kept."""
    story = press(mugs(5).says("cancel 2 of the mugs"), "Yes")
    story.row_becomes(story.standing[0], claimed_at=story.now)
    press(press(story.says("cancel 1 of the mugs"), "Yes"), "Keep it after all")
    assert story.keys == ["kept"]
    assert cancelled(story) == [("mug", 2)]


@pytest.mark.parametrize("policy", ["", NEVER])
def test_what_was_given_up_is_not_asked_about_once_it_waits(policy: str) -> None:
    """Two of three ready hoodies are cancelled; then the shop has one ready."""
    line = a_line(quantity=3, allocated=3, backordered=0, discount_minor=100)
    case = a_case(an_order(line), shelf=a_shelf(a_supply(60), charcoal=0))
    story = (
        Story(case, policy=policy).shop_says().opens("cancel", f"{handle('hoodie')}*2")
    )
    press(story, "Yes")
    (before,) = story.standing
    story.shop_says("hoodie", allocated=2, backordered=1)
    assert not story.keys
    story.shop_says("hoodie", allocated=1, backordered=2)
    assert not story.keys
    assert cancelled(story) == [("hoodie", 1), ("hoodie", 1)]
    assert sum(row.refund_minor or 0 for row in story.standing) == before.refund_minor
    story.opens("uncancel", f"{handle('hoodie')}.{digest_of([before])}")
    assert "kept" in story.keys
    assert not [r for r in story.standing if r.decided_by == "customer"]


# --- money -------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@example(pressed=[1, 1, 1, 1, 1], ready=0, price=1, off=1, tax=0, discount=1)
@given(
    pressed=st.lists(st.integers(1, 6), min_size=1, max_size=6),
    ready=st.integers(0, 4),
    price=st.integers(1, 9_999),
    off=st.integers(0, 99),
    tax=st.integers(0, 99),
    discount=st.integers(0, 99),
)
def test_parts_of_a_line_give_back_the_line(
    pressed: list[int], ready: int, price: int, off: int, tax: int, discount: int
) -> None:
    """Whatever numbers are pressed one after the other: not a cent more or less."""
    line = a_line(
        quantity=6 + ready,
        allocated=ready,
        unit_price_minor=price,
        discount_minor=min(off, price),
        tax_minor=tax,
    )
    order = an_order(line, discount_minor=min(discount, price))
    case = a_case(order, shelf=a_shelf(a_supply(), charcoal=0))
    story = Story(case, policy=NEVER).shop_says()
    for units in [*pressed, 99]:
        if sum(quantity for _, quantity in cancelled(story)) == line.quantity:
            break
        story.opens("cancel", f"{handle('hoodie')}*{units}")
        shown = next(b for b in story.buttons if b.startswith("Yes"))
        press(story, "Yes")
        assert shown.startswith("Yes, cancel and refund €")
    rows = [row for row in story.standing if row.kind == "cancel_refund"]
    assert sum(row.quantity for row in rows) == line.quantity
    assert sum(row.refund_minor or 0 for row in rows) == order_value(order)


def test_each_refund_is_what_its_button_said() -> None:
    """The amount shown is the amount decided, for exactly that number."""
    story = mugs(3, discount_minor=100, tax_minor=50).says("cancel 2 of the mugs")
    (said,) = story.all(Say)
    press(story, "Yes")
    (row,) = story.standing
    assert f"€{(row.refund_minor or 0) / 100:.2f}" in said.message.rows[0][0].label


def test_nothing_taken_nothing_back() -> None:
    """Who was not charged yet reads that, also for some."""
    lines = (a_line(HOODIE, allocated=1, backordered=0), a_ready_line(quantity=3))
    order = an_order(*lines, payment_status="authorized")
    story = Story(a_case(order)).shop_says().says("cancel 2 of the mugs")
    assert "You haven't been charged for it. One stays in the order." in story.words
    assert story.buttons[0] == "Yes, cancel it"


def _data_below(story: Story) -> list[str]:
    """Return what the buttons below the turn's only message carry."""
    (said,) = story.all(Say)
    return [button.data or "" for row in said.message.rows for button in row]
