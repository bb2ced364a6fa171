"""What goes back: every part its own share, all parts together what was paid."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.draft import Draft
from flows.effects import Decide, Withdraw
from flows.money import line_total, order_value, swap
from flows.refunds import money_back, refund_due
from flows.shop import Refund

from .builders import (
    NOON,
    a_backorder,
    a_case,
    a_decision,
    a_line,
    a_ready_line,
    a_setting,
    a_shelf,
    an_order,
)
from .story import Story

LINES = st.lists(
    st.tuples(
        st.integers(1, 12),
        st.integers(0, 99_999),
        st.integers(0, 5_000),
        st.integers(0, 5_000),
    ),
    min_size=1,
    max_size=5,
)


def give_back(policy: str, order: object, data: st.DataObject) -> int:
    """Cancel an order in random parts, some of them applied on the way."""
    case, total = a_case(order), 0
    left = {line.id: line.quantity for line in order.lines}
    while any(left.values()):
        line_id = data.draw(st.sampled_from([i for i, n in left.items() if n]))
        units = data.draw(st.integers(1, left[line_id]))
        order = case.orders[0]
        line = order.line(line_id)
        draft = Draft(case, a_setting(policy=policy))
        due = refund_due(draft, order, line, units)
        total += due
        left[line_id] -= units
        applied = data.draw(st.booleans())
        row = a_decision(
            len(case.decisions) + 1,
            line_id=line_id,
            kind="cancel_refund",
            quantity=units,
            refund_minor=due,
            applied_at=NOON if applied else None,
        )
        if applied:
            less = replace(
                line,
                cancelled=line.cancelled + units,
                backordered=line.backordered - units,
            )
            lines = tuple(less if item.id == line_id else item for item in order.lines)
            order = replace(order, lines=lines)
        case = replace(case, orders=(order,), decisions=(*case.decisions, row))
    return total


@pytest.mark.parametrize("shipping", ["none", "share", "with_last_line"])
@settings(max_examples=60)
@given(
    rows=LINES, discount=st.integers(0, 9_999), sent=st.integers(0, 999), data=st.data()
)
def test_all_parts_together_are_what_was_paid(
    shipping: str,
    rows: list[tuple[int, int, int, int]],
    discount: int,
    sent: int,
    data: st.DataObject,
) -> None:
    """Cancelled bit by bit in any order, refunds sum to the payment exactly."""
    lines = [
        a_line(
            f"line-{number}",
            quantity=quantity,
            unit_price_minor=price,
            discount_minor=off,
            tax_minor=tax,
        )
        for number, (quantity, price, off, tax) in enumerate(rows)
    ]
    order = an_order(*lines, discount_minor=discount, shipping_minor=sent)
    back = give_back(f"[terms]\nrefund_shipping = '{shipping}'", order, data)
    assert back == order_value(order) + (0 if shipping == "none" else sent)


def test_a_part_gets_its_share_of_every_discount_and_tax() -> None:
    """Six of ten, with discounts on line and order and tax on top: six tenths of it."""
    tees = a_line(
        quantity=10,
        allocated=4,
        unit_price_minor=2000,
        discount_minor=1000,
        tax_minor=3610,
    )
    mug = a_ready_line(unit_price_minor=2390)
    order = an_order(tees, mug, discount_minor=2500)
    draft = Draft(a_case(order), a_setting())
    line, other = line_total(tees), line_total(mug)
    assert (line, other) == (22610, 2390)
    assert refund_due(draft, order, tees, 6) == 13566 - 1356


def test_shipping_goes_back_with_the_last_line_only() -> None:
    """S0-14: the price of the cancelled line; shipping once nothing is left to send."""
    order = an_order(a_line(), a_line("other"), shipping_minor=490)
    case = a_case(order)
    draft = Draft(case, a_setting())
    assert refund_due(draft, order, order.lines[0], 1) == 3900
    gone = a_decision(line_id="other", kind="cancel_refund", backorder_id="b2")
    draft = Draft(replace(case, decisions=(gone,)), a_setting())
    assert refund_due(draft, order, order.lines[0], 1) == 4390


def test_the_buttons_name_what_is_right_by_now() -> None:
    """After the first of two lines, the second's button includes the shipping."""
    order = an_order(a_line(), a_line("other"), shipping_minor=490)
    case = a_case(order, shelf=a_shelf(charcoal=0))
    policy = "[terms]\nautomatic_cancel = 'never'"
    story = Story(case, policy=policy).shop_says()
    assert any(label.endswith("Cancel, refund €39.00") for label in story.buttons)
    story.taps("0c")
    assert any(label.endswith("Cancel, refund €43.90") for label in story.buttons)
    story.taps("1c")
    rows = [row for row in story.standing if row.kind == "cancel_refund"]
    assert [row.refund_minor for row in rows] == [3900, 4390]


