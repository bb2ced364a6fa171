"""What colleagues do in Slack becomes turns, once each and never lost."""

import asyncio

import pytest

from bot.playground.slack import Message
from bot.slack import words
from flows.codes import StaffPress, release_data, staff_data, ticket_data
from flows.events import Staff, StaffActed, StaffReleased, StaffReplied, TicketVerb

from .doubles import House, WayIn

TOM = Staff(id="U0TOM", name="Tom Fuller")
BOTH_WAYS = pytest.mark.parametrize("way", ["socket", "http"])


async def ticket_card(house: House) -> Message:
    return await house.card(
        ("Claim", ticket_data("claim", 7, "t9")),
        ("Reply", ticket_data("reply", 7, "t9")),
        ("Resolve", ticket_data("resolve", 7, "t9")),
    )


@BOTH_WAYS
async def test_press_becomes_a_turn(house: House, way: WayIn) -> None:
    """A colleague's press is one turn in their name, acknowledged when it is taken."""
    async with house.bot(way):
        card = await ticket_card(house)
        reply = await house.tom.clicks(house.channel, card, "Claim")

    assert reply is not None
    assert reply.is_ack
    assert house.turns.events == [
        StaffActed(staff=TOM, case_id=7, ticket_id="t9", verb=TicketVerb.CLAIM)
    ]
    (key,) = house.turns.keys
    assert key is not None
    assert key.startswith(f"slack:action:{house.channel.id}:{card.ts}:")
    assert key.endswith(":U0TOM")


@BOTH_WAYS
async def test_reply_reaches_the_turn_as_plain_words(house: House, way: WayIn) -> None:
    """The reply form shows who waits and brings the words back decoded, then closes."""
    async with house.bot(way):
        await house.tom.clicks(house.channel, await ticket_card(house), "Reply")
        form = await house.tom.sees_modal()
        shown = form.blocks[0]["text"]["text"]
        trouble = await house.tom.submits(
            form,
            {"reply": "It ships &lt;today&gt; :tada: see <https://a.example|here>"},
        )

    assert shown == "*Anna &amp; Co*\n>Where &lt;is&gt; my hoodie?"
    assert form.content["private_metadata"] == "t:reply:7:t9"
    assert trouble == {}
    assert house.tom.modal is None
    assert house.turns.events == [
        StaffReplied(
            staff=TOM,
            case_id=7,
            ticket_id="t9",
            text="It ships <today> 🎉 see here (https://a.example)",
        )
    ]
    assert house.turns.keys[0] == f"slack:view:{form.id}:{form.hash}"


async def test_stranger_is_told_and_changes_nothing(house: House) -> None:
    """Somebody who is not listed hears why, and neither a turn nor a form follows."""
    async with house.bot():
        card = await ticket_card(house)
        await house.eva.clicks(house.channel, card, "Resolve")
        await house.eva.clicks(house.channel, card, "Reply")
        await house.eva.sees_ephemeral(words.ONLY_COLLEAGUES)

    assert len(house.eva.ephemerals) == 2
    assert house.eva.modal is None
    assert house.turns.events == []


async def test_right_is_asked_again_on_submit(house: House) -> None:
    """A colleague taken off the list while writing sends nothing any more."""
    house.standin.group("S0TEAM", "support", house.tom)
    async with house.bot(staff="S0TEAM"):
        await house.tom.clicks(house.channel, await ticket_card(house), "Reply")
        form = await house.tom.sees_modal()
        house.standin.group("S0TEAM", "support", house.eva)
        await house.standin.settled()
        await house.tom.submits(form, {"reply": "Hello"})
        await house.tom.sees_ephemeral(words.ONLY_COLLEAGUES)

    assert house.turns.events == []


async def test_blank_reply_stays_in_the_form(house: House) -> None:
    """Blank words reach nobody; the form says so at its field."""
    async with house.bot():
        await house.tom.clicks(house.channel, await ticket_card(house), "Reply")
        form = await house.tom.sees_modal()
        trouble = await house.tom.submits(form, {"reply": "  \n "})

    assert trouble == {"reply": words.REPLY_EMPTY}
    assert house.turns.events == []


