"""The five cases and what follows from them, as customers and colleagues live them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.playground.runtime import CHANNEL, POLICY
from bot.playground.story import decided, labels, phone, short, tap

if TYPE_CHECKING:
    from bot.playground.runtime import Playground
    from bot.playground.shop.fill import StoryLine
    from bot.playground.telegram import Person

HOUR = timedelta(hours=1)


async def linked(stage: Playground, line: StoryLine) -> Person:
    """Tie a customer's chat to the order of a line."""
    person = phone(stage, line.customer_id)
    person.starts(await stage.link(line.order_id))
    await person.hears("linked to order")
    return person


async def test_the_merchant_is_asked_before_anything_is_cancelled(
    stage: Playground,
) -> None:
    """Case 3 under "ask": a card in Slack, and one press of a colleague decides."""
    line = stage.demo.hopeless
    ingrid = await linked(stage, line)
    await stage.set_policy(f'{POLICY}\n[terms]\nautomatic_cancel = "ask"\n')
    await short(stage, line)

    card = await stage.channel.hears("Cancel for Ingrid Solheim?")
    assert await decided(stage, line) == []
    await stage.staff[0].clicks(CHANNEL, card.ts, "Cancel and refund")

    await ingrid.hears("is cancelled")
    (row,) = await decided(stage, line)
    assert row["decided_by"].startswith("staff:")


async def test_a_colleague_lets_the_customer_choose(stage: Playground) -> None:
    """Case 3 under "ask": the other button asks the customer, who waits or cancels."""
    line = stage.demo.hopeless
    ingrid = await linked(stage, line)
    await stage.set_policy(f'{POLICY}\n[terms]\nautomatic_cancel = "ask"\n')
    await short(stage, line)
    card = await stage.channel.hears("Cancel for Ingrid Solheim?")
    await stage.staff[0].clicks(CHANNEL, card.ts, "Let the customer choose")

    asked = await ingrid.hears("nothing close enough")
    assert "Please choose by" in asked.text
    await tap(stage, ingrid, "nothing close enough", "Wait")
    assert [row["kind"] for row in await decided(stage, line)] == ["wait"]


async def test_a_merchant_who_never_cancels_lets_the_customer_choose(
    stage: Playground,
) -> None:
    """Case 3 under "never": nothing is cancelled, whatever time passes."""
    line = stage.demo.hopeless
    ingrid = await linked(stage, line)
    await stage.set_policy(f'{POLICY}\n[terms]\nautomatic_cancel = "never"\n')
    await short(stage, line)
    await ingrid.hears("nothing close enough")
    await stage.move(40 * HOUR)

    assert "cancel_refund" not in {row["kind"] for row in await decided(stage, line)}


async def test_refused_but_in_time_is_waited_for(stage: Playground) -> None:
    """Case 4: no other product wanted, and it comes in time: wait or cancel."""
    line = stage.demo.story
    anna = await linked(stage, line)
    await short(stage, line)
    await anna.hears("Closest we have")
    anna.says("no thanks")
    await stage.settle()

    offered = labels(anna.heard[-1])
    assert "Wait" in offered
    assert "Cancel" in offered
    assert "charcoal" not in offered
    await stage.move(26 * HOUR)
    assert [row["kind"] for row in await decided(stage, line)] == ["wait"]


async def test_refused_and_not_in_time_ends_as_the_third_case(
    stage: Playground,
) -> None:
    """Case 5: no other product wanted, and no date: silence cancels, as it said."""
    line = stage.demo.story
    anna = await linked(stage, line)
    await stage.shop("slip_supply", supply=line.supply_id, new_date=None)
    await short(stage, line)
    await anna.hears("Closest we have")
    anna.says("no thanks")
    await stage.settle()
    assert "If we don't hear from you, we'll cancel" in anna.heard[-1].text
    await stage.move(26 * HOUR)

    kinds = [row["kind"] for row in await decided(stage, line, standing=True)]
    assert kinds == ["cancel_refund"]


async def test_a_slip_is_decided_anew_from_the_order_date(stage: Playground) -> None:
    """F12: in time it waits; a slip past day 14 of the order cancels and refunds."""
    line = stage.demo.restocked
    tomasz = await linked(stage, line)
    await short(stage, line)
    await tomasz.hears("out of stock for a while")
    assert await decided(stage, line) == []
    far = (stage.now() + timedelta(days=40)).date()
    await stage.shop("slip_supply", supply=line.supply_id, new_date=far)
    await stage.settle()

    await tomasz.hears("is cancelled")
    (row,) = await decided(stage, line)
    assert row["kind"] == "cancel_refund"


async def test_id_rather_wait_takes_an_automatic_cancellation_back(
    stage: Playground,
) -> None:
    """F27: the message that cancels has the button that undoes it."""
    line = stage.demo.hopeless
    ingrid = await linked(stage, line)
    await short(stage, line)
    await tap(stage, ingrid, "is cancelled", "I'd rather wait")

    kinds = [row["kind"] for row in await decided(stage, line, standing=True)]
    assert kinds == ["wait"]


async def test_what_arrives_during_a_proposal_withdraws_it(stage: Playground) -> None:
    """Good news instead of a choice; the old buttons say what is true now."""
    line = stage.demo.story
    anna = await linked(stage, line)
    await short(stage, line)
    proposal = await anna.hears("Closest we have")
    await stage.shop("receive", supply_id=line.supply_id, quantity=1)
    await stage.settle()

    await anna.hears("arrived")
    assert await decided(stage, line) == []
    assert "Send" not in labels(next(m for m in anna.heard if m.id == proposal.id))


async def test_a_voice_message_is_no_silence(stage: Playground) -> None:
    """F26: who spoke up near the end has time left after our answer."""
    line = stage.demo.story
    anna = await linked(stage, line)
    await short(stage, line)
    await anna.hears("Please choose by")
    await stage.move(23 * HOUR)
    anna.sends_voice()
    await stage.settle()
    await stage.move(2 * HOUR)

    assert await decided(stage, line) == [], "the time told was extended"


async def test_a_reminder_comes_before_the_end_and_not_at_night(
    stage: Playground,
) -> None:
    """F23: once, in the customer's day, with the same choices and the hour."""
    line = stage.demo.in_us
    emily = await linked(stage, line)
    await stage.move(4 * HOUR)
    await short(stage, line)
    await emily.hears("Please choose by")
    await stage.move(24 * HOUR)

    reminder = await emily.hears("still needs a choice")
    assert "New York time" in reminder.text
    told = [m for m in emily.chat if "still needs a choice" in m.text]
    assert len(told) == 1


async def test_too_little_for_a_parcel_of_its_own_is_not_offered(
    stage: Playground,
) -> None:
    """F35: below the merchant's fill rate nothing is sent ahead; at it, one may ask."""
    line = stage.demo.story
    anna = await linked(stage, line)
    await short(stage, line)
    await anna.hears("Closest we have")
    for percent, offered in ((60, False), (50, True)):
        terms = f"\n[terms]\nmin_fill_order_percent = {percent}\n"
        await stage.set_policy(POLICY + terms)
        anna.says("where is my order?")
        await stage.settle()
        assert ("Send Mug" in labels(anna.heard[-1])) is offered, f"at {percent} %"
