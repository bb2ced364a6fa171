"""One short conversation in each language: words, timers, dates, money, plurals.

What is said is compared with the catalogue's own sentences, so that a better
translation breaks nothing; how days and amounts are written stands here.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from flows.case import DialogueState
from flows.effects import Decide
from flows.events import CustomerStarted
from flows.locale.draft import read_catalogue
from flows.wording import languages

from ..flows.builders import ANNA, a_case, a_chat, a_customer, an_order, key_of
from ..flows.story import Story

#: It holds a day or an amount together.
NBSP = "\u00a0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """What a customer of one language says, and how days and amounts look to them."""

    hello: str
    where: str
    yes: str
    no: str
    person: str
    thanks: str
    day: str
    amount: str


TONGUES = {
    "en": Tongue(
        hello="hello",
        where="where is my order?",
        yes="yes",
        no="no thanks",
        person="can I talk to a human",
        thanks="thank you",
        day="Thu 18 June",
        amount="€39.00",
    ),
    "de": Tongue(
        hello="hallo",
        where="wo ist meine Bestellung?",
        yes="ja bitte",
        no="nein danke",
        person="ich möchte mit einem Menschen sprechen",
        thanks="vielen Dank",
        day="Do., 18. Juni",
        amount=f"39,00{NBSP}€",
    ),
    "fr": Tongue(
        hello="bonjour",
        where="où est ma commande ?",
        yes="oui",
        no="non merci",
        person="je voudrais parler à un conseiller",
        thanks="merci beaucoup",
        day="jeu. 18 juin",
        amount=f"39,00{NBSP}€",
    ),
    "es": Tongue(
        hello="hola",
        where="¿dónde está mi pedido?",
        yes="sí",
        no="no gracias",
        person="quiero hablar con una persona",
        thanks="muchas gracias",
        day="jue, 18 de junio",
        amount=f"39,00{NBSP}€",
    ),
    "it": Tongue(
        hello="ciao",
        where="dov'è il mio ordine?",
        yes="sì",
        no="no grazie",
        person="vorrei parlare con una persona",
        thanks="grazie mille",
        day="gio 18 giugno",
        amount=f"39,00{NBSP}€",
    ),
    "pt": Tongue(
        hello="olá",
        where="onde está a minha encomenda?",
        yes="sim",
        no="não, obrigado",
        person="quero falar com uma pessoa",
        thanks="muito obrigado",
        day="qui., 18 de junho",
        amount=f"€{NBSP}39,00",
    ),
    "nl": Tongue(
        hello="hallo",
        where="waar is mijn bestelling?",
        yes="ja graag",
        no="nee bedankt",
        person="ik wil met een mens praten",
        thanks="dank je wel",
        day="do 18 juni",
        amount=f"€{NBSP}39,00",
    ),
    "pl": Tongue(
        hello="dzień dobry",
        where="gdzie jest moje zamówienie?",
        yes="tak",
        no="nie, dziękuję",
        person="chcę porozmawiać z człowiekiem",
        thanks="dziękuję bardzo",
        day="czw., 18 czerwca",
        amount=f"39,00{NBSP}€",
    ),
    "tr": Tongue(
        hello="merhaba",
        where="siparişim nerede?",
        yes="evet",
        no="hayır teşekkürler",  # noqa: RUF001 - Turkish has that i
        person="bir insanla konuşmak istiyorum",
        thanks="çok teşekkürler",
        day="18 Haziran Per",
        amount="€39,00",
    ),
    "uk": Tongue(
        hello="добрий день",
        where="де моє замовлення?",
        yes="так",
        no="ні, дякую",
        person="хочу поговорити з людиною",
        thanks="дуже дякую",
        day="чт, 18 червня",
        amount=f"39,00{NBSP}EUR",
    ),
}
EVERY = pytest.mark.parametrize("language", list(TONGUES))


def anna(language: str, **setting: object) -> Story:
    """Return Anna as somebody who reads a language; nothing has happened yet."""
    chat = a_chat(language=language)
    case = a_case(an_order(), customer=a_customer(locale=None), chats=(chat,))
    return Story(case, **setting)


def in_words(language: str, sentence: str, **values: object) -> str:
    """Return a sentence of the templates as the language's catalogue has it."""
    if language == "en":
        return sentence % values
    found = read_catalogue(language).get(sentence)
    assert found is not None, sentence
    assert found.string, f"{sentence!r} is not translated"
    return str(found.string) % values


