"""The outbox: lanes in order, leases that end, and who may mark what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from flows.events import Delivered, Undeliverable
from store import outbox
from store.tables import outbox as rows

from ..builders import NOON

if TYPE_CHECKING:
    from store.engine import Store

#: Machine seconds.
NOW, LEASE = 1000.0, 60.0
A, B = "chat:1", "chat:2"


def put(store: Store, lane: str = A, **columns: Any) -> int:
    """Append a message to a lane."""
    row = {
        "lane": lane,
        "pace_key": lane,
        "channel": "telegram:1",
        "address": lane,
        "chat_id": 1,
        "case_id": 1,
        "urgency": 1,
        "key": "status",
        "payload": {"kind": "text", "text": "Hello", "rows": []},
        "created_at": NOON,
    }
    with store.write() as connection:
        return outbox.put(connection, **row | columns)


def claim(
    store: Store, worker: str = "one", now: float = NOW, **more: Any
) -> list[int]:
    """Lease what may go now and return the rows' ids."""
    with store.write() as connection:
        more = {"limit": 32, "lease": LEASE} | more
        found = outbox.claim(connection, worker=worker, machine_now=now, **more)
    return [row.id for row in found]


def sent(store: Store, row_id: int, worker: str = "one") -> None:
    """Mark a row as sent."""
    with store.write() as connection:
        outbox.mark_sent(connection, worker, [(row_id, f"p{row_id}")], NOON)


def state(store: Store, row_id: int) -> str:
    """Return where a row stands."""
    with store.read() as connection:
        found = connection.scalar(select(rows.c.state).where(rows.c.id == row_id))
    return str(found)


def receipt(kind: type, row_id: int, **more: Any) -> Any:
    """Return a receipt about a row."""
    common = {"case_id": 1, "chat_id": 1, "subject": "offer:1:1", "key": "proposal"}
    return kind(**common, row_id=row_id, **more)


def test_a_lane_goes_one_by_one(store: Store) -> None:
    """The second message of a lane is not to be had before the first is sent."""
    first, second, other = put(store), put(store), put(store, B)

    assert claim(store) == [first, other]
    assert claim(store) == []
    sent(store, first)
    assert claim(store) == [second]


def test_the_most_urgent_lane_goes_first_and_order_inside_wins(store: Store) -> None:
    """Lanes compete by their heads; a lane's own order is never broken."""
    digest, reply_behind = put(store, A, urgency=3), put(store, A, urgency=0)
    reply = put(store, B, urgency=0)

    assert claim(store, limit=1) == [reply]
    assert claim(store, limit=1) == [digest]
    sent(store, digest)
    assert claim(store, limit=1) == [reply_behind]


def test_a_lease_that_ended_is_taken_over(store: Store) -> None:
    """A dead worker's row is another's after the lease, and not a moment before."""
    row = put(store)
    claim(store, "dead")

    assert claim(store, "heir", NOW + LEASE - 0.001) == []
    assert claim(store, "heir", NOW + LEASE) == [row]


def test_a_late_worker_changes_nothing(store: Store) -> None:
    """Whoever lost its lease can neither mark, postpone nor bury the row."""
    row = put(store)
    claim(store, "late")
    claim(store, "heir", NOW + LEASE)

    sent(store, row, "late")
    with store.write() as connection:
        outbox.postpone(connection, "late", row, 0.0, "no")
        outbox.bury(connection, "late", row, "no")
    assert state(store, row) == "leased"

    sent(store, row, "heir")
    assert state(store, row) == "sent"


def test_a_postponed_head_holds_its_lane(store: Store) -> None:
    """What is tried again later keeps its place; others do not wait for it."""
    first, second, other = put(store), put(store), put(store, B)
    claim(store)
    with store.write() as connection:
        outbox.postpone(connection, "one", first, NOW + 30, "busy")
    sent(store, other)

    assert claim(store, now=NOW + 29) == []
    assert claim(store, now=NOW + 30) == [first]
    sent(store, first)
    assert claim(store) == [second]


def test_a_buried_head_lets_its_lane_go_on(store: Store) -> None:
    """A message that nobody will ever take does not hold up what comes behind."""
    first, second = put(store), put(store)
    claim(store)
    with store.write() as connection:
        outbox.bury(connection, "one", first, "refused")
    assert claim(store) == [second]


def test_who_is_busy_waits(store: Store) -> None:
    """Lanes whose pace is spent are left out, others are not."""
    put(store, A)
    other = put(store, B)
    assert claim(store, busy=[A]) == [other]


def test_lanes_of_one_pace_share_its_room(store: Store) -> None:
    """Of ten cards to one channel only as many go at once as the pace has room for."""
    cards = [put(store, f"slack:{n}", pace_key="slack") for n in range(10)]
    chat = put(store, A, urgency=3)

    claimed = claim(store, room=lambda row: 3 if row.pace_key == "slack" else 1)

    assert claimed == [*cards[:3], chat]
    assert state(store, cards[3]) == "waiting"


def test_an_edit_knows_what_it_edits(store: Store) -> None:
    """The platform's id of the target is filled in when the edit is claimed."""
    first = put(store)
    put(store, target_id=first)
    claim(store)
    sent(store, first)
    with store.write() as connection:
        (edit,) = outbox.claim(
            connection, worker="one", machine_now=NOW, lease=LEASE, limit=1
        )
    assert edit.target_platform_id == f"p{first}"


