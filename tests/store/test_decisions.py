"""Decisions worked off by the shop: one step, one winner, and sums that stay."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, update

from store import meta, shop
from store.decisions import (
    AlreadyApplied,
    AlreadyClaimed,
    AlreadyRejected,
    DecisionRefused,
    NotYet,
    ShopMovedOn,
    State,
    UnknownDecision,
    Withdrawn,
    apply,
    claim,
    listed,
    reject,
)
from store.engine import Store
from store.tables import decisions

from ..builders import (
    NOON,
    a_backordered_line,
    a_line,
    a_product,
    an_order,
    some_stock,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

LATER = NOON + timedelta(hours=1)


def a_decision(
    connection: Connection, line_id: str | None, kind: str, **columns: Any
) -> int:
    """Insert a decision that may be claimed at once, unless a test says otherwise."""
    order_id = columns.pop("order_id", None) or connection.scalar(
        select(shop.order_lines.c.order_id).where(shop.order_lines.c.id == line_id)
    )
    row = {
        "created_at": NOON,
        "order_id": order_id,
        "line_id": line_id,
        "kind": kind,
        "quantity": 1,
        "currency": "GBP",
        "decided_by": "customer",
        "backorder_id": "what waits",
        "apply_after": NOON,
    }
    made = connection.execute(insert(decisions).values(row | columns))
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


def a_waiting_line(connection: Connection, quantity: int = 1, **columns: Any) -> str:
    return a_backordered_line(
        connection, an_order(connection), quantity=quantity, **columns
    )


def parts(connection: Connection, line_id: str) -> dict[str, int]:
    """Return how a line's quantity is made up."""
    c = shop.order_lines.c
    row = connection.execute(
        select(c.quantity, c.allocated, c.shipped, c.cancelled, c.backordered).where(
            c.id == line_id
        )
    ).one()
    return dict(row._mapping)


def adds_up(line: dict[str, int]) -> bool:
    line = dict(line)
    return line.pop("quantity") == sum(line.values()) and min(line.values()) >= 0


def test_a_decision_is_claimed_then_applied(store: Store) -> None:
    """The usual way: the shop takes it over, does it and says so."""
    with store.write() as connection:
        number = a_decision(connection, a_waiting_line(connection), "wait")
        claim(connection, number, LATER)
        assert [row.state for row in listed(connection, state=None)] == [State.CLAIMED]
        apply(connection, number, LATER, write_shop=False)
        (row,) = listed(connection, state=State.APPLIED)
    assert (row.claimed_at, row.applied_at) == (LATER, LATER)


def test_applying_claims_what_nobody_claimed(store: Store) -> None:
    """By hand one step is enough."""
    with store.write() as connection:
        number = a_decision(connection, a_waiting_line(connection), "wait")
        apply(connection, number, LATER, write_shop=True)
        (row,) = listed(connection, state=State.APPLIED)
    assert row.claimed_at == LATER


def test_the_customers_half_hour_is_kept(store: Store) -> None:
    """Before ``apply_after`` neither claiming nor applying is possible."""
    with store.write() as connection:
        line = a_waiting_line(connection)
        number = a_decision(connection, line, "wait", apply_after=LATER)
        early = LATER - timedelta(microseconds=1)
        with pytest.raises(NotYet) as refused:
            claim(connection, number, early)
        assert refused.value.apply_after == LATER
        with pytest.raises(NotYet):
            apply(connection, number, early, write_shop=True)
        claim(connection, number, LATER)


@pytest.mark.parametrize(
    ("ended", "refusal"),
    [
        ({"applied_at": NOON, "claimed_at": NOON}, AlreadyApplied),
        ({"rejected_at": NOON, "rejection": "sold"}, AlreadyRejected),
        ({"withdrawn_at": NOON}, Withdrawn),
    ],
)
def test_what_has_ended_stays_as_it_is(
    store: Store, ended: dict[str, Any], refusal: type[DecisionRefused]
) -> None:
    """Applied, rejected and withdrawn decisions take no further step."""
    with store.write() as connection:
        number = a_decision(connection, a_waiting_line(connection), "wait", **ended)
        with pytest.raises(refusal, match=str(number)):
            claim(connection, number, LATER)
        with pytest.raises(refusal):
            apply(connection, number, LATER, write_shop=True)
        with pytest.raises(refusal):
            reject(connection, number, "no", LATER)


