"""Cards reach the channel, and every refusal of Slack's gets its right verdict."""

from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.channel import Parcel, Refused, TryLater
from bot.playground.slack import SlackStandIn
from bot.slack.delivery import MENDING, REFUSED

from .doubles import House

CARD = Parcel(
    id=5,
    lane="ticket:t9",
    address="",
    key="ticket_card",
    payload={
        "kind": "card",
        "summary": "Anna asks <!channel>",
        "text": "*Anna* asks: Where is it? https://evil.example",
        "buttons": [{"label": "Claim", "data": "t:claim:7:t9", "style": "primary"}],
    },
)


def changed(**payload: Any) -> Parcel:
    return replace(CARD, payload={**CARD.payload, **payload})


async def test_card_is_posted_quietly(house: House) -> None:
    """A card calls nobody, fetches no link, and carries ids and no names."""
    async with house.bot() as side:
        ref = await side.channel.deliver(CARD)

    (message,) = house.channel.messages
    assert ref == f"{house.channel.id}:{message.ts}"
    assert message.says == "*Anna* asks: Where is it? https://evil.example\nClaim"
    assert message.text == "Anna asks &lt;!channel&gt;"
    assert message.broadcasts == ()
    assert not message.unfurls
    assert message.metadata == {
        "event_type": "backorder_card",
        "event_payload": {"row": 5, "lane": "ticket:t9", "key": "ticket_card"},
    }


async def test_thread_and_update_find_their_card(house: House) -> None:
    """Words land below their card, and a redraw changes it in place."""
    async with house.bot() as side:
        ref = await side.channel.deliver(CARD)
        below = replace(
            changed(kind="thread", text="More words", buttons=[]), target=ref
        )
        assert await side.channel.deliver(below) != ref
        again = replace(changed(kind="update", text="Claimed by Tom"), target=ref)
        assert await side.channel.deliver(again) == ref

    (card,) = house.channel.messages
    assert card.says.startswith("Claimed by Tom")
    assert [each.says for each in house.channel.thread(card.ts)] == ["More words"]


@pytest.mark.parametrize("kind", ["thread", "update"])
async def test_words_about_a_card_never_posted_stand_alone(
    house: House, kind: str
) -> None:
    """When the card itself was never sent, its words are posted, not lost."""
    async with house.bot() as side:
        await side.channel.deliver(changed(kind=kind))
    assert len(house.channel.messages) == 1


async def test_address_wins_over_the_default_channel(house: House) -> None:
    """A parcel may name another channel."""
    other = house.standin.channel("C0OTHER", "other")
    async with house.bot() as side:
        await side.channel.deliver(replace(CARD, address="C0OTHER"))
    assert len(other.messages) == 1
    assert house.channel.messages == []


async def test_gone_message_is_refused(house: House) -> None:
    """A redraw of a deleted card will never work."""
    async with house.bot() as side:
        update = replace(changed(kind="update"), target=f"{house.channel.id}:1.000001")
        with pytest.raises(Refused, match="message_not_found"):
            await side.channel.deliver(update)


@pytest.mark.parametrize(
    "payload",
    [
        {"text": "", "summary": "", "buttons": []},
        {"buttons": [{"label": "A", "url": "ftp://a.example"}]},
        {"kind": "fax"},
    ],
)
async def test_card_of_ours_that_cannot_be_drawn_is_refused(
    house: House, payload: dict[str, Any]
) -> None:
    """A card that fits no limits is a mistake of ours and does not block the lane."""
    async with house.bot() as side:
        with pytest.raises(Refused):
            await side.channel.deliver(changed(**payload))
    assert house.channel.messages == []


@pytest.mark.parametrize("code", sorted(REFUSED))
async def test_refusals_of_one_message(house: House, code: str) -> None:
    """What is wrong with this card alone is final."""
    house.standin.faults.refuse("chat.postMessage", code)
    async with house.bot() as side:
        with pytest.raises(Refused, match=code):
            await side.channel.deliver(CARD)


@pytest.mark.parametrize("code", sorted(MENDING))
async def test_settings_to_mend_keep_the_card(house: House, code: str) -> None:
    """A channel or token set up wrongly is named loudly, and cards wait for it."""
    house.standin.faults.refuse("chat.postMessage", code)
    async with house.bot() as side:
        with capture_logs() as logs, pytest.raises(TryLater):
            await side.channel.deliver(CARD)
        await side.channel.deliver(CARD)
    assert logs[-1]["log_level"] == "error"
    assert logs[-1]["mend"] == MENDING[code]
    assert len(house.channel.messages) == 1


async def test_real_misconfigurations_are_met(house: House) -> None:
    """The stand-in's own refusals get the same verdicts as the ordered ones."""
    async with house.bot() as side:
        with pytest.raises(TryLater, match="channel_not_found"):
            await side.channel.deliver(replace(CARD, address="C0NOWHERE"))
        house.channel.has_bot = False
        with pytest.raises(TryLater, match="not_in_channel"):
            await side.channel.deliver(CARD)
        house.channel.is_archived = True
        with pytest.raises(TryLater, match="is_archived"):
            await side.channel.deliver(CARD)


async def test_pace_is_passed_on(house: House) -> None:
    """A 429 is not waited out here; the relay hears for how long to wait."""
    house.standin.faults.ratelimit("chat.postMessage", retry_after=17)
    async with house.bot() as side:
        with pytest.raises(TryLater) as caught:
            await side.channel.deliver(CARD)
    assert caught.value.after == 17.0


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_slack_in_trouble_is_tried_later(house: House, status: int) -> None:
    """Errors of Slack's own, which are not even JSON, keep the card."""
    house.standin.faults.fail("chat.postMessage", status=status)
    async with house.bot() as side:
        with pytest.raises(TryLater):
            await side.channel.deliver(CARD)


async def test_lost_connection_is_not_repeated_here(house: House) -> None:
    """A call cut off after Slack took it is left to the relay: one call, one try."""
    house.standin.faults.drop_after_accept("chat.postMessage")
    async with house.bot() as side:
        with pytest.raises(TryLater):
            await side.channel.deliver(CARD)
    assert len(house.channel.messages) == 1


async def test_unknown_refusal_keeps_the_card(house: House) -> None:
    """A word of Slack's we don't know is no reason to lose a ticket."""
    house.standin.faults.refuse("chat.postMessage", "from_the_future")
    async with house.bot() as side:
        with pytest.raises(TryLater):
            await side.channel.deliver(CARD)


async def test_slack_out_of_reach_is_tried_later(house: House) -> None:
    """Nobody at the address: the card waits."""
    gone = SlackStandIn(pace=None)
    await gone.start()
    url = gone.api_url
    await gone.stop()
    async with house.bot("http", api_url=url) as side:
        with pytest.raises(TryLater):
            await side.channel.deliver(CARD)
