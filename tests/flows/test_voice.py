"""How the bot writes: the rules of its voice, and sentences that set the standard."""

from __future__ import annotations

import re

import pytest

from flows.events import CustomerStarted
from flows.terms import ShopFace
from flows.wording import TEMPLATES, Wording

from .builders import (
    ANNA,
    HOODIE,
    NOON,
    a_case,
    a_chat,
    a_customer,
    a_line,
    a_ready_line,
    a_shelf,
    a_shipment,
    a_strangers_case,
    a_supply,
    an_order,
    key_of,
)
from .flavours import FLAVOURS
from .samples import moods
from .story import Story

WORDS = Wording("en", "Europe/Berlin", ShopFace(team_size=3))
FORBIDDEN = ("!", "unfortunately", "valued customer", "backorder", "back order")
FORBIDDEN += ("back-order", "apologise", "apologize", "kindly", "dear customer")
SAID = sorted(path.parent.name for path in TEMPLATES.glob("*/telegram.j2"))
MAILED = sorted(path.parent.name for path in TEMPLATES.glob("*/notice.j2"))


@pytest.mark.parametrize("key", SAID)
@pytest.mark.parametrize("flavour", ["plain", "many"])
def test_no_message_breaks_the_voice(key: str, flavour: str) -> None:
    """No shouting, no phrases, no trade words; at most one apology a message."""
    for context in moods(key, FLAVOURS[flavour]):
        text = WORDS.message(key, **context).text
        spoken = text.lower()
        assert not [word for word in FORBIDDEN if word in spoken], text
        assert len(re.findall(r"\bsorry\b", spoken)) <= 1, text


@pytest.mark.parametrize("key", MAILED)
def test_no_mail_breaks_the_voice(key: str) -> None:
    """What goes by mail is as plain as what goes to the phone."""
    for context in moods(key, FLAVOURS["plain"]):
        subject, text = WORDS.notice(key, **context)
        spoken = f"{subject}\n{text}".lower()
        assert not [word for word in FORBIDDEN if word in spoken], text
        assert len(re.findall(r"\bsorry\b", spoken)) <= 1, text


@pytest.mark.parametrize("file", ["labels", "toasts", "commands"])
def test_no_short_text_breaks_the_voice(file: str) -> None:
    """Labels and toasts follow the same rules; they stand in their file literally."""
    source = (TEMPLATES / f"{file}.j2").read_text(encoding="utf-8")
    said = re.findall(r"%\}([^{}]+)\{%", source)
    staff = re.findall(r"macro baseline_confirmed.*", source)
    for text in said:
        if any(text in line for line in staff):
            continue
        assert not [word for word in FORBIDDEN if word in text.lower()], text


@pytest.mark.parametrize("flavour", ["plain", "bare", "many"])
def test_sentences_are_whole(flavour: str) -> None:
    """No comma after a space, no doubled stop, no sentence without its name."""
    for key in SAID:
        for context in moods(key, FLAVOURS[flavour]):
            text = WORDS.message(key, **context).text
            found = re.findall(r".{0,30}(?: [,.;:]|,,|\.\.|\( | \)).{0,10}", text)
            assert not found, f"{key}: {found}"


# --- the standard -------------------------------------------------------------------


def _whole(story: Story, *parts: str) -> None:
    """Check that these parts are said, in this order."""
    place = 0
    for part in parts:
        found = story.words.find(part, place)
        assert found >= 0, f"{part!r} is missing or too early in:\n{story.words}"
        place = found + len(part)


def _started(story: Story, outcome: str = "") -> Story:
    key = key_of(a_chat())
    return story.take(CustomerStarted(chat=key, sender=ANNA, outcome=outcome))


def test_hello_linked() -> None:
    """Who I am, what this chat is tied to, when I write."""
    policy = "[shop]\nteam_size = 3"
    story = _started(Story(policy=policy), "linked")
    _whole(
        story,
        "Hi Anna, I'm Northprint's order assistant, a bot.",
        "There are 3 people behind me.",
        "This chat is linked to order 1042.",
        "I'll only write when something about it changes.",
    )
    assert {"Where is my order?", "Talk to a person"} <= set(story.buttons)


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        (("1042", "2007"), "I'll only write when something about them changes."),
        ((), "I'll only write when something about your orders changes."),
    ],
)
def test_hello_counts_the_orders(numbers: tuple[str, ...], says: str) -> None:
    """One is "it", several are "them"; what is done already is "your orders"."""
    orders = [an_order(id=number, number=number) for number in numbers]
    orders = orders or [an_order(status="shipped")]
    story = _started(Story(a_case(*orders)), "linked")
    _whole(story, says)


def test_hello_to_somebody_without_a_name() -> None:
    """A customer whose name the shop does not know is greeted all the same."""
    story = Story(a_case(customer=a_customer(name="")))
    _whole(_started(story, "linked"), "Hi, I'm Northprint's order assistant, a bot.")


def test_hello_stranger() -> None:
    """Nothing is shown to somebody we do not know; three ways lead on."""
    story = _started(Story(a_strangers_case()))
    _whole(
        story,
        "Hi, I'm Northprint's order assistant, a bot.",
        "tap the link in your order e-mail, or send me the order number",
    )
    assert "Talk to a person" in story.buttons


