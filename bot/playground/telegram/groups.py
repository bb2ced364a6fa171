"""Groups: chats of several people, where the bot reads only what is meant for it."""

from bot.playground.telegram.backstage import Backstage
from bot.playground.telegram.chats import Access, Chat
from bot.playground.telegram.formatting import read_typed
from bot.playground.telegram.messages import Message
from bot.playground.telegram.people import Person


class Group:
    """A group to which somebody added the bot."""

    def __init__(self, chat: Chat, founder: Person, backstage: Backstage) -> None:
        self.room = chat
        self._founder = founder
        self._backstage = backstage

    @property
    def id(self) -> int:
        """The chat's id, negative."""
        return self.room.id

    @property
    def chat(self) -> list[Message]:
        """The messages everybody in the group sees, oldest first."""
        return list(self.room.messages.values())

    def adds_bot(self) -> None:
        """Adds the bot, which hears of it."""
        self._backstage.set_access(self.room, self._founder.user, Access.OPEN)

    def removes_bot(self) -> None:
        """Removes the bot, which hears of it once."""
        self._backstage.set_access(self.room, self._founder.user, Access.KICKED)

    def says(
        self, person: Person, text: str, *, reply_to: int | None = None
    ) -> Message:
        """Lets a member speak."""
        chats = self._backstage.chats
        message = chats.post(
            self.room, person.user, read_typed(text), reply_to=reply_to
        )
        return self._backstage.send(self.room, message)

    def upgrades(self) -> "Group":
        """Becomes a supergroup with a new id; writes to the old one are refused."""
        stage, old = self._backstage, self.room
        new = stage.chats.open(
            Chat(
                id=-1_000_000_000_000 + old.id,
                kind="supergroup",
                title=old.title,
                access=Access.OPEN,
            )
        )
        old.upgraded_to = new.id
        told = stage.chats.post(
            old, self._founder.user, other={"migrate_to_chat_id": new.id}
        )
        stage.queue.add("message", old.message_json(told), lane=f"chat:{old.id}")
        stage.chats.admit(old, Access.UPGRADED)
        told = stage.chats.post(
            new, self._founder.user, other={"migrate_from_chat_id": old.id}
        )
        stage.queue.add("message", new.message_json(told), lane=f"chat:{new.id}")
        return Group(new, self._founder, stage)
