"""policy.toml: which rule speaks last, and which times follow from the terms."""

from __future__ import annotations

from datetime import timedelta
from textwrap import dedent
from zoneinfo import ZoneInfo

import pytest

from flows.conditions import Facts, matches
from flows.policy import (
    BUILT_IN,
    after_question,
    horizon_ends,
    read_policy,
    reminder_at,
    told_deadline,
)
from flows.terms import EU, Terms, When

from .builders import NOON, a_customer, a_mug, a_product, an_order, in_days

BERLIN = ZoneInfo("Europe/Berlin")

RULES = dedent(
    """
    [terms]
    reply_window = "24h"

    [[rules]]
    name = "order"
    when = { order = "1042" }
    terms = { reply_window = "5h" }

    [[rules]]
    name = "sku"
    when = { sku = "HOOD-BLACK-L" }
    terms = { reply_window = "4h" }

    [[rules]]
    name = "category"
    when = { category = ["hoodies", "shirts"] }
    terms = { reply_window = "3h" }

    [[rules]]
    name = "group"
    when = { customer_group = "club" }
    terms = { reply_window = "2h" }

    [[rules]]
    name = "market"
    when = { market = "EU" }
    terms = { reply_window = "1h" }
    """
)


@pytest.mark.parametrize(
    ("number", "sku", "category", "group", "market", "wanted"),
    [
        ("1042", "HOOD-BLACK-L", "hoodies", "club", "DE", ("order", 5)),
        ("1", "HOOD-BLACK-L", "hoodies", "club", "DE", ("sku", 4)),
        ("1", "OTHER", "hoodies", "club", "DE", ("category", 3)),
        ("1", "OTHER", "mugs", "club", "DE", ("group", 2)),
        ("1", "OTHER", "mugs", None, "DE", ("market", 1)),
        ("1", "OTHER", "mugs", None, "US", ("defaults", 24)),
    ],
)
def test_the_most_specific_rule_wins(
    number: str, sku: str, category: str, group: str, market: str, wanted: object
) -> None:
    """Order before product before category before customer before market."""
    applied = read_policy(RULES).terms_for(
        an_order(number=number, market=market),
        a_product(sku, category=category),
        a_customer(group=group),
    )
    assert (applied.rule, applied.terms.reply_window) == (
        wanted[0],
        timedelta(hours=wanted[1]),
    )


def test_all_conditions_of_a_rule_must_hold() -> None:
    """Two conditions are one more specific rule than either, and need both."""
    policy = read_policy(
        RULES
        + dedent(
            """
            [[rules]]
            name = "club in Germany"
            when = { market = "DE", customer_group = "club" }
            terms = { reply_window = "9h" }
            """
        )
    )
    german, french = an_order(market="DE"), an_order(market="FR", number="1")
    club = a_customer(group="club")
    applied = policy.terms_for(an_order(market="DE", number="1"), a_mug(), club)
    assert applied.rules == ("defaults", "market", "group", "club in Germany")
    assert policy.terms_for(french, a_mug(), club).rule == "group"
    assert policy.terms_for(german, a_mug(), a_customer()).rule == "order"


@pytest.mark.parametrize(
    ("market", "silently"),
    [
        ("GB", True),
        ("JP", True),
        ("US", False),
        ("DE", False),
        ("IE", False),
        (None, False),
    ],
)
def test_silence_sends_something_else_only_where_it_may(
    market: str | None, silently: bool
) -> None:
    """Not in the EU, not in the US, and not where nobody knows the market."""
    order = an_order(market=market)
    applied = read_policy("").terms_for(order, a_product(), a_customer())
    assert applied.terms.silent_substitute is silently
    assert len(EU) == 27


def test_a_merchants_rule_beats_the_built_in_one() -> None:
    """Who switches it on for a market, or off for the rest, is heard."""
    policy = read_policy(
        dedent(
            """
            [[rules]]
            name = "Ireland agreed"
            when = { market = "IE" }
            terms = { silent_substitute = true }

            [[rules]]
            name = "never in the rest"
            when = { market = "rest" }
            terms = { silent_substitute = false }
            """
        )
    )
    for market, silently in (("IE", True), ("DE", False), ("GB", False)):
        order = an_order(market=market)
        terms = policy.terms_for(order, a_product(), a_customer()).terms
        assert terms.silent_substitute is silently, market


def test_a_rule_in_the_place_of_the_built_in_one_speaks_alone() -> None:
    """What the file says of the rest of the world is not said twice."""
    own = dedent(
        """
        [[rules]]
        name = "the rest of the world: silence may send the closest product"
        when = { market = "rest" }
        terms = { silent_substitute = true }
        """
    )
    british = an_order(market="GB"), a_product(), a_customer()
    (rule,) = read_policy(own).terms_for(*british).speaking
    assert rule.name.startswith("the rest of the world")
    assert read_policy("").terms_for(*british).speaking == BUILT_IN


def test_a_value_knows_who_set_it() -> None:
    """The rule that spoke last about it, and nobody where the bot's default stands."""
    policy = read_policy(
        RULES.replace(
            "[[rules]]", 'ship = "as_ready"\nsilent_substitute = true\n[[rules]]', 1
        )
    )
    facts = an_order(number="1", market="GB"), a_product("X", category="shirts")
    applied = policy.terms_for(*facts, a_customer(group="club"))
    assert applied.set_by["reply_window"] == "category"
    assert applied.set_by["ship"] == "defaults"
    assert applied.set_by["silent_substitute"] == BUILT_IN[0].name
    assert "capture" not in applied.set_by
    german = policy.terms_for(an_order(market="DE"), None, None)
    assert "silent_substitute" not in german.set_by, "not switched on by saying so"


