"""Substitutes as customers meet them: explained, folded away, replaced when gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from flows.case import OfferState
from flows.effects import Reword, Say
from flows.shop import Shelf

from .builders import (
    CHARCOAL,
    HOODIE,
    a_case,
    a_charcoal,
    a_line,
    a_mug,
    a_product,
    a_ready_line,
    a_supply,
    an_order,
    some_facts,
)
from .story import Story

if TYPE_CHECKING:
    from flows.shop import Line, Product

BEANIE, BEANIE_CHARCOAL = "BEANIE-BLACK", "BEANIE-CHARCOAL"


def shelf_with(*products: Product, free: int = 5) -> Shelf:
    """Return a shelf without black hoodies, with these besides."""
    return Shelf(
        products=(a_product(), *products, a_mug()),
        facts=(
            some_facts(HOODIE, 0, a_supply()),
            *(some_facts(product.blank, free) for product in products),
        ),
    )


def asked(
    *products: Product, lines: tuple[Line, ...] = (), policy: str = "", **order: Any
) -> Story:
    """Return a story in which the hoodie was just found short."""
    case = a_case(an_order(*lines, **order), shelf=shelf_with(*products))
    return Story(case, policy=policy).shop_says().delivers()


def proposal(story: Story) -> str:
    """Return what the last proposal said."""
    said = [e.message for e in story.effects if isinstance(e, Say)]
    return said[-1].text


@pytest.mark.parametrize(
    ("product", "explanation"),
    [
        (a_charcoal(), "the same Hoodie in charcoal, L, your print, same price."),
        (
            a_product("XL", size="XL"),
            "the same Hoodie, one size up (XL), your print, same price.",
        ),
        (
            a_product("M", size="M", price_minor=3500),
            "the same Hoodie, one size down (M), your print, €4.00 less.",
        ),
        (
            a_product("FELL", title="Heavy Hoodie", family="f", brand="Fellside"),
            "Heavy Hoodie by Fellside, black, L, your print, same price.",
        ),
    ],
)
def test_the_proposal_says_why_it_is_close(product: Product, explanation: str) -> None:
    """What differs, whether the print stays, and the price."""
    case = a_case(shelf=shelf_with(product))
    story = Story(case).shop_says()
    assert f"Closest we have: {explanation}" in story.words


def test_what_we_recommend_and_what_silence_does_are_told_apart() -> None:
    """Where silence may not send another product the message says both, and why."""
    story = Story(a_case(an_order(market="US"), shelf=shelf_with(a_charcoal())))
    story.shop_says()
    assert "Send charcoal L (recommended)" in story.buttons
    assert "If we don't hear from you, we'll keep waiting for Hoodie" in story.words
    assert "We don't send another product without your yes." in story.words
    item = story.offer.items[0]
    assert item.recommended != item.on_silence


def test_others_and_the_size_chart_stand_behind_the_first_choice() -> None:
    """One substitute first, then the way to the others and to the chart."""
    chart = "https://shop.example/sizes"
    policy = f'[shop]\nsize_chart_url = "{chart}"'
    products = (a_charcoal(), a_product("XL", size="XL"))
    story = Story(a_case(shelf=shelf_with(*products)), policy=policy).shop_says()
    first, more, sizes, *_ = [
        button
        for effect in story.all(Say)
        for row in effect.message.rows
        for button in row
    ]
    assert first.label.startswith("Send charcoal")
    assert (more.label, sizes.label) == ("Other options", "Size chart")
    assert sizes.url == chart
    story.delivers().taps("more")
    assert "Send size XL" in story.buttons


def test_without_an_address_there_is_no_chart() -> None:
    """A button that leads nowhere is none; a product's own page wins."""
    story = Story(a_case(shelf=shelf_with(a_charcoal()))).shop_says()
    assert "Size chart" not in story.buttons
    own = a_product(size_chart_url="https://maker.example/chart")
    shelf = Shelf(products=(own, a_charcoal()), facts=shelf_with(a_charcoal()).facts)
    story = Story(a_case(shelf=shelf)).shop_says()
    assert "Size chart" in story.buttons


# --- held, and gone ---------------------------------------------------------------


def test_stock_that_vanishes_meanwhile_replaces_the_proposal() -> None:
    """One new version with a whole window, in place of a broken promise."""
    story = asked(a_charcoal(), a_product("XL", size="XL"))
    first = story.offer
    story.waits(hours=5).stocks(CHARCOAL, 0).shop_says()
    assert [offer.state for offer in story.case.offers if offer.id == first.id] == [
        OfferState.REPLACED
    ]
    assert "one size up (XL)" in proposal(story)
    assert story.delivers().pending[0].deadline_at is not None
    assert first.deadline_at is not None
    assert story.pending[0].deadline_at > first.deadline_at
    assert {sku for sku, _ in story.holds.values()} == {"XL"}


def test_stock_that_shrinks_and_suffices_changes_nothing() -> None:
    """Nobody is asked twice for what they may still have."""
    story = asked(a_charcoal())
    story.stocks(CHARCOAL, 1).shop_says()
    assert story.effects == ()
    assert len(story.case.offers) == 1


def test_the_last_unit_is_proposed_again_to_who_holds_it() -> None:
    """A date that moves asks anew, and what the old version held stays proposed."""
    case = a_case(shelf=shelf_with(a_charcoal(), free=1))
    story = Story(case).stocks(CHARCOAL, 1).shop_says().delivers()
    story.expects(a_supply(30), sku=HOODIE).shop_says()
    assert "charcoal" in proposal(story)
    assert len(story.holds) == 1


