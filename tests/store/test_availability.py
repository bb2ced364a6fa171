"""What the shop's pages read: true, in the shop's words, and soon after a change."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, text, update

from bot.clock import Clock
from bot.listing import Listing
from bot.rules import Rules
from flows.policy import read_policy
from store import changes, shop
from store.triggers import ensure

from ..builders import (
    a_backordered_line,
    a_line,
    a_product,
    a_supply,
    an_order,
    some_stock,
)
from .test_waitlist import a_place

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from store.engine import Store

TODAY = Clock().now().date()
SOON, LATER = TODAY + timedelta(days=9), TODAY + timedelta(days=20)


class Shop:
    """A shop whose changes are noticed, and what its pages would say."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.rules = Rules()
        self._clock = Clock()
        self._listing = Listing(store, self._clock, self.rules)
        with store.write() as connection:
            ensure(connection)

    def decides(self, policy: str) -> None:
        """Put another policy in force."""
        self.rules.policy = read_policy(policy)

    def says(self, sku: str) -> Any:
        """Return the view's row of a product, after all changes were noticed."""
        with self.store.write() as connection:
            while changes.expand(connection):
                pass
        asyncio.run(self._listing.refresh())
        with self.store.read() as connection:
            asked = text("SELECT * FROM bot_availability WHERE sku = :sku")
            return connection.execute(asked, {"sku": sku}).first()

    def reason(self, sku: str = "TEE") -> str | None:
        """Return why a product can be ordered, or cannot."""
        row = self.says(sku)
        return row.reason if row else None


@pytest.fixture
def pages(store: Store) -> Shop:
    """A shop that sells one tee, of which none is here."""
    with store.write() as connection:
        a_product(connection, "TEE")
    return Shop(store)


def a_coming_supply(connection: Connection, quantity: int, on: date = SOON) -> str:
    """Let units be on their way, told just now."""
    now = Clock().now()
    return a_supply(
        connection, "TEE", quantity=quantity, expected_on=on, updated_at=now
    )


def test_what_is_here_is_sold(pages: Shop) -> None:
    """In stock means orderable, without any further condition."""
    with pages.store.write() as connection:
        some_stock(connection, "TEE", 1)

    row = pages.says("TEE")

    assert (bool(row.orderable), row.reason) == (True, "in_stock")
    assert row.expected_to is None


def test_no_date_is_not_sold(pages: Shop) -> None:
    """Out of stock without a replenishment date is not sellable."""
    row = pages.says("TEE")

    assert (bool(row.orderable), row.reason) == (False, "no_date")


def test_what_comes_is_sold_with_its_date(pages: Shop) -> None:
    """A known date, units to spare: the page carries the estimated range."""
    with pages.store.write() as connection:
        a_coming_supply(connection, 2)

    row = pages.says("TEE")

    assert (bool(row.orderable), row.reason) == (True, "coming")
    assert str(row.expected_from) == SOON.isoformat()
    assert str(row.expected_to) == (SOON + timedelta(days=3)).isoformat()
    assert "If you order now, we expect it between" in str(row.texts)


def test_acceptance_closes_itself_when_what_comes_is_used_up(pages: Shop) -> None:
    """Two units coming: the second order is the last, until more is on its way."""
    with pages.store.write() as connection:
        a_coming_supply(connection, 2)
        a_backordered_line(connection, an_order(connection), "TEE")
    assert pages.reason() == "coming"

    with pages.store.write() as connection:
        a_backordered_line(connection, an_order(connection), "TEE")
    assert pages.reason() == "used_up"

    with pages.store.write() as connection:
        a_coming_supply(connection, 5, LATER)
    row = pages.says("TEE")
    assert row.reason == "coming"
    assert str(row.expected_from) == LATER.isoformat()


def test_who_is_on_the_list_counts(pages: Shop) -> None:
    """Units that people on the list are to be asked about are not sold twice."""
    with pages.store.write() as connection:
        a_coming_supply(connection, 2)
        a_place(connection, quantity=2)

    assert pages.reason() == "used_up"


