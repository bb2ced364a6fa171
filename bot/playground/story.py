"""The story of backorders, step by step, as people live it; each step proves itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from bot.playground.runtime import CHANNEL

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.playground.runtime import Playground
    from bot.playground.shop.fill import StoryLine
    from bot.playground.telegram import Message, Person

Step = tuple[str, "Callable[[Playground], Awaitable[None]]"]

_DAY = timedelta(hours=24)
_HOUR = timedelta(hours=1)


async def a_stranger_comes(stage: Playground) -> None:
    """Somebody the bot does not know says hello and gets three ways on."""
    anna = phone(stage, "anna")
    anna.starts()
    hello = await anna.hears("order assistant, a bot")
    check("Talk to a person" in labels(hello), "a person is one tap away")


async def a_link_ties_the_chat(stage: Playground) -> None:
    """The signed link of the order mail ties the chat to the customer."""
    for line in (
        stage.demo.story,
        stage.demo.in_us,
        stage.demo.hopeless,
        stage.demo.restocked,
    ):
        person = phone(stage, line.customer_id)
        person.starts(await stage.link(line.order_id))
        await person.hears(f"linked to order {line.number}")


async def where_is_my_order(stage: Playground) -> None:
    """Anna asks in her own words and gets each line of her order."""
    anna = phone(stage, "anna")
    anna.says("hi, where is my order?")
    answer = await anna.hears("Order 1042")
    check("Mug Fjord: ready" in answer.text, "the mug is ready")


async def the_shop_is_short(stage: Playground) -> None:
    """The shop's row says backordered; Anna gets one proposal with a picture."""
    await short(stage, stage.demo.story)
    anna = phone(stage, "anna")
    proposal = await anna.hears("Closest we have")
    check("(recommended)" in labels(proposal), "exactly one is recommended")
    check(labels(proposal).count("(recommended)") == 1, "exactly one is recommended")
    check("Please choose by" in proposal.text, "the deadline is told")
    check("If we don't hear from you" in proposal.text, "silence is explained")
    check(any(message.photo for message in anna.heard), "there is a picture")


async def anna_takes_charcoal(stage: Playground) -> None:
    """A tap: the message shows the choice, and the decision is there with it."""
    anna = phone(stage, "anna")
    await tap(stage, anna, "Closest we have", "Send charcoal")
    await anna.hears("Your choice for Hoodie Fjord")
    rows = await decided(stage, stage.demo.story)
    check([row["kind"] for row in rows] == ["substitute"], "one decision row")


async def anna_taps_twice(stage: Playground) -> None:
    """A second tap on what was shown before gets a truthful answer, no second row."""
    anna = phone(stage, "anna")
    message = await anna.hears("Your choice for Hoodie Fjord")
    data = message.keyboard.rows[0][0].data if message.keyboard else ""
    anna.forges_tap(message.id, (data or "").replace(":change", ":0s0"))
    await stage.settle()
    check("You already chose this." in anna.toasts, "a truthful answer")
    check(len(await decided(stage, stage.demo.story)) == 1, "still one decision")


async def anna_changes_her_mind(stage: Playground) -> None:
    """Until the shop has claimed it she may change it; the old row is withdrawn."""
    anna = phone(stage, "anna")
    await tap(stage, anna, "Your choice for Hoodie Fjord", "Change my choice")
    again = await anna.hears("What would you like instead?")
    anna.taps(again.id, find_label(again, "Cancel, refund"))
    await anna.hears("we'll cancel Hoodie Fjord")
    await stage.settle()
    rows = await decided(stage, stage.demo.story)
    check(len(rows) == 2, "a new row")
    check(sum(1 for row in rows if row["withdrawn_at"]) == 1, "the old one withdrawn")


async def the_shop_applies_it(stage: Playground) -> None:
    """The shop claims and applies; Anna hears that her money is on its way."""
    await stage.move(_HOUR)
    for row in await decided(stage, stage.demo.story, standing=True):
        await stage.decision("claim", row["id"])
        await stage.decision("apply", row["id"])
    await stage.settle()
    await phone(stage, "anna").hears("is on its way back to you")


async def a_late_change_is_refused(stage: Playground) -> None:
    """Now it is too late to change by button, and the bot says so."""
    anna = phone(stage, "anna")
    message = await anna.hears("we'll cancel Hoodie Fjord")
    await tap(stage, anna, "we'll cancel Hoodie Fjord", "Change my choice")
    await anna.hears("so I can't change it here", after=message.id)


async def emily_stays_silent(stage: Playground) -> None:
    """In her market silence may not replace; she is reminded, then it waits."""
    await short(stage, stage.demo.in_us)
    emily = phone(stage, stage.demo.in_us.customer_id)
    morning = await stage.next_due()
    check(morning is not None, "nobody is woken: it waits for her morning")
    await stage.move(_HOUR * 5)
    await emily.hears("Closest we have")
    await stage.move(timedelta(hours=20))
    await emily.hears("still needs a choice")
    await stage.move(_HOUR * 6)
    await emily.hears("We didn't hear from you")
    rows = await decided(stage, stage.demo.in_us)
    check(rows[0]["decided_by"] == "silence", "silence decided")
    check(rows[0]["kind"] != "substitute", "and not to another product")


async def nothing_like_it(stage: Playground) -> None:
    """No like product, no restock in time: the line is cancelled by policy."""
    await short(stage, stage.demo.hopeless)
    person = phone(stage, stage.demo.hopeless.customer_id)
    await person.hears("is cancelled")
    rows = await decided(stage, stage.demo.hopeless)
    check(rows[0]["kind"] == "cancel_refund", "cancelled and refunded")
    check(rows[0]["decided_by"] == "policy", "by policy")


