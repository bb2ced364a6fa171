"""Entities mark stretches of a text; everything here counts in UTF-16 units."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """An entity is one stretch of text with a meaning; offsets count UTF-16 units."""

    kind: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Returns the entity as the platform sends it."""
        body: dict[str, Any] = {
            "type": self.kind,
            "offset": self.offset,
            "length": self.length,
        }
        if self.url is not None:
            body["url"] = self.url
        if self.language is not None:
            body["language"] = self.language
        return body


def utf16_length(text: str) -> int:
    """Returns the number of UTF-16 units of a text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
