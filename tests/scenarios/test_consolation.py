"""Consolation: something for the patience, once, within a budget, and measured."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import insert

from bot.playground.runtime import CHANNEL, POLICY
from bot.playground.story import decided, phone, short, tap
from store.consolation import outcomes
from store.tables import decisions

if TYPE_CHECKING:
    from bot.playground.runtime import Playground

DAY = timedelta(days=1)


async def waiting(stage: Playground, terms: str) -> None:
    """Tomasz waits for his umbrella under these terms."""
    line = stage.demo.restocked
    await stage.set_policy(f"{POLICY}\n[terms]\n{terms}\n")
    tomasz = phone(stage, line.customer_id)
    tomasz.starts(await stage.link(line.order_id))
    await tomasz.hears("linked to order")
    await short(stage, line)
    await tomasz.hears("out of stock")


def given_elsewhere(stage: Playground) -> None:
    """Somebody else gets five euros out of the same budget."""
    gift = {"kind": "consolation", "reason": "voucher", "quantity": 1}
    row = {"order_id": "o-other", "decided_by": "policy", "apply_after": stage.now()}
    worth = {"price_minor": 500, "currency": "EUR", "created_at": stage.now()}
    with stage.bot.store.write() as connection:
        connection.execute(insert(decisions).values(**gift | row | worth))


async def test_who_waits_long_gets_a_discount_once(stage: Playground) -> None:
    """After the days of the rule ten per cent are decided and told, and only once."""
    await waiting(stage, 'consolation = "discount"\nconsolation_after_days = 3')
    tomasz = phone(stage, stage.demo.restocked.customer_id)

    await stage.move(4 * DAY)
    await tomasz.hears("we take 10 % off it: €3.40")
    await stage.move(2 * DAY)

    rows = await decided(stage, stage.demo.restocked)
    assert [row["kind"] for row in rows].count("consolation") == 1
    with stage.bot.store.read() as connection:
        assert [(kept.given, kept.kept) for kept in outcomes(connection)] == [(1, 1)]


async def test_the_budget_is_a_cap(stage: Playground) -> None:
    """Nothing is given that would go beyond the budget."""
    await waiting(
        stage,
        'consolation = "voucher"\nconsolation_after_days = 3\nconsolation_budget = 499',
    )

    await stage.move(4 * DAY)

    rows = await decided(stage, stage.demo.restocked)
    assert "consolation" not in [row["kind"] for row in rows]


async def test_above_the_limit_a_colleague_is_asked(stage: Playground) -> None:
    """A card asks, and what a colleague gives is decided in their name."""
    line = stage.demo.restocked
    await waiting(
        stage,
        'consolation = "voucher"\nconsolation_after_days = 3\n'
        "consolation_approval_above = 100",
    )
    await stage.move(4 * DAY)
    card = await stage.channel.hears("Console order 1041 with €5.00?")
    rows = await decided(stage, line)
    assert "consolation" not in [row["kind"] for row in rows]

    await stage.staff[0].clicks(CHANNEL, card.ts, "Give it")
    await phone(stage, line.customer_id).hears("a voucher of €5.00")

    given = [row for row in await decided(stage, line) if row["kind"] == "consolation"]
    assert [row["decided_by"] for row in given] == ["staff:U0MIA"]


async def test_a_colleague_gives_within_the_budget_too(stage: Playground) -> None:
    """What others were given since the card came counts when a colleague presses."""
    line = stage.demo.restocked
    await waiting(
        stage,
        'consolation = "voucher"\nconsolation_after_days = 3\n'
        "consolation_approval_above = 100\nconsolation_budget = 900",
    )
    await stage.move(4 * DAY)
    card = await stage.channel.hears("Console order 1041 with €5.00?")
    given_elsewhere(stage)

    await stage.staff[0].clicks(CHANNEL, card.ts, "Give it")
    await stage.settle()

    assert "consolation" not in [row["kind"] for row in await decided(stage, line)]


async def refusing(stage: Playground, more: str = "") -> list[str]:
    """Anna is offered charcoal and waits for black; return what is decided then."""
    terms = f'consolation = "voucher"\nconsolation_refused = true\n{more}'
    await stage.set_policy(f"{POLICY}\n[terms]\n{terms}\n")
    anna = phone(stage, "anna")
    anna.starts(await stage.link(stage.demo.story.order_id))
    await anna.hears("linked to order")
    await short(stage, stage.demo.story)
    await tap(stage, anna, "Closest we have", "Wait for")
    return sorted(row["kind"] for row in await decided(stage, stage.demo.story))


async def test_who_wants_no_substitute_and_waits_on_gets_a_voucher(
    stage: Playground,
) -> None:
    """The voucher is told and decided at once; nobody has to wait for it."""
    assert await refusing(stage) == ["consolation", "wait"]
    await phone(stage, "anna").hears("a voucher of €5.00 for your next order")


async def test_a_tap_earns_nothing_beyond_the_budget(stage: Playground) -> None:
    """What others were given counts, too, when a customer's own choice earns it."""
    given_elsewhere(stage)
    assert await refusing(stage, "consolation_budget = 900") == ["wait"]


async def test_a_second_slip_earns_it_at_once(stage: Playground) -> None:
    """Who is put off twice need not wait for the days to pass."""
    line = stage.demo.restocked
    await waiting(
        stage,
        'consolation = "free_shipping"\ncancel_horizon_days = 60\nrange_days = 0',
    )
    for days in (2, 4):
        books = await stage.overview()
        supply = next(s for s in books["supplies"] if s["id"] == line.supply_id)
        later = date.fromisoformat(supply["expected_on"]) + timedelta(days=days)
        await stage.shop("slip_supply", supply=line.supply_id, new_date=later)
        await stage.settle()

    await phone(stage, line.customer_id).hears("the shipping is on us")
