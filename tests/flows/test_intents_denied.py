"""What customers deny, ask about or only begin with must not be done to them."""

from __future__ import annotations

import pytest

from flows.intents import DialogueContext, Intent, Outcome, ProposalOption, understand

DENIED = [
    "please don't cancel, I am happy to wait",
    "never cancel 77120!",
    "I thought again, do not cancel it",
    "bitte den Auftrag nicht stornieren",
    "storniert das auf keinen Fall, ich will es haben, nicht stornieren",
    "n'annulez pas, j'attends",
    "je ne souhaite pas annuler la commande",
    "no cancelen nada por favor",
    "non voglio cancellare l'ordine",
    "bestelling graag niet annuleren",
    "nie chcę anulować zamówienia",
    "lütfen iptal etmeyin",
    "не хочу скасовувати замовлення",
    "I do not need a refund, only the mug",
    "ich brauche keine Erstattung",
    "je ne veux pas être remboursé",
    "please do not change the address",
    "die Größe bitte nicht ändern",
    "please never stop the updates",
    "I don't need to speak to an agent",
    "why was my purchase cancelled without a word",
    "what do I pay if I cancel",
]
STILL_WISHED = [
    ("I don't know how to cancel my order", Intent.CANCEL_ORDER),
    ("don't ship it, cancel my order", Intent.CANCEL_ORDER),
    ("I did not receive my refund", Intent.REFUND_STATUS),
    ("mir wurde das Geld nicht erstattet", Intent.REFUND_STATUS),
    ("I don't want a bot, give me a human", Intent.TALK_TO_HUMAN),
    ("don't cancel it, just tell me where my parcel is", Intent.WHERE_IS_MY_ORDER),
]
BEGUN = [
    ("Ich will die Bestellung stornieren, danke", Intent.CANCEL_ORDER),
    (
        "please make it three mugs instead of two, thanks",
        Intent.CHANGE_ORDER_OR_ADDRESS,
    ),
    ("can I have a receipt for 77120, thanks", Intent.OTHER),
    ("thanks but that was not my question", Intent.OTHER),
    ("thank you for nothing", Intent.OTHER),
    ("no, I was asking about the poster", Intent.OTHER),
    ("nein, ich rede von der anderen Tasse", Intent.OTHER),
    ("ok but there is a problem with the label", Intent.OTHER),
    ("sí pero tengo una duda", Intent.OTHER),
    ("yes or no", Intent.OTHER),
    ("no thank you, I am fine", Intent.DECLINE_NO),
    ("yes please do that", Intent.ACCEPT_YES),
]
OBLIQUE = [
    ("did you lot even ship my mug", Intent.WHERE_IS_MY_ORDER),
    ("wo blaibt mein paket", Intent.WHERE_IS_MY_ORDER),
    ("was my order cancelled?", Intent.WHERE_IS_MY_ORDER),
    ("how much longer must I wait for my poster", Intent.ETA_QUESTION),
    ("wie lange dauert das denn noch", Intent.ETA_QUESTION),
    ("I wish to withdraw from my order", Intent.CANCEL_ORDER),
    ("could you correct the name on the print", Intent.CHANGE_ORDER_OR_ADDRESS),
    ("the refund is still not on my account", Intent.REFUND_STATUS),
    ("what a joke of a shop", Intent.COMPLAINT),
    ("wat een slechte klantenservice", Intent.COMPLAINT),
    ("proszę więcej nie pisać do mnie", Intent.OPT_OUT),
    ("what's your return policy", Intent.OTHER),
    ("wie kann ich etwas umtauschen", Intent.OTHER),
    ("di che tessuto è la maglietta", Intent.OTHER),
    ("vocês entregam na Madeira?", Intent.OTHER),
]


@pytest.mark.parametrize("text", DENIED)
def test_what_is_denied_is_not_done(text: str) -> None:
    """A wish the customer says no to, or only asks about, is never theirs."""
    assert understand(text).intent in {Intent.OTHER, Intent.COMPLAINT}


@pytest.mark.parametrize(("text", "intent"), [*STILL_WISHED, *BEGUN, *OBLIQUE])
def test_the_words_around_a_wish_decide(text: str, intent: Intent) -> None:
    """A "not" of something else, a thanks or a yes does not change the wish."""
    assert intent == understand(text).intent


OFFERED = DialogueContext(
    options=(
        ProposalOption(
            key="grey",
            label="Hoodie, charcoal",
            color="Charcoal",
            position=1,
            recommended=True,
        ),
        ProposalOption(key="navy", label="Hoodie, navy", color="Navy", position=2),
        ProposalOption(key="wait", label="Wait for it", kind="wait", position=3),
        ProposalOption(
            key="refund", label="Cancel and refund", kind="cancel_refund", position=4
        ),
    ),
)
CHOOSES_NOTHING = [
    "please don't send navy",
    "why navy?",
    "how does the charcoal one look",
    "what is the price of the navy one",
    "I won't wait, I don't want to wait",
    "can't wait",
    "wie lange soll ich warten",
    "je ne veux pas attendre",
    "nie chcę czekać",
    "beklemek istemiyorum",
    "please don't cancel it",
    "is there a refund if I cancel?",
    "7",
    "I ordered 2",
    "and what now",
]


@pytest.mark.parametrize("text", CHOOSES_NOTHING)
def test_questions_and_denials_choose_nothing(text: str) -> None:
    """Naming an option to ask about it or refuse it does not take it."""
    found = understand(text, dialogue=OFFERED)

    assert (found.chosen_option, found.intent is Intent.ACCEPT_YES) == (None, False)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("2 please", "navy"),
        ("number 3 please", "wait"),
        ("the charcoal hoodie", "grey"),
        ("I don't want to wait, cancel it", "refund"),
        ("no, the navy one", "navy"),
        ("Geld zurück", "refund"),
    ],
)
def test_what_is_named_without_a_no_is_chosen(text: str, key: str) -> None:
    """The part of a message that neither asks nor denies may choose."""
    assert key == understand(text, dialogue=OFFERED).chosen_option


def test_between_two_wishes_the_customer_is_asked() -> None:
    """Two likely wishes are asked about, and none is acted on."""
    found = understand("stornieren oder Adresse ändern")

    assert (found.outcome, found.intent) == (Outcome.ASK, Intent.OTHER)
    assert set(found.candidates) == {
        Intent.CANCEL_ORDER,
        Intent.CHANGE_ORDER_OR_ADDRESS,
    }
