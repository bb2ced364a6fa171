"""The turn: one event, one transaction, decided once; what fails is kept for people."""

from __future__ import annotations

from contextlib import ExitStack, closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event as hooks
from sqlalchemy import update

from flows.events import (
    ChatKey,
    CustomerStarted,
    CustomerTapped,
    InstantPassed,
    Sender,
    ShopChanged,
)
from flows.links import LINK_LASTS, mint
from store import shop
from store.engine import Store
from store.listening import heard_until, note_read, outages_since
from store.tables import (
    backorders,
    cases,
    chats,
    dead_letters,
    inbox,
    notices,
    offers,
    outages,
    outbox,
)

from ..builders import NOON
from ..crash import scene
from ..crash.scene import CHANNEL, SECRET, HandClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from bot.turns import Turns

WINDOW = timedelta(hours=24)


class Desk:
    """A store with a shop, a clock by hand, and whoever takes turns."""

    def __init__(self, store: Store, turns: Turns, clock: HandClock) -> None:
        self.store = store
        self.turns = turns
        self.clock = clock

    def a_buyer(self, person: int = 4711) -> scene.Buyer:
        """Build a customer who waits, and tie their chat."""
        with self.store.write() as connection:
            buyer = scene.a_buyer(connection, person)
        scene.link(self.turns, buyer)
        return buyer

    def an_open_offer(self) -> tuple[scene.Buyer, Any]:
        """Ask a customer to choose, and see it delivered."""
        buyer = self.a_buyer()
        scene.ask(self.turns, buyer)
        scene.deliver(self.store, self.turns, self.clock)
        return buyer, scene.offer_of(self.store, buyer)

    def passes(self, buyer: scene.Buyer) -> Any:
        """Take the turn of an instant that passed, and return the offer after it."""
        case_id = scene.case_of(self.store, buyer).id
        self.turns.take_now(InstantPassed(case_id=case_id))
        return scene.offer_of(self.store, buyer)

    def reads(self, until: datetime, machine: float | None = None) -> None:
        """Note that the customers' channel is read so far."""
        at = self.clock.seconds if machine is None else machine
        with self.store.write() as connection:
            note_read(connection, CHANNEL, until, at)


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    """An open shop on each engine."""
    clock = HandClock()
    with store.write() as connection:
        scene.open_shop(connection)
    with scene.turns_at(store, clock) as turns:
        yield Desk(store, turns, clock)


def breaks(desk: Desk) -> None:
    """Let every turn of a customer with an offer fail while it is read."""
    with desk.store.write() as connection:
        connection.execute(update(offers).values(terms={"broken": True}))


# --- once, or not at all --------------------------------------------------------------


def test_a_key_that_was_seen_decides_nothing(desk: Desk) -> None:
    """An update that is brought again is known and has no effect."""
    buyer, offer = desk.an_open_offer()
    tap = scene.tap(buyer, offer.token)

    assert not desk.turns.take_now(tap, "update:1").duplicate
    before = scene.sent_to(desk.store, buyer)
    again = desk.turns.take_now(tap, "update:1")

    assert (again.duplicate, again.toast) == (True, None)
    assert scene.sent_to(desk.store, buyer) == before
    assert len(scene.decided(desk.store, buyer)) == 1


def test_a_turn_that_fails_leaves_nothing_behind(desk: Desk) -> None:
    """After a failure the update is as if it had never come, and may come again."""
    buyer, offer = desk.an_open_offer()
    breaks(desk)
    before = scene.sent_to(desk.store, buyer)

    with pytest.raises(KeyError):
        desk.turns.take_now(scene.tap(buyer, offer.token), "update:1")

    assert scene.rows(desk.store, inbox) == []
    assert scene.sent_to(desk.store, buyer) == before
    assert scene.decided(desk.store, buyer) == []


async def test_what_is_to_be_sent_is_told_after_the_commit(desk: Desk) -> None:
    """Whoever sends hears of it when it is there to be read, and only then."""
    buyer = desk.a_buyer()
    seen: list[list[str]] = []

    def committed() -> None:
        seen.append([row.key for row in scene.sent_to(desk.store, buyer)])

    desk.turns.committed = committed
    await desk.turns.take(ShopChanged(customer_id=buyer.customer_id))

    assert seen == [["hello_linked", "proposal"]]


# --- what fails again and again -------------------------------------------------------


