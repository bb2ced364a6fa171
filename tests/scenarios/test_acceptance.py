"""The shop's pages: open while a date is known and units are left, then closed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from bot.playground.story import labels, phone

from ..builders import a_backordered_line, a_product, a_supply, an_order
from .test_waitlist import linked

if TYPE_CHECKING:
    from bot.playground.runtime import Playground

LAMP = "LAMP-FJORD"


async def says(stage: Playground) -> Any:
    """Return what the shop's page of the lamp reads now."""
    await stage.settle()
    with stage.bot.store.read() as connection:
        asked = text("SELECT * FROM bot_availability WHERE sku = :sku")
        return connection.execute(asked, {"sku": LAMP}).one()


async def a_lamp_is_coming(stage: Playground, quantity: int) -> str:
    """Let the shop list a lamp that is not here, with units on their way."""
    with stage.bot.store.write() as connection:
        a_product(connection, LAMP, family=None, category=None, title="Lamp Fjord")
        return a_supply(
            connection,
            LAMP,
            quantity=quantity,
            expected_on=(stage.now() + timedelta(days=8)).date(),
            updated_at=stage.now(),
        )


async def order_of(stage: Playground, person: str, **line: Any) -> str:
    """Let somebody order a lamp that is not here; return the order."""
    with stage.bot.store.write() as connection:
        order = an_order(
            connection, person, placed_at=stage.now(), currency="EUR", market="GB"
        )
        a_backordered_line(connection, order, LAMP, title="Lamp Fjord", **line)
    stage.bot.watch.nudge()
    await stage.settle()
    return order


async def test_the_page_sells_what_comes_until_it_is_used_up(stage: Playground) -> None:
    """Two lamps coming, two sold with their date: the third customer reads sold out."""
    await a_lamp_is_coming(stage, 2)
    page = await says(stage)
    assert (bool(page.orderable), page.reason) == (True, "coming")
    assert "If you order now, we expect it between" in str(page.texts)

    await order_of(stage, "tomasz")
    assert (await says(stage)).orderable
    await order_of(stage, "emily")

    page = await says(stage)
    assert (bool(page.orderable), page.reason) == (False, "used_up")


async def test_the_page_follows_the_suppliers_date(stage: Playground) -> None:
    """When the estimate changes the listing changes with it."""
    supply = await a_lamp_is_coming(stage, 2)
    later = (stage.now() + timedelta(days=12)).date()

    await stage.shop("slip_supply", supply=supply, new_date=later, reason="a strike")

    assert str((await says(stage)).expected_from) == later.isoformat()


async def test_a_day_that_passes_without_goods_closes_the_page(
    stage: Playground,
) -> None:
    """A date in the past proves nothing: out of stock without a date is not sold."""
    await a_lamp_is_coming(stage, 2)
    assert (await says(stage)).orderable

    await stage.move(timedelta(days=10))

    page = await says(stage)
    assert (bool(page.orderable), page.reason) == (False, "no_date")


async def test_an_order_for_what_comes_later_is_confirmed_with_its_date(
    stage: Playground,
) -> None:
    """After ordering, a message restates it comes later, when, and both ways out."""
    await linked(stage, "anna", stage.demo.story.order_id)
    await a_lamp_is_coming(stage, 5)

    await order_of(stage, "anna")

    told = await phone(stage, "anna").hears("isn't in stock yet and comes later")
    assert "We expect it between" in told.text
    assert "Cancel, refund" in labels(told)
    assert "Cancel and tell me when it's back" in labels(told)


async def test_a_preorder_is_confirmed_as_one(stage: Playground) -> None:
    """What is sold before it exists is said to be a pre-order."""
    await linked(stage, "anna", stage.demo.story.order_id)
    await a_lamp_is_coming(stage, 5)

    await order_of(stage, "anna", kind="preorder")

    told = await phone(stage, "anna").hears("is a pre-order and comes later")
    assert "We expect it between" in told.text
