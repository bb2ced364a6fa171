"""Cancelling after buying, and asking for a change that nobody may grant but people."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from bot.playground.story import (
    check,
    decided,
    find_label,
    labels,
    phone,
    short,
    tap,
)
from store import shop
from store.tables import decisions

if TYPE_CHECKING:
    from bot.playground.runtime import Playground
    from bot.playground.telegram import Person

HOUR = timedelta(hours=1)


async def anna_is_linked(stage: Playground) -> Person:
    """Tie Anna's chat to her order."""
    anna = phone(stage, "anna")
    anna.starts(await stage.link(stage.demo.story.order_id))
    await anna.hears("linked to order 1042")
    return anna


async def rows(stage: Playground, kind: str) -> list[dict[str, Any]]:
    """Return the standing decisions of a kind about Anna's order."""
    return [
        row
        for row in (await stage.overview())["decisions"]
        if row["kind"] == kind
        and row["order_id"] == stage.demo.story.order_id
        and not row["withdrawn_at"]
    ]


def begin_work(stage: Playground, *line_ids: str) -> None:
    """Let the shop begin with lines."""
    with stage.bot.store.write() as connection:
        connection.execute(
            update(shop.order_lines)
            .where(shop.order_lines.c.id.in_(line_ids))
            .values(work_started_at=stage.now())
        )


async def test_what_nobody_has_begun_is_cancelled_by_two_taps(
    stage: Playground,
) -> None:
    """Lines as buttons, one confirmation with the amount, and it can be taken back."""
    anna = await anna_is_linked(stage)
    anna.says("please cancel my order")
    asked = await anna.hears("Which of these shall I cancel?")
    check("Cancel Mug Fjord" in labels(asked), "the mug can be cancelled")
    check("Cancel all that is left of 1042" in labels(asked), "all of it, too")

    await tap(stage, anna, "Which of these shall I cancel?", "Cancel Mug Fjord")
    sure = await anna.hears("Shall I cancel this in order 1042?")
    check(not await rows(stage, "cancel_refund"), "nothing is decided by asking")
    await tap(stage, anna, sure.text, "Yes, cancel and refund")
    done = await anna.hears("this is taken out of order 1042")
    (row,) = await rows(stage, "cancel_refund")
    assert row["decided_by"] == "customer"
    assert row["line_id"] == stage.demo.mug_line_id
    assert f"{row['refund_minor'] / 100:.2f}" in done.text

    anna.says("where is my order?")
    await anna.hears("Mug Fjord: being cancelled")
    await tap(stage, anna, "this is taken out of order 1042", "Keep it after all")
    await anna.hears("Nothing is cancelled")
    assert not await rows(stage, "cancel_refund")


async def test_a_cancellation_that_was_claimed_is_not_taken_back(
    stage: Playground,
) -> None:
    """Once the shop has begun, the button says so and a person is one tap away."""
    anna = await anna_is_linked(stage)
    anna.says("please cancel my order")
    await tap(stage, anna, "Which of these shall I cancel?", "Cancel Mug Fjord")
    await tap(stage, anna, "Shall I cancel this", "Yes, cancel")
    (row,) = await rows(stage, "cancel_refund")
    await stage.move(HOUR)
    await stage.decision("claim", row["id"])
    await stage.decision("apply", row["id"])
    await stage.settle()
    await anna.hears("Mug Fjord in order 1042 is cancelled")

    await tap(stage, anna, "this is taken out of order 1042", "Keep it after all")

    late = await anna.hears("has already begun with the cancellation")
    check("Talk to a person" in labels(late), "a person is one tap away")
    assert len(await rows(stage, "cancel_refund")) == 1


async def test_an_old_button_does_nothing_it_does_not_show(stage: Playground) -> None:
    """When the order changed below a confirmation, it is shown and asked anew."""
    anna = await anna_is_linked(stage)
    anna.says("please cancel my order")
    await tap(stage, anna, "Which of these", "Cancel all that is left of 1042")
    await anna.hears("Shall I cancel this in order 1042?")
    begin_work(stage, stage.demo.story.line_id)

    await tap(stage, anna, "Shall I cancel this in order 1042?", "Yes, cancel")
    await stage.settle()

    assert not await rows(stage, "cancel_refund")
    again = anna.heard[-1]
    check("Mug Fjord" in again.text, "what is left is asked about")
    check("Hoodie" not in again.text, "what was begun is not")


async def test_what_was_begun_goes_to_a_person(stage: Playground) -> None:
    """After work started nothing is promised: the truth, and a card for the staff."""
    anna = await anna_is_linked(stage)
    begin_work(stage, stage.demo.story.line_id, stage.demo.mug_line_id)

    anna.says("cancel my order please")

    await anna.hears("has already started, so I can't cancel it here any more")
    await anna.hears("I've passed this to our team")
    await stage.channel.hears("wants to cancel")
    assert not await rows(stage, "cancel_refund")


