"""Money in whole minor units: whatever is split, the parts are the whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flows.money import line_refund, split

from .builders import a_line

AMOUNTS = st.integers(0, 10_000_000)


@given(AMOUNTS, st.lists(st.integers(0, 1000), min_size=1, max_size=40))
def test_shares_sum_to_the_whole(total: int, weights: list[int]) -> None:
    """No minor unit is lost or invented, and nobody without weight gets one."""
    shares = split(total, weights)
    assert sum(shares) == (total if any(weights) else 0)
    for share, weight in zip(shares, weights, strict=True):
        assert weight or not share
        if any(weights):
            assert abs(share - total * weight / sum(weights)) < 1


def test_the_rest_goes_to_the_largest_remainder() -> None:
    """Ten between three: the first of equals gets the odd one."""
    assert split(10, [1, 1, 1]) == [4, 3, 3]
    assert split(10, [1, 2, 1]) == [3, 5, 2]
    assert split(5, []) == []


@given(
    quantity=st.integers(1, 30),
    price=AMOUNTS,
    discount=AMOUNTS,
    tax=AMOUNTS,
    data=st.data(),
)
def test_any_order_of_part_refunds_adds_up(
    quantity: int, price: int, discount: int, tax: int, data: st.DataObject
) -> None:
    """However a line is refunded bit by bit, it comes back to the minor unit."""
    line = a_line(
        quantity=quantity,
        unit_price_minor=price,
        discount_minor=discount,
        tax_minor=tax,
    )
    already, refunded = 0, 0
    while already < quantity:
        part = data.draw(st.integers(1, quantity - already))
        refunded += line_refund(line, part, already)
        already += part
    assert refunded == quantity * price - discount + tax
    assert line_refund(line, quantity) == refunded


def test_no_more_than_the_line_is_refunded() -> None:
    """Asking for more units than there are left gives what is left."""
    line = a_line(quantity=3, unit_price_minor=1000, discount_minor=100)
    assert line_refund(line, 2, already=2) == line_refund(line, 1, already=2)
    assert line_refund(line, 5, already=3) == 0


def test_amounts_have_no_fraction_whatever_the_currency() -> None:
    """Yen and dinars are minor units like all others: nothing is ever rounded."""
    yen = a_line(quantity=3, unit_price_minor=333, discount_minor=1)
    assert [line_refund(yen, 1, done) for done in range(3)] == [333, 333, 332]
