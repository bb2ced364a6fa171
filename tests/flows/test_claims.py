"""What is a try and what is none: one proof of one order, and never a question."""

from __future__ import annotations

import pytest

from flows.claims import Claim, claimed_with_several, read_claim

#: What people say who prove nothing: dates, ages, sizes, prices and phone numbers.
QUESTIONS = (
    "Where is order 7000? I ordered on May 12th 2026",
    "where is order 7000 i ordered 2026",
    "order 7000 from 2026",
    "order 7000, I ordered it in May, 2026",
    "order 7000 is 3 weeks late!!",
    "order 7000 came in XL2, not XL",
    "order 7000 was to come at 10am",
    "wo ist 7000, bestellt am 3. März 2026",
    "dov'è 7000, ordinato il 12 maggio 2026",
    "it should have come 10 days ago",
    "ordered 2 weeks ago",
    "hello?? 3 weeks now",
    "my number is 0170 1234567",
    "call me: +49 170 1234567",
    "call 555-123-4567",
    "since 2025",
    "12.05.2026",
    "I paid 1200 euro",
    "i paid 12000",
    "I want 500 pieces",
    "tracking 12345",
    "room 101",
    "it took 1500 already",
    "do you ship to 10115?",
    "cancel order 70001 and 70002",
    "order 7001",
    "/start 7000 10115",
    "where is my order?",
    "",
    " ".join(["order 7000 10115", *["word"] * 40]),
)
SEVERAL = (
    "order 7020 " + " ".join(str(12400 + guess) for guess in range(30)),
    "order 7020, 12432, 12433",
    "order 7020 12432 or 12433",
    "order 7020 my postcode is 12432 12433",
    "order 7020 N1 9GU N1 9GW",
    "order 7020 12432! 12433! 12434!",
    "order 7020\n12432\n12433",
    "order 7020 anna@example.com ben@example.com",
    "order 7020 anna@example.com,ben@example.com",
    "order 7020 anna@example.com 12432 12433",
)


@pytest.mark.parametrize(
    ("text", "claimed", "claim"),
    [
        ("order 1042 anna@example.com", None, ("1042", "anna@example.com", "")),
        ("where's 1042? Anna@Example.com.", None, ("1042", "anna@example.com", "")),
        ("<o'neil@example.com>", "1042", ("1042", "o'neil@example.com", "")),
        ("#1042, 10115", None, ("1042", "", "10115")),
        ("1042 10115", None, ("1042", "", "10115")),
        ("1042 / 10115 Berlin", None, ("1042", "", "10115")),
        ("order 1042, SW1A 1AA", None, ("1042", "", "SW1A1AA")),
        ("Where is order 1042? My postcode is 10115", None, ("1042", "", "10115")),
        ("Elm Street 5, 10115 Berlin, order 1042", None, ("1042", "", "10115")),
        ("anna@example.com, 10115", "1042", ("1042", "anna@example.com", "10115")),
        ("10115", "1042", ("1042", "", "10115")),
        ("anna@example.com", "1042", ("1042", "anna@example.com", "")),
        ("1043 10115", "1042", ("1043", "", "10115")),
        ("order 1042 10115", "10115", ("1042", "", "10115")),
        ("ORD-2026-00123 anna@x.de", None, ("ORD-2026-00123", "anna@x.de", "")),
        ("anna@example.com", None, None),
        ("order 1042", None, None),
        ("order 1042", "1042", None),
    ],
)
def test_a_proof_is_recognised(
    text: str, claimed: str | None, claim: tuple[str, str, str] | None
) -> None:
    """Number and proof in one message or in two; what is named wins over before."""
    number, email, postcode = claim or ("", "", "")
    expected = Claim(number=number, email=email, postcode=postcode) if claim else None

    assert read_claim(text, claimed) == expected


@pytest.mark.parametrize("claimed", [None, "7000"])
@pytest.mark.parametrize("text", QUESTIONS)
def test_a_question_is_never_a_try(text: str, claimed: str | None) -> None:
    """Whatever number it holds, and whether or not a proof is waited for."""
    assert read_claim(text, claimed) is None


@pytest.mark.parametrize("claimed", [None, "7020"])
@pytest.mark.parametrize("text", SEVERAL)
def test_several_guesses_are_no_try(text: str, claimed: str | None) -> None:
    """Two of a kind check nothing, and it is known which order they were for."""
    assert read_claim(text, claimed) is None
    assert claimed_with_several(text, claimed) == "7020"


def test_guesses_alone_are_about_what_was_claimed() -> None:
    """Without a number of their own they do not make the first guess an order."""
    assert claimed_with_several("12432 12433 12434", "7020") == "7020"
    assert claimed_with_several("a@example.com b@example.com", "7020") == "7020"
    assert claimed_with_several("a@example.com b@example.com", None) is None


@pytest.mark.parametrize("text", ["10115", "where is order 7020?", "hello"])
def test_one_or_none_is_not_several(text: str) -> None:
    """A try and a question are answered as what they are."""
    assert claimed_with_several(text, "7020") is None