async def test_reply_longer_than_telegram_takes_is_refused_in_the_form(
    house: House,
) -> None:
    """Length counts as Telegram counts it: 2,000 emoji are 4,000 units."""
    async with house.bot():
        await house.tom.clicks(house.channel, await ticket_card(house), "Reply")
        trouble = await house.tom.submits(
            await house.tom.sees_modal(), {"reply": "🎉" * 2000}
        )

    assert trouble == {"reply": words.REPLY_TOO_LONG}


async def test_slow_turn_is_not_lost(house: House) -> None:
    """A press whose turn takes too long is answered in time, and still taken."""
    house.turns.open.clear()
    async with house.bot(budget=0.05):
        reply = await house.tom.clicks(house.channel, await ticket_card(house), "Claim")
        await house.tom.sees_ephemeral(words.TRY_AGAIN)
        house.turns.open.set()

    assert reply is not None
    assert reply.is_ack
    assert len(house.turns.events) == 1


async def test_late_reply_is_sent_once_and_honestly(house: House) -> None:
    """A reply sent again after a late answer goes out once, and the form says which."""
    house.turns.open.clear()
    async with house.bot(budget=0.05):
        await house.tom.clicks(house.channel, await ticket_card(house), "Reply")
        form = await house.tom.sees_modal()
        trouble = await house.tom.submits(form, {"reply": "First words"})
        house.turns.open.set()
        await house.tom.submits(form, {"reply": "Second words"})
        notice = await house.tom.sees_modal(words.REPLY_REPEATED_TITLE)

    assert trouble == {"reply": words.REPLY_LATE}
    assert notice.blocks[0]["text"]["text"] == words.REPLY_REPEATED
    (event,) = house.turns.events
    assert isinstance(event, StaffReplied)
    assert event.text == "First words"


@BOTH_WAYS
async def test_failed_turn_is_counted_and_not_acknowledged(
    house: House, way: WayIn
) -> None:
    """A turn that raises is counted without secrets, and not acknowledged."""
    house.turns.error = RuntimeError("the database is away")
    async with house.bot(way):
        waiting = asyncio.ensure_future(
            house.tom.clicks(house.channel, await ticket_card(house), "Claim")
        )
        await house.tom.sees_ephemeral(words.FAILED)
        if way == "http":
            reply = await waiting
            assert reply is not None
            assert reply.status == 500
        else:
            waiting.cancel()

    ((key, source, raw),) = house.turns.failures
    assert key.startswith("slack:action:")
    assert source == "slack"
    assert ticket_data("claim", 7, "t9") in raw
    assert "response_url" not in raw
    assert "trigger_id" not in raw


async def test_buried_press_is_passed_over(house: House) -> None:
    """What became a dead letter is acknowledged, so that nothing waits behind it."""
    house.turns.error = RuntimeError("poison")
    house.turns.buries = True
    async with house.bot("http"):
        reply = await house.tom.clicks(house.channel, await ticket_card(house), "Claim")

    assert reply is not None
    assert reply.is_ack


async def test_failed_reply_keeps_the_words(house: House) -> None:
    """A reply that cannot be saved stays in the form, where it can be sent again."""
    house.turns.error = RuntimeError("the database is away")
    async with house.bot():
        await house.tom.clicks(house.channel, await ticket_card(house), "Reply")
        form = await house.tom.sees_modal()
        trouble = await house.tom.submits(form, {"reply": "Hello"})
        house.turns.error = None
        again = await house.tom.submits(form, {"reply": "Hello"})

    assert trouble == {"reply": words.REPLY_FAILED}
    assert again == {}
    assert len(house.turns.events) == 1


