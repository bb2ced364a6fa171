"""Replays: every term a replay decides by makes a difference, no other one does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from flows.plan import Kind
from flows.simulate import REPLAYED, Asked, Verdict, compared, unseen, waiting_again
from flows.terms import Terms

from .builders import (
    CHARCOAL,
    HOODIE,
    NOON,
    a_backorder,
    a_cancel,
    a_charcoal,
    a_customer,
    a_line,
    a_policy,
    a_product,
    a_ready_line,
    a_stand_in,
    a_wait,
    an_item,
    an_order,
)
from .test_substitutes_told import (
    BEANIE,
    a_beanie,
    a_beanie_line,
    a_charcoal_beanie,
    shelf_with,
)

if TYPE_CHECKING:
    from flows.case import OfferItem
    from flows.policy import Policy
    from flows.shop import Order, Shelf


def an_asked(
    *items: OfferItem, order: Order | None = None, delayed: bool = False, **item: Any
) -> Asked:
    """Return what was asked about Anna's hoodie: charcoal, wait or cancel."""
    items = items or (an_item(**item),)
    return Asked(
        delayed=delayed,
        items=items,
        order=order or an_order(),
        backorders=tuple(
            a_backorder(
                one.backorder_id,
                line_id=one.line_id,
                sku=HOODIE if one.line_id == "hoodie" else BEANIE,
                quantity=one.quantity,
            )
            for one in items
        ),
        customer=a_customer(),
        at=NOON,
    )


def without_substitutes(days: int | None = 9) -> OfferItem:
    """Return an item of somebody who could wait or cancel."""
    return an_item(a_wait(days=days), a_cancel())


def a_set() -> Asked:
    """Return a hoodie that was short while the beanie of its set lay ready."""
    ready = a_beanie_line(allocated=1, backordered=0)
    return an_asked(order=an_order(a_line(), ready))


def alone(asked: Asked, shelf: Shelf, now: Policy, then: Policy) -> list[Verdict]:
    """Return both verdicts about the one item there is."""
    ((before, after),) = compared(asked, shelf, now, then)
    return [before, after]


#: Per term what was asked, among which products, and another value of it.
DIFFERENT: dict[str, tuple[Asked, Shelf, str]] = {
    "on_silence": (an_asked(), shelf_with(a_charcoal()), '"wait"'),
    "silent_substitute": (an_asked(), shelf_with(a_charcoal()), "false"),
    "silent_wait_days": (an_asked(without_substitutes()), shelf_with(), "3"),
    "automatic_cancel": (an_asked(without_substitutes(None)), shelf_with(), '"ask"'),
    "cancel_horizon_days": (an_asked(without_substitutes()), shelf_with(), "3"),
    "substitute_price": (
        an_asked(without_substitutes()),
        shelf_with(a_charcoal(price_minor=4900)),
        '"any"',
    ),
    "substitute_kinds": (an_asked(), shelf_with(a_charcoal()), '["other_size"]'),
    "size_steps": (
        an_asked(without_substitutes()),
        shelf_with(a_product("XXL", size="XXL")),
        "2",
    ),
    "similar_color": (an_asked(), shelf_with(a_charcoal()), "5"),
    "keep_sets": (a_set(), shelf_with(a_charcoal(), a_beanie()), "false"),
}


@pytest.mark.parametrize("name", REPLAYED)
def test_each_term_of_a_replay_makes_a_difference(name: str) -> None:
    """The same question, once under the defaults and once with one term changed."""
    asked, shelf, value = DIFFERENT[name]

    before, after = alone(
        asked, shelf, a_policy(), a_policy(f"[terms]\n{name} = {value}")
    )

    assert before.decision != after.decision


class Watched(Terms):
    """Terms that note which of them are asked for."""

    def __getattribute__(self, name: str) -> Any:
        """Return a value, and remember its name if it is a term's."""
        if name in Terms.model_fields:
            ASKED_FOR.add(name)
        return super().__getattribute__(name)


ASKED_FOR: set[str] = set()


