"""Small checks that speak Slack's sentences about JSON.

A check looks at one value and tells `Complaints` what Slack would complain about,
with the same JSON pointer.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S")


@dataclass(slots=True, kw_only=True)
class Complaints:
    """What is wrong with one payload, in the order Slack would list it."""

    messages: list[str] = field(default_factory=list)

    def say(self, what: str, pointer: str) -> None:
        """Add one complaint about the value at `pointer`."""
        self.messages.append(f"[ERROR] {what} [json-pointer:{pointer}]")


Check = Callable[[Complaints, str, Any], None]


def string(*, most: int, least: int = 1) -> Check:
    """Accept a string of `least` to `most` characters."""

    def check(complaints: Complaints, pointer: str, value: Any) -> None:
        if not isinstance(value, str):
            complaints.say("must provide a string", pointer)
        elif len(value) < least:
            complaints.say(f"must be more than {least - 1} characters", pointer)
        elif len(value) > most:
            complaints.say(f"must be less than {most + 1} characters", pointer)

    return check


def url(*, most: int) -> Check:
    """Accept an absolute URL of at most `most` characters."""
    size = string(most=most)

    def check(complaints: Complaints, pointer: str, value: Any) -> None:
        size(complaints, pointer, value)
        if isinstance(value, str) and not _SCHEME.match(value):
            complaints.say("must be a valid URL", pointer)

    return check


def matching(pattern: str, what: str) -> Check:
    """Accept a string that matches the whole pattern."""
    compiled = re.compile(pattern)

    def check(complaints: Complaints, pointer: str, value: Any) -> None:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            complaints.say(f"must be {what}", pointer)

    return check


def boolean(complaints: Complaints, pointer: str, value: Any) -> None:
    """Accept true or false."""
    if not isinstance(value, bool):
        complaints.say("must provide a boolean", pointer)


def anything(_complaints: Complaints, _pointer: str, _value: Any) -> None:
    """Accept any value."""


def integer(*, least: int, most: int) -> Check:
    """Accept an integer between two bounds."""

    def check(complaints: Complaints, pointer: str, value: Any) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            complaints.say("must provide an integer", pointer)
        elif value < least:
            complaints.say(f"must be greater than {least - 1}", pointer)
        elif value > most:
            complaints.say(f"must be less than {most + 1}", pointer)

    return check


def one_of(*values: str) -> Check:
    """Accept one of these strings."""

    def check(complaints: Complaints, pointer: str, value: Any) -> None:
        if value not in values:
            complaints.say("must be a valid enum value", pointer)

    return check


def array(item: Check, *, most: int, least: int = 1) -> Check:
    """Accept an array of `least` to `most` items that each pass `item`."""

    def check(complaints: Complaints, pointer: str, value: Any) -> None:
        if not isinstance(value, list):
            complaints.say("must provide an array", pointer)
            return
        if len(value) < least:
            complaints.say(f"no less than {least} items allowed", pointer)
        if len(value) > most:
            complaints.say(f"no more than {most} items allowed", pointer)
        for index, each in enumerate(value[:most]):
            item(complaints, f"{pointer}/{index}", each)

    return check


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The keys an object may have and those it must have; "type" is always known."""

    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)

    def __call__(self, complaints: Complaints, pointer: str, value: Any) -> None:
        """Complain about missing and unknown keys and about each value."""
        if not isinstance(value, dict):
            complaints.say("must provide an object", pointer)
            return
        for key in self.required:
            if value.get(key) is None:
                complaints.say(f"missing required field: {key}", pointer)
        known = {**self.required, **self.optional, "type": anything}
        for key, each in value.items():
            if key not in known:
                complaints.say(f"invalid additional property: {key}", pointer)
            elif each is not None:
                known[key](complaints, f"{pointer}/{key}", each)


def by_type(shapes: Mapping[str, Check]) -> Check:
    """Accept an object whose "type" names one of these shapes, and check it."""

    def check(complaints: Complaints, pointer: str, value: Any) -> None:
        if not isinstance(value, dict):
            complaints.say("must provide an object", pointer)
            return
        kind = value.get("type")
        if kind is None:
            complaints.say("missing required field: type", pointer)
        elif not isinstance(kind, str) or kind not in shapes:
            complaints.say(f"unsupported type: {kind}", f"{pointer}/type")
        else:
            shapes[kind](complaints, pointer, value)

    return check