async def test_outcome_is_whispered(house: House) -> None:
    """What only the colleague who pressed needs to know, only they see."""
    house.turns.whisper = "Eva has this ticket already."
    async with house.bot():
        await house.tom.clicks(house.channel, await ticket_card(house), "Claim")
        await house.tom.sees_ephemeral("Eva has this ticket already.")

    assert house.eva.ephemerals == []


async def test_closed_ticket_opens_no_form(house: House) -> None:
    """Reply on a ticket that is gone says so instead of opening a form."""
    house.summary = None
    async with house.bot():
        await house.tom.clicks(house.channel, await ticket_card(house), "Reply")
        await house.tom.sees_ephemeral(words.TICKET_GONE)

    assert house.tom.modal is None


async def test_form_that_does_not_open_is_told(house: House) -> None:
    """When Slack refuses the form, the colleague hears that it did not open."""
    house.standin.faults.refuse("views.open", "expired_trigger_id")
    async with house.bot():
        await house.tom.clicks(house.channel, await ticket_card(house), "Reply")
        await house.tom.sees_ephemeral(words.FORM_FAILED)


async def test_released_and_dropped_messages(house: House) -> None:
    """The release card's buttons say what shall happen to the waiting messages."""
    async with house.bot():
        card = await house.card(
            ("Send", release_data(7, "b1", send=True)),
            ("Drop", release_data(7, "b1", send=False)),
        )
        await house.tom.clicks(house.channel, card, "Send")
        await house.tom.clicks(house.channel, card, "Drop")

    assert house.turns.events == [
        StaffReleased(staff=TOM, case_id=7, batch="b1", send=True),
        StaffReleased(staff=TOM, case_id=7, batch="b1", send=False),
    ]


async def test_desk_answers_buttons_and_commands(house: House) -> None:
    """What belongs to no case goes to the desk; its words come back as a whisper."""
    house.desk_says = "Looked up."
    async with house.bot():
        card = await house.card(("Handle now", staff_data("baseline_confirm", "cus-1")))
        await house.tom.clicks(house.channel, card, "Handle now")
        await house.tom.slash(house.channel, "/backorder", "")
        reply = await house.tom.slash(house.channel, "/backorder", "Search  Anna Berg ")
        await house.tom.sees_ephemeral("Looked up.")

    assert reply.is_ack
    assert [press for press, _ in house.asked] == [
        StaffPress(action="baseline_confirm", argument="cus-1"),
        StaffPress(action="command.help"),
        StaffPress(action="command.search", argument="Anna Berg"),
    ]
    assert {staff for _, staff in house.asked} == {TOM}
    assert len(house.tom.ephemerals) == 3


async def test_desk_that_fails_says_so(house: House) -> None:
    """A desk that raises is answered to the colleague, not to a log alone."""
    house.desk_error = RuntimeError("no index")
    async with house.bot():
        await house.tom.slash(house.channel, "/backorder", "search Anna")
        await house.tom.sees_ephemeral(words.FAILED)


@BOTH_WAYS
async def test_thread_talk_stays_among_colleagues(house: House, way: WayIn) -> None:
    """Words in a ticket's thread are acknowledged and reach nobody."""
    async with house.bot(way):
        card = await ticket_card(house)
        await house.tom.posts(house.channel, "Who knows her?", thread_ts=card.ts)
        await house.standin.settled()

    assert all(each.reply.is_ack for each in house.standin.delivery.log)
    assert house.standin.delivery.log
    assert house.turns.events == []
    assert house.asked == []


async def test_unidentified_bot_lets_slack_repeat(house: House) -> None:
    """While auth.test fails nothing is acknowledged; Bolt alone would answer 200."""
    async with house.bot("http"):
        house.standin.faults.refuse("auth.test", "internal_error")
        card = await ticket_card(house)
        first = await house.tom.clicks(house.channel, card, "Claim")
        second = await house.tom.clicks(house.channel, card, "Claim")

    assert first is not None
    assert first.status == 500
    assert second is not None
    assert second.is_ack
    assert len(house.turns.events) == 1