@pytest.mark.parametrize("end", ["0w", "0c"])
def test_units_are_given_back_at_any_other_end(end: str) -> None:
    """Whoever waits or cancels holds nothing."""
    story = asked(a_charcoal())
    assert story.holds
    story.taps(end)
    assert not story.holds


# --- sets -------------------------------------------------------------------------


def a_beanie(**changes: Any) -> Product:
    """Return a beanie with the hoodie's design and colour."""
    made = {"title": "Beanie", "family": "beanie", "category": "beanies", "size": None}
    return a_product(BEANIE, **made | {"price_minor": 1900} | changes)


def a_charcoal_beanie() -> Product:
    """Return the same beanie in charcoal."""
    return a_charcoal(
        sku=BEANIE_CHARCOAL,
        title="Beanie",
        family="beanie",
        category="beanies",
        size=None,
        price_minor=1900,
    )


def a_beanie_line(**changes: Any) -> Line:
    """Return a line of the beanie that waits."""
    made = {"sku": BEANIE, "title": "Beanie", "unit_price_minor": 1900}
    return a_line("beanie", **made | changes)


def test_a_set_is_replaced_by_one_choice() -> None:
    """Hoodie and beanie are short: charcoal for both, with one button and one sum."""
    story = asked(
        a_charcoal(),
        a_beanie(),
        a_charcoal_beanie(),
        lines=(a_line(), a_beanie_line()),
    )
    story.stocks(BEANIE, 0)
    story = Story(story.case).stocks(BEANIE, 0).shop_says()
    offer = story.offer
    assert [item.follows for item in offer.items] == [None, offer.items[0].backorder_id]
    story.taps("0s0", offer)
    assert sorted(row.substitute_sku or "" for row in story.standing) == [
        BEANIE_CHARCOAL,
        CHARCOAL,
    ]
    assert story.offer.state is OfferState.ANSWERED


def test_the_message_of_a_set_says_that_both_change() -> None:
    """One thought for both, one amount on the button, no second list of buttons."""
    lines = (a_line(), a_beanie_line())
    products = (a_charcoal(), a_beanie(), a_charcoal_beanie())
    case = a_case(an_order(*lines), shelf=shelf_with(*products))
    story = Story(case).stocks(BEANIE, 0).shop_says()
    assert "One choice counts for both" in story.words
    assert [b for b in story.buttons if b.startswith("Cancel")] == [
        "Cancel, refund €58.00",
        "Cancel and tell me when it's back",
    ]
    assert sum(label.startswith("Send charcoal") for label in story.buttons) == 1


def test_a_set_that_cannot_be_matched_keeps_its_colour() -> None:
    """No charcoal beanie: charcoal is not proposed for the hoodie either."""
    case = a_case(
        an_order(a_line(), a_beanie_line()), shelf=shelf_with(a_charcoal(), a_beanie())
    )
    story = Story(case).stocks(BEANIE, 0).shop_says()
    kinds = {c.kind for o in story.case.offers for i in o.items for c in i.choices}
    assert kinds == {"wait", "cancel"}


def test_what_lies_ready_of_a_set_stays_and_is_named() -> None:
    """The beanie is ready: another size may come for the hoodie, never a colour."""
    ready = a_beanie_line(allocated=1, backordered=0)
    story = asked(
        a_charcoal(),
        a_charcoal_beanie(),
        a_beanie(),
        a_product("XL", size="XL"),
        lines=(a_line(), ready),
    )
    substitutes = [c for c in story.offer.items[0].choices if c.kind == "substitute"]
    assert [choice.sku for choice in substitutes] == ["XL"]
    assert story.offer.items[0].stays == ("Beanie, black",)


def test_a_merchant_may_let_sets_be_torn_apart() -> None:
    """With ``keep_sets`` off each line goes its own way."""
    case = a_case(
        an_order(a_line(), a_beanie_line(allocated=1, backordered=0)),
        shelf=shelf_with(a_charcoal(), a_beanie()),
    )
    story = Story(case, policy="[terms]\nkeep_sets = false").shop_says()
    assert "charcoal" in story.words


def test_a_mug_without_colour_belongs_to_no_set() -> None:
    """The ready mug of the same design does not bind the hoodie's colour."""
    story = asked(a_charcoal(), lines=(a_line(), a_ready_line()))
    assert story.offer.items[0].stays == ()
    assert story.offer.items[0].recommended == "0s0"


def test_half_a_set_that_arrives_leaves_one_choice_for_the_rest() -> None:
    """The beanie comes after all: the hoodie is asked about anew, in its colour."""
    lines = (a_line(), a_beanie_line())
    products = (a_charcoal(), a_beanie(), a_charcoal_beanie())
    case = a_case(an_order(*lines), shelf=shelf_with(*products))
    story = Story(case).stocks(BEANIE, 0).shop_says().delivers()
    story.shop_says("beanie", allocated=1, backordered=0)
    assert all(item.follows is None for offer in story.pending for item in offer.items)
    story.waits(days=3)
    kinds = {row.kind for row in story.standing}
    assert "substitute" not in kinds


def test_words_are_edited_not_lost_when_a_set_is_chosen() -> None:
    """Both lines appear in what was noted."""
    lines = (a_line(), a_beanie_line())
    products = (a_charcoal(), a_beanie(), a_charcoal_beanie())
    case = a_case(an_order(*lines), shelf=shelf_with(*products))
    story = Story(case).stocks(BEANIE, 0).shop_says().delivers()
    story.taps("0s0")
    noted = story.all(Reword)[0].message.text
    assert "Your choice for Hoodie" in noted
    assert "Your choice for Beanie" in noted