def test_a_replay_asks_for_no_other_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is called unseen is unseen: only how many are shown is read besides."""
    monkeypatch.setattr("flows.policy.Terms", Watched)
    ASKED_FOR.clear()
    for number, (asked, shelf, _) in enumerate(DIFFERENT.values()):
        fresh = a_policy(f"# read anew, not from the cache: {number}")
        compared(asked, shelf, fresh, fresh)

    assert {*REPLAYED, "substitutes_shown"} == ASKED_FOR


@pytest.mark.parametrize("name", DIFFERENT)
def test_the_same_policy_differs_nowhere(name: str) -> None:
    """Also under a policy with that term changed."""
    asked, shelf, value = DIFFERENT[name]
    policy = a_policy(f"[terms]\n{name} = {value}")

    assert all(
        before == after for before, after in compared(asked, shelf, policy, policy)
    )


def test_another_product_is_another_decision() -> None:
    """Charcoal was sent; who allows only sizes sends XL."""
    shelf = shelf_with(a_charcoal(), a_product("XL", size="XL"))
    sizes = a_policy('[terms]\nsubstitute_kinds = ["other_size"]')

    before, after = alone(an_asked(), shelf, a_policy(), sizes)

    assert (before.product, after.product) == (
        "Hoodie, charcoal, L",
        "Hoodie, black, XL",
    )
    assert before.kind == after.kind == Kind.PROPOSAL
    assert before.decision != after.decision


def test_what_was_offered_counts_as_available() -> None:
    """Sold out, no longer sold, dearer by now: it was offered all the same."""
    offered = an_item(a_stand_in(price_minor=3900), a_wait(), a_cancel())
    gone = shelf_with(a_charcoal(active=False, price_minor=9900), free=-3)

    before, _ = alone(an_asked(offered), gone, a_policy(), a_policy())

    assert before.sku == CHARCOAL


def test_what_was_not_offered_is_as_free_as_today() -> None:
    """Other colours come to mind only where one lies there now."""
    asked = an_asked(without_substitutes())
    narrow = a_policy("[terms]\nsimilar_color = 5")
    for free, recommended in ((0, "wait"), (1, "substitute")):
        shelf = shelf_with(a_charcoal(), free=free)
        _, after = alone(asked, shelf, narrow, a_policy())
        assert after.recommended == recommended


def test_two_of_one_order_had_two_units() -> None:
    """Both hoodies were offered charcoal: there were two then, none today."""
    second = replace(an_item(), backorder_id="b2", line_id="second")
    order = an_order(a_line(), a_line("second"))
    asked = replace(
        an_asked(an_item(), second, order=order),
        backorders=(a_backorder(), a_backorder("b2", line_id="second")),
    )

    pairs = compared(asked, shelf_with(a_charcoal(), free=0), a_policy(), a_policy())

    assert [before.sku for before, _ in pairs] == [CHARCOAL, CHARCOAL]


def test_what_the_shop_no_longer_has_is_left_out() -> None:
    """A line that is gone, and a product offered that the catalogue forgot."""
    shelf = shelf_with(a_charcoal())
    no_line = an_asked(order=an_order(a_ready_line()))
    assert compared(no_line, shelf, a_policy(), a_policy()) == []
    assert compared(an_asked(), shelf_with(), a_policy(), a_policy()) == []


def test_an_item_without_a_choice_to_wait_is_replayed() -> None:
    """No date was told where nobody could wait; nothing breaks on what is not there."""
    asked = an_asked(an_item(a_cancel(), recommended="0c", on_silence="0c"))

    before, _ = alone(asked, shelf_with(), a_policy(), a_policy())

    assert (before.kind, before.recommended) == (Kind.CANCELLED, "cancel")


def test_a_delay_is_replayed_as_one() -> None:
    """Who was told a worse date is recommended to wait on, not something else."""
    before, _ = alone(
        an_asked(delayed=True), shelf_with(a_charcoal()), a_policy(), a_policy()
    )

    assert (before.kind, before.recommended) == (Kind.DELAY, "wait")


def test_a_set_short_in_both_halves_goes_together() -> None:
    """One half has no match: none is replaced, unless sets need not be kept."""
    beanie = replace(without_substitutes(), backorder_id="b2", line_id="beanie")
    order = an_order(a_line(), a_beanie_line())
    asked = an_asked(without_substitutes(), beanie, order=order)
    torn = a_policy("[terms]\nkeep_sets = false")
    unmatched = shelf_with(a_charcoal(), a_beanie())
    matched = shelf_with(a_charcoal(), a_beanie(), a_charcoal_beanie())

    apart = compared(asked, unmatched, a_policy(), torn)
    together = compared(asked, matched, a_policy(), torn)

    assert [one.recommended for one, _ in apart] == ["wait", "wait"]
    assert [one.recommended for _, one in apart] == ["substitute", "wait"]
    assert [one.recommended for one, _ in together] == ["substitute", "substitute"]


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("", []),
        ("[terms]\nsize_steps = 2", []),
        ('[terms]\nship = "as_ready"\nreply_window = "48h"', ["reply_window", "ship"]),
        ('[[rules]]\nname = "r"\nwhen = {}\nterms = { ship = "as_ready" }', ["ship"]),
        ("[brake]\ndecisions = 3", ["[brake]"]),
        ("[terms]\nsubstitutes_shown = 3", ["substitutes_shown"]),
    ],
)
def test_what_no_replay_shows_is_named(source: str, names: list[str]) -> None:
    """Terms for everybody or in a rule, and the parts that are no terms."""
    assert unseen(a_policy(), a_policy(source)) == names


@pytest.mark.parametrize(
    "since",
    [
        {"cancelled": 2, "backordered": 1},
        {"allocated": 2, "backordered": 1},
        {"cancelled": 1, "shipped": 1, "allocated": 1, "backordered": 0},
        {"backordered": 3},
    ],
)
def test_a_line_waits_again(since: dict[str, int]) -> None:
    """Whatever became of its units since, all three are short once more."""
    again = waiting_again(a_line(quantity=3, **since), "BEFORE", 3)

    assert again == a_line(sku="BEFORE", quantity=3, backordered=3)
