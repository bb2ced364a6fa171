"""Six people try for thousands of steps to see or do what only another may."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

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
from store.tables import chats, decisions, offers

from .strangers import Buyer, LeakError, Person, World

STEPS = 2000


class Somebody:
    """Does whatever comes to mind, honest or not, and remembers what was sent."""

    def __init__(self, world: World) -> None:
        """Begin with nobody linked."""
        self.world = world
        self.dice = world.dice
        #: Links that were opened by their owner before: forwarding them is no proof.
        self.used: list[str] = []
        #: Links to share an order: whose it is, and the marks of what they show.
        self.shares: dict[str, tuple[Buyer, set[str]]] = {}
        #: Who opened such a link first: from then on it is theirs.
        self.holders: dict[str, Person] = {}
        self.acts = (
            *(self.opens_own_link, self.opens_used_link, self.forges_link),
            *(self.shares_own_number, self.shares_a_card),
            *(self.proves, self.guesses, self.guesses_many, self.asks),
            *(self.says, self.says),
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

    def acts_often(self) -> set[str]:
        """Do thousands of things and return their names."""
        return {self.act() for _ in range(STEPS)}

    def opens_own_link(self, person: Person) -> None:
        """Open a link of one of their own orders."""
        if person.buyers:
            buyer = self.dice.choice(person.buyers)
            link = self.world.link(self.dice.choice(buyer.orders))
            self.world.opens(person, link)
            self.used.append(link)

    def opens_used_link(self, person: Person) -> None:
        """Open a link that its owner opened before and passed on."""
        if self.used:
            self.world.opens(person, self.dice.choice(self.used))

    def forges_link(self, person: Person) -> None:
        """Open something that only looks like a link."""
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
        """Share the number they gave the shop."""
        if person.buyers:
            phone = self.dice.choice(person.buyers).phone
            self._shares(person, phone, own=True)

    def shares_a_card(self, person: Person) -> None:
        """Share somebody else's card, and a number nobody bought with."""
        self._shares(person, self.dice.choice(self.world.buyers).phone, own=False)
        self._shares(person, "+4917099999999", own=True)

    def proves(self, person: Person) -> None:
        """Prove an order of their own, in one message or in two."""
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
        """Name somebody else's order with a proof that is wrong."""
        number = self.dice.choice(self._foreign(person).numbers)
        own = person.buyers[0].email if person.buyers else "nobody@example.com"
        proof = self.dice.choice((own, "99999", number, "mail@example.com"))
        self._says(person, f"order {number}")
        self._says(person, proof)
        self._says(person, f"order {number} {proof}")

    def guesses_many(self, person: Person) -> None:
        """Hide the right proof of somebody else's order among wrong ones."""
        buyer = self._foreign(person)
        number = self.dice.choice(buyer.numbers)
        codes = [str(self.dice.randrange(10000, 99999)) for _ in range(9)]
        mails = [f"mail{mark}@example.com" for mark in ("x", "y", "z")]
        right, wrong = self.dice.choice(
            ((buyer.postcode, codes), (buyer.email, mails), (buyer.postcode, mails))
        )
        guesses = self.dice.sample([right, *wrong], len(wrong) + 1)
        if right == buyer.postcode and wrong is mails:
            guesses += [codes[0]]
        joint = self.dice.choice((" ", ", ", "\n", " or ", "! ", ","))
        text = joint.join(guesses)
        if self.dice.random() < 0.5:
            self._says(person, f"order {number} {text}")
        else:
            self._says(person, f"order {number}")
            self._says(person, text)

    def asks(self, person: Person) -> None:
        """Ask what people ask, numbers and all: none of it is a try."""
        tries = self.world.tries(person)
        number = self.dice.choice(self._foreign(person).numbers)
        self._says(person, f"Where is order {number}? Ordered on May 12th 2026")
        self._says(
            person,
            self.dice.choice(
                (
                    "it should have come 10 days ago",
                    "hello?? 3 weeks now",
                    "my number is 0170 1234567",
                    f"order {number} came in XL2",
                    "do you ship to 10115?",
                )
            ),
        )
        assert self.world.tries(person) <= tries

    def says(self, person: Person) -> None:
        """Say what people say, about any order."""
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
        """Send an offer's button, whoever it was made to."""
        token = self.dice.choice(self.world.tokens() or ["none"])
        option = self.dice.choice(
            ("0s0", "0w", "0c", "change", "show", "more", "person")
        )
        self._taps(person, f"o:{token}:{option}")

    def taps_any_menu(self, person: Person) -> None:
        """Send a menu button that names anybody's order or line."""
        buyer = self.dice.choice(self.world.buyers)
        name = self.dice.choice((*buyer.orders, *buyer.lines, buyer.id))
        action = self.dice.choice(
            ("share", "cancel", "keep", "change", "split", "unsplit", "switch")
        )
        self._taps(person, f"m:{action}:{handle(name)}")
        self._taps(person, f"m:{action}:{handle(name)}.{handle(name)}")

    def taps_menu(self, person: Person) -> None:
        """Press a menu button."""
        action = self.dice.choice(
            (
                *("orders", "person", "back_to_bot", "privacy", "switch", "switch"),
                *("mute", "unmute", "contact", "language:en", "meant:cancel_order"),
            )
        )
        self._taps(person, f"m:{action}")

    def shares_order(self, person: Person) -> None:
        """Make a link that shows an order to somebody else."""
        for buyer in person.buyers:
            for place, order in enumerate(buyer.orders):
                said = self._taps(person, f"m:share:{handle(order)}")
                for row in said:
                    if row.key == "share":
                        token = re.search(r"start=([\w-]+)", row.payload["text"])
                        assert token
                        number = buyer.numbers[place]
                        titles = {m for m in buyer.marks if m.endswith(f"q{place}")}
                        self.shares[token[1]] = (buyer, {number, *titles})

    def opens_share(self, person: Person) -> None:
        """Open a shared order; only its buyer and who opens it first may see it."""
        if not self.shares:
            return
        token = self.dice.choice(list(self.shares))
        buyer, marks = self.shares[token]
        looks = self.world.shows(person) == buyer.id
        if self.holders.get(token, person) is person:
            person.shared |= marks
        said = self.world.opens(person, token)
        person.shared.clear()
        if any(row.key == "shared" for row in said) and not looks:
            self.holders.setdefault(token, person)

    def leaves(self, person: Person) -> None:
        """Unlink the chat, or have it forgotten."""
        if self.dice.random() < 0.6:
            self._says(person, "/unlink")
        else:
            self._taps(person, "m:forget_yes")

    def blocks(self, person: Person) -> None:
        """Block the bot and come back."""
        self.world.take(ChatBlocked(chat=person.chat), person)
        self.world.take(ChatReturned(chat=person.chat), person)

    def time_passes(self, _: Person) -> None:
        """Let hours pass."""
        self.world.clock.move(timedelta(hours=self.dice.choice((1, 5, 11))))

    def shop_moves(self, _: Person) -> None:
        """Let the shop's rows be read again."""
        buyer = self.dice.choice(self.world.buyers)
        self.world.take(ShopChanged(customer_id=buyer.id))

    def _foreign(self, person: Person) -> Buyer:
        others = [b for b in self.world.buyers if b not in person.buyers]
        return self.dice.choice(others)

    def _says(self, person: Person, text: str) -> list[Any]:
        said = CustomerSaid(
            chat=person.chat,
            sender=person.sender,
            text=text,
            message_id="1",
            edited=self.dice.random() < 0.1,
        )
        return self.world.take(said, person)

    def _taps(self, person: Person, data: str) -> list[Any]:
        event = CustomerTapped(chat=person.chat, sender=person.sender, data=data)
        return self.world.take(event, person)

    def _shares(self, person: Person, phone: str, *, own: bool) -> None:
        self.world.take(
            ContactShared(chat=person.chat, sender=person.sender, phone=phone, own=own),
            person,
        )


@pytest.mark.timeout(300)  # seconds; a quarter of that where nothing else runs
def test_nobody_ever_sees_anothers_orders(world: World) -> None:
    """Thousands of steps, honest and dishonest, of six people: not one leak."""
    somebody = Somebody(world)

    done = somebody.acts_often()

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
    with world.store.read() as connection:
        wrong = connection.scalar(
            select(chats.c.case_id).where(chats.c.address == str(victim.number))
        )
    tie = update(chats).where(chats.c.address == str(honest.number))

    def act_while_wrong() -> None:
        for _ in range(STEPS):
            with world.store.write() as connection:
                connection.execute(tie.values(case_id=wrong))
            somebody.act()

    with pytest.raises(LeakError):
        act_while_wrong()