def test_the_page_follows_the_date(pages: Shop) -> None:
    """When the estimate changes the listing changes, and closes when it is gone."""
    with pages.store.write() as connection:
        supply = a_coming_supply(connection, 2)
    assert pages.reason() == "coming"

    def moves(to: date | None) -> None:
        moved = update(shop.supplies).where(shop.supplies.c.id == supply)
        with pages.store.write() as connection:
            connection.execute(moved.values(expected_on=to))

    moves(LATER)
    assert str(pages.says("TEE").expected_from) == LATER.isoformat()
    moves(None)
    assert pages.reason() == "no_date"


def test_numbers_that_do_not_add_up_sell_nothing(pages: Shop) -> None:
    """Without a reliable record of who waits nothing more is promised."""
    with pages.store.write() as connection:
        a_coming_supply(connection, 9)
        a_line(connection, an_order(connection), "TEE", allocated=0, backordered=0)

    assert pages.reason() == "record"


def test_old_news_sells_nothing(pages: Shop) -> None:
    """A shop that has not spoken of stock for weeks promises nothing."""
    old = Clock().now() - timedelta(days=30)
    with pages.store.write() as connection:
        a_supply(connection, "TEE", expected_on=SOON, updated_at=old)

    assert pages.reason() == "record"


def test_more_than_can_be_packed_is_not_promised(pages: Shop) -> None:
    """Five units a day for two days: with ten waiting it is enough."""
    pages.decides("[terms]\nacceptance_per_day = 5\nacceptance_days = 2\n")
    with pages.store.write() as connection:
        a_coming_supply(connection, 99)
        a_place(connection, quantity=9)
    assert pages.reason() == "coming"

    with pages.store.write() as connection:
        a_backordered_line(connection, an_order(connection), "TEE")
    assert pages.reason() == "capacity"


@pytest.mark.parametrize(
    ("switch", "reason"), [("on", "coming"), ("off", "switched_off")]
)
def test_the_merchant_may_overrule(pages: Shop, switch: str, reason: str) -> None:
    """Per product, acceptance is on, off, or left to the conditions."""
    with pages.store.write() as connection:
        a_product(connection, "OTHER")
        if switch == "off":
            a_coming_supply(connection, 9)
    assert pages.reason() == ("no_date" if switch == "on" else "coming")

    pages.decides(
        '[[rules]]\nname = "tee"\nwhen = { sku = "TEE" }\n'
        f'terms = {{ accept_backorders = "{switch}" }}\n'
    )

    assert pages.reason() == reason
    assert pages.reason("OTHER") == "no_date"


def test_how_many_wait_is_told_only_where_the_merchant_wants(pages: Shop) -> None:
    """The count of people waiting is a switch of the merchant's."""
    with pages.store.write() as connection:
        for _ in range(3):
            a_place(connection)
    assert pages.says("TEE").waiting_count is None

    pages.decides("[terms]\nshow_waiting_count = true\n")
    row = pages.says("TEE")

    assert row.waiting_count == 3
    assert "3 people are waiting for it." in str(row.texts)


def test_every_language_of_the_shop_has_its_text(pages: Shop) -> None:
    """The page finds a sentence under each of the shop's languages."""
    pages.decides('[shop]\nlanguages = ["en", "de"]\n')

    assert "Sold out" in str(pages.says("TEE").texts)
    assert '"de"' in str(pages.says("TEE").texts).replace("'", '"')


def test_a_product_that_is_gone_is_not_spoken_of(pages: Shop) -> None:
    """What the shop no longer lists has no row; what it takes off is not sold."""
    assert pages.says("TEE") is not None
    with pages.store.write() as connection:
        connection.execute(update(shop.products).values(active=False))
    assert pages.reason() == "not_sold"

    with pages.store.write() as connection:
        connection.execute(delete(shop.products))
    assert pages.says("TEE") is None
