"""Proving an order on the real store: what counts as a try, and what does not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from flows.events import CustomerSaid
from store.identity import TRIES_PER_CHAT
from store.tables import audit

from .strangers import Person, World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store.engine import Store


@pytest.fixture
def both(store: Store) -> Iterator[World]:
    """The same shop and people, on each engine in turn."""
    made = World(store)
    yield made
    made.turns.stop()


def says(world: World, person: Person, *texts: str) -> list[str]:
    """Let a person write, and return the keys of what they hear."""
    said: list[Any] = []
    for text in texts:
        said += world.take(a_message(person, text), person)
    return [row.key for row in said if row.address == person.chat.address]


def a_message(person: Person, text: str) -> CustomerSaid:
    """Return what a person writes."""
    return CustomerSaid(
        chat=person.chat, sender=person.sender, text=text, message_id="1"
    )


@pytest.mark.parametrize("joint", [" ", ", ", "\n", " or ", "! "])
def test_many_postcodes_in_one_message_open_nothing(world: World, joint: str) -> None:
    """Not even when one is right; they are no try, and one is asked for."""
    nobody, buyer = world.people[-1], world.buyers[2]
    number = buyer.numbers[0]
    codes = [str(guess) for guess in range(12445, 12460)]
    assert buyer.postcode in codes

    heard = says(world, nobody, f"order {number} {joint.join(codes)}")

    assert heard == ["one_proof"]
    assert world.tries(nobody) == 0


def test_several_addresses_in_one_message_open_nothing(world: World) -> None:
    """The same goes for e-mail addresses, in one message or after the number."""
    nobody, buyer = world.people[-1], world.buyers[2]
    mails = f"nobody@example.com {buyer.email}"

    heard = says(world, nobody, f"order {buyer.numbers[0]} {mails}", mails)

    assert heard == ["one_proof", "one_proof"]
    assert world.tries(nobody) == 0


def test_questions_do_not_lock_anybody_out(world: World) -> None:
    """Dates, ages and phone numbers are no tries: the right address still opens."""
    person = world.people[2]
    (buyer,) = person.buyers
    questions = (
        f"Where is order {buyer.numbers[0]}? I ordered on May 12th 2026",
        "it should have come 10 days ago",
        "ordered 2 weeks ago",
        "hello?? 3 weeks now",
        "my number is 0170 1234567",
        f"order {buyer.numbers[0]} came in XL2 at 10am",
    )

    says(world, person, *questions)

    assert world.tries(person) == 0
    assert "hello_linked" in says(world, person, buyer.email)


def test_a_failed_try_is_in_the_audit(world: World) -> None:
    """With its case and order, without what was guessed."""
    nobody, buyer = world.people[-1], world.buyers[2]
    number = buyer.numbers[0]

    heard = says(world, nobody, f"order {number}, 12345", "eda.smith@example.com")

    with world.store.read() as connection:
        failed = select(audit).where(audit.c.action == "failed proof")
        rows = connection.execute(failed.order_by(audit.c.id)).all()
    assert heard == ["hello_stranger", "hello_stranger"]
    assert [row.detail for row in rows] == [
        f"order {number} by a postcode",
        f"order {number} by e•••@example.com",
    ]
    assert all(row.case_id for row in rows)
    assert world.tries(nobody) == 2


def test_many_tries_at_once_are_counted_one_by_one(both: World) -> None:
    """Twenty messages at the same moment are five tries and a lock, not twenty."""
    nobody, buyer = both.people[-1], both.buyers[2]
    number = buyer.numbers[0]
    says(both, nobody, f"order {number}")
    guesses = [a_message(nobody, f"order {number}, {12300 + n}") for n in range(20)]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(both.turns.take_now, guesses))

    assert both.tries(nobody) == TRIES_PER_CHAT


def test_a_link_that_opens_nothing_tells_nothing(world: World) -> None:
    """Expired, somebody else's, forged, of no order: one sentence, and no tie."""
    nobody, (buyer, *_) = world.people[-1], world.buyers
    taken = world.link(buyer.orders[0])
    world.opens(world.people[0], taken)
    links = (
        taken,
        world.link(buyer.orders[0], lasts=timedelta(days=-1)),
        world.link("order-of-nobody"),
        taken[:-4] + "AAAA",
        buyer.orders[0],
    )

    said = [row for link in links for row in world.opens(nobody, link)]

    texts = [row.payload["text"].partition("\n")[0] for row in said]
    assert texts == [
        "That link was already used by somebody else, so it opens nothing here.",
        "That link has expired. The one in your newest order e-mail works.",
        *["That link doesn't open an order."] * 3,
    ]
    assert world.shows(nobody) is None
