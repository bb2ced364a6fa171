"""Slack's names for the faces people use most, as the characters customers see."""

import re
import unicodedata
from collections.abc import Mapping

#: Slack's own short names; a name missing here is tried as a Unicode name.
_FACES: Mapping[str, str] = {
    "+1": "👍",
    "-1": "👎",
    "100": "💯",
    "blush": "😊",
    "bow": "🙇",
    "bulb": "💡",
    "calendar": "📅",
    "clap": "👏",
    "coffee": "☕",
    "crossed_fingers": "🤞",
    "cry": "😢",
    "email": "✉️",
    "eyes": "👀",
    "gift": "🎁",
    "grimacing": "😬",
    "grin": "😁",
    "grinning": "😀",
    "handshake": "🤝",
    "heart": "❤️",
    "heart_eyes": "😍",
    "hourglass": "⌛",
    "hugging_face": "🤗",
    "innocent": "😇",
    "joy": "😂",
    "laughing": "😆",
    "muscle": "💪",
    "ok_hand": "👌",
    "package": "📦",
    "pensive": "😔",
    "phone": "☎️",
    "point_down": "👇",
    "point_right": "👉",
    "point_up": "☝️",
    "pray": "🙏",
    "question": "❓",
    "raised_hands": "🙌",
    "relieved": "😌",
    "rolling_on_the_floor_laughing": "🤣",
    "simple_smile": "🙂",
    "slightly_frowning_face": "🙁",
    "slightly_smiling_face": "🙂",
    "smile": "😄",
    "smiley": "😃",
    "smiling_face_with_3_hearts": "🥰",
    "sob": "😭",
    "sparkles": "✨",
    "star": "⭐",
    "sunglasses": "😎",
    "sweat_smile": "😅",
    "tada": "🎉",
    "thinking_face": "🤔",
    "thumbsdown": "👎",
    "thumbsup": "👍",
    "truck": "🚚",
    "upside_down_face": "🙃",
    "v": "✌️",
    "warning": "⚠️",
    "wave": "👋",
    "white_check_mark": "✅",
    "wink": "😉",
    "x": "❌",
    "yellow_heart": "💛",
}

_NAME = re.compile(
    r"(?<![\w:]):(?P<name>[a-z0-9_+'-]{1,60}):(?::skin-tone-[2-6]:)?(?!\w)"
)


def with_faces(text: str) -> str:
    """Return the text with the emoji names we know written as characters.

    Other names stay as typed: guessing would garble times and ratios.
    """
    return _NAME.sub(_face, text)


def _face(found: re.Match[str]) -> str:
    name = found["name"]
    if name in _FACES:
        return _FACES[name]
    if len(name) < 3 or name.isdecimal():
        return found[0]
    try:
        character = unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return found[0]
    return character if unicodedata.category(character) == "So" else found[0]
