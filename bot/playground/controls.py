"""What the page needs of the running playground, and nothing else of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, timedelta

    from bot.playground.slack import SlackStandIn
    from bot.playground.telegram import Person, TelegramStandIn
    from flows.setting import Mode

ShopMove = Literal[
    "mark_backordered", "slip_supply", "receive", "ship", "start_work"
]  # fmt: skip
DecisionMove = Literal["claim", "apply", "reject"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """One customer of the shop with the phone the page shows for them."""

    id: str
    name: str
    phone: Person


class Bell:
    """Tells whoever listens that the store, the clock or the mode changed.

    Ring it on the event loop; from a worker thread go through
    ``loop.call_soon_threadsafe(bell.ring)``.
    """

    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []

    def ring(self) -> None:
        """Call every listener at once; they only take note and return."""
        for listener in tuple(self._listeners):
            listener()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` at each ring from now on; return how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)


class Controls(Protocol):
    """The running playground as the page sees and moves it.

    Refusals a person may read are raised as ``ShopRefused``; anything else that is
    raised counts as a fault of ours, is logged, and the page says so.
    """

    @property
    def shop_name(self) -> str:
        """The name the page shows."""

    @property
    def time_zone(self) -> str:
        """The shop's zone, by its IANA name."""

    @property
    def telegram(self) -> TelegramStandIn:
        """The customers' platform."""

    @property
    def slack(self) -> SlackStandIn:
        """The colleagues' platform."""

    @property
    def people(self) -> Sequence[Customer]:
        """The customers in the order the page lists them."""

    @property
    def changes(self) -> Bell:
        """Rings after the store, the clock or the mode changed."""

    @property
    def mode(self) -> Mode:
        """How much the bot may do by itself now."""

    def now(self) -> datetime:
        """Return business time, aware and in UTC."""

    async def set_mode(self, mode: Mode) -> None:
        """Let the bot do more or less by itself from now on."""

    async def set_policy(self, source: str) -> None:
        """Put other rules in force, from the text of a policy file.

        Raises:
            ShopRefused: They are wrong; the text says each mistake.
        """

    async def move(self, by: timedelta) -> None:
        """Move business time, stopping at each due instant until all has drained."""

    async def next_due(self) -> datetime | None:
        """Return when the bot will next do something by itself, if ever."""

    async def overview(self) -> dict[str, Any]:
        """Return ``panel.overview``, ``paperwork.paperwork`` and the policy, as JSON.

        The policy has its ``source`` and its ``version``.
        """

    async def shop(self, move: ShopMove, **arguments: Any) -> None:
        """Do what the shop's people do, with the arguments of ``shop.actions``.

        ``now`` is left out: it is the playground's own.

        Raises:
            ShopRefused: The books do not allow it.
        """

    async def decision(
        self, move: DecisionMove, decision_id: int, reason: str = ""
    ) -> None:
        """Take a decision on, carry it out, or reject it with a reason.

        Raises:
            ShopRefused: It is not in a state for that.
        """

    async def notice_sent(self, notice_id: int) -> None:
        """Note that the shop's mailer sent a notice.

        Raises:
            ShopRefused: There is none such, or it was sent before.
        """

    async def link(self, order_id: str) -> str:
        """Return what stands behind ``?start=`` in an order mail's link.

        Raises:
            ShopRefused: There is no such order.
        """
