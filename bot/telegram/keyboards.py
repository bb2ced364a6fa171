"""Rows of buttons as the Bot API's reply markup."""

from __future__ import annotations

from typing import Any

#: The looks the Bot API knows for a button; another word is left out.
_STYLES = frozenset({"primary", "danger", "success"})


def markup(payload: dict[str, Any]) -> dict[str, Any] | None:
    """Return the markup that goes with a payload, None when there is none.

    ``contact_request`` makes the first label a button that shares the person's
    number; ``remove_keyboard`` takes such a button away again.
    """
    rows: list[list[dict[str, Any]]] = payload.get("rows") or []
    if payload.get("contact_request"):
        if not rows or not rows[0]:
            return None
        ask = {"text": rows[0][0]["label"], "request_contact": True}
        return {
            "keyboard": [[ask]],
            "resize_keyboard": True,
            "one_time_keyboard": True,
        }
    if payload.get("remove_keyboard"):
        return {"remove_keyboard": True}
    if not rows:
        return None
    return {"inline_keyboard": [[_button(one) for one in row] for row in rows]}


def _button(button: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"text": button["label"]}
    if url := button.get("url"):
        shown["url"] = url
    else:
        shown["callback_data"] = button.get("data", "")
    if button.get("style") in _STYLES:
        shown["style"] = button["style"]
    return shown
