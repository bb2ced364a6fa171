"""The brake: what would decide for many at once waits until a person said Go."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert

from bot.desk import Desk
from bot.rules import Rules, publish
from bot.turns import Turns
from flows.codes import StaffPress
from flows.events import BaselineConfirmed, ShopChanged, Staff
from flows.setting import Mode
from store import halts
from store.tables import case_changes, decisions, outbox

from ..builders import NOON, a_backordered_line, a_customer, a_product, an_order
from ..crash import scene
from ..crash.scene import SECRET, HandClock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from store.columns import AnyRow
    from store.engine import Store

MIA = Staff(id="U0MIA", name="Mia")
POLICY = """\
[brake]
decisions = 2
refunds_minor = 10000

[terms]
quiet_hours = "0:00-0:00"
"""
#: Nothing is like it and none is coming: the policy cancels what waits for it.
GONE = "GONE"


class Office:
    """A shop where what is short is cancelled, and the colleagues' desk."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = HandClock()
        self.rules = Rules(mode=Mode.ACT)
        with store.write() as connection:
            scene.open_shop(connection)
            a_product(connection, GONE)
            publish(connection, POLICY, NOON)
        self.rules.follow(store)
        self.turns = Turns(store, self.clock, self.rules, link_secret=SECRET.encode())
        self.desk = Desk(store, self.turns, self.rules, self.clock)

    def some_wait(self, number: int, *, currency: str = "EUR") -> list[str]:
        """Let customers wait for what will not come; each paid 24.00."""
        with self.store.write() as connection:
            return [self._waits(connection, currency) for _ in range(number)]

    def _waits(self, connection: Any, currency: str) -> str:
        customer = a_customer(connection, time_zone="UTC", locale="en")
        order = an_order(
            connection,
            customer,
            placed_at=NOON - timedelta(days=1),
            currency=currency,
            payment_status="captured",
        )
        a_backordered_line(connection, order, GONE, unit_price_minor=2400)
        return customer

    def changes(self, customers: Sequence[str], cause: str = "shop_stock") -> bool:
        """Take the turns of a change in the shop, as the watch does."""
        with self.store.write() as connection:
            for customer in customers:
                row = {"customer_id": customer, "cause": cause}
                connection.execute(insert(case_changes).values(row))
        return self.goes_on(customers)

    def goes_on(self, customers: Sequence[str]) -> bool:
        """Take the turns of what is queued; return whether they may be taken."""
        events = [ShopChanged(customer_id=customer) for customer in customers]
        may = self.turns.may_take(events)
        for event in events if may else ():
            self.turns.take_now(event)
        return may

    def were_late_before(self, customers: Sequence[str]) -> None:
        """Note that they waited before the bot came."""
        for customer in customers:
            self.turns.take_now(ShopChanged(customer_id=customer, baseline=True))

    async def presses(self, action: str) -> str | None:
        """Press a button of a card that belongs to no case."""
        return await self.desk.press(StaffPress(action=action, argument=""), MIA)

    def decided(self) -> list[str]:
        """Return who made each decision."""
        return [row.decided_by for row in scene.rows(self.store, decisions)]

    def brake(self) -> halts.Braked | None:
        """Return the brake's facts while it holds."""
        with self.store.read() as connection:
            return halts.braked(connection)

    def card(self, key: str = "brake") -> AnyRow:
        """Return the newest card of a kind."""
        return scene.rows(self.store, outbox, outbox.c.key == key)[-1]


@pytest.fixture
def office(store: Store) -> Iterator[Office]:
    """An office on each engine."""
    made = Office(store)
    yield made
    made.turns.stop()


# --- the old backorders ---------------------------------------------------------------


async def test_handling_the_old_backorders_is_braked_as_one(office: Office) -> None:
    """Six that would be cancelled at once are shown to a person, and none is."""
    office.were_late_before(office.some_wait(6))

    told = await office.presses("baseline_confirm")

    assert office.decided() == []
    brake = office.brake()
    assert brake is not None
    assert (brake.count, brake.cause) == (6, "BaselineConfirmed")
    assert brake.refunds == {"EUR": 6 * 2400}
    assert "old backorders" in office.card().payload["text"]
    assert told is not None
    assert "the newest card here says why" in told


async def test_go_handles_the_old_backorders_that_were_stopped(office: Office) -> None:
    """What was confirmed need not be confirmed a second time."""
    office.were_late_before(office.some_wait(6))
    await office.presses("baseline_confirm")

    await office.presses("brake_go")

    assert office.decided() == ["policy"] * 6
    assert office.brake() is None


