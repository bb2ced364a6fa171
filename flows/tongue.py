"""The language a customer reads: guessed from their client, changed with a button."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows.codes import menu_data
from flows.effects import Button
from flows.wording import language_name, languages

if TYPE_CHECKING:
    from flows.case import Chat
    from flows.draft import Draft

#: Buttons side by side; names of languages are short.
_ABREAST = 2


def show_languages(draft: Draft, chat: Chat) -> None:
    """Show every language there are words in, each by its own name."""
    buttons = [
        Button(label=language_name(tag, tag), data=menu_data("language", tag))
        for tag in languages()
    ]
    rows = tuple(
        tuple(buttons[start : start + _ABREAST])
        for start in range(0, len(buttons), _ABREAST)
    )
    rows = (*rows, *draft.menu("person", chat=chat))
    draft.reply(chat, "language", rows, chosen=False)


def choose_language(draft: Draft, chat: Chat, tag: str) -> bool:
    """Keep a customer's language for all they are told; False if we do not speak it."""
    if tag not in languages():
        return False
    draft.case = replace(draft.case, language=tag)
    draft.record("customer", "chose language", tag)
    draft.reply(
        chat, "language", draft.menu("orders", "person", chat=chat), chosen=True
    )
    return True
