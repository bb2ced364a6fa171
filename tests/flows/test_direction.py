"""Names that run the other way keep to themselves inside a sentence."""

from __future__ import annotations

import pytest

from flows.direction import FIRST_STRONG, POP, balanced, isolated
from flows.terms import ShopFace
from flows.wording import Wording

from .builders import a_customer, an_order

HEBREW = "דנה כהן"


@pytest.mark.parametrize(
    ("value", "language", "shown"),
    [
        (HEBREW, "en", f"{FIRST_STRONG}{HEBREW}{POP}"),
        (f"Mug {HEBREW}", "de", f"{FIRST_STRONG}Mug {HEBREW}{POP}"),
        ("Anna Müller", "en", "Anna Müller"),
        ("Олена", "uk", "Олена"),
        (HEBREW, "he", HEBREW),
        ("Hoodie, L", "ar", f"{FIRST_STRONG}Hoodie, L{POP}"),
        ("1042", "ar", "1042"),
        (f"{HEBREW}\n\nMug", "en", None),
        (7, "en", 7),
    ],
)
def test_what_runs_the_other_way_is_isolated(
    value: object, language: str, shown: object
) -> None:
    """Only foreign directions are wrapped, line by line, and once."""
    made = isolated(value, language)
    if shown is None:
        assert made == f"{FIRST_STRONG}{HEBREW}{POP}\n\n{FIRST_STRONG}Mug{POP}"
    else:
        assert made == shown
    assert isolated(made, language) == made


def test_a_name_in_a_sentence_is_isolated_and_the_sentence_is_not() -> None:
    """The greeting keeps its order whatever direction the customer's name runs."""
    words = Wording("en", "Europe/Berlin", ShopFace())
    message = words.message(
        "hello_linked",
        customer=a_customer(name=HEBREW),
        orders=[an_order()],
        problem="",
        switched=False,
    )

    name = HEBREW.split(maxsplit=1)[0]
    assert f"Hi {FIRST_STRONG}{name}{POP}, I'm Northprint's" in message.text
    assert message.text.count(FIRST_STRONG) == 1


def test_escaping_survives_isolation() -> None:
    """What a customer wrote in another direction is still no markup of ours."""
    words = Wording("en", "Europe/Berlin", ShopFace())
    message = words.message("change_confirm", words=f"<b>{HEBREW}</b>")

    assert "&lt;b&gt;" in message.text
    assert FIRST_STRONG in message.text


def test_a_label_that_is_cut_closes_what_it_opened() -> None:
    """A long name on a button leaves no isolate open behind it."""
    assert balanced(f"{FIRST_STRONG}{HEBREW}") == f"{FIRST_STRONG}{HEBREW}{POP}"
    words = Wording("en", "Europe/Berlin", ShopFace())
    label = words.label("share_order", order=an_order(number=HEBREW * 12))
    assert label.count(FIRST_STRONG) == label.count(POP) == 1
    assert len(label) <= 60
