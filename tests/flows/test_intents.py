"""What a customer means, alone and as an answer to an open proposal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.intents import (
    DialogueContext,
    Intent,
    Outcome,
    ProposalOption,
    understand,
)

NAVY = ProposalOption(
    key="navy",
    label="Hoodie, navy, L",
    color="Navy Blue",
    size="L",
    position=1,
    recommended=True,
)
SAGE = ProposalOption(
    key="sage", label="Hoodie, sage, M", color="Sage Green", size="M", position=2
)
WAIT = ProposalOption(key="wait", label="Wait for it", kind="wait", position=3)
REFUND = ProposalOption(
    key="refund", label="Cancel and refund", kind="cancel_refund", position=4
)
OPEN = DialogueContext(options=(NAVY, SAGE, WAIT, REFUND))

EVERYDAY = [
    ("where is my order", Intent.WHERE_IS_MY_ORDER),
    ("Wo bleibt mein Paket??", Intent.WHERE_IS_MY_ORDER),
    ("où est mon colis", Intent.WHERE_IS_MY_ORDER),
    ("¿Dónde está mi pedido #1001?", Intent.WHERE_IS_MY_ORDER),
    ("dov'è il mio pacco", Intent.WHERE_IS_MY_ORDER),
    ("cadê meu pedido", Intent.WHERE_IS_MY_ORDER),
    ("waar is mijn pakket", Intent.WHERE_IS_MY_ORDER),
    ("gdzie jest moja paczka", Intent.WHERE_IS_MY_ORDER),
    ("siparişim nerede", Intent.WHERE_IS_MY_ORDER),
    ("де моє замовлення", Intent.WHERE_IS_MY_ORDER),
    ("when will my hoodie arrive", Intent.ETA_QUESTION),
    ("wann kommt meine Bestellung", Intent.ETA_QUESTION),
    ("plz cancle my oder", Intent.CANCEL_ORDER),
    ("Bestellung 77120 bitte stornieren", Intent.CANCEL_ORDER),
    ("I need to change my address", Intent.CHANGE_ORDER_OR_ADDRESS),
    ("yes please", Intent.ACCEPT_YES),
    ("d'accord", Intent.ACCEPT_YES),
    ("no thanks", Intent.DECLINE_NO),
    ("nein danke", Intent.DECLINE_NO),
    ("I want my money back", Intent.REFUND_STATUS),
    ("let me talk to a human", Intent.TALK_TO_HUMAN),
    ("quiero hablar con una persona", Intent.TALK_TO_HUMAN),
    ("your service is terrible", Intent.COMPLAINT),
    ("thank you so much", Intent.THANKS),
    ("谢谢", Intent.THANKS),
    ("hello there", Intent.GREETING),
    ("merhaba", Intent.GREETING),
    ("stop", Intent.OPT_OUT),
    ("stop sending me messages", Intent.OPT_OUT),
    ("what is the weather tomorrow", Intent.OTHER),
    ("my bank card was declined", Intent.OTHER),
    ("spiel etwas Musik", Intent.OTHER),
]


@pytest.mark.parametrize(("text", "intent"), EVERYDAY)
def test_everyday_messages_are_understood(text: str, intent: Intent) -> None:
    """What customers write every day is understood in every language we speak."""
    assert intent == understand(text).intent


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Hi! Where is my order? Thanks a lot", Intent.WHERE_IS_MY_ORDER),
        ("good morning, I want a refund please", Intent.REFUND_STATUS),
        ("ok thanks", Intent.THANKS),
        ("no thanks, that's all", Intent.DECLINE_NO),
        ("hi I am Maria", Intent.GREETING),
        ("I got it, thanks", Intent.THANKS),
    ],
)
def test_an_opening_does_not_hide_the_wish(text: str, intent: Intent) -> None:
    """Hello, please and thanks around a message leave its meaning alone."""
    assert intent == understand(text).intent


def test_only_a_bare_stop_needs_no_button() -> None:
    """The word STOP alone is obeyed; a sentence that stops, cancels or changes asks."""
    bare = understand("STOP")
    sentence = understand("please stop sending me messages")

    assert (bare.bare_stop, bare.confirm) == (True, False)
    assert (sentence.bare_stop, sentence.confirm) == (False, True)
    assert understand("cancel my order").confirm
    assert not understand("where is my order").confirm


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ok", "navy"),
        ("👍", "navy"),
        ("sí, perfecto", "navy"),
        ("2", "sage"),
        ("the second one", "sage"),
        ("the green one please", "sage"),
        ("the blue one", "navy"),
        ("das grüne bitte", "sage"),
        ("M", "sage"),
        ("I'll wait", "wait"),
        ("cancel it", "refund"),
        ("Wait for it", "wait"),
        ("the last one", "refund"),
    ],
)
def test_an_open_proposal_takes_short_answers(text: str, key: str) -> None:
    """With a proposal open, short answers choose one of its options."""
    found = understand(text, dialogue=OPEN)

    assert (Intent.ACCEPT_YES, key) == (found.intent, found.chosen_option)
    assert found.confirm


def test_no_thanks_declines_the_proposal() -> None:
    """A no is a no to the proposal, and chooses nothing."""
    found = understand("no thanks", dialogue=OPEN)

    assert (found.intent, found.chosen_option) == (Intent.DECLINE_NO, None)


@pytest.mark.parametrize("text", ["not the blue one", "the one", "3 or 4"])
def test_what_points_at_no_single_option_chooses_none(text: str) -> None:
    """An unclear answer never picks an option."""
    assert understand(text, dialogue=OPEN).chosen_option is None


def test_a_question_about_the_order_stays_a_question() -> None:
    """An open proposal does not swallow what is not about it."""
    found = understand("where is my parcel from last week?", dialogue=OPEN)

    assert (found.intent, found.chosen_option) == (Intent.WHERE_IS_MY_ORDER, None)


def test_the_second_miss_offers_the_person_first() -> None:
    """Not understood twice in a row, the customer is shown a person first."""
    again = DialogueContext(misses=1)

    assert not understand("blue bananas on mars").person_first
    assert understand("blue bananas on mars", dialogue=again).person_first
    assert not understand("where is my order", dialogue=again).person_first


@pytest.mark.parametrize("text", ["", "   ", "?", "\u200b", "!!!", "😶"])
def test_nothing_said_leads_to_the_menu(text: str) -> None:
    """A message without words means nothing."""
    found = understand(text)

    assert (found.intent, found.outcome) == (Intent.OTHER, Outcome.MENU)


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    """No text raises; unsure answers carry no intent, and questions have choices."""
    found = understand(text)

    assert 0 <= found.confidence <= 1
    match found.outcome:
        case Outcome.ACT:
            assert not found.candidates
        case Outcome.ASK:
            assert found.intent == Intent.OTHER
            assert 2 <= len(found.candidates) <= 3
        case Outcome.MENU:
            assert found.intent == Intent.OTHER


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("where is my order", "en"),
        ("wo ist meine Bestellung", "de"),
        ("où est ma commande", "fr"),
        ("¿dónde está mi pedido?", "es"),
        ("dove si trova il mio ordine", "it"),
        ("gdzie jest moje zamówienie", "pl"),
        ("siparişim ne zaman gelir", "tr"),
        ("де моє замовлення", "uk"),
        ("где мой заказ", "ru"),
        ("我的订单在哪里", "zh"),
        ("سفارش من کجاست", "fa"),
        ("12345", "und"),
    ],
)
def test_the_language_is_named(text: str, lang: str) -> None:
    """Staff are told which language the customer writes."""
    assert lang == understand(text).lang
