"""The whole story, unattended: every message each side sees, on a moved clock.

A step that does not come about is said so and counted; the last line is "N of N
steps" and the exit code tells the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.playground.runtime import Playground, playground
from bot.playground.story import STORY
from store.tables import notices

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from bot.playground.slack import Message as Post
    from bot.playground.telegram import Message


async def tell_story(url: str, workdir: Path, console: Console) -> bool:
    """Live the story and print it; return whether every step came about."""
    done = 0
    async with playground(url, workdir=workdir) as stage:
        printer = Printer(stage, console)
        zone = ZoneInfo(stage.time_zone)
        await stage.settle()
        printer.show()
        for number, (title, step) in enumerate(STORY, start=1):
            now = stage.now().astimezone(zone).strftime("%a %d %b, %H:%M")
            console.print(f"\n[bold]{number}. {title}[/]  [dim]{now}[/]")
            try:
                await step(stage)
                await stage.settle()
            except (AssertionError, TimeoutError, LookupError, ValueError) as missing:
                printer.show()
                console.print(f"   [red]missing:[/] {missing}", markup=True)
            else:
                printer.show()
                done += 1
    console.print(f"\n{done} of {len(STORY)} steps")
    return done == len(STORY)


class Printer:
    """Prints what is new on every screen since it last looked."""

    def __init__(self, stage: Playground, console: Console) -> None:
        """Begin with nothing seen yet."""
        self.stage = stage
        self.console = console
        self._messages: dict[tuple[int, int], Message] = {}
        self._notices = 0
        self._posts: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._toasts: dict[int, int] = {}

    def show(self) -> None:
        """Print new and changed messages of phones, channel and mail."""
        for customer in self.stage.people:
            for message in customer.phone.chat:
                key = (customer.phone.id, message.id)
                if self._messages.get(key) != message:
                    edited = key in self._messages
                    self._messages[key] = message
                    self._phone(customer.name, message, edited=edited)
            toasts = customer.phone.toasts
            for toast in toasts[self._toasts.get(customer.phone.id, 0) :]:
                self._line("yellow", f"{customer.name}'s phone shows", f"({toast})", ())
            self._toasts[customer.phone.id] = len(toasts)
        for post in self.stage.channel.everything:
            seen = (post.says, post.buttons)
            if self._posts.get(post.ts) != seen:
                edited = post.ts in self._posts
                self._posts[post.ts] = seen
                self._post(post, edited=edited)
        self._mail()

    def _phone(self, name: str, message: Message, *, edited: bool) -> None:
        who = f"Bot to {name}" if message.from_bot else name
        text = message.text or ("(a picture)" if message.photo else "")
        buttons = tuple(text for row in message.buttons for text in row)
        note = " (edited)" if edited else ""
        self._line("cyan" if message.from_bot else "green", who + note, text, buttons)

    def _post(self, post: Post, *, edited: bool) -> None:
        where = "in the thread" if post.thread_ts else "in Slack"
        note = " (edited)" if edited else ""
        lines = (line for line in post.says.splitlines() if line not in post.buttons)
        self._line(
            "magenta", f"#backorders, {where}{note}", "\n".join(lines), post.buttons
        )

    def _mail(self) -> None:
        with self.stage.bot.store.read() as connection:
            newer = select(notices).where(notices.c.id > self._notices)
            for row in connection.execute(newer.order_by(notices.c.id)):
                self._notices = row.id
                who = f"For the shop's mailer, to {row.email}"
                self._line("blue", who, f"{row.subject}\n{row.text}", ())

    def _line(self, color: str, who: str, text: str, buttons: tuple[str, ...]) -> None:
        self.console.print(f"   [{color}]{who}[/]")
        for line in text.splitlines():
            self.console.print(f"      {line}", markup=False, soft_wrap=True)
        if buttons:
            shown = "  ".join(f"[ {label} ]" for label in buttons)
            self.console.print(
                f"      {shown}", markup=False, style="dim", soft_wrap=True
            )