def test_a_rule_says_why_it_applies() -> None:
    """Each condition that holds, with the value found and what the rule calls it."""
    when = When(market=("US", "EU"), category=("mugs", "shirts"))
    facts = Facts(market="DE", category="shirts", sku="X", order="1")
    assert matches(when, facts) == [
        ("market", "DE", "EU"),
        ("category", "shirts", "shirts"),
    ]
    assert matches(When(), facts) == []


def test_an_unlisted_product_keeps_the_orders_rules() -> None:
    """A line whose product the shop does not list still has terms."""
    applied = read_policy(RULES).terms_for(an_order(market="DE"), None, None)
    assert applied.rule == "order"


# --- reading ------------------------------------------------------------------------


def test_days_without_a_line_are_closed() -> None:
    """As soon as one day has a line; without any, the usual week is meant."""
    week = read_policy('[hours]\ntue = "9:00-24:00"\n').hours.week
    assert [len(day) for day in week] == [0, 1, 0, 0, 0, 0, 0]
    usual = read_policy('[hours]\ntime_zone = "Asia/Tokyo"\n').hours.week
    assert [len(day) for day in usual] == [1, 1, 1, 1, 1, 0, 0]


def test_a_policys_version_is_its_text() -> None:
    """The same text is the same version; any change makes another."""
    assert read_policy(RULES).version == read_policy(RULES).version
    assert read_policy(RULES).version != read_policy(RULES + "\n").version


# --- times --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "then"),
    [(24.0, in_days(1)), (24.01, in_days(1) + timedelta(minutes=5))],
)
def test_a_told_deadline_is_a_plain_time(hours: float, then: object) -> None:
    """Rounded up to five minutes, so that nobody gets less than was said."""
    assert told_deadline(NOON, timedelta(hours=hours), Terms(), BERLIN) == then


def test_no_deadline_falls_into_the_night() -> None:
    """A window that would end at two in the morning ends at eight."""
    late = told_deadline(NOON, timedelta(hours=12), Terms(), BERLIN)
    assert late.astimezone(BERLIN).isoformat() == "2026-06-10T08:00:00+02:00"


def test_the_reminder_comes_before_the_night() -> None:
    """Four hours before the deadline, or the evening before."""
    noon = reminder_at(in_days(1), Terms(), BERLIN)
    assert noon == in_days(1) - timedelta(hours=4)
    morning = NOON.replace(hour=6)
    assert reminder_at(morning, Terms(), BERLIN).astimezone(BERLIN).hour == 20


def test_a_reminder_that_would_come_at_once_is_none() -> None:
    """A window no longer than the time before its end is not reminded of."""
    short = Terms(reply_window="3h", reminder_before="4h")
    assert reminder_at(NOON + timedelta(hours=3), short, BERLIN) is None
    same = Terms(reply_window="4h", reminder_before="4h")
    assert reminder_at(NOON + timedelta(hours=4), same, BERLIN) is None


def test_the_night_moves_no_reminder_to_the_beginning() -> None:
    """Twelve hours from a quarter to nine in the evening: it would come at once."""
    half = Terms(reply_window="12h")
    evening = NOON.replace(hour=18, minute=45)
    deadline = told_deadline(evening, half.reply_window, half, BERLIN)
    assert deadline - evening == half.reply_window
    assert reminder_at(deadline, half, BERLIN) is None
    assert reminder_at(deadline, half, BERLIN, since=evening) is None


def test_a_fourth_of_the_window_passes_without_a_reminder() -> None:
    """Told at eight, nobody is reminded at half past; told at two, they are."""
    half, deadline = Terms(reply_window="12h"), NOON.replace(hour=6) + timedelta(days=1)
    half_past_eight = NOON.replace(hour=18, minute=30)
    at_eight, at_two = NOON.replace(hour=18), NOON.replace(hour=12)
    assert reminder_at(deadline, half, BERLIN, since=at_eight) is None
    assert reminder_at(deadline, half, BERLIN, since=at_two) == half_past_eight
    assert reminder_at(deadline, half, BERLIN, since=deadline) is None


def test_after_a_question_enough_opening_time_remains() -> None:
    """A deadline moves only later, and only as far as needed."""
    hours = read_policy("").hours
    far, near = in_days(3), NOON + timedelta(hours=1)
    assert after_question(far, NOON, Terms(), hours, BERLIN) == far
    moved = after_question(near, NOON, Terms(), hours, BERLIN)
    assert moved.astimezone(BERLIN).isoformat() == "2026-06-10T10:00:00+02:00"


def test_the_horizon_ends_with_its_last_day_where_the_customer_lives() -> None:
    """Ordered late in the evening: fourteen days later, at midnight by the wall."""
    placed = NOON.replace(hour=21, minute=59)
    end = horizon_ends(placed, Terms(), BERLIN)
    assert end.astimezone(BERLIN).isoformat() == "2026-06-24T00:00:00+02:00"
    later = horizon_ends(placed + timedelta(minutes=2), Terms(), BERLIN)
    assert later - end == timedelta(days=1)
