"""Phones: what a person sees, and waiting until they see it."""

from collections.abc import Callable
from datetime import timedelta

from bot.playground.telegram.backstage import Backstage
from bot.playground.telegram.changes import PATIENCE
from bot.playground.telegram.chats import Chat
from bot.playground.telegram.messages import Message, User
from bot.playground.telegram.presses import Press

Matching = str | Callable[[Message], bool]
"""A stretch of the text that is looked for, or a question about the message."""


class Phone:
    """A phone shows one private chat with the bot."""

    def __init__(self, user: User, chat: Chat, backstage: Backstage) -> None:
        self.user = user
        self.room = chat
        self._backstage = backstage

    @property
    def id(self) -> int:
        """The user's id, which is also the id of the private chat."""
        return self.user.id

    @property
    def chat(self) -> list[Message]:
        """The messages on the phone, oldest first, as they read now."""
        return list(self.room.messages.values())

    @property
    def heard(self) -> list[Message]:
        """The bot's messages on the phone, oldest first."""
        return [message for message in self.chat if message.from_bot]

    @property
    def presses(self) -> tuple[Press, ...]:
        """The taps of this phone; a press without `answered_at` shows its bar."""
        return self._backstage.presses.in_chat(self.room.id)

    @property
    def toasts(self) -> list[str]:
        """The words that answered taps, oldest first."""
        return [press.toast for press in self.presses if press.toast]

    @property
    def commands(self) -> list[dict[str, str]]:
        """The commands the menu shows to this person."""
        profile = self._backstage.profile
        return profile.commands_for(self.room.id, self.user.language_code)

    @property
    def keys(self) -> list[str]:
        """The texts of the keys that replace the phone's keyboard."""
        rows = self.room.keys.rows if self.room.keys else ()
        return [key.text for row in rows for key in row]

    async def hears(
        self, matching: Matching, *, after: int = 0, within: timedelta = PATIENCE
    ) -> Message:
        """Waits for a message of the bot that matches and returns the newest such.

        `after` leaves out messages up to this id. An edited message counts as it
        reads now.

        Raises:
            TimeoutError: naming what the phone shows instead.
        """

        def found() -> list[Message]:
            return [
                message
                for message in self.heard
                if message.id > after and _matches(matching, message)
            ]

        await self._until(lambda: bool(found()), f"no {matching!r}", within)
        return found()[-1]

    async def hears_count(
        self, count: int, *, within: timedelta = PATIENCE
    ) -> list[Message]:
        """Waits until the bot has sent this many messages in all; returns them."""
        await self._until(lambda: len(self.heard) >= count, f"not {count}", within)
        return self.heard

    async def gets_answer(self, press: Press, within: timedelta = PATIENCE) -> Press:
        """Waits until a tap is answered and returns it with its toast."""
        find = self._backstage.presses.find
        await self._until(
            lambda: find(press.id).answered_at is not None, "no answer", within
        )
        return find(press.id)

    async def sees(
        self, holds: "Callable[[Phone], bool]", within: timedelta = PATIENCE
    ) -> None:
        """Waits until something holds of what the phone shows."""
        await self._until(lambda: holds(self), "not so", within)

    async def _until(
        self, holds: Callable[[], bool], missed: str, within: timedelta
    ) -> None:
        try:
            await self._backstage.changes.until(holds, within)
        except TimeoutError:
            shown = "\n".join(f"  {m.sender.first_name}: {m.text}" for m in self.chat)
            raise TimeoutError(
                f"{missed} on {self.user.first_name}'s phone, which shows:\n{shown}"
            ) from None


def _matches(matching: Matching, message: Message) -> bool:
    if isinstance(matching, str):
        return matching in message.text
    return matching(message)