def test_status() -> None:
    """Line by line: what is ready, what waits, until when, and for what."""
    story = Story(a_case(shelf=a_shelf(a_supply(), charcoal=0))).shop_says()
    story.opens("orders")
    _whole(
        story,
        "Order 1042",
        "Hoodie, black, L: out of stock; we expect it between Thu 18 June and",
        "Mug Fjord: ready. We send one parcel, so it waits for Hoodie, black, L.",
    )


def test_status_of_what_is_on_its_way() -> None:
    """A parcel has its day, its carrier and a button."""
    line = a_ready_line(allocated=0, shipped=1, backordered=0)
    order = an_order(line, shipments=(a_shipment((line.id, 1)),))
    story = Story(a_case(order)).opens("orders")
    _whole(story, "Mug Fjord: shipped on Tue 9 June.", "DHL JD014600")
    assert "Track the parcel" in story.buttons


def test_proposal() -> None:
    """What happened, what is closest, by when, and what silence does."""
    story = Story().shop_says()
    _whole(
        story,
        "Hoodie, black, L in your order 1042 is out of stock. Sorry about that.",
        "We expect it between Thu 18 June and Sun 21 June.",
        "Closest we have: the same Hoodie in charcoal, L, your print, same price.",
        "Please choose by Wed 10 June, 14:05, Berlin time.",
        "If we don't hear from you, we'll send the same in charcoal, L",
        "you may return it free.",
    )


def test_proposal_where_silence_may_not_substitute() -> None:
    """In the EU the last sentence is another one."""
    story = Story(a_case(an_order(market="DE"))).shop_says()
    _whole(
        story,
        "If we don't hear from you, we'll keep waiting for Hoodie, black, L.",
    )
    assert "return it free" not in story.words


def test_reminder() -> None:
    """The same promise once more, before it comes true."""
    story = Story().shop_says().delivers().waits(hours=21)
    _whole(
        story,
        "Hoodie, black, L in order 1042 still needs a choice.",
        "Please choose by Wed 10 June, 14:05, Berlin time.",
        "If we don't hear from you, we'll send the same in charcoal, L",
    )


def test_silence_applied() -> None:
    """What we did, on which terms, and until when it can be undone."""
    story = Story().shop_says().delivers().waits(hours=25)
    _whole(
        story,
        "We didn't hear from you about order 1042.",
        "Instead of Hoodie, black, L we chose the same in charcoal, L",
        "You may return it free.",
        "Until Wed 10 June, 14:35, Berlin time you can still change this.",
    )


def test_delay_and_second_delay() -> None:
    """Once it is told with a way out, twice it needs a yes."""
    story = Story(a_case(shelf=a_shelf(a_supply(9), charcoal=0))).shop_says()
    story.delivers().expects(a_supply(11), sku=HOODIE).shop_says()
    _whole(
        story,
        "News about Hoodie, black, L, order 1042.",
        "Our supplier now says between Sat 20 June and Tue 23 June, not Sun 21 June.",
        "We're sorry",
        "If waiting suits you, do nothing",
    )
    story.delivers().expects(a_supply(13), sku=HOODIE).shop_says()
    _whole(
        story,
        "not Tue 23 June",
        "We need your choice by Wed 10 June, 14:05, Berlin time.",
        "If we don't hear from you, we'll cancel Hoodie, black, L and refund €39.00.",
    )


@pytest.mark.parametrize(
    ("payment", "says"),
    [("captured", "€39.00 goes back"), ("authorized", "You haven't been charged")],
)
def test_cancelled(payment: str, says: str) -> None:
    """What ended, what goes back, and what goes on."""
    case = a_case(an_order(payment_status=payment), shelf=a_shelf(charcoal=0))
    story = Story(case).shop_says()
    _whole(
        story,
        "Hoodie, black, L in order 1042 is cancelled",
        says,
        "This no longer waits and ships next: Mug Fjord.",
    )
    assert "I'd rather wait" in story.buttons


def test_good_news() -> None:
    """Nothing to choose any more."""
    story = Story().shop_says().delivers()
    story.shop_says("hoodie", backordered=0, allocated=1)
    _whole(
        story,
        "Hoodie, black, L arrived after all.",
        "There is nothing to choose any more",
    )


def test_hand_over() -> None:
    """Passed on, when they are back, and that nothing is decided meanwhile."""
    story = Story().shop_says().delivers()
    story.now = NOON.replace(hour=16)
    story.opens("person")
    _whole(
        story,
        "I've passed this to our team with your order and your messages",
        "They're back Wed 10 June, 09:00, Berlin time.",
        "nothing is decided without you.",
    )
    assert story.buttons == ["Back to the bot"]


def test_late_tap() -> None:
    """When it closed, what was decided, and whether it can still be changed."""
    story = Story().shop_says().delivers().waits(hours=25)
    story.row_becomes(story.standing[0], claimed_at=story.now).taps("0w")
    _whole(
        story,
        "That was decided on Wed 10 June, 14:05, Berlin time: we'll send the same in",
        "so I can't change it here.",
        "A colleague can tell you what's possible.",
    )
    assert "Talk to a person" in story.buttons


def test_two_items_one_apology() -> None:
    """Two lines are short, the shop is sorry once."""
    order = an_order(a_line(), a_line("second", title="Zip hoodie"), a_ready_line())
    story = Story(a_case(order)).shop_says()
    assert story.words.lower().count("sorry") == 1
    assert "Zip hoodie" in story.words
