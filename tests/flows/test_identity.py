"""What may be said to whom: a tested list, before and after a proof."""

from __future__ import annotations

import pytest
from jinja2 import Environment, nodes

from flows.effects import Say
from flows.events import (
    ContactShared,
    CustomerSaid,
    CustomerSent,
    CustomerStarted,
    CustomerTapped,
    GroupSpoke,
    MediaKind,
)
from flows.identity import TOLD_BEFORE, masked
from flows.links import BadLink
from flows.sharing import SharedLine, SharedOrder
from flows.wording import TEMPLATES

from .builders import ANNA, a_case, a_chat, a_customer, a_strangers_case, key_of
from .story import Story

CHAT = key_of(a_chat())
#: What no template may ask of anything a customer is told about.
UNSAID = frozenset(
    (
        *("email", "phone", "postcode", "address", "person_id"),
        *("authorization_expires_at", "payment_status", "customer_id", "group"),
    )
)
#: These may: the shop's own address, and money that was or was not taken.
ALLOWED = frozenset((("shop", "email"), ("order", "payment_status")))

SHARED = SharedOrder(
    number="1042", lines=(SharedLine(title="Mug", quantity=1, state="ready"),)
)
STRANGERS_SAY = (
    "hello",
    "where is my order?",
    "where is order 1042?",
    "order 1042 10115 10117 10119",
    "order 1042 anna@example.com ben@example.com",
    "cancel order 1042",
    "my address changed",
    "I want to talk to a person",
    "STOP",
    "asdf",
    "/orders",
    "/person",
    "/stop",
    "/privacy",
    "/forget",
    "/unlink",
    "/share",
    "/language",
    "/language en",
)
STRANGERS_TAP = (
    *("m:orders", "m:person", "m:privacy", "m:contact", "m:forget", "m:forget_yes"),
    *("m:unlink", "m:mute", "m:unmute", "m:switch", "m:share:x", "m:cancel:x"),
    *("m:change:x", "m:keep:x", "m:language:en", "m:back_to_bot"),
    *("m:meant:where_is_my_order", "m:meant:cancel_order", "m:meant:refund_status"),
    *("o:0123456789abcdef:0w", "nonsense"),
)


def _strangers_events() -> list[object]:
    events: list[object] = [
        CustomerSaid(chat=CHAT, sender=ANNA, text=text, message_id="1", edited=edited)
        for text in STRANGERS_SAY
        for edited in (False, True)
    ]
    events += [
        CustomerTapped(chat=CHAT, sender=ANNA, data=data) for data in STRANGERS_TAP
    ]
    events += [
        CustomerStarted(chat=CHAT, sender=ANNA, outcome=outcome)
        for outcome in ("", "unproved", "locked", *BadLink)
    ]
    events += [
        CustomerStarted(chat=CHAT, sender=ANNA, outcome="shared", shared=SHARED),
        CustomerStarted(chat=CHAT, sender=ANNA, outcome="shared"),
        ContactShared(chat=CHAT, sender=ANNA, phone="+491", own=True),
        ContactShared(chat=CHAT, sender=ANNA, phone="+491", own=False),
        CustomerSent(chat=CHAT, sender=ANNA, media=MediaKind.PHOTO, message_id="1"),
        GroupSpoke(chat=CHAT, sender=ANNA),
    ]
    return events


@pytest.mark.parametrize("event", _strangers_events(), ids=repr)
def test_a_stranger_hears_only_what_is_on_the_list(event: object) -> None:
    """Whatever somebody says or taps before proving anything: only listed words."""
    story = Story(a_strangers_case())

    story.take(event)  # type: ignore[arg-type]  # each is an event

    keys = {e.message.key for e in story.effects if isinstance(e, Say)}
    assert keys <= TOLD_BEFORE, keys - TOLD_BEFORE


def test_nothing_on_the_strangers_list_knows_a_customer() -> None:
    """Templates a stranger may hear are given no customer; a shared order no money."""
    for key in TOLD_BEFORE:
        source = (TEMPLATES / key / "telegram.j2").read_text(encoding="utf-8")
        names = {node.name for node in _parsed(source).find_all(nodes.Name)}
        assert not names & {"customer", "money", "offer", "case"}, key


def test_no_customer_is_told_what_a_thief_could_use() -> None:
    """No address, no number, no payment data: no template asks a value for any."""
    wrong = []
    for path in TEMPLATES.rglob("*.j2"):
        if path.name == "slack.j2":
            continue
        tree = _parsed(path.read_text(encoding="utf-8"))
        for node in tree.find_all(nodes.Getattr):
            of = node.node.name if isinstance(node.node, nodes.Name) else ""
            if node.attr in UNSAID and (of, node.attr) not in ALLOWED:
                wrong.append(f"{path.parent.name}/{path.name}: {of}.{node.attr}")
    assert not wrong, wrong


def test_a_known_customer_reads_a_masked_address_only() -> None:
    """Where mail goes is told so that its owner recognises it and nobody else."""
    story = Story(a_case(customer=a_customer(email="anna.lind@example.com")))
    said = []
    for text in ("/privacy", "/forget", "STOP", "where is my order?", "/unlink"):
        story.says(text)
        said += [e.message.text for e in story.effects if isinstance(e, Say)]

    assert not any("anna.lind" in text for text in said)
    assert not any("11" in text.split() for text in said)


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("anna@example.com", "a•••@example.com"),
        ("a@b.de", "a•••@b.de"),
        ("", ""),
        (None, ""),
        ("no address", ""),
        ("@example.com", ""),
    ],
)
def test_an_address_is_masked(email: str | None, shown: str) -> None:
    """One letter and the domain; what is no address shows nothing."""
    assert masked(email) == shown


def test_several_guesses_are_answered_with_what_to_send() -> None:
    """Thirty postcodes at once check nothing; the order named before stays in mind."""
    story = Story(a_strangers_case())

    story.says("where is order 7020?")
    story.says("12432 12433 12434")

    told = _only(story).message
    assert told.key == "one_proof"
    assert "only one e-mail address or one postcode at a time" in told.text
    assert "order 7020" in told.text
    assert story.case.memory.claimed == "7020"


def test_a_stranger_is_offered_to_share_their_number() -> None:
    """The hello has the way in; the key itself stands in the keyboard's place."""
    story = Story(a_strangers_case())
    story.take(CustomerStarted(chat=CHAT, sender=ANNA))
    hello = _only(story)

    story.opens("contact")

    asked = _only(story)
    assert "m:contact" in repr(hello.message.rows)
    assert asked.message.contact_request
    assert asked.message.rows[0][0].label == "Share my number"


def _only(story: Story) -> Say:
    (say,) = [e for e in story.effects if isinstance(e, Say)]
    return say


def _parsed(source: str) -> nodes.Template:
    return Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(source)
