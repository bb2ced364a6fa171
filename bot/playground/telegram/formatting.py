"""Formatted text: what remains when the entities are taken out, in UTF-16 units.

Reads HTML as the platform does and refuses what the platform refuses. The older
Markdown modes are not spoken here; a bot that uses them is told so.
"""

import html
import re
from dataclasses import dataclass, replace
from typing import Any

from bot.playground.telegram.entities import Entity, utf16_length
from bot.playground.telegram.limits import ENTITIES
from bot.playground.telegram.markup import parse_html
from bot.playground.telegram.refusals import bad_request

_COMMAND = re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(@[A-Za-z0-9_]{3,32})?(?!\w)")
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "tg-spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FormattedText:
    """A formatted text is plain text plus its entities."""

    text: str = ""
    entities: tuple[Entity, ...] = ()

    @property
    def units(self) -> int:
        """The length in UTF-16 units, which is what the platform counts."""
        return utf16_length(self.text)

    def html(self) -> str:
        """Returns the text as HTML that a page may show as it is."""
        return _to_html(self)


def read_formatted(text: str, parse_mode: str, entities: Any) -> FormattedText:
    """Returns what the phone will show for a bot's text.

    Raises:
        RefusalError: 400, when the mark-up cannot be parsed.
    """
    mode = parse_mode.strip().lower()
    if mode == "html":
        plain, spans = parse_html(text)
        formatted = FormattedText(text=plain, entities=tuple(spans))
    elif mode in {"", "none"}:
        formatted = FormattedText(text=text, entities=_given_entities(entities))
    else:
        raise bad_request("unsupported parse_mode")
    return _tidy(_with_found(formatted))


def read_typed(text: str) -> FormattedText:
    """Returns a person's typed text with the commands and links found in it."""
    return _tidy(_with_found(FormattedText(text=text)))


def _given_entities(entities: Any) -> tuple[Entity, ...]:
    if not isinstance(entities, list):
        return ()
    given = []
    for entity in entities:
        if not isinstance(entity, dict) or "type" not in entity:
            raise bad_request("can't parse MessageEntity: expected an Object")
        given.append(
            Entity(
                kind=str(entity["type"]),
                offset=int(entity.get("offset", 0)),
                length=int(entity.get("length", 0)),
                url=entity.get("url"),
                language=entity.get("language"),
            )
        )
    return tuple(given)


def _with_found(formatted: FormattedText) -> FormattedText:
    """Adds the commands and links that the platform itself finds in a text."""
    taken = [(e.offset, e.offset + e.length) for e in formatted.entities]
    added = []
    for kind, pattern in (("bot_command", _COMMAND), ("url", _LINK)):
        if kind == "bot_command" and "/" not in formatted.text:
            continue
        for match in pattern.finditer(formatted.text):
            offset = utf16_length(formatted.text[: match.start()])
            length = utf16_length(match.group())
            if all(offset >= end or offset + length <= start for start, end in taken):
                taken.append((offset, offset + length))
                added.append(Entity(kind=kind, offset=offset, length=length))
    if not added:
        return formatted
    return replace(formatted, entities=formatted.entities + tuple(added))


def _tidy(formatted: FormattedText) -> FormattedText:
    """Trims the text as the platform does and keeps the entities on their words."""
    kept = formatted.text.strip()
    lead = len(formatted.text) - len(formatted.text.lstrip())
    shift = utf16_length(formatted.text[:lead])
    size = utf16_length(kept)
    entities = []
    for entity in formatted.entities:
        start = max(0, entity.offset - shift)
        end = min(size, entity.offset + entity.length - shift)
        if end > start:
            entities.append(replace(entity, offset=start, length=end - start))
    entities.sort(key=lambda entity: (entity.offset, -entity.length))
    return FormattedText(text=kept, entities=tuple(entities[:ENTITIES]))


def _to_html(formatted: FormattedText) -> str:
    units = formatted.text.encode("utf-16-le", "surrogatepass")

    def piece(start: int, end: int) -> str:
        raw = units[start * 2 : end * 2].decode("utf-16-le", "replace")
        return html.escape(raw, quote=False)

    def inside(entities: list[Entity], start: int, end: int) -> str:
        out = []
        at = start
        rest = list(entities)
        while rest:
            entity = rest.pop(0)
            if entity.offset < at:
                continue
            stop = min(end, entity.offset + entity.length)
            nested = [e for e in rest if e.offset < stop]
            rest = rest[len(nested) :]
            out.append(piece(at, entity.offset))
            out.append(_wrap(entity, inside(nested, entity.offset, stop)))
            at = stop
        out.append(piece(at, end))
        return "".join(out)

    return inside(list(formatted.entities), 0, len(units) // 2)


def _wrap(entity: Entity, inner: str) -> str:
    if entity.kind == "text_link":
        return f'<a href="{html.escape(entity.url or "")}">{inner}</a>'
    if entity.kind == "url":
        return f'<a href="{inner}">{inner}</a>'
    tag = _TAGS.get(entity.kind)
    return inner if tag is None else f"<{tag}>{inner}</{tag}>"
