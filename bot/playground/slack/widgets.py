"""What a person can press, choose or fill in, and how Slack reports it."""

import copy
import html
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.playground.slack.blocks import elements_of
from bot.playground.slack.composition import choices
from bot.playground.slack.refusals import CannotDoError

State = dict[str, dict[str, dict[str, Any]]]

_ONE_FIELD: Mapping[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "multi_static_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Widget:
    """One element a person can act on, with the block it stands in."""

    block: Mapping[str, Any]
    element: dict[str, Any]

    @property
    def action_id(self) -> str:
        """The element's action id; the stand-in gives one where the app did not."""
        return str(self.element["action_id"])

    @property
    def block_id(self) -> str:
        """The block's id; the stand-in gives one where the app did not."""
        return str(self.block["block_id"])

    @property
    def kind(self) -> str:
        """The element's type."""
        return str(self.element["type"])

    @property
    def caption(self) -> str:
        """What is written on it, or beside an input."""
        text = self.element.get("text") or self.element.get("placeholder")
        text = text or self.block.get("label") or {}
        return html.unescape(str(text.get("text", "")))

    def entry(self, value: Any) -> dict[str, Any]:
        """Return the state entry for a value as a person would name it.

        Options may be named by their value or by their text.

        Raises:
            CannotDoError: the menu does not offer this.
        """
        field, _ = _ONE_FIELD[self.kind]
        if field == "selected_option" and value is not None:
            value = self.option(value)
        elif field == "selected_options":
            value = [self.option(each) for each in value or []]
        return {"type": self.kind, field: value}

    def option(self, wanted: str) -> dict[str, Any]:
        """Return the option with this value or text."""
        offered = choices(self.element)
        for option in offered:
            if wanted in (option.get("value"), html.unescape(option["text"]["text"])):
                return dict(option)
        names = [option["text"]["text"] for option in offered]
        raise CannotDoError(f"{wanted!r} is not offered, only {names}")

    def preset(self) -> dict[str, Any]:
        """Return the state entry before anybody touched it."""
        field, initial = _ONE_FIELD[self.kind]
        empty: Any = [] if field.endswith(("options", "users")) else None
        return {"type": self.kind, field: self.element.get(initial, empty)}


def widgets(blocks: Sequence[Mapping[str, Any]]) -> list[Widget]:
    """Return everything a person can act on, from top to bottom."""
    return [
        Widget(block=block, element=element)
        for block in blocks
        for element in elements_of(block)
    ]


def find(blocks: Sequence[Mapping[str, Any]], wanted: str) -> Widget:
    """Return the widget with this action id, or with this written on it.

    Raises:
        CannotDoError: there is none; the message lists what there is.
    """
    shown = widgets(blocks)
    for widget in shown:
        if widget.action_id == wanted:
            return widget
    for widget in shown:
        if widget.caption == wanted:
            return widget
    there = [(widget.caption, widget.action_id) for widget in shown]
    raise CannotDoError(f"nothing called {wanted!r} here, only {there}")


def initial_state(blocks: Sequence[Mapping[str, Any]]) -> State:
    """Return the state of everything that holds a value, before anybody touched it."""
    state: State = {}
    for widget in widgets(blocks):
        if widget.kind in _ONE_FIELD:
            state.setdefault(widget.block_id, {})[widget.action_id] = widget.preset()
    return state


def held(state: State, widget: Widget) -> Any:
    """Return the bare value a widget holds in this state."""
    field, _ = _ONE_FIELD[widget.kind]
    return state.get(widget.block_id, {}).get(widget.action_id, {}).get(field)


def completed(blocks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a copy with the ids and flags that Slack adds to what it accepts."""
    copied: list[dict[str, Any]] = copy.deepcopy([dict(block) for block in blocks])
    for block in copied:
        block["block_id"] = block.get("block_id") or secrets.token_urlsafe(4)
        for element in elements_of(block):
            element["action_id"] = element.get("action_id") or secrets.token_urlsafe(4)
    _add_flags(copied)
    return copied


def _add_flags(value: Any) -> None:
    if isinstance(value, dict):
        if value.get("type") == "plain_text":
            value.setdefault("emoji", True)
        elif value.get("type") == "mrkdwn":
            value.setdefault("verbatim", False)
        for each in value.values():
            _add_flags(each)
    elif isinstance(value, list):
        for each in value:
            _add_flags(each)
