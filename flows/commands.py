"""Commands and menu buttons that are about the chat itself, whoever has the word.

They work for strangers and while a colleague speaks, too; what an argument names is
looked for in the chat's own case, so that it opens nothing by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.asked import settle
from flows.change_requests import change
from flows.codes import handle
from flows.identity import ask_for_contact, unlink
from flows.privacy import ask_forget, ask_mute, forget, set_muted, tell_privacy
from flows.sharing import ask_what_to_share, share
from flows.status import answer_status
from flows.tongue import choose_language, show_languages
from flows.wishes import cancel, keep

if TYPE_CHECKING:
    from flows.case import Chat
    from flows.codes import MenuPress
    from flows.draft import Draft


def on_command(draft: Draft, chat: Chat, text: str) -> bool:
    """Do what a command says; False when the words are no command of ours."""
    command, _, rest = text.strip().partition(" ")
    match command.lower():
        case "/privacy":
            tell_privacy(draft, chat)
        case "/forget":
            ask_forget(draft, chat)
        case "/unlink":
            unlink(draft, chat)
        case "/stop" if draft.case.customer is not None:
            ask_mute(draft, chat)
        case "/share":
            ask_what_to_share(draft, chat)
        case "/language":
            if not choose_language(draft, chat, rest.strip().lower()):
                show_languages(draft, chat)
        case _:
            return False
    return True


def on_button(draft: Draft, chat: Chat, press: MenuPress) -> None:
    """Take a press on a menu button; one we do not know is out of date."""
    settle(draft)
    match press.action:
        case "privacy":
            tell_privacy(draft, chat)
        case "forget":
            ask_forget(draft, chat)
        case "forget_yes":
            forget(draft, chat)
        case "unlink":
            unlink(draft, chat)
        case "contact" if draft.case.customer is None:
            ask_for_contact(draft, chat)
        case "mute" | "unmute":
            set_muted(draft, chat, muted=press.action == "mute")
        case "cancel" if press.argument:
            cancel(draft, chat, press.argument)
        case "uncancel":
            keep(draft, chat, press.argument)
        case "change":
            change(draft, chat, press.argument)
        case "share" if share(draft, chat, press.argument):
            pass
        case "language" if choose_language(draft, chat, press.argument):
            pass
        case "order" if _show_order(draft, chat, press.argument):
            pass
        case _:
            draft.toast("old_button")


def _show_order(draft: Draft, chat: Chat, argument: str) -> bool:
    """Answer where one order stands; False when it is not theirs."""
    found = (order for order in draft.case.orders if handle(order.id) == argument)
    order = next(found, None)
    if order is None:
        return False
    answer_status(draft, chat, order.number)
    return True
