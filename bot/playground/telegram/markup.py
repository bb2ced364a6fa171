"""The HTML dialect of the Bot API: few tags, no attribute too many, all closed.

Offsets in error texts count bytes, offsets of spans count UTF-16 units, as on the
platform. Literal entities other than lt, gt, amp and quot stay as they were typed.
"""

import re
from dataclasses import dataclass, replace

from bot.playground.telegram.entities import Entity
from bot.playground.telegram.links import text_link
from bot.playground.telegram.refusals import RefusalError, bad_request

_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ENTITY = re.compile(r"&(?:#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,8}))|([a-zA-Z]+));?")
_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE = re.compile(r"\s*([^\s=>]*)\s*(=?)\s*", re.DOTALL)
_TOKEN = re.compile(r"[A-Za-z0-9.\-]*")


@dataclass(slots=True, kw_only=True)
class _Open:
    tag: str
    argument: str
    offset: int
    at: int


def _refuse(reason: str) -> RefusalError:
    return bad_request(f"can't parse entities: {reason}")


def _decoded(match: re.Match[str]) -> str | None:
    """Returns the character an HTML entity stands for, None when it is plain text."""
    hexadecimal, decimal, name = match.groups()
    if name is not None:
        return _NAMED.get(name)
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(code) if 0 < code < 0x10FFFF else None


def _unescaped(text: str) -> str:
    return _ENTITY.sub(lambda match: _decoded(match) or match.group(), text)


class _Reader:
    """Reads one text once, from left to right."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._out: list[str] = []
        self._units = 0
        self._open: list[_Open] = []
        self._spans: list[Entity] = []

    def read(self) -> tuple[str, list[Entity]]:
        source, at = self._source, 0
        while at < len(source):
            if source[at] == "<":
                at = (
                    self._end_tag(at)
                    if source.startswith("</", at)
                    else self._start_tag(at)
                )
                continue
            match = _ENTITY.match(source, at) if source[at] == "&" else None
            character = _decoded(match) if match else None
            if match and character is not None:
                self._emit(character)
                at = match.end()
            else:
                self._emit(source[at])
                at += 1
        if self._open:
            tag = self._open[-1].tag
            raise _refuse(f'Can\'t find end tag corresponding to start tag "{tag}"')
        text = "".join(self._out)
        if any(0xD800 <= ord(character) <= 0xDFFF for character in text):
            raise _refuse(
                "Text contains invalid Unicode characters after decoding HTML "
                "entities, check for unmatched surrogate code units"
            )
        spans = [
            replace(span, language=None) if span.kind == "code" else span
            for span in self._spans
        ]
        spans.sort(key=lambda span: (span.offset, -span.length))
        return text, spans

    def _emit(self, character: str) -> None:
        self._out.append(character)
        self._units += 2 if ord(character) > 0xFFFF else 1

    def _byte(self, at: int) -> int:
        return len(self._source[:at].encode("utf-8", "surrogatepass"))

    def _start_tag(self, begin: int) -> int:
        source = self._source
        match = _NAME.match(source, begin + 1)
        at = match.end() if match else begin + 1
        if at >= len(source):
            raise _refuse(f"Unclosed start tag at byte offset {self._byte(begin)}")
        tag = source[begin + 1 : at].lower()
        if tag not in _KINDS:
            raise _refuse(
                f'Unsupported start tag "{tag}" at byte offset {self._byte(begin)}'
            )
        argument = ""
        while not source.startswith(">", at):
            at, name, value = self._attribute(begin, at, tag)
            argument = _argument(tag, name, value) or argument
        if tag == "span" and argument != "spoiler":
            raise _refuse(
                'Tag "span" must have class "tg-spoiler" at byte offset '
                f"{self._byte(begin)}"
            )
        self._open.append(
            _Open(tag=tag, argument=argument, offset=self._units, at=len(self._out))
        )
        return at + 1

    def _attribute(self, begin: int, at: int, tag: str) -> tuple[int, str, str]:
        """Reads one attribute; returns where it ends, its name and its value."""
        source, where = self._source, self._byte(begin)
        match = _ATTRIBUTE.match(source, at)
        name, equals = match.groups() if match else ("", "")
        at = match.end() if match else at
        if at >= len(source):
            raise _refuse(f'Unclosed start tag "{tag}" at byte offset {where}')
        if not name:
            if source[at] == ">":
                return at, "", ""
            raise _refuse(
                f'Empty attribute name in the tag "{tag}" at byte offset {where}'
            )
        if not equals:
            if tag == "blockquote" and name.lower() == "expandable":
                return at, "expandable", "expandable"
            raise _refuse(
                "Expected equal sign in declaration of an attribute of the tag "
                f'"{tag}" at byte offset {where}'
            )
        if source[at] in "'\"":
            end = source.find(source[at], at + 1)
            if end < 0 or end + 1 >= len(source):
                raise _refuse(f"Unclosed start tag at byte offset {where}")
            return end + 1, name.lower(), _unescaped(source[at + 1 : end])
        token = _TOKEN.match(source, at)
        end = token.end() if token else at
        if end < len(source) and not source[end].isspace() and source[end] != ">":
            raise _refuse(f"Unexpected end of name token at byte offset {where}")
        if end >= len(source):
            raise _refuse(f"Unclosed start tag at byte offset {where}")
        return end, name.lower(), source[at:end].lower()

    def _end_tag(self, begin: int) -> int:
        source, where = self._source, self._byte(begin)
        if not self._open:
            raise _refuse(f"Unexpected end tag at byte offset {where}")
        end = source.find(">", begin)
        if end < 0:
            raise _refuse(f"Unclosed end tag at byte offset {where}")
        found = source[begin + 2 : end].strip().lower()
        opened = self._open[-1]
        if found and found != opened.tag:
            raise _refuse(
                f"Unmatched end tag at byte offset {where}, "
                f'expected "</{opened.tag}>", found "</{found}>"'
            )
        self._open.pop()
        if self._units > opened.offset:
            self._close(opened)
        return end + 1

    def _close(self, opened: _Open) -> None:
        kind, url, language = _KINDS[opened.tag], None, None
        if opened.tag == "a":
            url = text_link(opened.argument or "".join(self._out[opened.at :]))
            if url is None:
                return  # the platform drops a link it cannot use and keeps the text
        elif opened.tag == "code" and opened.argument:
            language = opened.argument
        elif opened.tag == "blockquote" and opened.argument:
            kind = "expandable_blockquote"
        length = self._units - opened.offset
        if opened.tag == "pre" and self._spans:
            last = self._spans[-1]
            if (last.kind, last.offset, last.length) == ("code", opened.offset, length):
                self._spans.pop()
                language = last.language
        self._spans.append(
            Entity(
                kind=kind,
                offset=opened.offset,
                length=length,
                url=url,
                language=language,
            )
        )


def _argument(tag: str, name: str, value: str) -> str:
    match tag, name:
        case "a", "href":
            return value
        case "code", "class":
            return value[9:] if value.startswith("language-") else ""
        case "span", "class":
            return value[3:] if value.startswith("tg-") else ""
        case "blockquote", "expandable":
            return "expandable"
        case _:
            return ""


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Returns the plain text and its spans, outer before inner.

    Raises:
        RefusalError: 400 "can't parse entities", with the platform's reason.
    """
    return _Reader(source).read()
