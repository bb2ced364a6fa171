"""What one can do on the page: each kind of act, and whose move it becomes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, get_args

from bot.playground.controls import DecisionMove, ShopMove
from bot.slack.actions import COMMAND
from flows.setting import Mode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.playground import slack, telegram
    from bot.playground.controls import Controls
    from bot.playground.sight import Sight

Json = dict[str, Any]


class ActError(ValueError):
    """An act makes no sense; the text tells the person at the page why."""


class Ask:
    """One act as the page sent it; what is missing or odd raises ActError."""

    def __init__(self, body: Any) -> None:
        self._body: Mapping[str, Any] = body if isinstance(body, dict) else {}

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text."""
        value = self._body.get(name, default)
        if not isinstance(value, str):
            raise ActError(f"{name} has to be a text")
        return value

    def number(self, name: str) -> int:
        """Return a whole number."""
        value = self._body.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise ActError(f"{name} has to be a whole number")
        return value

    def one_of(self, name: str, known: tuple[str, ...]) -> Any:
        """Return a text out of a closed list."""
        value = self.text(name)
        if value not in known:
            raise ActError(f"{name} has to be one of {', '.join(known)}")
        return value

    def day(self, name: str) -> date | None:
        """Return a date, None where the page left it empty."""
        value = self._body.get(name)
        if value in (None, ""):
            return None
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise ActError(f"{name} has to be a date") from None

    def values(self, name: str) -> dict[str, Any]:
        """Return what was typed into a form, by field."""
        value = self._body.get(name)
        if not isinstance(value, dict):
            raise ActError(f"{name} has to be an object")
        return value


