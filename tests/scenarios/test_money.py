"""Money in plain words: what goes back, what was never taken, what will lapse."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import insert, update

from bot.playground.runtime import POLICY
from bot.playground.story import decided, phone, short, tap
from store import shop

if TYPE_CHECKING:
    from typing import Any

    from bot.playground.runtime import Playground
    from bot.playground.telegram import Person

HOUR = timedelta(hours=1)


async def anna_is_linked(stage: Playground, **order: Any) -> Person:
    """Tie Anna's chat to her order, of which the shop knows something else."""
    if order:
        with stage.bot.store.write() as connection:
            connection.execute(
                update(shop.orders)
                .where(shop.orders.c.id == stage.demo.story.order_id)
                .values(order)
            )
    anna = phone(stage, "anna")
    anna.starts(await stage.link(stage.demo.story.order_id))
    await anna.hears("linked to order 1042")
    return anna


async def applied(stage: Playground) -> dict[str, Any]:
    """Let the shop do what was decided about the hoodie."""
    await stage.move(HOUR)
    (row,) = await decided(stage, stage.demo.story, standing=True)
    await stage.decision("claim", row["id"])
    await stage.decision("apply", row["id"])
    await stage.settle()
    return row


async def test_a_cancelled_line_gives_back_its_own_price(stage: Playground) -> None:
    """The hoodie's price goes back, not the shipping; sent is said when it is sent."""
    anna = await anna_is_linked(stage)
    await short(stage, stage.demo.story)
    await tap(stage, anna, "Closest we have", "Cancel, refund €39.00")
    anna.says("where is my refund?")
    await anna.hears("€39.00 is decided, but not sent yet")
    await applied(stage)
    await anna.hears("€39.00 is on its way back to you")
    anna.says("where is my refund?")
    told = await anna.hears("€39.00 was sent back on")
    assert told.text.count("€39.00") == 1


async def test_an_orders_discount_is_shared(stage: Playground) -> None:
    """What was taken off the whole order is taken off each part's refund."""
    anna = await anna_is_linked(stage, discount_minor=510)
    await short(stage, stage.demo.story)
    await tap(stage, anna, "Closest we have", "Cancel, refund")
    (row,) = await decided(stage, stage.demo.story)
    hoodie, mug = await prices(stage)
    assert row["refund_minor"] == hoodie - round(510 * hoodie / (hoodie + mug))


async def prices(stage: Playground) -> tuple[int, int]:
    """Return what the hoodie and the mug cost."""
    with stage.bot.store.read() as connection:
        rows = {row.id: row for row in connection.execute(shop.order_lines.select())}
    return (
        rows[stage.demo.story.line_id].unit_price_minor,
        rows[stage.demo.mug_line_id].unit_price_minor,
    )


async def test_who_was_not_charged_reads_so(stage: Playground) -> None:
    """Only authorised: cancelling releases the hold, and no refund is spoken of."""
    anna = await anna_is_linked(stage, payment_status="authorized")
    await short(stage, stage.demo.story)
    await tap(stage, anna, "Closest we have", "Cancel it")
    await anna.hears("you haven't been charged for it")
    row = await applied(stage)
    assert row["refund_minor"] == 0
    await anna.hears("You haven't been charged for it.")


async def test_the_shops_own_refund_is_readable(stage: Playground) -> None:
    """Money the shop sent back by itself is found by asking, with its reference."""
    anna = await anna_is_linked(stage)
    with stage.bot.store.write() as connection:
        connection.execute(
            insert(shop.refunds).values(
                id="goodwill-1",
                order_id=stage.demo.story.order_id,
                amount_minor=500,
                currency="EUR",
                reference="NP-77",
                created_at=stage.now(),
            )
        )
    anna.says("where is my refund?")
    told = await anna.hears("€5.00 was sent back on")
    assert "NP-77" in told.text


async def test_a_cheaper_one_gives_the_difference_back(stage: Playground) -> None:
    """Charcoal costs five less: chosen in one tap, the difference goes back."""
    with stage.bot.store.write() as connection:
        connection.execute(
            update(shop.products)
            .where(shop.products.c.sku == stage.demo.closest_sku)
            .values(price_minor=3400)
        )
    anna = await anna_is_linked(stage)
    await short(stage, stage.demo.story)
    await tap(stage, anna, "Closest we have", "Send charcoal")
    await anna.hears("and refund €5.00")
    await applied(stage)
    await anna.hears("€5.00 is on its way back to you")


async def test_a_dearer_one_is_asked_with_its_price(stage: Playground) -> None:
    """What costs more says so on its button; the press is the consent, kept as such."""
    await stage.set_policy(POLICY + "\n[terms]\nsubstitute_price = 'any'\n")
    with stage.bot.store.write() as connection:
        connection.execute(
            update(shop.products)
            .where(shop.products.c.sku == stage.demo.closest_sku)
            .values(price_minor=4400)
        )
    anna = await anna_is_linked(stage)
    await short(stage, stage.demo.story)
    proposal = await anna.hears("€5.00 more")
    (button,) = [
        text for row in proposal.buttons for text in row if "€5.00 more" in text
    ]
    anna.taps(proposal.id, button)
    await stage.settle()
    (row,) = await decided(stage, stage.demo.story)
    assert (row["price_minor"], row["refund_minor"]) == (4400, 0)


async def test_staff_hear_before_a_payment_lapses(stage: Playground) -> None:
    """Three days before the authorisation ends a card says which and how much."""
    await anna_is_linked(
        stage,
        payment_status="authorized",
        authorization_expires_at=stage.now() + timedelta(days=4),
    )
    await short(stage, stage.demo.story)
    await stage.move(timedelta(days=1, hours=1))
    await stage.channel.hears("payment authorisation of order 1042 lapses on")
    await stage.channel.hears("are held until")


async def test_who_waits_beyond_it_is_asked_to_renew(stage: Playground) -> None:
    """F31: the promise is later than the card's hold: Anna gets the way to renew it."""
    await stage.set_policy(f"{POLICY}\n[terms]\nask_renewal = true\n")
    anna = await anna_is_linked(
        stage,
        payment_status="authorized",
        authorization_expires_at=stage.now() + timedelta(days=4),
    )
    await short(stage, stage.demo.story)
    await tap(stage, anna, "Closest we have", "Wait for")
    await stage.move(timedelta(days=1, hours=1))

    asked = await anna.hears("what you wait for comes later than that")
    assert "€58.40" in asked.text
    buttons = asked.keyboard.rows if asked.keyboard else ()
    assert "https://northprint.example" in [b.url for row in buttons for b in row]
