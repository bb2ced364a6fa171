"""Free text: what costs something is confirmed by a button, and no means no."""

from __future__ import annotations

import pytest

from flows.case import DialogueState
from flows.effects import Button, Decide, PostThread, Say

from .builders import CHARCOAL, a_case, a_chat, an_order
from .story import Story


@pytest.fixture
def asked() -> Story:
    """Anna was asked about her hoodie; charcoal is recommended."""
    return Story().shop_says().delivers()


@pytest.mark.parametrize("yes", ["yes", "yes please", "ok", "charcoal"])
def test_words_alone_decide_nothing(asked: Story, yes: str) -> None:
    """What was understood is repeated on one button."""
    asked.says(yes)
    assert asked.keys == ["confirm"]
    assert asked.buttons[0].startswith("Send charcoal L")
    assert not asked.all(Decide)
    asked.taps("0s0")
    assert [row.kind for row in asked.standing] == ["substitute"]


def test_no_means_no_for_silence_too(asked: Story) -> None:
    """Who refused charcoal and says no more does not get charcoal."""
    asked.says("no")
    assert asked.keys == ["declined"]
    assert "charcoal" not in asked.words
    assert "If we don't hear from you, we'll keep waiting for Hoodie" in asked.words
    assert not [label for label in asked.buttons if "charcoal" in label]
    assert not asked.holds, "what nobody wants is not held"
    asked.waits(hours=25)
    assert [row.kind for row in asked.standing] == ["wait"]


def test_no_without_a_date_means_money_back() -> None:
    """Nothing else is wanted and nobody knows when: silence cancels, and says so."""
    story = Story()
    story.expects(sku="HOOD-BLACK-L").shop_says().delivers().says("no")
    assert "we'll cancel Hoodie, black, L and refund €39.00" in story.words
    story.waits(hours=25)
    assert "cancel_refund" in [row.kind for row in story.standing]


def test_a_refused_product_can_still_be_chosen(asked: Story) -> None:
    """Thinking again is allowed: the first message's button still works."""
    asked.says("no").taps("0s0")
    assert [row.substitute_sku for row in asked.standing] == [CHARCOAL]
    assert asked.holds


@pytest.mark.parametrize("text", ["where is my order?", "wo ist meine bestellung?"])
def test_where_is_my_order(text: str) -> None:
    """The answer is read from what is stored, whatever language asks."""
    story = Story().shop_says().delivers().says(text)
    assert "status" in story.keys
    assert "Order 1042" in story.words


@pytest.mark.parametrize("sign", ["", "#"])
def test_only_the_order_that_was_named_is_shown(sign: str) -> None:
    """Two orders, one number, with or without its sign."""
    orders = an_order(), an_order(id="order-7", number=f"{sign}2007")
    story = Story(a_case(*orders)).says(f"where is order {sign}2007?")
    assert "2007" in story.words
    assert "1042" not in story.words


def test_stop_is_obeyed_and_can_be_taken_back() -> None:
    """The word alone is enough; questions are still answered."""
    story = Story().says("STOP")
    assert story.case.chats[0].muted
    story.opens("orders")
    assert story.keys == ["status"]
    story.opens("unmute")
    assert not story.case.chats[0].muted


def test_thanks_is_answered_and_hands_nothing_over() -> None:
    """A kind word is no ticket."""
    story = Story(a_case(chats=(a_chat(),))).says("thank you so much!")
    assert story.keys == ["thanks"]
    assert story.case.ticket is None
    assert story.case.dialogue is DialogueState.TALKING


# --- a person is always one tap away --------------------------------------------------


@pytest.mark.parametrize(
    "text", ["thank you so much!", "/privacy", "/language", "/share", "STOP", "/stop"]
)
def test_a_person_is_one_tap_away(text: str) -> None:
    """Whatever the bot answers, somebody may rather talk to people."""
    story = Story().says(text)
    assert "Talk to a person" in story.buttons, story.keys


def test_a_person_is_one_tap_away_from_several_orders_to_share() -> None:
    """Also below a list of orders, and below the link made of one."""
    orders = an_order(), an_order(id="order-7", number="2007")
    story = Story(a_case(*orders)).says("/share")
    assert story.keys == ["share_which"]
    assert story.buttons[-1] == "Talk to a person"
    story.presses(data(story, "Share order 2007"))
    assert story.keys == ["share"]
    assert story.buttons == ["Talk to a person"]


# --- yes and no to what was asked -----------------------------------------------------


