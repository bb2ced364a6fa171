"""Substitutes as customers of the demo shop live them: near, fair, kept, and theirs."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from bot.playground.runtime import POLICY
from bot.playground.story import decided, find_label, labels, phone, short, tap
from store import shop
from store.proof import offer_of_decision, proof_of_consent
from store.tables import holds

from ..builders import a_backordered_line, an_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from bot.playground.runtime import Playground
    from bot.playground.telegram import Message, Person

HOUR = timedelta(hours=1)
CHARCOAL = "HOODIE-FJORD-CHARCOAL-L"
CHARCOAL_BLANK = "TERN-HOODIE-CHARCOAL-L"


async def linked(stage: Playground, customer_id: str, order_id: str) -> Person:
    """Tie a customer's chat to their order."""
    person = phone(stage, customer_id)
    person.starts(await stage.link(order_id))
    await person.hears("linked to order")
    return person


async def anna(stage: Playground) -> Person:
    """Return Anna, whose chat is tied to order 1042."""
    return await linked(stage, "anna", stage.demo.story.order_id)


async def write(stage: Playground, act: Callable[[Connection], object]) -> None:
    """Let the shop write, and the bot notice."""

    def in_transaction() -> None:
        with stage.bot.store.write() as connection:
            act(connection)

    await asyncio.to_thread(in_transaction)
    stage.bot.watch.nudge()
    await stage.settle()


def product(sku: str, **columns: Any) -> Callable[[Connection], object]:
    """Return the writing of a product's columns."""
    made = update(shop.products).where(shop.products.c.sku == sku).values(columns)
    return lambda connection: connection.execute(made)


def held(stage: Playground) -> int:
    """Return how many units of the charcoal blank offers hold."""
    with stage.bot.store.read() as connection:
        asked = select(func.sum(holds.c.quantity)).where(holds.c.sku == CHARCOAL_BLANK)
        return int(connection.scalar(asked) or 0)


async def with_policy(stage: Playground, more: str) -> None:
    """Put a policy in force that says something besides the demo's."""
    await stage.set_policy(POLICY + more)


def buttons_of(message: Message) -> list[str]:
    """Return the labels below a message, one by one."""
    return labels(message).split(" | ")


async def test_the_closest_is_explained_and_others_stand_behind_it(
    stage: Playground,
) -> None:
    """F15, F16, F17: typed, ranked, said why; the rest behind "Other options"."""
    person = await anna(stage)
    await short(stage, stage.demo.story)
    proposal = await person.hears("Closest we have")
    why = "the same Hoodie Fjord in charcoal, L, your print, same price"
    assert why in proposal.text
    assert labels(proposal).count("(recommended)") == 1
    assert "Send size XL" not in labels(proposal)

    await tap(stage, person, "Closest we have", "Other options")
    shown = buttons_of(await person.hears("Closest we have"))
    assert shown[:5] == [
        "Send charcoal L (recommended)",
        "Send Heavy Hoodie Fjord",
        "Send navy L",
        "Send size XL",
        "Send size M",
    ]


async def test_the_size_chart_is_one_tap_away(stage: Playground) -> None:
    """F17: a button opens the page of the product, or the shop's."""
    person = await anna(stage)
    page = "https://northprint.example/sizes"
    await write(
        stage, product("HOODIE-FJORD-BLACK-L", attributes={"size_chart_url": page})
    )
    await short(stage, stage.demo.story)
    proposal = await person.hears("Closest we have")
    assert "Size chart" in labels(proposal)


async def test_nothing_dearer_comes_without_a_tap(stage: Playground) -> None:
    """F19: a dearer product may be offered, its price said; silence never takes it."""
    await with_policy(stage, '\n[terms]\nsubstitute_price = "any"\n')
    person = await anna(stage)
    await write(stage, product(CHARCOAL, price_minor=4400))
    await short(stage, stage.demo.story)
    proposal = await person.hears("Closest we have")
    assert "€5.00 more" in proposal.text
    assert "Send charcoal L, €5.00 more (recommended)" in labels(proposal)
    assert "If we don't hear from you, we'll keep waiting" in proposal.text
    await stage.move(40 * HOUR)
    assert [r["kind"] for r in await decided(stage, stage.demo.story)] == ["wait"]


async def test_something_cheaper_says_so(stage: Playground) -> None:
    """F19: the customer reads what they save."""
    person = await anna(stage)
    await write(stage, product(CHARCOAL, price_minor=3500))
    await short(stage, stage.demo.story)
    proposal = await person.hears("Closest we have")
    assert "€4.00 less" in proposal.text


async def test_units_are_held_while_the_clock_runs(stage: Playground) -> None:
    """F20: kept for the one who is asked, given back at a refusal."""
    person = await anna(stage)
    await short(stage, stage.demo.story)
    await person.hears("Closest we have")
    assert held(stage) == 1
    await tap(stage, person, "Closest we have", "Cancel, refund")
    assert held(stage) == 0


