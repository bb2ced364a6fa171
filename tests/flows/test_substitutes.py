"""What is close enough to stand in for a black hoodie in L, and in which order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from flows.shop import Curated, Held, Shelf
from flows.substitutes import closest, given_back
from flows.terms import Terms

from .builders import HOODIE, a_line, a_product, some_facts

if TYPE_CHECKING:
    from flows.shop import Product

NAVY = {"color": "navy", "color_hex": "#1c2130"}
WHITE = {"color": "white", "color_hex": "#ffffff"}


def a_shelf(*others: Product, free: int = 5, **changes: Any) -> Shelf:
    """Return a shelf with the missing hoodie and others of which some are free."""
    return Shelf(
        products=(a_product(), *others),
        facts=tuple(some_facts(product.blank, free) for product in others),
        **changes,
    )


def found(shelf: Shelf, terms: str = "", **changes: Any) -> list[str]:
    """Return what may stand in, the closest first."""
    asked = {"quantity": 1, "currency": "EUR"} | changes
    values = dict(item.split("=") for item in terms.split()) if terms else {}
    quantity = asked.pop("quantity")
    rules = Terms.model_validate(values)
    candidates = closest(a_line(), quantity, shelf, rules, **asked)
    return [candidate.product.sku for candidate in candidates]


def test_three_kinds_in_order_of_closeness() -> None:
    """A similar colour, another brand, the next size; each says its kind."""
    shelf = a_shelf(
        a_product("XL", size="XL"),
        a_product("OTHER", family="other", brand="Fellside"),
        a_product("NAVY", **NAVY),
    )
    made = closest(a_line(), 1, shelf, Terms())
    told = [(c.product.sku, c.kind, c.steps, c.imprint) for c in made]
    assert told == [
        ("NAVY", "other_color", 0, "same"),
        ("OTHER", "other_brand", 0, "same"),
        ("XL", "other_size", 1, "same"),
    ]


def test_one_size_up_comes_before_one_down_and_two_are_too_far() -> None:
    """Too large is easier to live with; how far is far enough is the merchant's."""
    sizes = (a_product(size, size=size) for size in ("M", "XL", "2XL"))
    shelf = a_shelf(*sizes)
    assert found(shelf) == ["XL", "M"]
    assert found(shelf, "size_steps=2") == ["XL", "M", "2XL"]
    assert found(shelf, "size_steps=0") == []


def test_a_colour_that_people_call_another_is_none() -> None:
    """Colours are compared in CIELAB, as eyes do."""
    assert found(a_shelf(a_product("WHITE", **WHITE))) == []
    assert found(a_shelf(a_product("NAVY", **NAVY)), "similar_color=5") == []
    assert found(a_shelf(a_product("ODD", color="black-ish", color_hex="dark"))) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"design": "heron"},
        {"price_minor": 4000},
        {"price_minor": None},
        {"currency": "USD"},
        {"active": False},
        {"blank": HOODIE},
        {"category": "mugs", "family": "mug", "brand": "Keramik"},
    ],
)
def test_what_does_not_fit_is_never_proposed(changes: dict[str, Any]) -> None:
    """Another print, a higher price, no price, other money, sold no more, as short."""
    shelf = a_shelf(a_product("NAVY", **NAVY | changes))
    assert found(shelf) == []


def test_the_whole_quantity_must_be_there() -> None:
    """Five of six are none."""
    shelf = a_shelf(a_product("NAVY", **NAVY), free=5)
    assert found(shelf, quantity=5) == ["NAVY"]
    assert found(shelf, quantity=6) == []


def test_a_design_on_another_blank_is_a_product_of_the_list() -> None:
    """The same print exists on a free blank: that SKU stands in, no other."""
    fjord = a_product("FELL-FJORD", blank="FELL", family="fell", brand="Fellside")
    heron = a_product(
        "FELL-HERON", blank="FELL", family="fell", brand="Fellside", design="heron"
    )
    assert found(a_shelf(fjord, heron)) == ["FELL-FJORD"]


def test_the_merchants_list_wins_in_its_own_order() -> None:
    """Its order, its kind and even its other print; price and stock still count."""
    other = a_product("HERON", design="heron", family="heron", color="rust")
    dear = a_product("DEAR", price_minor=9900)
    shelf = a_shelf(
        a_product("NAVY", **NAVY),
        other,
        dear,
        curated=(
            Curated(HOODIE, "DEAR", 0),
            Curated(HOODIE, "HERON", 1, "other_brand"),
            Curated("ELSE", "NAVY", 0),
        ),
    )
    made = closest(a_line(), 1, shelf, Terms())
    told = [(c.product.sku, c.kind, c.imprint) for c in made]
    assert told == [("HERON", "other_brand", "other"), ("NAVY", "other_color", "same")]


def test_a_circle_or_nonsense_in_the_list_leads_nowhere() -> None:
    """To itself, to each other, to what does not exist: one hop, nothing raised."""
    shelf = a_shelf(
        a_product("NAVY", **NAVY),
        curated=(
            Curated(HOODIE, HOODIE, 0),
            Curated(HOODIE, "NAVY", 1),
            Curated("NAVY", HOODIE, 0),
            Curated(HOODIE, "GHOST", 0),
        ),
    )
    assert found(shelf) == ["NAVY"]


def test_kinds_can_be_switched_off_and_a_brand_insisted_on() -> None:
    """By the merchant for all, by a customer for themselves."""
    shelf = a_shelf(
        a_product("OTHER", family="other", brand="Fellside"), a_product("NAVY", **NAVY)
    )
    only = Terms(substitute_kinds=("other_brand",))
    assert [c.product.sku for c in closest(a_line(), 1, shelf, only)] == ["OTHER"]
    assert found(shelf, same_brand=True) == ["NAVY"]


def test_what_an_offer_holds_is_free_for_its_successor() -> None:
    """A proposal made anew may propose the very unit that it held."""
    shelf = a_shelf(
        a_product("NAVY", **NAVY), free=0, held=(Held("offer-1", "NAVY", 1),)
    )
    assert found(shelf) == []
    assert found(given_back(shelf, {"offer-1"})) == ["NAVY"]
    assert found(given_back(shelf, {"offer-2"})) == []
    twice = given_back(given_back(shelf, {"offer-1"}), {"offer-1"})
    assert found(replace(twice), quantity=2) == []
