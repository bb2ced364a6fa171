"""What a shop worked by hand gives: what an offer kept goes to whoever took it."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from flows.effects import HoldUnits
from flows.policy import read_policy
from flows.setting import Setting
from store import decisions, shop
from store.cases import case_of_customer, lock_cases
from store.effects import carry_out
from store.snapshot import load_case
from store.tables import holds

from ..builders import NOON, a_customer, a_product, some_stock
from ..crash import scene

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.turns import Turns
    from store.columns import AnyRow
    from store.engine import Store

HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> scene.HandClock:
    """Time that a hand moves."""
    return scene.HandClock()


@pytest.fixture
def turns(store: Store, clock: scene.HandClock) -> Iterator[Turns]:
    """Whoever takes turns in an open shop."""
    with store.write() as connection:
        scene.open_shop(connection)
    with scene.turns_at(store, clock) as taking:
        yield taking


def on_shelf(store: Store, units: int) -> None:
    """Leave as many of what can stand in."""
    with store.write() as connection:
        connection.execute(
            update(shop.stock)
            .where(shop.stock.c.sku == scene.CLOSE)
            .values(on_hand=units)
        )


def take_substitute(
    store: Store, turns: Turns, clock: scene.HandClock, person: int
) -> scene.Buyer:
    """Let somebody be asked, and choose what is close to it."""
    with store.write() as connection:
        buyer = scene.a_buyer(connection, person)
    scene.link(turns, buyer)
    scene.ask(turns, buyer)
    scene.deliver(store, turns, clock)
    turns.take_now(scene.tap(buyer, scene.offer_of(store, buyer).token))
    return buyer


def apply(store: Store, buyers: Sequence[scene.Buyer]) -> None:
    """Work off what they chose, one after another, with no turn between."""
    for buyer in buyers:
        (row,) = scene.decided(store, buyer)
        with store.write() as connection:
            decisions.apply(connection, row.id, row.created_at + HOUR, write_shop=True)


def sent_instead(store: Store, buyer: scene.Buyer) -> AnyRow:
    """Return the line made for what a buyer chose."""
    lines = shop.order_lines.c
    mine = (lines.order_id == buyer.order_id, lines.sku == scene.CLOSE)
    found = scene.rows(store, shop.order_lines, *mine)
    assert len(found) == 1
    return found[0]


def test_the_last_unit_goes_to_whom_it_was_kept_for(
    store: Store, turns: Turns, clock: scene.HandClock
) -> None:
    """Who takes the last one gets it, and does not read that it is cancelled."""
    on_shelf(store, 1)
    buyer = take_substitute(store, turns, clock, 1)

    apply(store, [buyer])
    clock.move(HOUR)
    scene.ask(turns, buyer)

    made = sent_instead(store, buyer)
    assert (made.allocated, made.backordered) == (1, 0)
    assert scene.rows(store, holds) == []
    keys = [row.key for row in scene.sent_to(store, buyer)]
    assert keys[-1] == "applied"
    assert "cancelled" not in keys
    assert [row.kind for row in scene.decided(store, buyer)] == ["substitute"]


def test_two_who_took_the_last_two_both_get_theirs(
    store: Store, turns: Turns, clock: scene.HandClock
) -> None:
    """What the first was given is not missing for the second who is worked off next."""
    on_shelf(store, 2)
    buyers = [take_substitute(store, turns, clock, n) for n in (1, 2)]

    apply(store, buyers)

    assert [sent_instead(store, buyer).allocated for buyer in buyers] == [1, 1]


def test_what_is_kept_for_another_is_not_given(
    store: Store, turns: Turns, clock: scene.HandClock
) -> None:
    """When the shelf shrank below what is kept, nobody gets what another waits for."""
    on_shelf(store, 2)
    first, second = [take_substitute(store, turns, clock, n) for n in (1, 2)]
    on_shelf(store, 1)

    apply(store, [first])

    made = sent_instead(store, first)
    assert (made.allocated, made.backordered) == (0, 1)
    (kept,) = scene.rows(store, holds)
    assert kept.backorder_id == scene.decided(store, second)[0].backorder_id


def test_units_are_kept_in_the_order_of_their_skus(store: Store) -> None:
    """Two turns that want the same wares never wait for each other in a circle."""
    setting = Setting(now=NOON, policy=read_policy(""), dice=Random(1))
    wanted = tuple(
        HoldUnits(sku=sku, quantity=1, offer_id="offer", backorder_id=sku)
        for sku in ("B", "A")
    )
    with store.write() as connection:
        for sku in ("A", "B"):
            some_stock(connection, a_product(connection, sku), 5)
        ids = [case_of_customer(connection, a_customer(connection), NOON)]
        (row,) = lock_cases(connection, ids)
        carry_out(connection, load_case(connection, row, NOON), wanted, setting)

    assert [row.sku for row in scene.rows(store, holds)] == ["A", "B"]