async def test_the_third_failure_buries_an_update(desk: Desk) -> None:
    """Two failures ask for a repeat; the third is kept whole and shown to people."""
    failing: dict[str, Any] = {
        "key": "update:1",
        "source": CHANNEL,
        "raw": '{"update_id": 1}',
        "error": ValueError("no such thing"),
    }
    buried = [await desk.turns.failed(**failing) for _ in range(3)]

    assert buried == [False, False, True]
    (letter,) = scene.rows(desk.store, dead_letters)
    assert (letter.raw, letter.attempts) == ('{"update_id": 1}', 3)
    assert letter.buried_at is not None
    assert "no such thing" in letter.error
    (card,) = scene.rows(desk.store, outbox, outbox.c.channel == "slack")
    assert card.key == "dead_letter"


async def test_a_buried_update_is_never_taken_again(desk: Desk) -> None:
    """What was given up counts as seen when the platform brings it once more."""
    buyer, offer = desk.an_open_offer()
    for _ in range(3):
        await desk.turns.failed(
            key="update:1", source=CHANNEL, raw="{}", error=ValueError()
        )

    again = desk.turns.take_now(scene.tap(buyer, offer.token), "update:1")

    assert again.duplicate
    assert scene.decided(desk.store, buyer) == []


async def test_failures_of_different_updates_are_counted_apart(desk: Desk) -> None:
    """Three updates that fail once each are not one that fails three times."""
    buried = [
        await desk.turns.failed(
            key=f"update:{n}", source=CHANNEL, raw="{}", error=ValueError()
        )
        for n in range(3)
    ]
    assert buried == [False, False, False]


# --- outages --------------------------------------------------------------------------


@pytest.mark.parametrize(("gap", "outage"), [(60.0, False), (60.5, True)])
def test_a_gap_in_reading_is_an_outage(desk: Desk, gap: float, outage: bool) -> None:
    """More than a minute of machine time between two reads was an outage."""
    desk.reads(NOON)
    desk.clock.seconds += gap
    desk.reads(NOON + timedelta(seconds=gap))

    with desk.store.read() as connection:
        found = outages_since(
            connection,
            NOON,
            now=desk.clock.now(),
            machine_now=desk.clock.seconds,
        )
    assert [(o["began_at"], o["ended_at"]) for o in found] == (
        [(NOON, NOON + timedelta(seconds=gap))] if outage else []
    )


def test_moving_business_time_is_no_outage(desk: Desk) -> None:
    """A playground's clock that jumps a day while we read has lost nobody's words."""
    desk.reads(NOON)
    desk.clock.seconds += 1
    desk.reads(NOON + timedelta(days=1))

    assert scene.rows(desk.store, outages) == []
    with desk.store.read() as connection:
        assert heard_until(connection) == {CHANNEL: NOON + timedelta(days=1)}


def test_time_we_did_not_listen_is_given_back(desk: Desk) -> None:
    """Two hours nobody read the channel make the window two hours longer."""
    desk.reads(NOON)
    buyer, offer = desk.an_open_offer()
    lost = timedelta(hours=2)
    desk.clock.seconds += lost.total_seconds()
    desk.reads(NOON + lost)

    desk.clock.at = offer.deadline_at
    desk.reads(desk.clock.at)
    longer = desk.passes(buyer)
    assert (longer.state, longer.deadline_at) == ("open", offer.deadline_at + lost)
    assert scene.case_of(desk.store, buyer).wake_at <= longer.deadline_at

    desk.clock.at = longer.deadline_at
    desk.reads(desk.clock.at)
    assert desk.passes(buyer).state == "expired"


@pytest.mark.parametrize(
    ("away", "toast"), [(timedelta(hours=23), "silence"), (timedelta(0), "late")]
)
def test_words_that_waited_for_us_are_not_late(
    desk: Desk, away: timedelta, toast: str
) -> None:
    """A tap is taken before its batch counts as read: what we missed counts already."""
    buyer, offer = desk.an_open_offer()
    desk.clock.at = offer.deadline_at + timedelta(hours=1) - away
    desk.reads(desk.clock.at)
    desk.clock.move(away)
    desk.clock.seconds += away.total_seconds()

    desk.turns.take_now(scene.tap(buyer, offer.token))

    late = [row.key for row in scene.sent_to(desk.store, buyer)].count("late_tap")
    assert len(scene.decided(desk.store, buyer)) == (0 if toast == "late" else 1)
    assert late == (1 if toast == "late" else 0)


def test_an_outage_after_the_deadline_gives_nothing(desk: Desk) -> None:
    """Only what overlaps the window counts: silence was silence before."""
    buyer, offer = desk.an_open_offer()
    desk.reads(offer.deadline_at)
    desk.clock.seconds += 3600
    desk.clock.at = offer.deadline_at + timedelta(hours=1)
    desk.reads(desk.clock.at)

    assert desk.passes(buyer).state == "expired"


