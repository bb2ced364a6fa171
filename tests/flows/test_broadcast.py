"""One text for banner and post: what is short, until when, what to do, whom to ask."""

from __future__ import annotations

from typing import Any

import pytest

from flows.acceptance import Demand
from flows.broadcast import broadcast

from .builders import HOODIE, NOON, TODAY, a_policy, a_product, a_supply


def announced(demand: Demand, policy: str = "", **more: Any) -> str:
    """Return the English text about the hoodie; empty where nothing is to be said."""
    texts = broadcast(
        a_product(), demand, a_policy(policy), now=NOON, today=TODAY, **more
    )
    return texts.get("en", "")


def test_it_says_what_when_and_whom_to_ask() -> None:
    """All that is on its way is left: who orders now gets it with that delivery."""
    demand = Demand(sku=HOODIE, supplies=(a_supply(9),), queued=3)
    assert announced(demand, chat="https://t.me/northprint_bot") == (
        "Hoodie, black, L is out of stock. We expect more between Thu 18 June and Sun "
        "21 June. If you order it now, we expect yours between Thu 18 June and Sun 21 "
        "June. If you have ordered it already, ask about your order at "
        "https://t.me/northprint_bot or write to hello@shop.example."
    )


@pytest.mark.parametrize(
    ("demand", "policy", "says"),
    [
        (
            Demand(sku=HOODIE, supplies=(a_supply(9, quantity=5),), queued=5),
            "",
            "We expect more between Thu 18 June and Sun 21 June. Until then it can't",
        ),
        (
            Demand(sku=HOODIE),
            "",
            "Nobody can say yet when it's back. Until then it can't be ordered.",
        ),
        (
            Demand(sku=HOODIE),
            '[terms]\naccept_backorders = "on"\n',
            "Nobody can say yet when it's back. You can order it all the same.",
        ),
    ],
)
def test_it_claims_nothing_that_is_not_known(
    demand: Demand, policy: str, says: str
) -> None:
    """What is promised to others is not offered, and no date is made up."""
    assert says in announced(demand, policy)


def test_each_language_has_its_own() -> None:
    """As many texts as the shop has languages."""
    policy = a_policy('[shop]\nlanguages = ["en", "de"]\n')
    found = broadcast(a_product(), Demand(sku=HOODIE), policy, now=NOON, today=TODAY)
    assert list(found) == ["en", "de"]


def test_what_is_there_needs_no_announcement() -> None:
    """Nor does what is no longer sold."""
    assert not announced(Demand(sku=HOODIE, free=2))
    assert not announced(Demand(sku=HOODIE, active=False))