async def test_a_waiting_line_is_given_up_through_its_offer(stage: Playground) -> None:
    """Cancelling what waits decides its offer as well: one decision, one truth."""
    anna = await anna_is_linked(stage)
    await short(stage, stage.demo.story)
    await tap(stage, anna, "Closest we have", "Wait for it")
    anna.says("cancel my order")
    await tap(stage, anna, "Which of these shall I cancel?", "Cancel Hoodie Fjord")
    await tap(stage, anna, "Shall I cancel this", "Yes, cancel and refund €39.00")
    await anna.hears("this is taken out of order 1042")

    standing = await decided(stage, stage.demo.story, standing=True)
    assert [row["kind"] for row in standing] == ["cancel_refund"]
    assert standing[0]["refund_minor"] == 3900

    await tap(stage, anna, "this is taken out of order 1042", "Keep it after all")
    standing = await decided(stage, stage.demo.story, standing=True)
    assert [row["kind"] for row in standing] == ["wait"]


async def test_two_of_six_are_cancelled_and_four_wait_on(stage: Playground) -> None:
    """Said in words, corrected by a button; the shop takes two, the order lives on."""
    anna = await anna_is_linked(stage)
    with stage.bot.store.write() as connection:
        connection.execute(
            update(shop.order_lines)
            .where(shop.order_lines.c.id == stage.demo.story.line_id)
            .values(quantity=6, allocated=0, backordered=6)
        )
    await stage.settle()
    asked = await anna.hears("6 × Hoodie Fjord")
    anna.says("please cancel 3 of the hoodies")
    sure = await anna.hears("• 3 × Hoodie Fjord")
    anna.taps(sure.id, find_label(sure, "Only 2"))
    await stage.settle()
    sure = await anna.hears("• 2 × Hoodie Fjord")
    check("4 stay in the order" in sure.text, "the same words say the new number")
    await tap(stage, anna, "• 2 × Hoodie Fjord", "Yes, cancel and refund €78.00")
    await anna.hears("this is taken out of order 1042")
    (row,) = await rows(stage, "cancel_refund")
    assert (row["quantity"], row["refund_minor"]) == (2, 7800)
    left = await anna.hears("4 × Hoodie Fjord")
    check(left.id == asked.id, "the question is the same, about four")

    await stage.move(HOUR)
    await stage.decision("claim", row["id"])
    await stage.decision("apply", row["id"])
    await stage.settle()
    await anna.hears(
        "2 × Hoodie Fjord, black, L in order 1042 is cancelled, and €78.00"
    )
    with stage.bot.store.read() as connection:
        line = connection.execute(
            shop.order_lines.select().where(
                shop.order_lines.c.id == stage.demo.story.line_id
            )
        ).one()
    assert (line.backordered, line.cancelled) == (4, 2)
    anna.taps(left.id, find_label(left, "Cancel, refund €156.00"))
    await stage.settle()
    assert sum(r["quantity"] for r in await rows(stage, "cancel_refund")) == 6


async def test_a_change_is_a_request_until_somebody_says_so(stage: Playground) -> None:
    """An urgent card asks to hold the parcel; only applying it is called changed."""
    anna = await anna_is_linked(stage)
    anna.says("I moved, please send order 1042 to Elm Road 1 instead")
    await tap(stage, anna, "I can't change an order myself", "Yes, ask for order 1042")

    told = await anna.hears("I've asked the team for this in order 1042")
    check("Nothing is changed yet" in told.text, "and says so")
    await stage.channel.hears("hold the parcel")
    await stage.channel.hears("Elm Road 1")
    (row,) = await rows(stage, "change_request")
    assert row["decided_by"] == "customer"
    assert "Elm Road 1" in row["reason"]
    check(not any("is changed, as" in m.text for m in anna.heard), "not yet")

    await stage.decision("claim", row["id"])
    await stage.decision("apply", row["id"])
    await stage.settle()
    await anna.hears("Order 1042 is changed, as you asked")


async def test_a_refused_change_is_told(stage: Playground) -> None:
    """What the shop will not change stays, and the customer hears it."""
    anna = await anna_is_linked(stage)
    anna.says("I moved, please send order 1042 to Elm Road 1 instead")
    await tap(stage, anna, "I can't change an order myself", "Yes, ask for order 1042")
    (row,) = await rows(stage, "change_request")

    await stage.decision("reject", row["id"], "already on the van")
    await stage.settle()

    told = await anna.hears("turned out not to be possible")
    assert "van" not in told.text
    with stage.bot.store.read() as connection:
        assert connection.execute(decisions.select()).all()
