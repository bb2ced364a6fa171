"""Waiting well: what is worth a word, when there was none for long, and a plain yes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.playground.runtime import POLICY
from bot.playground.story import decided, labels, phone, short, tap

if TYPE_CHECKING:
    from bot.playground.runtime import Playground
    from bot.playground.telegram import Person

DAY = timedelta(days=1)


async def tomasz_waits(stage: Playground, terms: str) -> Person:
    """Let Tomasz's umbrella be short under these terms; more of it comes in time."""
    await stage.set_policy(f"{POLICY}\n[terms]\n{terms}\n")
    line = stage.demo.restocked
    tomasz = phone(stage, line.customer_id)
    tomasz.starts(await stage.link(line.order_id))
    await tomasz.hears("linked to order")
    await short(stage, line)
    return tomasz


async def test_a_wait_within_the_merchants_days_is_not_told_until_it_is_missed(
    stage: Playground,
) -> None:
    """F14: in time needs no word; once the supplier slips, the notice is sent then."""
    tomasz = await tomasz_waits(stage, "suppress_within_days = 15")
    before = tomasz.heard[-1].text
    assert "linked to order" in before
    supply = stage.demo.restocked.supply_id
    today = stage.now().date()
    await stage.shop("slip_supply", supply=supply, new_date=today + 9 * DAY)
    await stage.settle()
    assert tomasz.heard[-1].text == before, "still in time"

    await stage.shop("slip_supply", supply=supply, new_date=today + 11 * DAY)
    await stage.settle()
    assert "out of stock for a while" in tomasz.heard[-1].text


async def test_who_asks_about_a_wait_that_needs_no_word_is_told(
    stage: Playground,
) -> None:
    """F14: left unsaid is not denied: the question is answered with the date."""
    tomasz = await tomasz_waits(stage, "suppress_within_days = 14")
    tomasz.says("where is my order?")
    await tomasz.hears("out of stock; we expect it between")


async def test_nobody_waits_long_without_a_word(stage: Playground) -> None:
    """S1-04: nothing changed, and after the set days that is said, with a way out."""
    tomasz = await tomasz_waits(stage, "update_every_days = 4")
    await tomasz.hears("out of stock for a while")
    await stage.move(5 * DAY)

    still = await tomasz.hears("nothing has changed, we still expect it")
    assert "Thank you for your patience" in still.text
    assert "Cancel Umbrella" in labels(still)
    assert await decided(stage, stage.demo.restocked) == []


async def test_who_says_yes_to_waiting_is_asked_before_anything_else_happens(
    stage: Playground,
) -> None:
    """S1-01: a tap records the consent; a later slip is asked about, not cancelled."""
    tomasz = await tomasz_waits(stage, "material_days = 1")
    await tap(stage, tomasz, "out of stock for a while", "Wait for it")
    (row,) = await decided(stage, stage.demo.restocked)
    assert (row["kind"], row["decided_by"]) == ("wait", "customer")

    late = (stage.now() + 30 * DAY).date()
    await stage.shop(
        "slip_supply", supply=stage.demo.restocked.supply_id, new_date=late
    )
    await stage.settle()
    asked = await tomasz.hears("later than we told you")
    assert "We need your choice by" in asked.text
    kinds = [row["kind"] for row in await decided(stage, stage.demo.restocked)]
    assert kinds == ["wait"]


async def test_a_date_that_passes_is_never_left_standing(stage: Playground) -> None:
    """Nobody moved the date and nothing came: the customer hears it and may choose."""
    tomasz = await tomasz_waits(stage, "update_every_days = 0")
    await tomasz.hears("out of stock for a while")
    await stage.move(14 * DAY)

    asked = await tomasz.hears("and isn't here, and nobody can say yet when it comes")
    assert "We need your choice by" in asked.text


async def test_a_merchant_who_vouches_for_dates_says_so(stage: Playground) -> None:
    """S4-07: the same date, worded as a promise."""
    promised = 'name = "Northprint"\ndates_guaranteed = true'
    policy = POLICY.replace('name = "Northprint"', promised)
    assert policy != POLICY
    await stage.set_policy(policy)
    line = stage.demo.restocked
    tomasz = phone(stage, line.customer_id)
    tomasz.starts(await stage.link(line.order_id))
    await short(stage, line)

    told = await tomasz.hears("out of stock for a while")
    assert "It comes between" in told.text
    assert ", guaranteed." in told.text