async def test_what_vanishes_meanwhile_is_replaced(stage: Playground) -> None:
    """F20: the shelf is empty after all: one new proposal with a whole window."""
    person = await anna(stage)
    await short(stage, stage.demo.story)
    first = await person.hears("in charcoal, L")

    emptied = (
        update(shop.stock)
        .where(shop.stock.c.sku == CHARCOAL_BLANK)
        .values(on_hand=0, updated_at=stage.now())
    )
    await write(stage, lambda connection: connection.execute(emptied))
    again = await person.hears("Closest we have", after=first.id)
    assert "Heavy Hoodie Fjord by Fellside" in again.text
    assert "Please choose by" in again.text
    assert held(stage) == 0


async def test_a_general_preference_is_asked_once_kept_and_honoured(
    stage: Playground,
) -> None:
    """F18: asked after the first substitute, named in the next proposal."""
    person = await anna(stage)
    await short(stage, stage.demo.story)
    await tap(stage, person, "Closest we have", "Send charcoal")
    question = await person.hears("One question")
    person.taps(question.id, find_label(question, "Refund me instead"))
    await person.hears("we'll recommend your money back")

    await linked(stage, "anna", stage.demo.story.order_id)
    order = await another_order(stage, "HOODIE-FJORD-BLACK-M")
    await short_of(stage, "TERN-HOODIE-BLACK-M")
    proposal = await person.hears(f"order {order}")
    assert "rather have your money back" in proposal.text
    assert "(recommended)" in find_label(proposal, "Cancel, refund")


async def test_recommendation_and_silence_are_told_apart_and_proven(
    stage: Playground,
) -> None:
    """F26: in her market silence waits; what was shown and when can be shown again."""
    line = stage.demo.in_us
    person = await linked(stage, line.customer_id, line.order_id)
    await short(stage, line)
    await stage.move(5 * HOUR)
    proposal = await person.hears("Closest we have")
    assert "We don't send another product without your yes." in proposal.text
    await stage.move(40 * HOUR)
    await person.hears("We didn't hear from you")

    (row,) = await decided(stage, line)
    with stage.bot.store.read() as connection:
        offer_id = offer_of_decision(connection, row["id"])
        steps = proof_of_consent(connection, offer_id or "")
    shown = next(step for step in steps if step.kind == "shown")
    assert shown.at is not None
    assert "without your yes" in shown.text
    assert "(recommended)" in shown.text
    answered = next(step for step in steps if step.kind == "answered")
    assert (answered.who, answered.text.endswith("wait")) == ("silence", True)
    assert [step.kind for step in steps][:2] == ["proposed", "shown"]
    assert steps[-1].at is not None


async def test_what_belongs_together_changes_together(stage: Playground) -> None:
    """F77: hoodie and shirt of one design are short: one choice, still a pair."""
    person = await anna(stage)
    order = await another_order(stage, "HOODIE-FJORD-BLACK-L", "TSHIRT-FJORD-BLACK-L")
    proposal = await person.hears(f"order {order}")
    assert "charcoal" not in proposal.text
    assert "Heavy Hoodie Fjord by Fellside" in proposal.text
    assert "Heavy T-shirt Fjord by Fellside" in proposal.text
    assert "One choice counts for both" in proposal.text

    person.taps(proposal.id, find_label(proposal, "Send Heavy Hoodie Fjord"))
    await person.hears("Your choice for")
    await stage.settle()
    rows = (await stage.overview())["decisions"]
    sent = sorted(row["substitute_sku"] for row in rows if row["kind"] == "substitute")
    assert sent == ["HEAVY-HOODIE-FJORD-BLACK-L", "HEAVY-TSHIRT-FJORD-BLACK-L"]


async def test_i_need_it_by_beats_waiting(stage: Playground) -> None:
    """What comes too late for a customer is asked about, not waited for."""
    line = stage.demo.restocked
    person = await linked(stage, line.customer_id, line.order_id)
    await short(stage, line)
    await person.hears("out of stock for a while")
    person.says("I need it by tomorrow")
    noted = await person.hears("Noted: you need order")
    asked = await person.hears("Please choose by", after=noted.id)
    assert "and it would come later than that" in asked.text
    assert "If we don't hear from you, we'll cancel" in asked.text


async def another_order(stage: Playground, *skus: str) -> str:
    """Let Anna have bought more, of which nothing is there; return its number."""
    number = "1990"

    def act(connection: Connection) -> None:
        order = an_order(
            connection,
            "anna",
            number=number,
            currency="EUR",
            market="CH",
            placed_at=stage.now() - 20 * HOUR,
        )
        for sku in skus:
            found = shop.products.c
            row = connection.execute(
                select(found.title, found.price_minor).where(found.sku == sku)
            ).one()
            a_backordered_line(
                connection,
                order,
                sku,
                title=row.title,
                unit_price_minor=row.price_minor,
            )

    await write(stage, act)
    return number


async def short_of(stage: Playground, blank: str) -> None:
    """Let a blank's shelf be empty."""
    emptied = update(shop.stock).where(shop.stock.c.sku == blank).values(on_hand=0)
    await write(stage, lambda connection: connection.execute(emptied))
