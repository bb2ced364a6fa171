"""How a chat comes to belong to somebody, and how it leaves, on the real bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.playground.story import check, labels, phone, tap
from store import shop

if TYPE_CHECKING:
    from bot.playground.runtime import Playground


def annas(stage: Playground, column: str) -> str:
    """Return what the shop knows of Anna."""
    with stage.bot.store.read() as connection:
        return str(
            connection.scalar(
                select(shop.customers.c[column]).where(shop.customers.c.id == "anna")
            )
        )


def stranger(stage: Playground, number: int = 8_000_000_001):  # noqa: ANN201 - a Person
    """Return somebody's phone whom the shop does not know."""
    return stage.telegram.person(number, "Sam", "en", username=None)


async def test_an_own_number_opens_the_orders(stage: Playground) -> None:
    """The hello has a button, the button a key, the key the customer's own number."""
    anna = phone(stage, "anna")
    with stage.bot.store.write() as connection:
        connection.execute(
            shop.customers.update()
            .where(shop.customers.c.id == "anna")
            .values(phone="+491700000000")
        )
    anna.starts()
    await tap(stage, anna, "order assistant, a bot", "Find me by my phone number")
    await anna.hears("Tap the key below")

    anna.presses_key("Share my number")

    await anna.hears("I found you by your number")
    await anna.hears("linked to order 1042")
    check(anna.room.keys is None, "the key is gone")


async def test_somebody_elses_card_opens_nothing(stage: Playground) -> None:
    """A card from the address book proves nothing, whoever it belongs to."""
    anna = phone(stage, "anna")
    anna.starts()
    anna.shares_contact(annas(stage, "phone"), own=False)
    await anna.hears("That card isn't your own number")
    check(not any("linked to" in m.text for m in anna.heard), "nothing opened")


async def test_number_and_mail_open_the_orders_in_one_message_or_two(
    stage: Playground,
) -> None:
    """The way for whoever has neither link nor number at hand."""
    email = annas(stage, "email")
    one, two = stranger(stage), stranger(stage, 8_000_000_002)
    one.says(f"hi, order 1042, {email}")
    await one.hears("linked to order 1042")

    two.says("where is order 1042?")
    await two.hears("To be sure order 1042 is yours")
    two.says(email.upper())
    await two.hears("linked to order 1042")
    await one.hears("Another chat has just been linked to your orders")


async def test_questions_lock_nobody_out(stage: Playground) -> None:
    """Dates and numbers in ordinary questions are no tries; several proofs are none."""
    sam = stranger(stage)
    for text in (
        "Where is order 1042? I ordered on May 12th 2026",
        "it should have come 10 days ago",
        "ordered 2 weeks ago",
        "hello?? 3 weeks now",
        "my number is 0170 1234567",
        "order 1042 came in XL2, not XL",
    ):
        sam.says(text)
        await stage.settle()
    check(not any("doesn't match" in m.text for m in sam.heard), "no try was counted")

    sam.says(f"{annas(stage, 'email')} or maybe sam@example.com")
    await sam.hears("only one e-mail address or one postcode at a time")
    sam.says(annas(stage, "email"))
    await sam.hears("linked to order 1042")


async def test_a_locked_chat_gets_out_through_the_staff(stage: Playground) -> None:
    """After five wrong tries only a person helps: a colleague, or their link."""
    sam = stranger(stage)
    for number in range(5):
        sam.says(f"order 1042 wrong{number}@example.com")
        await stage.settle()
    sam.says(f"order 1042 {annas(stage, 'email')}")
    locked = await sam.hears("can't check any more details in this chat today")
    check("Talk to a person" in labels(locked), "a person is one tap away")

    await tap(stage, sam, locked.text, "Talk to a person")
    await stage.channel.hears("would like to talk to a person")
    sam.starts(await stage.link(stage.demo.story.order_id))
    await sam.hears("linked to order 1042")


async def test_a_gifts_recipient_sees_what_the_buyer_shares(stage: Playground) -> None:
    """No prices, no choices, for one person only; the buyer's own look is free."""
    anna, ben, cleo = (
        phone(stage, "anna"),
        stranger(stage),
        stranger(stage, 8_000_000_003),
    )
    anna.starts(await stage.link(stage.demo.story.order_id))
    await anna.hears("linked to order 1042")
    anna.says("/share")
    shared = await anna.hears("This link shows where order 1042 stands")
    token = shared.text.rpartition("start=")[2].strip()

    anna.starts(token)
    await anna.hears("Somebody shared order 1042 with you")
    ben.starts(token)
    seen = await ben.hears("Somebody shared order 1042 with you")
    cleo.starts(token)
    await cleo.hears("already used by somebody else")
    ben.says("where is my order?")
    await stage.settle()

    assert "€" not in seen.text
    assert "Mug Fjord" in seen.text
    assert labels(seen) == "Talk to a person"
    assert "1042" not in ben.heard[-1].text


async def test_two_accounts_share_a_chat_one_at_a_time(stage: Playground) -> None:
    """The newer link wins and says so; a button goes back to the other account."""
    anna = phone(stage, "anna")
    anna.starts(await stage.link(stage.demo.story.order_id))
    await anna.hears("linked to order 1042")
    anna.starts(await stage.link(stage.demo.in_us.order_id))
    switched = await anna.hears("Until now this chat showed another account")
    check("1043" in switched.text, "the other order is shown")

    await tap(stage, anna, switched.text, "Show my other account")

    again = anna.heard[-1]
    assert "linked to order 1042" in again.text
    anna.says("where is order 1043?")
    await stage.settle()
    assert "1043" not in anna.heard[-1].text


async def test_an_unlinked_chat_hears_no_more(stage: Playground) -> None:
    """After /unlink nothing of the order is said; the mail's link brings it back."""
    anna = phone(stage, "anna")
    anna.starts(await stage.link(stage.demo.story.order_id))
    await anna.hears("linked to order 1042")
    anna.says("/unlink")
    await anna.hears("no longer linked to any order")
    await stage.shop("mark_backordered", line_id=stage.demo.story.line_id, quantity=1)
    await stage.settle()
    check(not any("Closest we have" in m.text for m in anna.heard), "not in the chat")
    notices = (await stage.overview())["notices"]
    check([n for n in notices if n["customer_id"] == "anna"], "but by mail")

    anna.starts(await stage.link(stage.demo.story.order_id))
    await anna.hears("Closest we have")
