"""Whose chat is it: links, numbers, proofs and cards, and what each of them opens."""

from __future__ import annotations

from datetime import timedelta

from flows.events import ContactShared, CustomerSaid, CustomerTapped
from flows.links import mint

from .strangers import SECRET, Person, World


def test_a_second_link_switches_and_the_first_case_stays_whole(world: World) -> None:
    """One person bought as two: the newer link wins, a button goes back and forth."""
    person = world.people[0]
    first, second = person.buyers
    world.opens(person, world.link(first.orders[0]))

    said = world.opens(person, world.link(second.orders[0]))
    switched = next(row for row in said if row.key == "hello_linked")
    back = world.take(_tap(person, "m:switch"), person)

    assert "Until now this chat showed another account" in switched.payload["text"]
    assert "m:switch" in repr(switched.payload["rows"])
    hello = next(row for row in back if row.key == "hello_linked")
    assert first.numbers[0] in hello.payload["text"]
    assert second.numbers[0] not in hello.payload["text"]


def test_another_chat_of_a_customer_is_announced(world: World) -> None:
    """Who is linked already hears that somebody else now sees their orders, too."""
    one, two = world.people[1], world.people[3]
    world.opens(one, world.link(one.buyers[0].orders[0]))

    said = world.opens(two, world.link(two.buyers[0].orders[1]))

    told = [row for row in said if row.key == "another_chat"]
    assert [row.address for row in told] == [str(one.number)]


def test_a_forwarded_link_opens_nothing(world: World) -> None:
    """A link belongs to the first who opened it; its owner may open it again."""
    owner, other = world.people[1], world.people[4]
    link = world.link(owner.buyers[0].orders[0])
    world.opens(owner, link)

    refused = world.opens(other, link)
    again = world.opens(owner, link)

    assert "already used by somebody else" in refused[0].payload["text"]
    assert again[0].key == "hello_linked"


def test_a_share_link_shows_a_status_and_ties_nobody(world: World) -> None:
    """The first to open it sees where the order stands: no money, no choice."""
    stranger = world.people[4]
    buyer = world.buyers[0]
    token = mint(
        buyer.orders[0],
        world.clock.now() + timedelta(days=30),
        SECRET,
        shared=True,
    )
    stranger.shared |= {buyer.numbers[0], "WaitsAq0", "ReadyAq0"}

    (shown,) = world.opens(stranger, token)
    (later,) = world.take(_says(stranger, "where is my order?"), stranger)

    text = shown.payload["text"]
    assert "WaitsAq0" in text
    assert "TRACK" not in text
    assert "£" not in text
    assert "o:" not in repr(shown.payload["rows"])
    assert later.key == "hello_stranger"


def test_two_share_links_are_no_order_links(world: World) -> None:
    """A share link is signed with a key of its own: it never ties a chat."""
    buyer, until = world.buyers[0], world.clock.now() + timedelta(days=1)
    plain = mint(buyer.orders[0], until, SECRET)
    share = mint(buyer.orders[0], until, SECRET, shared=True)
    assert plain != share
    assert len(plain) == len(share)


def test_unlinking_asks_open_questions_another_way(world: World) -> None:
    """Nothing is said in the chat any more; what was open goes to the mailer anew."""
    person = world.people[2]
    world.opens(person, world.link(person.buyers[0].orders[0]))

    said = world.take(_says(person, "/unlink"), person)
    after = world.take(_says(person, "where is my order?"), person)
    again = world.opens(person, world.link(person.buyers[0].orders[0]))

    assert [row.key for row in said] == ["unlinked"]
    assert [row.key for row in after] == ["hello_stranger"]
    assert again[0].key == "hello_linked"


def test_own_number_ties_and_a_foreign_card_does_not(world: World) -> None:
    """Only a person's own card counts; all customers of the number are one tap away."""
    person = world.people[0]
    first, second = person.buyers

    foreign = world.take(
        ContactShared(
            chat=person.chat, sender=person.sender, phone=first.phone, own=False
        ),
        person,
    )
    own = world.take(
        ContactShared(
            chat=person.chat, sender=person.sender, phone=second.phone, own=True
        ),
        person,
    )

    assert [row.key for row in foreign] == ["not_your_number", "hello_stranger"]
    assert own[0].key == "received"
    assert own[0].payload["remove_keyboard"] is True
    assert second.numbers[0] in own[1].payload["text"]


def test_five_wrong_proofs_lock_a_chat_for_a_day(world: World) -> None:
    """Right or wrong, nothing more is checked; a person and a link still help."""
    person = world.people[2]
    number, email = person.buyers[0].numbers[0], person.buyers[0].email
    answers = [
        world.take(_says(person, f"order {number} wrong{n}@example.com"), person)
        for n in range(5)
    ]

    locked = world.take(_says(person, f"order {number} {email}"), person)
    world.clock.move(timedelta(hours=25))
    free = world.take(_says(person, f"order {number} {email}"), person)

    assert len({rows[0].payload["text"] for rows in answers}) == 1
    assert "can't check any more details" in locked[0].payload["text"]
    assert "m:person" in repr(locked[0].payload["rows"])
    assert free[0].key == "hello_linked"


def test_forgetting_does_not_free_a_locked_chat(world: World) -> None:
    """Tries are counted against the chat's address, not against what we know of it."""
    person = world.people[2]
    number, email = person.buyers[0].numbers[0], person.buyers[0].email
    for n in range(5):
        world.take(_says(person, f"order {number} wrong{n}@example.com"), person)
    world.take(_tap(person, "m:forget_yes"), person)

    still = world.take(_says(person, f"order {number} {email}"), person)

    assert "can't check any more details" in still[0].payload["text"]


def test_wrong_and_unknown_get_one_answer(world: World) -> None:
    """Nobody learns from the answer whether an order exists."""
    person = world.people[4]
    number = world.buyers[0].numbers[0]

    wrong = world.take(_says(person, f"order {number} me@example.com"), person)
    unknown = world.take(_says(person, "order 9999 me@example.com"), person)

    assert wrong[0].payload == unknown[0].payload


def test_an_order_under_attack_is_locked_for_everybody(world: World) -> None:
    """After ten wrong proofs even the right one gets the answer of a wrong one."""
    buyer = world.buyers[3]
    number = buyer.numbers[0]
    for person in (world.people[4], world.people[5]):
        for n in range(5):
            world.take(_says(person, f"order {number} wrong{n}@example.com"), person)
    owner = world.people[2]

    said = world.take(_says(owner, f"order {number} {buyer.email}"), owner)

    assert "doesn't match" in said[0].payload["text"]


def _says(person: Person, text: str) -> CustomerSaid:
    return CustomerSaid(
        chat=person.chat, sender=person.sender, text=text, message_id="1"
    )


def _tap(person: Person, data: str) -> CustomerTapped:
    return CustomerTapped(chat=person.chat, sender=person.sender, data=data)