async def it_will_be_later(stage: Playground) -> None:
    """Nothing close, but stock within the horizon: a dated notice, and it waits."""
    await short(stage, stage.demo.restocked)
    person = phone(stage, stage.demo.restocked.customer_id)
    await person.hears("out of stock for a while")


async def the_date_slips(stage: Playground) -> None:
    """The supply slips: one notice with the new date, and the choice to cancel."""
    line = stage.demo.restocked
    person = phone(stage, line.customer_id)
    before = len(person.heard)
    books = await stage.overview()
    supply = next(s for s in books["supplies"] if s["id"] == line.supply_id)
    later = date.fromisoformat(supply["expected_on"]) + timedelta(days=2)
    await stage.shop(
        "slip_supply",
        supply=line.supply_id,
        new_date=later,
        reason="a strike",
    )
    await stage.settle()
    news = await person.hears("Our supplier now says")
    check(len(person.heard) == before + 1, "one notice, not more")
    check("Cancel" in labels(news), "with the choice to cancel")


async def she_wants_a_person(stage: Playground) -> None:
    """A card in Slack; claimed; the reply by form reaches her; then resolved."""
    anna, mia = phone(stage, "anna"), stage.staff[0]
    anna.says("can I talk to a human please")
    await anna.hears("I've passed this to our team")
    card = await stage.channel.hears("would like to talk to a person")
    await mia.clicks(CHANNEL, card.ts, "Claim")
    await stage.channel.hears("With Mia")
    anna.says("it is about my hoodie")
    await stage.channel.hears("it is about my hoodie")
    await mia.clicks(CHANNEL, card.ts, "Reply to customer")
    form = await mia.sees_modal()
    await mia.submits(form, {"reply": "Hello Anna, I'm looking into it."})
    await anna.hears("Hello Anna, I'm looking into it.")
    heard = len(anna.heard)
    await mia.posts(CHANNEL, "nobody outside reads this", thread_ts=card.ts)
    anna.says("thanks!")
    await stage.settle()
    check(len(anna.heard) == heard, "the bot keeps quiet, thread talk stays inside")
    await mia.clicks(CHANNEL, card.ts, "Resolve")
    await stage.channel.hears("Resolved: Anna")


async def the_shop_refuses(stage: Playground) -> None:
    """The shop rejects a decision: a card for the staff, and the customer is told."""
    rows = await decided(stage, stage.demo.hopeless, standing=True)
    await stage.move(_HOUR)
    await stage.decision("reject", rows[0]["id"], "already packed")
    await stage.settle()
    await stage.channel.hears("already packed")
    await phone(stage, stage.demo.hopeless.customer_id).hears("not to be possible")


async def nobody_on_telegram(stage: Playground) -> None:
    """A customer without a chat: the words go to the shop's mailer, the clock waits."""
    line = stage.demo.in_eu
    await short(stage, line)
    notices = (await stage.overview())["notices"]
    mine = [n for n in notices if n["customer_id"] == line.customer_id]
    check(len(mine) == 1, "one notice")
    check("start=" in (mine[0]["chat_link"] or ""), "with a link into the chat")
    await stage.move(_DAY * 3)
    check(not await decided(stage, line), "nothing is decided with nobody told")


STORY: tuple[Step, ...] = (
    ("A stranger says hello", a_stranger_comes),
    ("The order mail's link ties the chat", a_link_ties_the_chat),
    ("Where is my order?", where_is_my_order),
    ("The hoodie is short: one proposal", the_shop_is_short),
    ("Anna chooses", anna_takes_charcoal),
    ("Anna taps twice", anna_taps_twice),
    ("Anna changes her mind", anna_changes_her_mind),
    ("The shop claims and applies", the_shop_applies_it),
    ("Too late to change", a_late_change_is_refused),
    ("Emily stays silent", emily_stays_silent),
    ("Nothing like it, no date in time", nothing_like_it),
    ("Later, but in time", it_will_be_later),
    ("The supplier's date slips", the_date_slips),
    ("Anna wants a person", she_wants_a_person),
    ("The shop rejects a decision", the_shop_refuses),
    ("A customer no chat reaches", nobody_on_telegram),
)


def check(holds: object, claim: str) -> None:
    """Raise when a claim of the story does not hold."""
    if not holds:
        raise AssertionError(f"not so: {claim}")


def phone(stage: Playground, customer_id: str) -> Person:
    """Return a customer's phone."""
    return next(c.phone for c in stage.people if c.id == customer_id)


def labels(message: Message) -> str:
    """Return all button labels of a message."""
    return " | ".join(text for row in message.buttons for text in row)


def find_label(message: Message, start: str) -> str:
    """Return the label that begins like this.

    Raises:
        LookupError: When there is none.
    """
    for row in message.buttons:
        for text in row:
            if text.startswith(start):
                return text
    raise LookupError(f"no button {start!r} below {message.text!r}")


async def tap(stage: Playground, person: Person, words: str, label: str) -> None:
    """Press a button below a message, and wait until all has followed from it."""
    message = await person.hears(words)
    person.taps(message.id, find_label(message, label))
    await stage.settle()


async def short(stage: Playground, line: StoryLine) -> None:
    """Let the shop mark one unit of a line as backordered."""
    await stage.shop("mark_backordered", line_id=line.line_id, quantity=1)
    await stage.settle()


async def decided(
    stage: Playground, line: StoryLine, *, standing: bool = False
) -> list[dict[str, Any]]:
    """Return the decisions about a line, the newest first."""
    rows = (await stage.overview())["decisions"]
    return [
        row
        for row in rows
        if row["line_id"] == line.line_id
        and not (standing and (row["withdrawn_at"] or row["rejected_at"]))
    ]
