"""Cards fit into Slack whatever they hold."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.slack.blocks import check_message_blocks, texts_in
from bot.playground.slack.views import check_view
from bot.slack.blocks import CardUnfitError, card_blocks, pieces
from bot.slack.mrkdwn import escape
from bot.slack.reply_form import TicketSummary, repeated_notice, reply_form
from flows.effects import Button

BUTTONS = (
    Button(label="Claim", data="t:claim:7:t9", style="primary"),
    Button(label="Shop", url="https://shop.example/orders/1042"),
)


def body(blocks: list[dict[str, Any]]) -> list[str]:
    return [block["text"]["text"] for block in blocks if block["type"] == "section"]


@given(
    text=st.text(alphabet=st.sampled_from("ab <&\n"), min_size=1).map(
        lambda text: f"x{text}" * 700
    )
)
def test_any_text_fits(text: str) -> None:
    """Cards of any words pass the strict stand-in's own limits."""
    blocks = card_blocks(escape(text), BUTTONS, drawing="row1")
    check_message_blocks(blocks)
    assert sum(map(len, texts_in(blocks))) <= 13_000


def test_short_card_is_one_section_and_one_row() -> None:
    """A card's value, style and address arrive at its buttons as given."""
    text, actions = card_blocks("*Anna* asks", BUTTONS, drawing="row5")
    assert text["text"] == {"type": "mrkdwn", "text": "*Anna* asks", "verbatim": True}
    claim, shop = actions["elements"]
    assert (claim["value"], claim["style"]) == ("t:claim:7:t9", "primary")
    assert shop["url"] == "https://shop.example/orders/1042"
    assert "style" not in shop
    assert claim["action_id"] != shop["action_id"]


def test_sections_break_between_lines() -> None:
    """Long words are cut where lines end, and every line is kept."""
    lines = [f"line {number} {'x' * 80}" for number in range(100)]
    parts = body(card_blocks("\n".join(lines), (), drawing="row1"))
    assert len(parts) == 4
    assert "\n".join(parts).split("\n") == lines


def test_cut_never_falls_into_an_escape_or_a_link() -> None:
    """No piece ends inside an escaped character or a link."""
    escaped = list(pieces("&amp;" * 1000, 3000 - 2))
    assert all(piece.endswith("&amp;") for piece in escaped)
    linked = list(pieces(f"{'x' * 2990}<https://a.example/long|our page>", 3000))
    assert linked == ["x" * 2990, "<https://a.example/long|our page>"]


def test_too_long_a_card_says_what_is_missing() -> None:
    """What does not fit is cut with the number of characters left out."""
    text = "\n".join("y" * 99 for _ in range(200))
    parts = body(card_blocks(text, (), drawing="row1"))
    kept = sum(len(part) for part in parts[:-1]) + len(parts) - 2
    assert f"{len(text) - kept:,} more characters" in parts[-1]


def test_long_labels_are_shortened_and_odd_styles_dropped() -> None:
    """Slack refuses long labels and unknown styles; we never send them."""
    (_, actions) = card_blocks(
        "x", [Button(label="L" * 100, data="s:x:", style="quiet")], drawing="row1"
    )
    (button,) = actions["elements"]
    assert len(button["text"]["text"]) == 75
    assert button["text"]["text"].endswith("…")
    assert "style" not in button


@pytest.mark.parametrize(
    "button",
    [
        Button(label="A", data="x" * 2001),
        Button(label="A", url="javascript:alert(1)"),
        Button(label="A", url="https://a.example/" + "x" * 3000),
    ],
)
def test_button_that_cannot_work_is_refused(button: Button) -> None:
    """A button that would do nothing, or something else, is an error of ours."""
    with pytest.raises(CardUnfitError):
        card_blocks("x", [button], drawing="row1")


def test_empty_card_is_refused() -> None:
    """There is no card without words and buttons."""
    with pytest.raises(CardUnfitError):
        card_blocks(" \n ", (), drawing="row1")


@given(st.text(), st.text(max_size=6000))
def test_any_ticket_fits_into_the_form(customer: str, question: str) -> None:
    """The reply form passes the strict stand-in whatever the customer wrote."""
    summary = TicketSummary(customer=customer or "?", question=question)
    check_view(reply_form(summary, case_id=2**62, ticket_id="t" * 40), surface="modal")


def test_form_of_escapes_stays_within_limits() -> None:
    """Escaping makes five characters of one and still fits."""
    summary = TicketSummary(customer="&" * 500, question="&\n" * 5000)
    check_view(reply_form(summary, case_id=1, ticket_id="t"), surface="modal")
    check_view(repeated_notice(), surface="modal")