def test_every_language_has_a_conversation() -> None:
    """A new catalogue brings a conversation with it."""
    assert set(TONGUES) == set(languages())


@EVERY
def test_hello_where_yes_person_thanks(language: str) -> None:
    """Asked, answered, chosen with a button, handed over and back, in one language."""
    tongue = TONGUES[language]
    story = anna(language).says(tongue.hello)
    assert story.words == in_words(
        language, "Hello. Would you like to know where your order stands?"
    )

    story.shop_says().delivers().says(tongue.where)
    assert tongue.day in story.words
    assert in_words(language, "Choose now") in story.buttons

    story.says(tongue.yes)
    assert story.keys == ["confirm"]
    assert not story.all(Decide), "words alone decide nothing"
    story.taps("0s0")
    assert story.toast == in_words(language, "Noted.")
    assert [row.kind for row in story.standing] == ["substitute"]

    story.says(tongue.person)
    assert story.case.dialogue is DialogueState.WITH_STAFF
    passed = "I've passed this to our team with your order and your messages, "
    passed += "so you needn't repeat anything."
    assert in_words(language, passed) in story.words
    story.opens("back_to_bot").says(tongue.thanks)
    assert story.words == in_words(
        language, "You're welcome. I'm here when you need me."
    )
    assert story.buttons == [in_words(language, "Talk to a person")]


@EVERY
def test_a_proposal_and_what_time_makes_of_it(language: str) -> None:
    """What comes unasked, and what a timer sends, is in the language, too."""
    tongue = TONGUES[language]
    story = anna(language).shop_says()
    assert story.keys == ["proposal"]
    assert tongue.day in story.words
    assert [label for label in story.buttons if tongue.amount in label]

    story.delivers().waits(hours=21)
    assert story.keys == ["reminder"]
    asks = "%(what)s in order %(number)s still needs a choice."
    about = {"what": "Hoodie, black, L", "number": "1042"}
    assert in_words(language, asks, **about) in story.words

    story.waits(hours=5)
    silent = "We didn't hear from you about order %(number)s."
    assert in_words(language, silent, number="1042") in story.words


@EVERY
def test_a_no_in_plain_words(language: str) -> None:
    """A plain no is understood, refuses other products and leaves the rest."""
    tongue = TONGUES[language]
    story = anna(language).shop_says().delivers().says(tongue.no)
    assert in_words(language, "Would you rather wait or cancel?") in story.words
    assert tongue.day in story.words
    assert [label for label in story.buttons if tongue.amount in label]


@pytest.mark.parametrize(
    ("language", "count", "form"),
    [
        *(("pl", count, form) for count, form in ((1, 0), (2, 1), (4, 1), (5, 2))),
        *(("pl", count, form) for count, form in ((12, 2), (22, 1), (25, 2))),
        *(("uk", count, form) for count, form in ((1, 0), (2, 1), (5, 2))),
        *(("uk", count, form) for count, form in ((11, 2), (21, 0), (22, 1))),
    ],
)
def test_numbers_bend_the_words_behind_them(
    language: str, count: int, form: int
) -> None:
    """Polish and Ukrainian have three plurals, and they do not agree on 21."""
    one = "There is one person behind me."
    found = read_catalogue(language).get(one)
    assert found is not None
    assert found.string
    said = found.string[form] % {"count": count}
    story = anna(language, policy=f"[shop]\nteam_size = {count}")
    chat = key_of(story.case.chats[0])
    story.take(CustomerStarted(chat=chat, sender=ANNA, outcome="linked"))
    assert said in story.words