def test_the_next_attempt_is_a_lane_heads(store: Store) -> None:
    """When to look again: when a head may go, or when its dead worker's lease ends."""

    def upcoming() -> float | None:
        with store.read() as connection:
            return outbox.next_attempt(connection)

    assert upcoming() is None
    first = put(store)
    put(store)
    assert upcoming() == 0.0
    claim(store)
    assert upcoming() == NOW + LEASE, "what stands behind it cannot go before"
    with store.write() as connection:
        outbox.postpone(connection, "one", first, NOW + 300, "busy")
    assert upcoming() == NOW + 300


def test_all_leases_are_given_back_at_once(store: Store) -> None:
    """Who is alone on a store need not wait for leases of a process that died."""
    row = put(store)
    claim(store, "dead")
    with store.write() as connection:
        outbox.take_over(connection)
    assert claim(store, "heir") == [row]


def test_a_receipt_settles_its_row_once(store: Store) -> None:
    """The first receipt of a row counts, a second one changes nothing."""
    row = put(store, receipt=True)
    claim(store)
    arrived = receipt(Delivered, row, at=NOON, platform_id="77")

    with store.write() as connection:
        assert outbox.settle(connection, arrived)
        assert not outbox.settle(connection, arrived)
        assert not outbox.settle(
            connection, receipt(Undeliverable, row, reason="no", unreachable=True)
        )
    assert state(store, row) == "sent"


@pytest.mark.parametrize("unreachable", [True, False])
def test_an_unreachable_chat_parks_its_lane(store: Store, unreachable: bool) -> None:
    """A closed chat parks its lane; those who wait for a receipt still get theirs."""
    head, plain, waited_for = put(store), put(store), put(store, receipt=True)
    other = put(store, B)
    lost = receipt(Undeliverable, head, reason="blocked", unreachable=unreachable)
    with store.write() as connection:
        outbox.settle(connection, lost)

    assert state(store, head) == "dead"
    assert state(store, plain) == ("parked" if unreachable else "waiting")
    assert claim(store) == [waited_for if unreachable else plain, other]


@pytest.mark.parametrize("send", [True, False])
def test_a_batch_is_released_or_dropped(store: Store, send: bool) -> None:
    """Held messages go when a colleague says so, or never; they hold nobody up."""
    held = put(store, state="held", batch="b1")
    free = put(store)
    assert claim(store) == [free]
    sent(store, free)
    with store.write() as connection:
        outbox.release(connection, "b1", send=send)
    assert claim(store) == ([held] if send else [])


def test_what_was_held_keeps_its_order(store: Store) -> None:
    """An answer overtakes what is held; let go, the older comes first again."""
    first = put(store, state="held", batch="night:1")
    answer = put(store, urgency=0)
    second = put(store, state="held", batch="night:1")
    assert claim(store) == [answer]
    sent(store, answer)
    later = put(store, urgency=0)
    with store.write() as connection:
        outbox.release(connection, "night:1", send=True)
    for row in (first, second, later):
        assert claim(store) == [row]
        sent(store, row)


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ({}, True),
        ({"state": "leased"}, True),
        ({"state": "held"}, True),
        ({"state": "sent"}, True),
        ({"state": "dead"}, False),
        ({"state": "dropped"}, False),
        ({"chat_id": 1}, False),
        ({"case_id": 2}, False),
        ({"key": "reminder"}, False),
        ({"subject": "offer:2:1"}, False),
        ({"target_id": 1}, False),
        ({"receipt": False}, False),
    ],
)
def test_whether_another_chat_has_the_same_words(
    store: Store, other: dict[str, Any], found: bool
) -> None:
    """Another chat's copy of this very proposal, unless it will never arrive."""
    common = {"subject": "offer:1:1", "key": "proposal", "receipt": True}
    row = put(store, **common)
    put(store, B, **common | {"chat_id": 2} | other)
    lost = receipt(Undeliverable, row, reason="no", unreachable=False)
    with store.read() as connection:
        assert outbox.is_elsewhere(connection, lost) is found


def test_words_about_nothing_are_nowhere_else(store: Store) -> None:
    """A picture has no subject: no other picture stands for it."""
    row = put(store, key="picture")
    put(store, B, key="picture", chat_id=2)
    common = {"case_id": 1, "chat_id": 1, "subject": "", "key": "picture"}
    lost = Undeliverable(**common, reason="no", unreachable=True, row_id=row)
    with store.read() as connection:
        assert not outbox.is_elsewhere(connection, lost)


def test_a_newer_redraw_drops_the_one_that_waits(store: Store) -> None:
    """A card is redrawn once with what is true now, not with every step between."""
    card = put(store)
    claim(store)
    put(store, target_id=card, replaces="card:1", key="older")
    with store.write() as connection:
        outbox.drop_replaced(connection, "card:1")
    newer = put(store, target_id=card, replaces="card:1", key="newer")
    sent(store, card)

    assert claim(store) == [newer]
    with store.read() as connection:
        redraws = connection.scalars(
            select(rows.c.key).where(rows.c.replaces == "card:1")
        )
        assert list(redraws) == ["newer"]


def test_what_was_rolled_back_never_was(store: Store) -> None:
    """A message of a turn that failed is not in the outbox."""
    with store.engine.connect() as connection:
        outbox.put(
            connection,
            lane=A,
            pace_key=A,
            channel="telegram:1",
            address="1",
            urgency=0,
            key="status",
            payload={},
            created_at=NOON,
        )
        connection.rollback()
    assert claim(store) == []
