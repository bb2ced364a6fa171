"""Consolation: given once, only to who still waits, and never beyond the budget."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flows.effects import Whisper
from flows.events import StaffGranted

from .builders import MIA, NOON, a_case, a_line, a_shelf, an_order, in_days
from .story import Story

ASKED = """\
[terms]
consolation = "voucher"
consolation_after_days = 1
consolation_approval_above = 100
apply_after = "10d"
"""


def waiting(terms: str, **order: Any) -> Story:
    """Two lines of Anna's order wait, as she chose; neither waits long enough yet."""
    lines = (a_line("first"), a_line("second"))
    case = a_case(an_order(*lines, shipping_minor=490, **order))
    story = Story(case, policy=terms).shop_says().delivers()
    return story.taps("0w").taps("1w")


def terms(kind: str, budget: int) -> str:
    """Return a policy that gives this after a day, as long as the budget lasts."""
    return (
        f'[terms]\nconsolation = "{kind}"\nconsolation_after_days = 1\n'
        f"consolation_budget = {budget}\n"
    )


def spent(story: Story, amounts: dict[str, int]) -> None:
    """Let this have been given elsewhere within the last month."""
    story._setting = replace(story._setting, consoled=amounts)


def given(story: Story) -> list[Any]:
    """Return the consolations that were decided."""
    return [row for row in story.case.decisions if row.kind == "consolation"]


def whispers(story: Story) -> list[str]:
    """Return what only the colleague who pressed was told."""
    return [effect.text for effect in story.all(Whisper)]


def answers(story: Story, *, give: bool, which: int = 0) -> Story:
    """Let Mia answer the card about one of the lines."""
    backorder = story.case.backorders[which].id
    grant = StaffGranted(staff=MIA, case_id=1, backorder_id=backorder, give=give)
    return story.take(grant)


# --- who wants none of the substitutes -----------------------------------------------

REFUSED = """\
[terms]
consolation = "voucher"
consolation_refused = true
"""


def asked_about_one(policy: str = REFUSED, **story: Any) -> Story:
    """Anna is asked whether she takes charcoal instead of her hoodie."""
    return Story(policy=policy, **story).shop_says().delivers()


def test_who_refuses_the_substitute_and_waits_gets_it_at_once() -> None:
    """The choice is confirmed first, then comes the voucher, and only once."""
    story = asked_about_one().taps("0w")
    assert story.keys == ["answered", "consolation"]
    assert [row.price_minor for row in given(story)] == [500]
    story.taps("0c").taps("0w").waits(days=2)
    assert len(given(story)) == 1


def test_where_the_merchant_did_not_say_so_a_refusal_earns_nothing() -> None:
    """By default only long waits and second slips do."""
    story = asked_about_one(REFUSED.replace("true", "false")).taps("0w").waits(days=2)
    assert given(story) == []


@pytest.mark.parametrize("choice", ["0s0", "0c"])
def test_who_does_not_wait_on_refuses_for_nothing(choice: str) -> None:
    """Taking the substitute, or the money back, is no waiting, even if it fails."""
    story = asked_about_one().taps(choice).waits(days=2)
    assert given(story) == []
    row = next(row for row in story.standing if row.line_id == "hoodie")
    story.row_becomes(row, claimed_at=story.now, rejected_at=story.now).waits(days=2)
    assert given(story) == []


def test_who_had_nothing_to_refuse_waits_for_nothing() -> None:
    """Where nothing like it was there, choosing to wait turns nothing down."""
    policy = REFUSED + 'automatic_cancel = "never"\n'
    shelf = a_shelf(charcoal=0)
    story = Story(a_case(shelf=shelf), policy=policy).shop_says().delivers().taps("0w")
    assert story.standing
    assert given(story.waits(days=2)) == []


def test_silence_refuses_nothing() -> None:
    """Who says nothing waits because the merchant says so."""
    policy = REFUSED + 'on_silence = "wait"\n'
    story = asked_about_one(policy).waits(days=2)
    assert [row.kind for row in story.standing] == ["wait"]
    assert given(story) == []


