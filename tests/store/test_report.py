"""The merchant's costs add up from rows alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, update

from store import shop
from store.latency import Latency
from store.loyalty import ENOUGH, Retention, retention
from store.report import Money, report
from store.tables import (
    backorders,
    cases,
    decisions,
    notices,
    promises,
    supply_dates,
    tickets,
)

from ..builders import (
    NOON,
    a_backordered_line,
    a_customer,
    a_product,
    a_supply,
    an_order,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from store.engine import Store

DAY = timedelta(days=1)


def some_backorders(connection: Connection) -> None:
    """Write what a month of one customer leaves behind."""
    sku = a_product(connection)
    order = an_order(connection, a_customer(connection), placed_at=NOON, currency="EUR")
    line = a_backordered_line(connection, order, sku, unit_price_minor=3900)
    connection.execute(
        insert(cases).values(id=1, dialogue="talking", memory={}, created_at=NOON)
    )
    common = {"case_id": 1, "order_id": order, "line_id": line, "quantity": 2}

    def put(number: int, **columns: Any) -> None:
        row = {"id": f"b{number}", "found_at": NOON, "slips": 0, **common}
        connection.execute(insert(backorders).values(row | columns))

    put(1, state="cancelled", closed_at=NOON + 4 * DAY, slips=1)
    put(2, state="filled", closed_at=NOON + 10 * DAY)
    put(3, state="waiting")
    put(4, state="baseline")
    put(5, state="filled", found_at=NOON - 90 * DAY, closed_at=NOON)

    def decide(kind: str, **columns: Any) -> None:
        row = {"created_at": NOON, "kind": kind, "decided_by": "customer", **common}
        connection.execute(insert(decisions).values(row | columns))

    decide("cancel_refund", refund_minor=3900, currency="EUR")
    decide("cancel_refund", refund_minor=9900, currency="EUR", withdrawn_at=NOON)
    decide("substitute", refund_minor=400, currency="EUR")
    decide("consolation", price_minor=500, currency="USD")
    connection.execute(
        insert(tickets).values(
            id="t1", case_id=1, state="open", reason="asked", opened_at=NOON
        )
    )
    connection.execute(
        insert(notices).values(
            case_id=1,
            customer_id="c",
            subject="Your order",
            text="…",
            created_at=NOON,
            sent_at=NOON,
        )
    )


def test_a_months_backorders_are_counted_once(store: Store) -> None:
    """What ended, what waits, and the wait between; old and baseline ones left out."""
    with store.write() as connection:
        some_backorders(connection)
        found = report(connection, NOON - 30 * DAY, NOON + 30 * DAY)

    assert (found.found, found.units, found.slips) == (3, 6, 1)
    assert found.ended == {"cancelled": 2, "filled": 2, "waiting": 2}
    assert found.days == 7.0
    assert (found.tickets, found.letters, found.messages) == (1, 1, 0)


def test_money_is_told_by_currency_and_what_was_taken_back_is_not(
    store: Store,
) -> None:
    """Euros and dollars are never added, and a withdrawn refund costs nothing."""
    with store.write() as connection:
        some_backorders(connection)
        found = report(connection, NOON - 30 * DAY, NOON + 30 * DAY)

    euros, dollars = found.money
    assert euros == Money(
        currency="EUR",
        waiting_minor=3900,
        cancelled_minor=3900,
        differences_minor=400,
    )
    assert dollars == Money(currency="USD", consoled_minor=500)


def test_a_shop_without_backorders_pays_nothing(store: Store) -> None:
    """An empty report is a good one."""
    with store.read() as connection:
        found = report(connection, NOON - 30 * DAY, NOON)
    assert (found.found, found.days, found.money) == (0, None, ())


def test_what_falls_short_again_is_named(store: Store) -> None:
    """Products, colours and sizes that came up twice, and how soon it was told."""
    with store.write() as connection:
        some_backorders(connection)
        sku = a_product(connection, color="sage", size="L")
        for number in (6, 7):
            connection.execute(
                insert(backorders).values(
                    id=f"b{number}",
                    case_id=1,
                    order_id="o",
                    line_id=f"l{number}",
                    sku=sku,
                    quantity=1,
                    state="waiting",
                    found_at=NOON,
                    slips=0,
                )
            )
        connection.execute(
            insert(promises).values(
                case_id=1,
                backorder_id="b6",
                line_id="l6",
                told_at=NOON + timedelta(seconds=90),
            )
        )
        found = report(connection, NOON - 30 * DAY, NOON + 30 * DAY)

    assert found.often == ((sku, 2),)
    assert found.looks == (("L", 2), ("sage", 2))
    assert found.told == Latency(seconds=90, count=1)


def shortages(connection: Connection, *found: tuple[str, int, int | None]) -> None:
    """Write backorders: of which product, found on which day, closed on which."""
    connection.execute(
        insert(cases).values(id=1, dialogue="talking", memory={}, created_at=NOON)
    )
    for number, (sku, begins, ends) in enumerate(found):
        connection.execute(
            insert(backorders).values(
                id=f"b{number}",
                case_id=1,
                order_id=f"o{number}",
                line_id=f"l{number}",
                sku=sku,
                quantity=1,
                state="waiting" if ends is None else "filled",
                found_at=NOON + begins * DAY,
                closed_at=None if ends is None else NOON + ends * DAY,
                slips=0,
            )
        )


def test_a_ware_that_ran_out_again_is_to_be_reviewed(store: Store) -> None:
    """Two orders in one shortage are one; two prints on one blank run out together."""
    with store.write() as connection:
        for sku in ("CAT", "DOG"):
            a_product(connection, sku, blank_sku="BLANK")
        shortages(
            connection,
            ("CAT", 0, 4),
            ("DOG", 1, 9),
            ("CAT", 5, 6),
            ("DOG", 12, 15),
            ("CAP", 0, 3),
            ("CAP", 2, None),
            ("CAP", 20, None),
        )
        found = report(connection, NOON, NOON + 30 * DAY)

    assert found.review == (("BLANK", 2),)


def test_a_moved_date_is_measured_from_the_shops_word(store: Store) -> None:
    """The shop moves a supply; forty seconds later the new date is told."""
    moved = NOON + 3 * DAY
    with store.write() as connection:
        sku = a_product(connection)
        shortages(connection, (sku, 0, None), (sku, 0, None), (sku, 0, None))
        a_supply(connection, sku, expected_on=date(2026, 3, 20), updated_at=moved)
        staff = a_supply(connection, sku, expected_on=None, updated_at=NOON)
        connection.execute(
            insert(supply_dates).values(
                supply_id=staff,
                expected_on=date(2026, 4, 1),
                told_by="U7",
                since=moved,
            )
        )

        def tell(number: int, day: date, at: timedelta) -> None:
            row = {"case_id": 1, "backorder_id": f"b{number}", "line_id": "l"}
            connection.execute(
                insert(promises).values(
                    expected_from=day, expected_to=day, told_at=NOON + at, **row
                )
            )

        for number in range(3):
            tell(number, date(2026, 3, 12), timedelta(seconds=5))
        tell(0, date(2026, 3, 20), 3 * DAY + timedelta(seconds=40))
        tell(1, date(2026, 4, 1), 3 * DAY + timedelta(seconds=60))
        # It moved because the queue did: that supply was known before.
        a_supply(connection, sku, expected_on=date(2026, 3, 16), updated_at=NOON)
        tell(2, date(2026, 3, 16), 3 * DAY + timedelta(hours=9))
        found = report(connection, NOON, NOON + 30 * DAY)
        connection.execute(
            update(shop.supplies)
            .where(shop.supplies.c.expected_on == date(2026, 3, 20))
            .values(updated_at=moved + timedelta(hours=1))
        )
        changed_since = report(connection, NOON, NOON + 30 * DAY)

    assert found.moved == Latency(seconds=50, count=2)
    assert changed_since.moved == Latency(seconds=60, count=1)


def test_who_orders_again_is_told_by_whether_they_waited(store: Store) -> None:
    """Counted from the order that was short; one order later is one who came back."""
    with store.write() as connection:
        for days in (0, 9):
            an_order(
                connection, a_customer(connection, id=f"short-{days}"), id=f"{days}"
            )
        for customer, day in (("short-0", 5), ("short-9", -5)):
            an_order(connection, customer, placed_at=NOON + day * DAY)
        connection.execute(
            insert(cases).values(id=1, dialogue="talking", memory={}, created_at=NOON)
        )
        for order in ("0", "9"):
            connection.execute(
                insert(backorders).values(
                    id=f"b{order}",
                    case_id=1,
                    order_id=order,
                    line_id=order,
                    quantity=1,
                    state="baseline",
                    found_at=NOON,
                    slips=0,
                )
            )
        for _ in range(ENOUGH):
            customer = a_customer(connection)
            an_order(connection, customer)
            an_order(connection, customer, placed_at=NOON + DAY, status="cancelled")
        an_order(connection, customer, placed_at=NOON + DAY)
        waited, smooth = retention(connection, NOON - 9 * DAY, NOON + 9 * DAY)

    assert (waited, waited.share) == (Retention(customers=2, again=1), None)
    assert (smooth, smooth.share) == (Retention(customers=20, again=1), 0.05)
