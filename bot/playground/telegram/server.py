"""The stand-in itself: an HTTP server that speaks the Bot API as the platform does."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Self

import aiohttp
from aiohttp import web

from bot.playground.telegram import limits
from bot.playground.telegram.api import BotApi
from bot.playground.telegram.backstage import Backstage
from bot.playground.telegram.changes import Changes
from bot.playground.telegram.chats import Chat, ChatBook
from bot.playground.telegram.faults import Faults
from bot.playground.telegram.files import Album, Photo
from bot.playground.telegram.groups import Group
from bot.playground.telegram.messages import User
from bot.playground.telegram.methods import table_of_methods
from bot.playground.telegram.people import Person
from bot.playground.telegram.polling import Polling
from bot.playground.telegram.presses import Presses
from bot.playground.telegram.profile import Profile
from bot.playground.telegram.updates import UpdateQueue
from bot.playground.telegram.webhook import Webhook
from bot.playground.telegram.writing import Writing

_HOST = "127.0.0.1"


class TelegramStandIn:
    """A strict local stand-in for Telegram, for one bot and any number of people.

    `token` is the bot's; its part before the colon is the bot's id. `clock` is machine
    time in seconds and drives pace, ages and repeats; `now` dates the messages. With
    `pace=None` nothing is paced, for benchmarks.
    """

    def __init__(
        self,
        *,
        token: str,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
        pace: limits.Pace | None = limits.PLATFORM_PACE,
        username: str = "backorder_bot",
        first_name: str = "Backorder bot",
        first_update_id: int = 710_000_001,
    ) -> None:
        self.token = token
        self.bot = User(
            id=int(token.partition(":")[0]),
            first_name=first_name,
            username=username,
            is_bot=True,
        )
        self.faults = Faults()
        self.changes = Changes()
        self._people: dict[int, Person] = {}
        self._groups = 0
        self._port = 0
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None
        chats = ChatBook(bot=self.bot, clock=clock, now=now, changes=self.changes)
        self._backstage = Backstage(
            bot=self.bot,
            chats=chats,
            queue=UpdateQueue(clock, first_update_id),
            presses=Presses(clock, self.changes),
            album=Album(),
            profile=Profile(self.changes),
            changes=self.changes,
        )
        self._polling = Polling(self._backstage.queue, self.changes)
        self._webhook = Webhook(
            queue=self._backstage.queue,
            polling=self._polling,
            changes=self.changes,
            clock=clock,
            now=now,
            http=self._http,
        )
        self._api = BotApi(
            token=token,
            methods=table_of_methods(
                bot=self.bot,
                album=self._backstage.album,
                writing=Writing(
                    chats=chats,
                    album=self._backstage.album,
                    gate=limits.Gate(pace, clock),
                    changes=self.changes,
                    http=self._http,
                ),
                presses=self._backstage.presses,
                profile=self._backstage.profile,
                polling=self._polling,
                webhook=self._webhook,
            ),
            album=self._backstage.album,
            faults=self.faults,
            changes=self.changes,
        )

    @property
    def base_url(self) -> str:
        """The address before the token, as TELEGRAM_API_URL and PTB want it."""
        return f"http://{_HOST}:{self._port}/bot"

    @property
    def file_url(self) -> str:
        """The address of files before the token."""
        return f"http://{_HOST}:{self._port}/file/bot"

    @property
    def calls(self) -> Counter[str]:
        """How often each method was called, by its name in lower case."""
        return self._api.calls

    @property
    def is_polled(self) -> bool:
        """Tells whether the bot waits in a long poll right now."""
        return self._polling.is_waited_on

    @property
    def pending_count(self) -> int:
        """How many updates the bot has not confirmed."""
        return len(self._backstage.queue.waiting())

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        """Listens on loopback; port 0 takes a free one."""
        self._session = aiohttp.ClientSession()
        self._port = port
        await self.comes_back()

    async def stop(self) -> None:
        """Stops listening and ends everything that waits."""
        await self.goes_away()
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def goes_away(self) -> None:
        """Refuses connections and drops open ones, as an outage does."""
        await self._webhook.stop()
        self.faults.clear()
        self._polling.end()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def comes_back(self) -> None:
        """Listens again on the same port, with everything remembered."""
        self._runner = web.AppRunner(
            self._api.application(),
            access_log=None,
            shutdown_timeout=0.1,
            handle_signals=False,
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, _HOST, self._port).start()
        self._port = self._runner.addresses[0][1]
        self._webhook.resume()

    # People.

    def person(
        self,
        user_id: int,
        first_name: str = "Ada",
        language_code: str | None = "en",
        username: str | None = None,
    ) -> Person:
        """Returns the person with this id, new or known; their chat is not started."""
        if user_id not in self._people:
            user = User(
                id=user_id,
                first_name=first_name,
                username=username,
                language_code=language_code,
            )
            chat = Chat(id=user_id, kind="private", person=user)
            room = self._backstage.chats.open(chat)
            self._people[user_id] = Person(user, room, self._backstage)
        return self._people[user_id]

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody with a phone."""
        return tuple(self._people.values())

    def group(self, title: str, founder: Person) -> Group:
        """Returns a new group to which its founder has added the bot."""
        self._groups += 1
        chat = Chat(id=-5_000_000 - self._groups, kind="group", title=title)
        group = Group(self._backstage.chats.open(chat), founder, self._backstage)
        group.adds_bot()
        return group

    def picture(self, path: str) -> Photo | None:
        """Returns a picture by its path, for a page that shows it without the token."""
        return self._backstage.album.at_path(path)

    # Updates that no person makes.

    def inject(self, update: Mapping[str, Any]) -> int:
        """Puts raw JSON into the queue under an update id of ours; returns the id."""
        return self._backstage.queue.inject(update)

    def repeat_last_update(self) -> None:
        """Delivers the last delivered update again, even if it was confirmed."""
        self._backstage.queue.repeat_last()

    def drop_updates(self) -> None:
        """Forgets all undelivered updates, as a day's outage does."""
        self._backstage.queue.drop()

    def wake(self) -> None:
        """Looks at the webhook's repeats again after the clock was moved by hand."""
        self._backstage.queue.arrived.set()

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("the stand-in has not started")
        return self._session