def test_a_claim_stands(store: Store) -> None:
    """Who comes second learns that somebody was faster."""
    with store.write() as connection:
        number = a_decision(connection, a_waiting_line(connection), "wait")
        claim(connection, number, NOON)
        with pytest.raises(AlreadyClaimed):
            claim(connection, number, LATER)
        (row,) = listed(connection, state=State.CLAIMED)
    assert row.claimed_at == NOON


def test_of_two_shops_that_claim_at_once_one_wins(store: Store) -> None:
    """Two connections at the same moment: exactly one is not refused."""
    with store.write() as connection:
        number = a_decision(connection, a_waiting_line(connection), "wait")
    both = Barrier(2)
    outcomes: list[str] = []

    def shop_claims() -> None:
        both.wait()
        try:
            with store.write() as connection:
                claim(connection, number, LATER)
        except AlreadyClaimed:
            outcomes.append("late")
        else:
            outcomes.append("won")

    threads = [Thread(target=shop_claims) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["late", "won"]


def test_a_rejection_has_a_reason(store: Store) -> None:
    """A colleague gets a card about it and has to know why."""
    with store.write() as connection:
        number = a_decision(connection, a_waiting_line(connection), "substitute")
        with pytest.raises(ValueError, match="reason"):
            reject(connection, number, " ", LATER)
        claim(connection, number, LATER)
        reject(connection, number, "charcoal is sold out", LATER)
        (row,) = listed(connection, state=State.REJECTED)
    assert row.rejection == "charcoal is sold out"


def test_an_unknown_id_is_said_to_be_unknown(store: Store) -> None:
    """A typing mistake is answered with where the ids stand."""
    with (
        store.write() as connection,
        pytest.raises(UnknownDecision, match="decisions list"),
    ):
        claim(connection, 4711, NOON)


def test_a_list_names_what_people_know(store: Store) -> None:
    """Order number, line and substitute come with their titles, oldest first."""
    with store.write() as connection:
        order = an_order(connection, number="1042")
        line = a_backordered_line(connection, order, title="Hoodie Fjord, black, L")
        charcoal = a_product(connection, title="Hoodie Fjord, charcoal, L")
        first = a_decision(connection, line, "substitute", substitute_sku=charcoal)
        gone = a_decision(connection, None, "release", order_id="no-such-order")
        found = listed(connection, state=State.OPEN)
    assert [row.id for row in found] == [first, gone]
    assert found[0].order_number == "1042"
    assert found[0].line_title == "Hoodie Fjord, black, L"
    assert found[0].substitute_title == "Hoodie Fjord, charcoal, L"
    assert found[1].order_number is None


def test_cancelling_moves_units_and_money(store: Store) -> None:
    """The line no longer waits, and the refund is named after the decision."""
    with store.write() as connection:
        line = a_waiting_line(connection, quantity=3)
        number = a_decision(
            connection, line, "cancel_refund", quantity=2, refund_minor=4800
        )
        apply(connection, number, LATER, write_shop=True)
        after = parts(connection, line)
        (refund,) = connection.execute(select(shop.refunds)).all()
    assert (after["backordered"], after["cancelled"]) == (1, 2)
    assert (refund.id, refund.amount_minor, refund.currency) == (
        f"decision:{number}",
        4800,
        "GBP",
    )
    assert (refund.line_id, refund.created_at) == (line, LATER)


def test_units_given_up_come_from_what_lies_ready(store: Store) -> None:
    """A decision about no backorder cancels allocated units and leaves waiting ones."""
    with store.write() as connection:
        line = a_waiting_line(connection, 5, backordered=3)
        number = a_decision(
            connection,
            line,
            "cancel_refund",
            quantity=2,
            refund_minor=4800,
            backorder_id=None,
        )

        apply(connection, number, LATER, write_shop=True)

        made = parts(connection, line)
    assert (made["allocated"], made["backordered"], made["cancelled"]) == (0, 3, 2)


def test_what_was_never_charged_is_not_refunded(store: Store) -> None:
    """A refund of nothing makes no row."""
    with store.write() as connection:
        line = a_waiting_line(connection)
        number = a_decision(connection, line, "cancel_refund", refund_minor=0)
        apply(connection, number, LATER, write_shop=True)
        count = connection.scalar(select(func.count()).select_from(shop.refunds))
    assert count == 0


def test_a_substitute_becomes_a_line_of_its_own(store: Store) -> None:
    """What can be given at once is counted by the blank, the rest waits."""
    with store.write() as connection:
        blank = a_product(connection)
        print_ = a_product(connection, blank_sku=blank, title="Tee, charcoal")
        some_stock(connection, blank, 3)
        a_line(connection, an_order(connection), blank, quantity=2)
        line = a_waiting_line(connection, quantity=2)
        number = a_decision(
            connection,
            line,
            "substitute",
            quantity=2,
            substitute_sku=print_,
            price_minor=2300,
        )
        apply(connection, number, LATER, write_shop=True)
        made = connection.execute(
            select(shop.order_lines).where(
                shop.order_lines.c.id == f"decision:{number}"
            )
        ).one()
        old = parts(connection, line)
    assert (made.sku, made.title, made.unit_price_minor) == (
        print_,
        "Tee, charcoal",
        2300,
    )
    assert (made.quantity, made.allocated, made.backordered) == (2, 1, 1)
    assert (old["backordered"], old["cancelled"]) == (0, 2)


def test_a_split_order_ships_as_ready(store: Store) -> None:
    """The order says from then on that its parcels need not wait for each other."""
    with store.write() as connection:
        line = a_waiting_line(connection)
        number = a_decision(connection, line, "split_shipment")
        apply(connection, number, LATER, write_shop=True)
        policies = connection.scalars(select(shop.orders.c.shipping_policy)).all()
    assert policies == ["as_ready"]


def test_a_shop_that_moved_on_is_not_overwritten(store: Store) -> None:
    """When the goods came after all, applying is refused and nothing is marked."""
    with store.write() as connection:
        line = a_waiting_line(connection)
        number = a_decision(connection, line, "cancel_refund", refund_minor=2400)
        connection.execute(
            update(shop.order_lines)
            .where(shop.order_lines.c.id == line)
            .values(backordered=0, allocated=1)
        )
    with pytest.raises(ShopMovedOn, match="reject"), store.write() as connection:
        apply(connection, number, LATER, write_shop=True)
    with store.read() as connection:
        assert [row.id for row in listed(connection, state=State.OPEN)] == [number]


def test_a_shop_of_its_own_is_only_told(store: Store) -> None:
    """Where the shop's relations are not ours, applying marks and changes nothing."""
    with store.write() as connection:
        meta.put(connection, "shop_tables", None)
        line = a_waiting_line(connection)
        number = a_decision(connection, line, "cancel_refund", refund_minor=2400)
        apply(connection, number, LATER, write_shop=True)
        assert parts(connection, line)["backordered"] == 1
        assert [row.id for row in listed(connection, state=State.APPLIED)] == [number]


@given(
    quantity=st.integers(1, 6),
    on_shelf=st.integers(0, 6),
    steps=st.lists(
        st.tuples(
            st.sampled_from(["cancel_refund", "substitute", "wait", "release"]),
            st.integers(1, 4),
        ),
        max_size=4,
    ),
)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_unit_stays_accounted_for(
    sqlite_url: str, quantity: int, on_shelf: int, steps: list[tuple[str, int]]
) -> None:
    """Whatever is applied in whatever order, each line's parts make up its quantity."""
    store = Store(sqlite_url)
    with store.write() as connection:
        other = a_product(connection)
        some_stock(connection, other, on_shelf)
        line = a_waiting_line(connection, quantity=quantity)
        order = connection.scalar(
            select(shop.order_lines.c.order_id).where(shop.order_lines.c.id == line)
        )
        numbers = [
            a_decision(connection, line, kind, quantity=units, substitute_sku=other)
            for kind, units in steps
        ]
    for number in numbers:
        try:
            with store.write() as connection:
                apply(connection, number, LATER, write_shop=True)
        except ShopMovedOn:
            continue
    with store.read() as connection:
        lines = connection.scalars(
            select(shop.order_lines.c.id).where(shop.order_lines.c.order_id == order)
        ).all()
        found = [parts(connection, name) for name in lines]
    store.close()
    assert all(adds_up(each) for each in found)
    alive = sum(each["quantity"] - each["cancelled"] for each in found)
    cancelled = sum(
        units
        for number, (kind, units) in zip(numbers, steps, strict=True)
        if kind == "cancel_refund" and number in applied(sqlite_url)
    )
    assert alive == quantity - cancelled
    assert sum(each["allocated"] for each in found) <= on_shelf


def applied(url: str) -> set[int]:
    """Return the ids of what was applied."""
    store = Store(url)
    with store.read() as connection:
        found = {row.id for row in listed(connection, state=State.APPLIED)}
    store.close()
    return found
