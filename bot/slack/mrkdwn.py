"""Slack's own markup: escaped on the way in, readable words on the way out."""

import re
from collections.abc import Mapping

from bot.slack.emoji import with_faces

#: What Slack writes between angle brackets; any other ``<…>`` is somebody's text.
_CONTROL = re.compile(
    r"<(?P<body>[@#!][^<>\s][^<>]*|(?:https?://|mailto:|tel:)[^<>|]+(?:\|[^<>]*)?)>"
)
_MENTION = re.compile(r"<@(?P<user>[UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_ESCAPED = re.compile(r"&(amp|lt|gt);")
_CHARACTER = {"amp": "&", "lt": "<", "gt": ">"}


def escape(text: str) -> str:
    """Return text that Slack shows as written, never as a mention or a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mentioned(text: str) -> frozenset[str]:
    """Return the ids of the people a text mentions."""
    return frozenset(found["user"] for found in _MENTION.finditer(text))


def to_plain(text: str, names: Mapping[str, str]) -> str:
    """Return what a colleague wrote as words a customer can read.

    ``names`` gives the names of mentioned people by id. Bold and italic marks stay,
    and so does everything that only looks like Slack's markup.
    """
    parts: list[str] = []
    end = 0
    for found in _CONTROL.finditer(text):
        parts.append(_words(text[end : found.start()]))
        parts.append(_control(found["body"], names))
        end = found.end()
    parts.append(_words(text[end:]))
    return "".join(parts)


def _words(text: str) -> str:
    return _decoded(with_faces(text))


def _decoded(text: str) -> str:
    return _ESCAPED.sub(lambda found: _CHARACTER[found[1]], text)


def _control(body: str, names: Mapping[str, str]) -> str:
    target, _, label = body.partition("|")
    label = _words(label)
    match target[0]:
        case "@":
            return names.get(target[1:]) or label.lstrip("@") or target
        case "#":
            return f"#{label.lstrip('#')}" if label else target
        case "!":
            return _broadcast(target[1:], label)
    return _link(_decoded(target), label)


def _broadcast(target: str, label: str) -> str:
    """Return a group's or a date's label, else the word behind the mark."""
    if label:
        return label
    return f"@{target.partition('^')[0]}"


def _link(url: str, label: str) -> str:
    bare = re.sub(r"^(?:https?://|mailto:|tel:)", "", url)
    if label in ("", url, bare):
        return bare if url.startswith(("mailto:", "tel:")) else url
    return f"{label} ({bare if url.startswith('mailto:') else url})"