def test_a_change_of_mind_sets_the_other_refund_right() -> None:
    """Shipping promised with the last line is not given when a line stays after all."""
    order = an_order(a_line(), a_line("other"), shipping_minor=490)
    case = a_case(order, shelf=a_shelf(charcoal=0))
    policy = "[terms]\nautomatic_cancel = 'never'"
    story = Story(case, policy=policy).shop_says().delivers()
    story.taps("0c").taps("1c").taps("0w")
    assert "is now €39.00 instead of €43.90" in story.words
    rows = [row for row in story.standing if row.kind == "cancel_refund"]
    assert [(row.line_id, row.refund_minor) for row in rows] == [("other", 3900)]


def test_nothing_captured_means_nothing_to_refund() -> None:
    """The customer reads that they have not been charged; the row refunds nothing."""
    order = an_order(payment_status="authorized")
    case = a_case(order, shelf=a_shelf(charcoal=0))
    policy = "[terms]\nautomatic_cancel = 'never'"
    story = Story(case, policy=policy).shop_says().taps("0c")
    assert "you haven't been charged for it" in story.words
    assert story.all(Decide)[0].refund_minor == 0


@pytest.mark.parametrize(
    ("price", "words", "refund"),
    [
        (3400, "and refund €5.00", 500),
        (4400, "for €5.00 more", 0),
        (3900, "we'll send the same in charcoal", 0),
    ],
)
def test_a_price_difference_is_refunded_or_asked(
    price: int, words: str, refund: int
) -> None:
    """Cheaper: the difference goes back. Dearer: the button says how much more."""
    shelf = a_shelf()
    products = tuple(
        replace(p, price_minor=price) if p.color == "charcoal" else p
        for p in shelf.products
    )
    case = a_case(an_order(), shelf=replace(shelf, products=products))
    story = Story(case, policy="[terms]\nsubstitute_price = 'any'").shop_says()
    asked = next(label for label in story.buttons if label.startswith("Send charcoal"))
    assert ("€5.00 more" in asked) == (price > 3900)
    story.taps("0s0")
    (row,) = story.all(Decide)
    assert words in story.words
    assert (row.price_minor, row.refund_minor, row.currency) == (price, refund, "EUR")
    agreed = [
        e for e in story.effects if "price difference" in getattr(e, "action", "")
    ]
    assert bool(agreed) == (price > 3900)


def test_another_currency_is_never_proposed() -> None:
    """A product priced in pounds does not stand in for an order in euros."""
    shelf = a_shelf()
    products = tuple(
        replace(p, currency="GBP") if p.color == "charcoal" else p
        for p in shelf.products
    )
    story = Story(a_case(an_order(), shelf=replace(shelf, products=products)))
    story.shop_says()
    assert not [label for label in story.buttons if label.startswith("Send charcoal")]


@given(
    quantity=st.integers(1, 9),
    price=st.integers(0, 9_999),
    other=st.integers(0, 9_999),
    off=st.integers(0, 999),
    tax=st.integers(0, 999),
)
def test_a_swap_adds_up(
    quantity: int, price: int, other: int, off: int, tax: int
) -> None:
    """The old units and the difference are the new line, to the minor unit."""
    line = a_line(
        quantity=quantity, unit_price_minor=price, discount_minor=off, tax_minor=tax
    )
    new = swap(line, quantity, other)
    after = quantity * other - new.discount_minor + new.tax_minor
    assert line_total(line) + new.difference_minor == after
    if other == price:
        assert new.difference_minor == 0


def test_each_refund_is_told_once() -> None:
    """The shop's refund of a decision is that decision's; others stand beside it."""
    order = an_order(
        a_line(cancelled=1),
        a_ready_line(),
        refunds=(
            Refund(
                id="decision:1",
                line_id="hoodie",
                amount_minor=3900,
                currency="EUR",
                created_at=NOON,
            ),
            Refund(id="r9", line_id=None, amount_minor=500, currency="EUR"),
        ),
    )
    rows = (
        a_decision(1, kind="cancel_refund", refund_minor=3900, applied_at=NOON),
        a_decision(2, kind="cancel_refund", line_id="mug", refund_minor=1200),
    )
    draft = Draft(a_case(order, decisions=rows), a_setting())
    told = [(b.title, b.amount_minor, b.sent_at is not None) for b in money_back(draft)]
    assert told == [
        ("Hoodie, black, L", 3900, True),
        ("Mug Fjord", 1200, False),
        ("1042", 500, True),
    ]


def test_a_refund_is_readable_in_the_chat() -> None:
    """Decided is not sent; sent is said with its date and how long banks take."""
    decided = a_decision(1, kind="cancel_refund", refund_minor=3900)
    case = a_case(
        an_order(), decisions=(decided,), backorders=(a_backorder(state="cancelled"),)
    )
    story = Story(case).says("where is my refund?")
    assert "€39.00 is decided, but not sent yet" in story.words
    story.row_becomes(decided, applied_at=NOON).says("where is my refund?")
    assert "€39.00 was sent back on Tue 9 June" in story.words
    assert not story.all(Withdraw)
