"""What was late before the bot came: one card, its list, and the end of its button."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from bot.baseline import follow_baseline
from bot.rules import Rules
from bot.turns import Turns
from flows.events import BaselineConfirmed, ShopChanged, Staff
from flows.setting import Mode
from store import meta
from store.baseline import BASELINE, TAKEN
from store.tables import backorders, cases, outbox

from ..builders import a_backordered_line, a_customer, a_product, an_order
from ..crash import scene
from ..crash.scene import SECRET, HandClock

if TYPE_CHECKING:
    from datetime import datetime

    from store.engine import Store

MIA = Staff(id="U0MIA", name="Mia")


class Office:
    """A shop in which some orders were late before the bot came."""

    def __init__(self, store: Store, late: int, mode: Mode = Mode.ACT) -> None:
        self.store = store
        self.clock = HandClock()
        self.rules = Rules(mode=mode)
        self.turns = Turns(store, self.clock, self.rules, link_secret=SECRET.encode())
        with store.write() as connection:
            scene.open_shop(connection)
            a_product(connection, "RARE")
            self.customers = [a_customer(connection) for _ in range(late)]
            for number, customer in enumerate(self.customers):
                order = an_order(connection, customer, number=f"N{number:02}")
                a_backordered_line(connection, order, "RARE")
            meta.put(connection, BASELINE, TAKEN)
        for customer in self.customers:
            self.turns.take_now(ShopChanged(customer_id=customer, baseline=True))

    def follows(self) -> bool:
        """Look as the running bot does; return whether the card changed."""
        return follow_baseline(self.store, self.rules, self.clock)

    def confirms(self, *customers: str) -> None:
        """Take the turns of "Handle these now" for some customers."""
        for customer in customers:
            self.turns.take_now(BaselineConfirmed(staff=MIA, customer_id=customer))

    def states(self) -> list[str]:
        """Return how each old backorder stands."""
        with self.store.read() as connection:
            return list(connection.scalars(select(backorders.c.state)))

    def wakes(self) -> list[datetime | None]:
        """Return when each case wants to be looked at by itself."""
        with self.store.read() as connection:
            return list(connection.scalars(select(cases.c.wake_at)))

    def cards(self, key: str = "baseline") -> list[tuple[str, int]]:
        """Return what was posted about it: the text, and how many buttons it has."""
        asked = (
            select(outbox.c.payload).where(outbox.c.key == key).order_by(outbox.c.id)
        )
        with self.store.read() as connection:
            found = list(connection.scalars(asked))
        return [(card["text"], len(card["buttons"])) for card in found]


@pytest.mark.parametrize(("late", "listed", "more"), [(10, 10, ""), (27, 25, "2 more")])
def test_one_card_lists_them_and_says_how_many_more(
    store: Store, late: int, listed: int, more: str
) -> None:
    """Ten fit whole; of many the rest is counted, never left out silently."""
    office = Office(store, late)
    assert office.follows()
    ((text, buttons),) = office.cards()
    assert f"{late} backorders are older than the bot" in text
    assert text.count("•") == listed
    assert (more in text) if more else ("more" not in text)
    assert buttons == 1


def test_the_button_goes_when_nothing_waits_for_it(store: Store) -> None:
    """It stays while one of them is left alone, and is taken away once, for good."""
    office = Office(store, 2)
    office.follows()
    first, second = office.customers

    office.confirms(first)
    assert not office.follows()
    office.confirms(second)
    assert office.follows()
    assert not office.follows()

    (_, before), (text, after) = office.cards()
    assert (before, after) == (1, 0)
    assert "None of them waits for your word any more" in text
    assert "2 backorders are older" in text


@pytest.mark.parametrize("mode", Mode)
def test_what_is_handled_now_is_told_as_short(store: Store, mode: Mode) -> None:
    """One card a ware, in every mode, however many customers wait for it."""
    office = Office(store, 2, mode)
    assert office.cards("shortage") == []

    office.confirms(*office.customers)

    ((text, _),) = office.cards("shortage")
    assert "N00" in text
    assert "N01" in text


def test_nothing_late_is_no_card(store: Store) -> None:
    """A shop without old matters hears nothing."""
    office = Office(store, 0)
    assert not office.follows()
    assert office.cards() == []


@pytest.mark.parametrize("mode", [Mode.ASK, Mode.ACT])
def test_a_word_given_in_watch_is_kept(store: Store, mode: Mode) -> None:
    """Watch shows and sends nothing; once the mode is changed it is done for real."""
    office = Office(store, 1, Mode.WATCH)
    office.follows()
    office.confirms(*office.customers)
    assert office.follows()
    assert office.cards()[-1][1] == 0
    assert office.wakes() == [None]
    assert office.states() == ["noticed"]

    office.rules.mode = mode
    office.turns.take_now(ShopChanged(customer_id=office.customers[0]))
    assert office.states() != ["noticed"]
