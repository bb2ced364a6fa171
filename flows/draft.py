"""A decision in the making: the case as it changes, the effects as they gather.

Private to one ``advance``; what leaves it is immutable. Whoever wants to tell a
customer something says it here, once, and the draft finds the way: the chats, or
the shop's mailer where no chat reaches, or a colleague where nothing does. News that
nobody asked for waits for the morning where the customer sleeps.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flows.case import DialogueState
from flows.codes import menu_data
from flows.effects import (
    Button,
    Card,
    Decide,
    Effect,
    Notice,
    PostCard,
    PostThread,
    Record,
    ReleaseBatch,
    Reword,
    Say,
    ShowPicture,
    Toast,
    Urgency,
    Whisper,
)
from flows.hours import out_of_quiet
from flows.ledger import under_rule
from flows.links import LINK_LASTS, mint
from flows.promise import estimate
from flows.shop import full_title
from flows.wording import Rows, Wording

if TYPE_CHECKING:
    from datetime import date, datetime

    from flows.case import Backorder, Case, Chat, Offer
    from flows.policy import Applied
    from flows.promise import Estimate
    from flows.setting import Setting
    from flows.shop import Line, Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a turn decided: the new case and everything it asks for."""

    case: Case
    effects: tuple[Effect, ...]


class Draft:
    """Collects one decision; see the module's first line."""

    def __init__(self, case: Case, setting: Setting, *, unasked: bool = False) -> None:
        """Start from the case as it was read under the lock.

        ``unasked``: no customer wrote or pressed anything in this turn.
        """
        self.case = case
        self.setting = setting
        self.unasked = unasked
        self.effects: list[Effect] = []

    @property
    def now(self) -> datetime:
        """The turn's business time."""
        return self.setting.now

    @property
    def zone(self) -> ZoneInfo:
        """The customer's time zone, or the shop's where it is not known."""
        customer = self.case.customer
        name = customer.time_zone if customer else None
        # Shops write what they like there; a wrong name must not stop every turn.
        with contextlib.suppress(ZoneInfoNotFoundError, ValueError, OSError):
            if name:
                return ZoneInfo(name)
        return ZoneInfo(self.setting.policy.hours.time_zone)

    @property
    def today(self) -> date:
        """The day it is for the customer."""
        return self.now.astimezone(self.zone).date()

    @property
    def asleep(self) -> bool:
        """Whether it is in the customer's quiet hours; nobody sleeps without orders."""
        if not self.case.orders:
            return False
        quiet = self.terms(self.case.orders[0], None).terms.quiet_hours
        return out_of_quiet(self.now, quiet, self.zone) > self.now

    def wait_for_morning(self) -> None:
        """Let the case have a turn when its customer's quiet hours end."""
        memory = replace(self.case.memory, later=True)
        self.case = replace(self.case, memory=memory)

    def say_what_waited(self) -> None:
        """Let go, in its order, what was held back for the night."""
        waits = self.case.memory.later and not self.setting.stale
        if waits and not self.asleep:
            self.effects.append(ReleaseBatch(batch=self._night, send=True))

    def finish(self) -> Decision:
        """Return the decision; what is decided in it names the rule it is under."""
        effects = tuple(
            under_rule(self, effect) if isinstance(effect, Decide) else effect
            for effect in self.effects
        )
        return Decision(case=self.case, effects=effects)

    # --- words ---------------------------------------------------------------

    @property
    def hushed(self) -> bool:
        """Whether the customer talks with a colleague: nothing unasked is said then."""
        return self.case.dialogue is DialogueState.WITH_STAFF

    def words(self, chat: Chat | None = None) -> Wording:
        """Return the customer's wording, in the language there is that is nearest."""
        return Wording(self.tongue(chat), self.zone.key, self.setting.policy.shop)

    def tongue(self, chat: Chat | None = None) -> str:
        """Return the customer's language: chosen, chat's, order's, the shop's."""
        customer = self.case.customer
        return (
            self.case.language
            or (chat.language if chat else None)
            or next((c.language for c in self.case.chats if c.language), None)
            or (customer.locale if customer else None)
            or self.setting.policy.shop.languages[0]
        )

    def staff_words(self) -> Wording:
        """Return the staff's wording, in the shop's own zone."""
        policy = self.setting.policy
        return Wording(self.setting.staff_language, policy.hours.time_zone, policy.shop)

    def reply(
        self,
        chat: Chat,
        key: str,
        rows: Rows = (),
        /,
        subject: str = "",
        **context: Any,
    ) -> None:
        """Answer in the chat that asked."""
        message = self.words(chat).message(key, rows, **context)
        self.effects.append(Say(chat_id=chat.id, message=message, subject=subject))

    def push(
        self,
        key: str,
        rows: Rows = (),
        /,
        *,
        subject: str = "",
        urgency: Urgency = Urgency.NOTICE,
        receipt: bool = False,
        picture: str | None = None,
        expires_at: datetime | None = None,
        deadline_at: datetime | None = None,
        **context: Any,
    ) -> None:
        """Tell the customer something, in every chat that can be reached.

        At night plain news waits, unless the customer's own words led to it. What is
        about a choice has a subject, a time of its own, and goes at once.
        """
        chats = self.case.reachable_chats
        batch = None
        if chats and self.unasked and not subject and self.asleep:
            self.wait_for_morning()
            batch = self._night
        for chat in chats:
            if picture:
                self.effects.append(
                    ShowPicture(
                        chat_id=chat.id,
                        image_url=picture,
                        urgency=urgency,
                        subject=subject,
                        batch=batch,
                    )
                )
            message = self.words(chat).message(key, rows, **context)
            self.effects.append(
                Say(
                    chat_id=chat.id,
                    message=message,
                    subject=subject,
                    urgency=urgency,
                    receipt=receipt,
                    expires_at=expires_at,
                    batch=batch,
                )
            )
        if not chats:
            self._mail(key, subject, deadline_at, context)

    def reword(
        self, subject: str, key: str, rows: Rows = (), /, **context: Any
    ) -> None:
        """Replace the words of an earlier message in every chat that has it."""
        for chat in self.case.chats:
            if chat.reachable:
                message = self.words(chat).message(key, rows, **context)
                self.effects.append(
                    Reword(chat_id=chat.id, subject=subject, message=message)
                )

    def toast(self, name: str, /, **context: Any) -> None:
        """Answer the press itself with a few words."""
        self.effects.append(Toast(text=self.words().toast(name, **context)))

    def whisper(self, name: str, /, **context: Any) -> None:
        """Tell only the colleague who pressed."""
        self.effects.append(Whisper(text=self.staff_words().toast(name, **context)))

    def card(
        self,
        subject: str,
        key: str,
        buttons: tuple[Button, ...] = (),
        /,
        **context: Any,
    ) -> None:
        """Post a card to the staff, or redraw it."""
        card = self.staff_words().card(key, buttons, **context)
        self.effects.append(PostCard(subject=subject, card=card))

    def thread(self, subject: str, key: str, /, **context: Any) -> None:
        """Post words below a card."""
        card: Card = self.staff_words().card(key, **context)
        self.effects.append(PostThread(subject=subject, card=card))

    def record(self, actor: str, action: str, detail: str = "") -> None:
        """Append to the audit."""
        self.effects.append(Record(actor=actor, action=action, detail=detail))

    # --- buttons -------------------------------------------------------------

    def menu(self, *names: str, chat: Chat | None = None) -> Rows:
        """Return one row of plain menu buttons per name; they carry no rights."""
        words = self.words(chat)
        return tuple((Button(label=words.label(n), data=menu_data(n)),) for n in names)

    # --- the case ------------------------------------------------------------

    def put_offer(self, offer: Offer) -> None:
        """Add an offer or replace it by its id."""
        kept = tuple(item for item in self.case.offers if item.id != offer.id)
        self.case = replace(self.case, offers=(*kept, offer))

    def put_backorder(self, backorder: Backorder) -> None:
        """Add a backorder or replace it by its id."""
        items = self.case.backorders
        if any(item.id == backorder.id for item in items):
            items = tuple(backorder if i.id == backorder.id else i for i in items)
        else:
            items = (*items, backorder)
        self.case = replace(self.case, backorders=items)

    def terms(self, order: Order, line: Line | None) -> Applied:
        """Return the policy's terms for a line of an order."""
        product = self.case.shelf.product(line.sku) if line else None
        return self.setting.policy.terms_for(order, product, self.case.customer)

    def expected(self, order: Order, line: Line, quantity: int) -> Estimate:
        """Return when units of a line should be here, as things stand today."""
        facts = self.case.shelf.blank(line.sku)
        terms = self.terms(order, line).terms
        return estimate(line.id, quantity, facts, self.today, terms)

    def named(self, line: Line) -> Line:
        """Return a line whose title says colour and size, as people are told it."""
        product = self.case.shelf.product(line.sku)
        return replace(line, title=full_title(line.title, product))

    @property
    def _night(self) -> str:
        """The name of what is held back for this case until the morning."""
        return f"night:{self.case.id}"

    def _mail(
        self,
        key: str,
        subject: str,
        deadline_at: datetime | None,
        context: dict[str, Any],
    ) -> None:
        customer = self.case.customer
        if customer is None or not customer.email:
            self.card(
                f"unreached:{self.case.id}", "unreached", case=self.case, about=key
            )
            return
        chat_link = self._link(context.get("order"))
        line, text = self.words().notice(key, chat_link=chat_link, **context)
        self.effects.append(
            Notice(
                subject_line=line,
                text=text,
                key=key,
                subject=subject,
                deadline_at=deadline_at,
                chat_link=chat_link,
            )
        )

    def _link(self, order: Order | None) -> str:
        """Return a signed link that opens the chat for this order, if there is one."""
        base, secret = self.setting.chat_link, self.setting.link_secret
        if order is None or not base or not secret:
            return ""
        try:
            token = mint(order.id, self.now + LINK_LASTS, secret)
        except ValueError:
            return base
        return f"{base}?start={token}"