async def test_few_old_backorders_need_no_second_word(office: Office) -> None:
    """What is within the limits is handled at once."""
    office.were_late_before(office.some_wait(2))

    told = await office.presses("baseline_confirm")

    assert office.decided() == ["policy"] * 2
    assert told == "Handling the old backorders of 2 customers now."


def test_one_confirmation_alone_is_braked_too(office: Office) -> None:
    """A turn that came without its group is counted with the hour's others."""
    customers = office.some_wait(3)
    office.were_late_before(customers)

    for customer in customers:
        office.turns.take_now(BaselineConfirmed(staff=MIA, customer_id=customer))

    assert office.decided() == ["policy"] * 2
    assert office.brake() is not None


async def test_while_paused_no_old_backorder_is_handled(office: Office) -> None:
    """A pause holds against a button, too; it may be pressed again afterwards."""
    office.were_late_before(office.some_wait(1))
    await office.presses("command.pause")

    await office.presses("baseline_confirm")
    assert office.decided() == []

    await office.presses("command.resume")
    await office.presses("baseline_confirm")
    assert office.decided() == ["policy"]


# --- Go -------------------------------------------------------------------------------


async def test_go_lets_what_was_shown_pass_and_no_more(office: Office) -> None:
    """Four were shown: four go, then the usual two; the next asks again."""
    shown, more = office.some_wait(4), office.some_wait(3)
    assert not office.changes(shown)
    await office.presses("brake_go")

    assert office.goes_on(shown)
    assert office.changes(more[:2])
    assert office.brake() is None

    office.changes(more[2:])
    assert office.decided() == ["policy"] * 6
    assert office.brake() is not None


async def test_what_was_let_go_does_not_count_an_hour_later(office: Office) -> None:
    """What a person let go late in the hour brakes nothing in the next."""
    shown, more = office.some_wait(4), office.some_wait(3)
    office.changes(shown)
    await office.presses("brake_go")
    office.clock.move(timedelta(minutes=50))
    assert office.goes_on(shown)

    office.clock.move(timedelta(minutes=20))

    assert office.changes(more[:2])
    office.changes(more[2:])
    assert office.decided() == ["policy"] * 6
    assert office.brake() is not None


async def test_what_did_not_go_within_the_hour_needs_a_new_word(
    office: Office,
) -> None:
    """A Go is about now: what is left of it lapses."""
    shown = office.some_wait(4)
    office.changes(shown)
    await office.presses("brake_go")

    office.clock.move(timedelta(hours=1))

    assert not office.goes_on(shown)
    assert office.decided() == []


# --- what counts, and what the card says ----------------------------------------------


def test_money_of_different_currencies_is_not_added_up(office: Office) -> None:
    """Sixty of one and sixty of another are not a hundred and twenty of anything."""
    with office.store.write() as connection:
        policy = POLICY.replace("decisions = 2", "decisions = 20")
        publish(connection, policy.replace("10000", "5000"), NOON)
    office.rules.follow(office.store)
    euros, francs = office.some_wait(2), office.some_wait(2, currency="CHF")

    assert office.changes([*euros, *francs])

    assert not office.changes(office.some_wait(2))
    brake = office.brake()
    assert brake is not None
    assert brake.refunds == {"EUR": 4800}


def test_the_card_names_the_currency_of_which_there_is_most(office: Office) -> None:
    """One sum stands there, never a mixed one."""
    customers = [*office.some_wait(1, currency="CHF"), *office.some_wait(2)]

    assert not office.changes(customers)

    text = office.card().payload["text"]
    assert "€48.00" in text
    assert "72" not in text


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        ("shop_stock", "a change in the shop's stock."),
        ("shop_supplies", "what is on its way to the shop"),
        ("bot_supply_dates", "what is on its way to the shop"),
        ("shop_order_lines shop_orders", "a change in the shop's orders."),
        ("shop_order_lines shop_stock", "stock, dates or orders"),
        ("mode", "stock, dates or orders"),
    ],
)
def test_the_card_says_what_changed(office: Office, cause: str, said: str) -> None:
    """Where one thing alone changed it is named, and what is missing with its SKU."""
    assert not office.changes(office.some_wait(3), cause)

    text = office.card().payload["text"]
    assert said in text
    assert f"({GONE})" in text


def test_while_the_brake_holds_not_even_one_is_decided(office: Office) -> None:
    """A turn that was on its way when the brake was pulled decides nothing."""
    office.changes(office.some_wait(3))

    office.changes(office.some_wait(1))

    assert office.decided() == []