class Acts:
    """Carries out what people do on the page."""

    def __init__(self, controls: Controls, sight: Sight) -> None:
        self._controls = controls
        self._sight = sight
        self._kinds: dict[str, Callable[[Ask], Awaitable[Json | None]]] = {
            "say": self._say,
            "send_photo": self._send_photo,
            "send_voice": self._send_voice,
            "tap": self._tap,
            "press_key": self._press_key,
            "start": self._start,
            "block": self._block,
            "unblock": self._unblock,
            "post": self._post,
            "slash": self._slash,
            "click": self._click,
            "select": self._select,
            "submit": self._submit,
            "close": self._close,
            "shop": self._shop,
            "decision": self._decision,
            "notice_sent": self._notice_sent,
            "mode": self._mode,
            "policy": self._policy,
            "move": self._move,
        }

    async def do(self, body: Any) -> Json:
        """Carry out one act; return what the page learns besides the new picture.

        Raises:
            ValueError, CannotDoError, ShopRefused: with text to show.
        """
        ask = Ask(body)
        kind = ask.one_of("kind", tuple(self._kinds))
        return await self._kinds[kind](ask) or {}

    # The customers.

    def _phone(self, ask: Ask) -> telegram.Person:
        wanted = ask.text("person")
        for each in self._controls.people:
            if each.id == wanted:
                return each.phone
        raise ActError(f"nobody here is called {wanted}")

    async def _say(self, ask: Ask) -> None:
        self._phone(ask).says(ask.text("text"))

    async def _send_photo(self, ask: Ask) -> None:
        self._phone(ask).sends_photo(ask.text("caption", ""))

    async def _send_voice(self, ask: Ask) -> None:
        self._phone(ask).sends_voice()

    async def _tap(self, ask: Ask) -> None:
        self._phone(ask).taps(ask.number("message"), ask.text("button"))

    async def _press_key(self, ask: Ask) -> None:
        self._phone(ask).presses_key(ask.text("text"))

    async def _start(self, ask: Ask) -> None:
        phone, order = self._phone(ask), ask.text("order", "")
        phone.starts(await self._controls.link(order) if order else "")

    async def _block(self, ask: Ask) -> None:
        self._phone(ask).blocks_bot()

    async def _unblock(self, ask: Ask) -> None:
        self._phone(ask).unblocks_bot()

    # The colleagues.

    def _colleague(self, ask: Ask) -> slack.Person:
        wanted = ask.text("colleague")
        for each in self._controls.slack.people:
            if each.id == wanted:
                return each
        raise ActError(f"no colleague is called {wanted}")

    def _view(self, ask: Ask) -> slack.View:
        wanted = ask.text("view")
        for view in self._colleague(ask).modals:
            if view.id == wanted:
                return view
        raise ActError("this form is closed by now")

    async def _post(self, ask: Ask) -> None:
        thread = ask.text("thread", "") or None
        person, channel = self._colleague(ask), ask.text("channel")
        await person.posts(channel, ask.text("text"), thread_ts=thread)

    async def _slash(self, ask: Ask) -> None:
        command, *rest = ask.text("text").split(maxsplit=1)
        if ask.text("thread", ""):
            raise ActError(f"{command} is not supported in threads. Sorry!")
        if command != COMMAND:
            raise ActError(f"{command} is not a valid command.")
        person, channel = self._colleague(ask), ask.text("channel")
        await person.slash(channel, command, "".join(rest).strip())

    async def _click(self, ask: Ask) -> None:
        person, channel = self._colleague(ask), ask.text("channel")
        await person.clicks(channel, ask.text("message"), ask.text("button"))

    async def _select(self, ask: Ask) -> None:
        person, menu = self._colleague(ask), ask.text("menu")
        chosen = ask.text("value")
        await person.selects(ask.text("channel"), ask.text("message"), menu, chosen)

    async def _submit(self, ask: Ask) -> Json:
        view, person = self._view(ask), self._colleague(ask)
        return {"fields": await person.submits(view, ask.values("values"))}

    async def _close(self, ask: Ask) -> None:
        await self._colleague(ask).closes(self._view(ask))

    # The shop, the clock, the mode.

    async def _shop(self, ask: Ask) -> None:
        move: ShopMove = ask.one_of("move", get_args(ShopMove))
        arguments: Json
        match move:
            case "mark_backordered":
                arguments = {
                    "line_id": ask.text("line"),
                    "quantity": ask.number("quantity"),
                }
            case "start_work":
                arguments = {"line_id": ask.text("line")}
            case "slip_supply":
                arguments = {
                    "supply": ask.text("supply"),
                    "new_date": ask.day("day"),
                    "reason": ask.text("reason", "") or None,
                }
            case "receive":
                arguments = {
                    "supply_id": ask.text("supply"),
                    "quantity": ask.number("quantity"),
                }
            case "ship":
                arguments = {"order_id": ask.text("order")}
        await self._controls.shop(move, **arguments)

    async def _decision(self, ask: Ask) -> None:
        move: DecisionMove = ask.one_of("move", get_args(DecisionMove))
        reason = ask.text("reason", "").strip()
        if move == "reject" and not reason:
            raise ActError("say why it is rejected")
        await self._controls.decision(move, ask.number("id"), reason)

    async def _notice_sent(self, ask: Ask) -> None:
        await self._controls.notice_sent(ask.number("id"))

    async def _mode(self, ask: Ask) -> None:
        wanted = ask.one_of("mode", tuple(mode.value for mode in Mode))
        await self._controls.set_mode(Mode(wanted))

    async def _policy(self, ask: Ask) -> None:
        await self._controls.set_policy(ask.text("source"))

    async def _move(self, ask: Ask) -> None:
        if self._sight.is_moving:
            raise ActError("the clock is still on its way")
        with self._sight.moving():
            by = await self._stretch(ask)
            await self._controls.move(by)

    async def _stretch(self, ask: Ask) -> timedelta:
        if ask.text("to", "") == "next":
            due = await self._controls.next_due()
            if due is None:
                raise ActError("nothing is due")
            return max(due - self._controls.now(), timedelta(0))
        hours = ask.number("hours")
        if not 0 < hours <= 24 * 31:
            raise ActError("the clock moves by one hour to one month")
        return timedelta(hours=hours)
