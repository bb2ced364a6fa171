"""A case lived event by event: between turns it remembers what the store would.

Decisions become rows, holds take from the shelf, a withdrawn row that the shop has
claimed is an error. Nothing of the flows is replaced.
"""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any, Self, TypeVar

from flows.case import DecisionRow
from flows.codes import menu_data, offer_data
from flows.dialogue import advance
from flows.effects import (
    AllowFrom,
    Decide,
    HoldUnits,
    MarkTold,
    Notice,
    PostCard,
    ReleaseBatch,
    ReleaseHolds,
    Reword,
    Say,
    Toast,
    Unsend,
    Withdraw,
)
from flows.events import (
    CustomerSaid,
    CustomerTapped,
    Delivered,
    InstantPassed,
    ShopChanged,
)
from flows.offer import PENDING
from flows.shop import Held

from .builders import ANNA, CHANNEL, NOON, a_case, a_setting, key_of

if TYPE_CHECKING:
    from datetime import datetime

    from flows.case import Backorder, Case, Offer
    from flows.effects import Effect
    from flows.events import Event
    from flows.shop import Line

Kind = TypeVar("Kind")


class Story:
    """What happened so far, and what the last turn asked for."""

    def __init__(
        self,
        case: Case | None = None,
        *,
        now: datetime = NOON,
        policy: str = "",
        **setting: Any,
    ) -> None:
        """Begin with a case; without one, with Anna's."""
        self.case = case or a_case()
        self.now = now
        self.effects: tuple[Effect, ...] = ()
        self.holds: dict[tuple[str, str], tuple[str, int]] = {}
        self._setting = a_setting(now, policy, **{"dice": Random(7)} | setting)
        self._free = {facts.sku: facts.free for facts in self.case.shelf.facts}
        self._waiting: list[Say] = []
        #: What a colleague may still release or drop, by batch.
        self.held: dict[str, list[Say]] = {}
        #: What all those messages are about, edits and letters among them.
        self.unreleased: dict[str, set[str]] = {}
        #: What the letters are about that no mailer has sent.
        self.letters: set[str] = set()

    def again(self) -> Self:
        """Return this story as it stands, to be lived on in another way."""
        other = copy(self)
        other.holds, other._free = dict(self.holds), dict(self._free)
        other._waiting, other.held = list(self._waiting), dict(self.held)
        other.letters = {*self.letters}
        other.unreleased = {batch: {*about} for batch, about in self.unreleased.items()}
        dice = Random()
        dice.setstate(self._setting.dice.getstate())
        other._setting = replace(self._setting, dice=dice)
        return other

    # --- what happens ---------------------------------------------------------

    def take(self, event: Event) -> Story:
        """Take one turn, as the store would around it; no two at the same instant."""
        self.now += timedelta(microseconds=1)
        case = self._as_loaded(frozenset())
        setting = replace(
            self._setting,
            now=self.now,
            heard_until=self._setting.heard_until and {CHANNEL: self.now},
        )
        decision = advance(case, event, setting)
        gone = self._not_free(decision.effects)
        if gone:
            decision = advance(self._as_loaded(gone), event, setting)
        self.case, self.effects = decision.case, decision.effects
        for effect in decision.effects:
            self._remember(effect)
        return self

    def shop_says(self, line_id: str = "", /, **numbers: Any) -> Story:
        """Let the shop's numbers of a line change and be noticed."""
        if line_id:
            self.put_line(line_id, **numbers)
        return self.take(ShopChanged(customer_id="anna"))

    def put_line(self, line_id: str, **numbers: Any) -> None:
        """Change a line without anybody noticing yet."""
        orders = tuple(
            replace(
                order,
                lines=tuple(
                    replace(line, **numbers) if line.id == line_id else line
                    for line in order.lines
                ),
            )
            for order in self.case.orders
        )
        self.case = replace(self.case, orders=orders)

    def stocks(self, sku: str, free: int) -> Story:
        """Let the shelf hold this many free units, offers' holds not yet counted."""
        self._free[sku] = free
        return self

    def expects(self, *supplies: Any, sku: str) -> Story:
        """Let these be the supplies on their way."""
        shelf = self.case.shelf
        facts = tuple(
            replace(item, supplies=supplies) if item.sku == sku else item
            for item in shelf.facts
        )
        self.case = replace(self.case, shelf=replace(shelf, facts=facts))
        return self

    def taps(self, option: str, offer: Offer | None = None, chat: int = 0) -> Story:
        """Let Anna press an offer's button."""
        token = (offer or self.offer).token
        return self.presses(offer_data(token, option), chat)

    def opens(self, action: str, argument: str = "") -> Story:
        """Let Anna press a menu button."""
        return self.presses(menu_data(action, argument))

    def presses(self, data: str, chat: int = 0) -> Story:
        """Let Anna's client send a button's data."""
        key = key_of(self.case.chats[chat])
        return self.take(CustomerTapped(chat=key, sender=ANNA, data=data))

    def says(self, text: str, chat: int = 0) -> Story:
        """Let Anna write."""
        key = key_of(self.case.chats[chat])
        return self.take(CustomerSaid(chat=key, sender=ANNA, text=text, message_id="9"))

    def delivers(self) -> Story:
        """Let everything that somebody waits for arrive now."""
        waiting, self._waiting = self._waiting, []
        for say in waiting:
            self.take(
                Delivered(
                    case_id=self.case.id,
                    chat_id=say.chat_id,
                    subject=say.subject,
                    key=say.message.key,
                    at=self.now,
                    row_id=1,
                )
            )
        return self

    def waits(self, **duration: float) -> Story:
        """Let time pass, taking a turn at each instant the case wants one."""
        return self.waits_until(self.now + timedelta(**duration))

    def waits_until(self, end: datetime) -> Story:
        """Let time pass until then; what was asked last, shows in the last effects."""
        for _ in range(50):
            due = self.case.wake_at
            if due is None or due > end:
                break
            self.now = max(self.now, due)
            before = self.case
            self.take(InstantPassed(case_id=self.case.id))
            if self.case == before and not self.effects:
                break  # Too early, as long as a channel is not read: asked again later.
        else:
            raise AssertionError(f"the case wants turn after turn at {self.now}")
        self.now = end
        return self

    def row_becomes(self, row: DecisionRow, **columns: Any) -> Story:
        """Let the shop write into a decision's row and be noticed."""
        rows = tuple(
            replace(item, **columns) if item.id == row.id else item
            for item in self.case.decisions
        )
        self.case = replace(self.case, decisions=rows)
        return self.shop_says()

    # --- what can be seen -----------------------------------------------------

    @property
    def offer(self) -> Offer:
        """The newest offer."""
        return max(self.case.offers, key=lambda offer: offer.proposed_at)

    @property
    def pending(self) -> list[Offer]:
        """The offers that wait for a choice by a deadline."""
        found = self.case.offers
        return [o for o in found if o.state in PENDING and o.window_seconds]

    @property
    def standing(self) -> list[DecisionRow]:
        """The decisions that hold."""
        return [row for row in self.case.decisions if row.standing]

    @property
    def backorder(self) -> Backorder:
        """The newest tracked backorder."""
        return self.case.backorders[-1]

    def line(self, line_id: str = "hoodie") -> Line:
        """Return a line of the case."""
        found = self.case.line(line_id)
        assert found is not None
        return found

    def all(self, kind: type[Kind]) -> list[Kind]:
        """Return the last turn's effects of a kind."""
        return [effect for effect in self.effects if isinstance(effect, kind)]

    @property
    def keys(self) -> list[str]:
        """The keys of what the last turn said, edited or mailed, in order."""
        return [
            effect.key if isinstance(effect, Notice) else effect.message.key
            for effect in self.effects
            if isinstance(effect, Say | Reword | Notice)
        ]

    @property
    def words(self) -> str:
        """What the last turn said to the customer, as one text."""
        said = [
            effect.text if isinstance(effect, Notice) else effect.message.text
            for effect in self.effects
            if isinstance(effect, Say | Reword | Notice)
        ]
        return "\n\n".join(said)

    @property
    def cards(self) -> list[str]:
        """The keys of the cards the last turn posted."""
        return [effect.card.key for effect in self.all(PostCard)]

    @property
    def toast(self) -> str:
        """What the press was answered with."""
        return "".join(effect.text for effect in self.all(Toast))

    @property
    def buttons(self) -> list[str]:
        """The labels below the last message of the turn."""
        found = [e.message for e in self.effects if isinstance(e, Say | Reword)]
        return [b.label for row in found[-1].rows for b in row] if found else []

    # --- what the store would do ----------------------------------------------

    def _as_loaded(self, without: frozenset[str]) -> Case:
        held: dict[str, int] = {}
        for sku, units in self.holds.values():
            held[sku] = held.get(sku, 0) + units
        shelf = self.case.shelf
        free = {
            item.sku: 0
            if item.sku in without
            else self._free.get(item.sku, 0) - held.get(item.sku, 0)
            for item in shelf.facts
        }
        facts = tuple(
            item if item.free == free[item.sku] else replace(item, free=free[item.sku])
            for item in shelf.facts
        )
        own = tuple(Held(key[0], *units) for key, units in self.holds.items())
        if (facts, own) == (shelf.facts, shelf.held):
            return self.case
        return replace(self.case, shelf=replace(shelf, facts=facts, held=own))

    def _not_free(self, effects: tuple[Effect, ...]) -> frozenset[str]:
        released = [e for e in effects if isinstance(e, ReleaseHolds)]
        left = dict(self._free)
        for key, (sku, units) in self.holds.items():
            if not any(_frees(effect, key) for effect in released):
                left[sku] = left.get(sku, 0) - units
        short = set()
        for effect in effects:
            if isinstance(effect, HoldUnits):
                left[effect.sku] = left.get(effect.sku, 0) - effect.quantity
                if left[effect.sku] < 0:
                    short.add(effect.sku)
        return frozenset(short)

    def _remember(self, effect: Effect) -> None:
        if isinstance(effect, Say | Reword | Notice):
            batch = effect.batch or ""
            if batch and not batch.startswith("night:"):
                self.unreleased.setdefault(batch, set()).add(effect.subject)
            elif isinstance(effect, Notice):
                self.letters.add(effect.subject)
        match effect:
            case Decide():
                assert effect.rule, f"a {effect.kind} without its rule"
                self._insert(effect)
            case Withdraw():
                self._withdraw(effect.decision_id)
            case AllowFrom():
                self._update(effect.decision_id, apply_after=effect.apply_after)
            case MarkTold():
                self._update(effect.decision_id, told=effect.told)
            case HoldUnits():
                key = (effect.offer_id, effect.backorder_id)
                self.holds[key] = (effect.sku, effect.quantity)
            case ReleaseHolds():
                gone = {key for key in self.holds if _frees(effect, key)}
                self.holds = {k: v for k, v in self.holds.items() if k not in gone}
            case Say(receipt=True, batch=str(batch)):
                self.held.setdefault(batch, []).append(effect)
            case Say(receipt=True):
                self._waiting.append(effect)
            case Unsend():
                self._unsend(effect)
            case ReleaseBatch(batch=batch, send=send):
                self.unreleased.pop(batch, None)
                released = self.held.pop(batch, [])
                self._waiting += released if send else []
            case _:
                pass

    def _unsend(self, effect: Unsend) -> None:
        gone = {*effect.subjects}
        for batch, says in self.held.items():
            self.held[batch] = [say for say in says if say.subject not in gone]
        self.letters -= gone
        left = {batch: about - gone for batch, about in self.unreleased.items()}
        self.unreleased = {batch: about for batch, about in left.items() if about}
        if effect.moving:
            self._waiting = [say for say in self._waiting if say.subject not in gone]

    def _insert(self, effect: Decide) -> None:
        row = DecisionRow(
            id=len(self.case.decisions) + 1,
            order_id=effect.order_id,
            line_id=effect.line_id,
            kind=effect.kind.value,
            quantity=effect.quantity,
            decided_by=effect.decided_by,
            created_at=self.now,
            offer_id=effect.offer_id,
            backorder_id=effect.backorder_id,
            substitute_sku=effect.substitute_sku,
            price_minor=effect.price_minor,
            refund_minor=effect.refund_minor,
            currency=effect.currency,
            reason=effect.reason,
            apply_after=effect.apply_after,
        )
        self.case = replace(self.case, decisions=(*self.case.decisions, row))

    def _withdraw(self, decision_id: int) -> None:
        row = next(row for row in self.case.decisions if row.id == decision_id)
        assert row.claimed_at is None, f"the shop already has decision {decision_id}"
        assert row.applied_at is None, f"the shop already did decision {decision_id}"
        self._update(decision_id, withdrawn_at=self.now)

    def _update(self, decision_id: int, **columns: Any) -> None:
        rows = tuple(
            replace(row, **columns) if row.id == decision_id else row
            for row in self.case.decisions
        )
        self.case = replace(self.case, decisions=rows)


def _frees(effect: ReleaseHolds, key: tuple[str, str]) -> bool:
    return effect.offer_id == key[0] and effect.backorder_id in {"", key[1]}
