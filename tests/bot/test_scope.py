"""Whose chat is it: nobody ever sees or does what only another customer may."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, update

from flows.codes import handle
from flows.events import (
    ChatBlocked,
    ChatReturned,
    ContactShared,
    CustomerSaid,
    CustomerTapped,
    ShopChanged,
)
from flows.links import mint
from store.engine import Store
from store.tables import chats, decisions, offers

from .strangers import SECRET, Buyer, LeakError, Person, World

if TYPE_CHECKING:
    from collections.abc import Iterator

STEPS = 2000


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    """A shop whose customers nobody has met yet."""
    store = Store(sqlite_url)
    made = World(store)
    yield made
    made.turns.stop()
    store.close()


class Somebody:
    """Does whatever comes to mind, honest or not, and remembers what was sent."""

    def __init__(self, world: World) -> None:
        """Begin with nobody linked."""
        self.world = world
        self.dice = world.dice
        #: Links that were opened by their owner before: forwarding them is no proof.
        self.used: list[str] = []
        #: Links to share an order, and the marks of what they show.
        self.shares: dict[str, set[str]] = {}
        #: Who opened such a link first: from then on it is theirs.
        self.holders: dict[str, Person] = {}
        self.acts = (
            *(self.opens_own_link, self.opens_used_link, self.forges_link),
            *(self.shares_own_number, self.shares_a_card),
            *(self.proves, self.guesses, self.says, self.says),
            *(self.taps_any_offer, self.taps_any_offer, self.taps_any_menu),
            *(self.taps_menu, self.shares_order, self.opens_share),
            *(self.leaves, self.blocks, self.time_passes, self.shop_moves),
        )

    def act(self) -> str:
        """Do one thing and return its name."""
        person = self.dice.choice(self.world.people)
        act = self.dice.choice(self.acts)
        act(person)
        return act.__name__

    def opens_own_link(self, person: Person) -> None:
        if person.buyers:
            buyer = self.dice.choice(person.buyers)
            link = self.world.link(self.dice.choice(buyer.orders))
            self.world.opens(person, link)
            self.used.append(link)

    def opens_used_link(self, person: Person) -> None:
        if self.used:
            self.world.opens(person, self.dice.choice(self.used))

    def forges_link(self, person: Person) -> None:
        buyer = self.dice.choice(self.world.buyers)
        until = self.world.clock.now() + timedelta(days=1)
        link = mint(buyer.orders[0], until, self.dice.randbytes(16))
        place = self.dice.randrange(len(link))
        other = self.dice.choice("ABCxyz019-_")
        forged = self.dice.choice(
            (
                link,
                self.world.link(buyer.orders[0], lasts=timedelta(days=-1)),
                link[:place] + other + link[place + 1 :],
                buyer.orders[0],
                buyer.numbers[0],
            )
        )
        self.world.opens(person, forged)

    def shares_own_number(self, person: Person) -> None:
        if person.buyers:
            phone = self.dice.choice(person.buyers).phone
            self._shares(person, phone, own=True)

    def shares_a_card(self, person: Person) -> None:
        self._shares(person, self.dice.choice(self.world.buyers).phone, own=False)
        self._shares(person, "+4917099999999", own=True)

    def proves(self, person: Person) -> None:
        if not person.buyers:
            return
        buyer = self.dice.choice(person.buyers)
        number = self.dice.choice(buyer.numbers)
        proof = self.dice.choice((buyer.email, buyer.postcode, buyer.email.upper()))
        if self.dice.random() < 0.5:
            self._says(person, f"order {number}, {proof}")
        else:
            self._says(person, f"order {number}")
            self._says(person, proof)

    def guesses(self, person: Person) -> None:
        number = self.dice.choice(self._foreign(person).numbers)
        own = person.buyers[0].email if person.buyers else "nobody@example.com"
        proof = self.dice.choice((own, "99999", number, "mail@example.com"))
        self._says(person, f"order {number}")
        self._says(person, proof)
        self._says(person, f"order {number} {proof}")

    def says(self, person: Person) -> None:
        number = self.dice.choice(self._foreign(person).numbers)
        text = self.dice.choice(
            (
                "where is my order?",
                f"where is order {number}",
                f"cancel order {number}",
                "cancel my order",
                "I want a refund",
                f"please change the address of order {number} to Elm Road 1",
                "yes",
                "1",
                "no thanks",
                "/orders",
                "/share",
                "/privacy",
                "/language",
                "/person",
                "/stop",
                "/start",
            )
        )
        self._says(person, text)

    def taps_any_offer(self, person: Person) -> None:
        token = self.dice.choice(self.world.tokens() or ["none"])
        option = self.dice.choice(
            ("0s0", "0w", "0c", "change", "show", "more", "person")
        )
        self._taps(person, f"o:{token}:{option}")

    def taps_any_menu(self, person: Person) -> None:
        buyer = self.dice.choice(self.world.buyers)
        name = self.dice.choice((*buyer.orders, *buyer.lines, buyer.id))
        action = self.dice.choice(
            ("share", "cancel", "keep", "change", "split", "unsplit", "switch")
        )
        self._taps(person, f"m:{action}:{handle(name)}")
        self._taps(person, f"m:{action}:{handle(name)}.{handle(name)}")

    def taps_menu(self, person: Person) -> None:
        action = self.dice.choice(
            (
                *("orders", "person", "back_to_bot", "privacy", "switch", "switch"),
                *("mute", "unmute", "contact", "language:en", "meant:cancel_order"),
            )
        )
        self._taps(person, f"m:{action}")

    def shares_order(self, person: Person) -> None:
        for buyer in person.buyers:
            for place, order in enumerate(buyer.orders):
                said = self._taps(person, f"m:share:{handle(order)}")
                for row in said:
                    if row.key == "share":
                        token = re.search(r"start=([\w-]+)", row.payload["text"])
                        assert token
                        number = buyer.numbers[place]
                        titles = {m for m in buyer.marks if m.endswith(f"q{place}")}
                        self.shares[token[1]] = {number, *titles}

    def opens_share(self, person: Person) -> None:
        if not self.shares:
            return
        token = self.dice.choice(list(self.shares))
        if self.holders.get(token, person) is person:
            person.shared |= self.shares[token]
        said = self.world.opens(person, token)
        person.shared.clear()
        if any(row.key == "shared" for row in said):
            self.holders.setdefault(token, person)

    def leaves(self, person: Person) -> None:
        self._says(person, "/unlink") if self.dice.random() < 0.6 else self._taps(
            person, "m:forget_yes"
        )

    def blocks(self, person: Person) -> None:
        self.world.take(ChatBlocked(chat=person.chat), person)
        self.world.take(ChatReturned(chat=person.chat), person)

    def time_passes(self, _: Person) -> None:
        self.world.clock.move(timedelta(hours=self.dice.choice((1, 5, 11))))

    def shop_moves(self, _: Person) -> None:
        buyer = self.dice.choice(self.world.buyers)
        self.world.take(ShopChanged(customer_id=buyer.id))

    def _foreign(self, person: Person) -> Buyer:
        others = [b for b in self.world.buyers if b not in person.buyers]
        return self.dice.choice(others)

    def _says(self, person: Person, text: str) -> list[Any]:
        return self.world.take(
            CustomerSaid(
                chat=person.chat, sender=person.sender, text=text, message_id="1"
            ),
            person,
        )

    def _taps(self, person: Person, data: str) -> list[Any]:
        event = CustomerTapped(chat=person.chat, sender=person.sender, data=data)
        return self.world.take(event, person)

    def _shares(self, person: Person, phone: str, *, own: bool) -> None:
        self.world.take(
            ContactShared(
                chat=person.chat, sender=person.sender, phone=phone, own=own
            ),
            person,
        )


def test_nobody_ever_sees_anothers_orders(world: World) -> None:
    """Thousands of steps, honest and dishonest, of six people: not one leak."""
    somebody = Somebody(world)

    done = {somebody.act() for _ in range(STEPS)}

    assert done == {act.__name__ for act in somebody.acts}
    with world.store.read() as connection:
        made = connection.scalar(select(func.count()).select_from(decisions))
        asked = connection.scalar(select(func.count()).select_from(offers))
    assert made
    assert asked


def test_the_watcher_sees_a_leak(world: World) -> None:
    """With one chat tied to somebody else's case the same people are caught soon."""
    somebody = Somebody(world)
    honest, victim = world.people[1], world.people[0]
    world.opens(honest, world.link(honest.buyers[0].orders[0]))
    world.opens(victim, world.link(victim.buyers[0].orders[0]))
    with world.store.write() as connection:
        wrong = connection.scalar(
            select(chats.c.case_id).where(chats.c.address == str(victim.number))
        )
        connection.execute(
            update(chats)
            .where(chats.c.address == str(honest.number))
            .values(case_id=wrong)
        )

    with pytest.raises(LeakError):
        for _ in range(STEPS):
            somebody.act()


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
    """The first who opens it sees where the order stands: no money, nothing to decide."""
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

