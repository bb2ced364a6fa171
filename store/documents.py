"""The parts of a case kept as JSON: an offer's terms, the dialogue's memory."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flows.case import Asked, Choice, Memory, OfferItem

if TYPE_CHECKING:
    from flows.case import Offer

_CHOICE = [field.name for field in fields(Choice)]
_ITEM = [field.name for field in fields(OfferItem) if field.name != "choices"]
_DATES = ("expected_from", "expected_to")
_ITEM_DATES = ("told_before", "needed_by")


def terms_document(offer: Offer) -> dict[str, Any]:
    """Return an offer's terms as JSON: what was shown and what counts."""
    return {
        "window_seconds": offer.window_seconds,
        "changes": offer.changes,
        "items": [_item_document(item) for item in offer.items],
    }


def read_items(document: dict[str, Any]) -> tuple[OfferItem, ...]:
    """Return the items of an offer's terms."""
    return tuple(_read_item(item) for item in document["items"])


def memory_document(memory: Memory) -> dict[str, Any]:
    """Return the dialogue's memory as JSON, without what is at its default."""
    found = {
        "shown": list(memory.shown),
        "claimed": memory.claimed,
        "warned": list(memory.warned),
        "wish": memory.wish,
        "album": memory.album,
        "preference": memory.preference,
        "consoled": list(memory.consoled),
        "later": memory.later,
        "wanted_by": {name: day.isoformat() for name, day in memory.wanted_by},
        "asked": memory.asked and _asked_document(memory.asked),
        "missed": memory.missed,
        "shipped": list(memory.shipped),
        "untold": [list(pair) for pair in memory.untold],
        "untold_offers": [list(pair) for pair in memory.untold_offers],
    }
    return {name: value for name, value in found.items() if value}


def read_memory(document: dict[str, Any]) -> Memory:
    """Return the dialogue's memory."""
    return Memory(
        shown=tuple(document.get("shown", ())),
        claimed=document.get("claimed"),
        warned=tuple(document.get("warned", ())),
        wish=document.get("wish", ""),
        album=document.get("album", ""),
        preference=document.get("preference", ""),
        consoled=tuple(document.get("consoled", ())),
        later=document.get("later", False),
        wanted_by=tuple(
            (name, date.fromisoformat(day))
            for name, day in document.get("wanted_by", {}).items()
        ),
        asked=_read_asked(document.get("asked")),
        missed=document.get("missed", ""),
        shipped=tuple(document.get("shipped", ())),
        untold=tuple((key, order) for key, order in document.get("untold", ())),
        untold_offers=tuple(
            (key, offer) for key, offer in document.get("untold_offers", ())
        ),
    )


def _asked_document(asked: Asked) -> dict[str, Any]:
    return {"data": list(asked.data), "at": asked.at.isoformat()}


def _read_asked(document: dict[str, Any] | None) -> Asked | None:
    if document is None:
        return None
    at = datetime.fromisoformat(document["at"])
    return Asked(data=tuple(document["data"]), at=at)


def _item_document(item: OfferItem) -> dict[str, Any]:
    made: dict[str, Any] = {name: getattr(item, name) for name in _ITEM}
    for name in _ITEM_DATES:
        made[name] = _written(getattr(item, name))
    made["stays"] = list(item.stays)
    made["choices"] = [
        {
            name: _written(getattr(choice, name)) if name in _DATES else value
            for name in _CHOICE
            if (value := getattr(choice, name)) not in (None, "", 0)
        }
        for choice in item.choices
    ]
    return made


def _read_item(document: dict[str, Any]) -> OfferItem:
    choices = tuple(_read_choice(choice) for choice in document["choices"])
    values = {name: document[name] for name in _ITEM if name in document}
    for name in _ITEM_DATES:
        values[name] = _read(document.get(name))
    values["stays"] = tuple(document.get("stays", ()))
    return OfferItem(**values, choices=choices)


def _read_choice(document: dict[str, Any]) -> Choice:
    values: dict[str, Any] = {
        name: _read(value) if name in _DATES else value
        for name, value in document.items()
    }
    return Choice(**values)


def _written(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _read(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