def data(story: Story, label: str) -> str:
    """Return what a button of the last turn sends."""
    said = [effect.message for effect in story.all(Say)]
    found: list[Button] = [b for m in said for row in m.rows for b in row]
    return str(next(b.data for b in found if b.label.startswith(label)))


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("please cancel the mug in my order", "cancel_confirm"),
        ("I moved, please send it to Elm Road 1 instead", "change_confirm"),
        ("please stop sending me messages", "confirm_mute"),
        ("/stop", "confirm_mute"),
        ("/forget", "forget_asked"),
    ],
)
def test_yes_shows_the_button_again_and_no_changes_nothing(
    words: str, key: str
) -> None:
    """Typed words decide nothing; they are about what was just asked."""
    for answer in ("yes", "no"):
        story = Story().says(words)
        assert story.keys == [key]
        said = story.words
        story.says(answer)
        assert story.keys == [key if answer == "yes" else "let_be"]
        if answer == "yes":
            assert story.words == said
        assert not story.all(Decide)
        assert not story.case.chats[0].muted


def test_no_ends_the_question() -> None:
    """A yes after it is no yes to it any more."""
    story = Story().says("please stop sending me messages").says("no").says("yes")
    assert story.keys == ["thanks"]


def test_yes_after_the_press_is_not_about_it() -> None:
    """What was done by the button is not asked again."""
    story = Story().says("please stop sending me messages")
    story.opens("mute").says("yes")
    assert story.keys == ["thanks"]


def test_yes_to_one_choice_is_not_a_yes_to_the_recommended_one(asked: Story) -> None:
    """Who was asked to confirm waiting and says yes means waiting."""
    asked.says("I'll wait").says("yes")
    assert asked.keys == ["confirm"]
    assert asked.buttons[0] == "Wait for it"


def test_no_to_waiting_leaves_the_choices(asked: Story) -> None:
    """Nothing is refused by it but waiting: everything can still be chosen."""
    silent = asked.offer.items[0].on_silence
    asked.says("I'll wait").says("no")
    assert asked.keys == ["let_be"]
    assert asked.buttons[0].startswith("Send charcoal L")
    assert asked.offer.items[0].on_silence == silent


def test_no_to_charcoal_refuses_it(asked: Story) -> None:
    """Who was asked to confirm charcoal and says no does not get it by silence."""
    asked.says("charcoal").says("no")
    assert asked.keys == ["declined"]
    asked.waits(hours=50)
    assert [row.kind for row in asked.standing] == ["wait"]


def test_a_newer_proposal_is_what_a_yes_is_about() -> None:
    """What the bot asked last, counts."""
    story = Story().says("please stop sending me messages").shop_says().delivers()
    story.says("yes")
    assert story.keys == ["confirm"]
    assert story.buttons[0].startswith("Send charcoal L")


def test_a_yes_of_another_day_answers_nothing() -> None:
    """A question is not open for ever."""
    story = Story().says("please stop sending me messages").waits(hours=25)
    story.says("yes")
    assert story.keys == ["thanks"]


# --- a no that is more than a no ------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "no, I meant the mug",
        "no idea what you mean",
        "no thanks, where is my mug?",
        "no, tell me when it arrives",
        "je ne veux pas attendre",
        "no no no not with me you don't",
    ],
)
def test_only_a_plain_no_refuses(asked: Story, text: str) -> None:
    """A longer no may be about anything: nothing is refused without a button."""
    items = asked.offer.items
    asked.says(text)
    assert "declined" not in asked.keys
    assert asked.offer.items == items
    assert asked.holds


@pytest.mark.parametrize("text", ["no", "No.", "no thanks", "nein danke", "non merci"])
def test_a_plain_no_needs_no_button(asked: Story, text: str) -> None:
    """Refusing costs nothing and can be taken back."""
    assert asked.says(text).keys == ["declined"]


def test_an_unclear_no_is_settled_by_a_button() -> None:
    """The choices are shown again, with one that refuses other products."""
    asked = Story().shop_says().delivers()
    asked.opens("meant", "decline_no")
    assert asked.keys == ["declined"]
    assert "charcoal" not in asked.words


# --- while a colleague has the word ---------------------------------------------------


def test_stop_is_obeyed_while_a_colleague_has_the_word() -> None:
    """It mutes and is answered at once, and the colleague reads it."""
    story = Story().opens("person").says("STOP")
    assert story.case.chats[0].muted
    assert story.keys == ["muted"]
    assert [e for e in story.all(PostThread) if "STOP" in e.card.text]
    assert story.case.dialogue is DialogueState.WITH_STAFF


def test_other_words_go_to_the_colleague_alone() -> None:
    """The bot keeps quiet while people talk."""
    story = Story().opens("person").says("where is my order?")
    assert not story.keys
    assert story.all(PostThread)


def test_the_language_of_words_is_named_where_the_reader_has_another() -> None:
    """The thread says in what language it is written; theirs needs no name."""
    story = Story().opens("person").says("Siparişim nerede, dün gelmeliydi")
    (foreign,) = story.all(PostThread)
    assert "Anna Lind writes (Turkish)" in foreign.card.text
    story.says("it should have come yesterday")
    (own,) = story.all(PostThread)
    assert "Anna Lind writes*" in own.card.text