def test_silence_needs_a_channel_read_past_the_deadline(desk: Desk) -> None:
    """What the customer may have said in time is heard before silence decides."""
    buyer, offer = desk.an_open_offer()
    desk.clock.at = offer.deadline_at + timedelta(minutes=1)
    assert desk.passes(buyer).state == "open", "never read"

    desk.reads(offer.deadline_at - timedelta(microseconds=1))
    assert desk.passes(buyer).state == "open", "read up to just before it"
    assert scene.decided(desk.store, buyer) == []

    desk.reads(offer.deadline_at)
    assert desk.passes(buyer).state == "expired"
    (row,) = scene.decided(desk.store, buyer)
    assert row.decided_by == "silence"


# --- whose chat it is -----------------------------------------------------------------


def test_a_chat_that_proves_another_customer_leaves_the_first_alone(
    desk: Desk,
) -> None:
    """Who bought under two names has two cases, and both go on being looked after."""
    first, second = desk.a_buyer(1), desk.a_buyer(2)
    payload = mint(second.order_id, NOON + LINK_LASTS, SECRET.encode())
    with desk.store.write() as connection:
        other = scene.a_buyer(connection, 1)
    payload = mint(other.order_id, NOON + LINK_LASTS, SECRET.encode())
    desk.turns.take_now(
        CustomerStarted(chat=first.chat, sender=first.sender, payload=payload)
    )

    left = scene.case_of(desk.store, first)
    assert left.merged_into is None
    scene.ask(desk.turns, first)
    assert scene.offer_of(desk.store, first).state == "proposed"
    (notice,) = scene.rows(desk.store, notices)
    assert notice.customer_id == first.customer_id, "no chat is theirs any more"
    (chat,) = scene.rows(desk.store, chats, chats.c.address == "1")
    assert chat.case_id == scene.case_of(desk.store, other).id


def just_before_the_lock(store: Store, then: Callable[[], None]) -> None:
    """Do something once, between finding a case and locking it."""
    pending = [then]

    def look(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if pending and "bot_cases" in statement and "FOR UPDATE" in statement:
            pending.pop()()

    hooks.listen(store.engine, "before_cursor_execute", look)


@pytest.mark.postgres
@pytest.mark.parametrize("known", [False, True], ids=["stranger", "customer"])
def test_a_chat_that_is_tied_while_its_words_wait_loses_none(
    postgres_url: str, known: bool
) -> None:
    """Words that waited for a case their chat has left are heard where it is now."""
    clock = HandClock()
    with ExitStack() as stack:
        store, other = (
            stack.enter_context(closing(Store(postgres_url))) for _ in range(2)
        )
        turns = stack.enter_context(scene.turns_at(store, clock))
        elsewhere = stack.enter_context(scene.turns_at(other, clock))
        with store.write() as connection:
            scene.open_shop(connection)
            buyer = scene.a_buyer(connection, 4711)
            before = scene.a_buyer(connection, 4711)
        if known:
            scene.link(turns, before)
        else:
            turns.take_now(_orders(buyer.chat))
        just_before_the_lock(store, lambda: scene.link(elsewhere, buyer))
        turns.take_now(_orders(buyer.chat), "update:1")

        home = scene.case_of(store, buyer)
        answers = scene.rows(store, outbox, outbox.c.key == "status")
        assert [row.case_id for row in answers][-1:] == [home.id]
        assert [row.key for row in scene.rows(store, inbox)] == ["update:1"]


def test_an_unknown_chat_that_leaves_is_nobodys_matter(desk: Desk) -> None:
    """What is about nobody we know is taken and changes nothing."""
    before = scene.rows(desk.store, cases)
    outcome = desk.turns.take_now(InstantPassed(case_id=4711), "update:1")
    assert not outcome.duplicate
    assert scene.rows(desk.store, cases) == before


def test_what_the_shop_took_back_meanwhile_is_not_promised(desk: Desk) -> None:
    """What was free when looked at and gone when it was to be held is not offered."""
    buyer = desk.a_buyer()

    def sell(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if gone or "bot_skus" not in statement:
            return
        gone.append(statement)
        _c.execute(update(shop.stock).values(on_hand=0))

    gone: list[str] = []
    hooks.listen(desk.store.engine, "before_cursor_execute", sell)
    scene.ask(desk.turns, buyer)
    hooks.remove(desk.store.engine, "before_cursor_execute", sell)

    assert gone
    offer = scene.offer_of(desk.store, buyer)
    kinds = {c["kind"] for i in offer.terms["items"] for c in i["choices"]}
    assert "substitute" not in kinds
    (waiting,) = scene.rows(desk.store, backorders)
    assert waiting.line_id == buyer.line_id


def _orders(chat: ChatKey) -> CustomerTapped:
    return CustomerTapped(chat=chat, sender=Sender(id=chat.address), data="m:orders")