def test_a_no_and_then_silence_refuses() -> None:
    """A typed no turned the substitutes down; that nothing follows it is waiting on."""
    story = asked_about_one().says("no").waits(days=2)
    assert [row.kind for row in story.standing] == ["wait", "consolation"]


def test_who_refuses_at_night_gets_it_in_the_morning() -> None:
    """Like everything that nobody asked for."""
    night = NOON.replace(hour=20)  # 22:00 where Anna lives
    story = asked_about_one()
    story.waits_until(night).taps("0w")
    assert given(story) == []
    assert story.case.wake_at == in_days(1).replace(hour=6)
    story.waits(hours=12)
    assert len(given(story)) == 1


# --- the budget -------------------------------------------------------------------


@pytest.mark.parametrize(("budget", "lines"), [(999, 1), (1000, 2)])
def test_what_one_turn_gives_counts_for_its_next_line(budget: int, lines: int) -> None:
    """Two lines are due in one turn, and the budget covers one voucher of two."""
    story = waiting(terms("voucher", budget)).waits(days=2)
    assert len(given(story)) == lines


def test_an_order_ships_free_once() -> None:
    """Two lines wait, the shipping was paid once: it goes back once."""
    story = waiting(terms("free_shipping", 10_000)).waits(days=2)
    assert [row.price_minor for row in given(story)] == [490]
    story.waits(days=5).shop_says()
    assert len(given(story)) == 1


@pytest.mark.parametrize(("currency", "lines"), [("EUR", 0), ("JPY", 2)])
def test_each_currency_has_its_own_budget(currency: str, lines: int) -> None:
    """Euros that were given leave yen alone: nobody adds the two."""
    story = waiting(terms("voucher", 1000), currency=currency)
    spent(story, {"EUR": 600, "USD": 999})
    story.waits(days=2)
    assert len(given(story)) == lines


# --- a colleague's answer ---------------------------------------------------------


@pytest.fixture
def asked() -> Story:
    """A card about each of the two lines asks whether they get a voucher."""
    story = waiting(ASKED)
    story.waits_until(in_days(1.1))
    assert story.cards == ["consolation_asked", "consolation_asked"]
    return story


def test_what_a_colleague_gives_is_given_once(asked: Story) -> None:
    """The second press finds the matter closed."""
    answers(asked, give=True)
    assert asked.keys == ["consolation"]
    assert [row.decided_by for row in given(asked)] == ["staff:U7"]
    answers(asked, give=True)
    assert whispers(asked) == ["This matter is already closed."]
    assert len(given(asked)) == 1


def test_after_a_no_nothing_is_given(asked: Story) -> None:
    """An old card's button gives nothing any more, and nobody is asked again."""
    answers(asked, give=False)
    answers(asked, give=True)
    assert whispers(asked) == ["This matter is already closed."]
    asked.waits(days=3)
    assert given(asked) == []
    assert "consolation_asked" not in asked.cards


def test_who_cancelled_meanwhile_is_consoled_for_nothing(asked: Story) -> None:
    """Nobody reads that something takes longer than it should who cancelled it."""
    asked.taps("0c")
    answers(asked, give=True)
    assert asked.keys == []
    assert given(asked) == []
    assert whispers(asked) == ["This matter is already closed."]


def test_what_arrived_meanwhile_is_consoled_for_nothing(asked: Story) -> None:
    """It is there: the card came too late."""
    asked.shop_says("first", backordered=0, allocated=1)
    answers(asked, give=True)
    assert given(asked) == []


def test_a_colleague_cannot_spend_more_than_there_is(asked: Story) -> None:
    """The budget went elsewhere: the colleague hears so, and may give it later."""
    spent(asked, {"EUR": 19_600})
    answers(asked, give=True)
    assert whispers(asked) == [
        "Nothing was given: the budget for consolations is used up."
    ]
    assert given(asked) == []
    spent(asked, {})
    answers(asked, give=True)
    assert len(given(asked)) == 1


def test_a_no_needs_no_budget(asked: Story) -> None:
    """Nothing is refused for lack of money."""
    spent(asked, {"EUR": 20_000})
    answers(asked, give=False)
    assert asked.cards == ["consolation_answered"]
