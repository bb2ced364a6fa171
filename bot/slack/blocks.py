"""A card as Block Kit: whatever comes in, what goes out is within Slack's limits.

Limits: docs.slack.dev/reference/block-kit; the cap on all text of one message is
undocumented and was met near 13,200 characters.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.slack import words
from flows.effects import Button

SECTION_TEXT = 3_000
MESSAGE_TEXT = 13_000
MESSAGE_BLOCKS = 50
BUTTON_LABEL = 75
BUTTON_VALUE = 2_000
BUTTON_URL = 3_000
#: Slack takes 25 in a row; five still fit beside each other on a phone.
BUTTONS_IN_A_ROW = 5
#: Every button of ours starts so; what a press means stands in its value alone.
ACTION_PREFIX = "press:"
#: Kept free for the sentence that says something was cut.
_MARK_ROOM = 100


class CardUnfitError(ValueError):
    """A card cannot be drawn within Slack's limits without losing a button."""


def card_blocks(
    text: str, buttons: Sequence[Button], *, drawing: str
) -> list[dict[str, Any]]:
    """Return a card's blocks: its words in sections, its buttons below.

    ``text`` is mrkdwn with everything variable escaped; what does not fit is cut
    with a sentence that says how much. ``drawing`` names this version of the card:
    Slack wants other block ids each time a message is redrawn.

    Raises:
        CardUnfitError: There is nothing to show, or a button does not fit.
    """
    rows = [_button(index, button) for index, button in enumerate(buttons)]
    room = MESSAGE_TEXT - sum(len(row["text"]["text"]) for row in rows)
    blocks = [_section(piece) for piece in _within(text, room)]
    blocks += [
        {
            "type": "actions",
            "block_id": f"{drawing}:{start}",
            "elements": rows[start : start + BUTTONS_IN_A_ROW],
        }
        for start in range(0, len(rows), BUTTONS_IN_A_ROW)
    ]
    if not blocks or len(blocks) > MESSAGE_BLOCKS:
        raise CardUnfitError(f"a card of {len(blocks)} blocks")
    return blocks


def pieces(text: str, limit: int) -> Iterator[str]:
    """Yield mrkdwn in pieces of at most ``limit`` characters, cut between lines.

    A line that is too long is cut between words, or anywhere but inside a link,
    a mention or an escaped character. Blank pieces are left out.
    """
    while len(text) > limit:
        at = _cut(text, limit)
        piece, text = text[:at], text[at:].removeprefix("\n")
        if piece.strip():
            yield piece
    if text.strip():
        yield text


def _within(text: str, room: int) -> Iterator[str]:
    """Yield a message's sections; the last one tells when something was cut."""
    if len(text) <= room:
        yield from pieces(text, SECTION_TEXT)
        return
    at = _cut(text, room - _MARK_ROOM)
    yield from pieces(text[:at], SECTION_TEXT)
    yield words.SHORTENED.format(count=len(text) - at)


def _cut(text: str, limit: int) -> int:
    """Return where to cut so that the first part is whole and within the limit."""
    for mark in ("\n", " "):
        at = text.rfind(mark, 1, limit + 1)
        # A break in the first half would leave too many small pieces.
        if at > limit // 2 and _whole(text, at) == at:
            return at
    return _whole(text, limit) or limit


def _whole(text: str, at: int) -> int:
    """Return the last place up to ``at`` outside ``<…>`` and ``&…;``."""
    opened = text.rfind("<", 0, at)
    if opened > text.rfind(">", 0, at):
        at = opened
    started = text.rfind("&", max(0, at - 4), at)
    if started > text.rfind(";", max(0, at - 4), at):
        at = started
    return at


def _section(text: str) -> dict[str, Any]:
    # Verbatim: else Slack turns a customer's plain "@channel" into a mention and
    # every address they name into a link it fetches.
    return {
        "type": "section",
        "text": {"type": "mrkdwn", "text": text, "verbatim": True},
    }


def _button(index: int, button: Button) -> dict[str, Any]:
    if len(button.data) > BUTTON_VALUE:
        raise CardUnfitError(f"button {index}: a value of {len(button.data)}")
    drawn: dict[str, Any] = {
        "type": "button",
        "action_id": f"{ACTION_PREFIX}{index}",
        "text": {"type": "plain_text", "text": label(button.label), "emoji": True},
    }
    if button.data:
        drawn["value"] = button.data
    if button.url is not None:
        if not _opens(button.url):
            raise CardUnfitError(f"button {index}: not an address a browser opens")
        drawn["url"] = button.url
    if button.style in ("primary", "danger"):
        drawn["style"] = button.style
    return drawn


def label(text: str) -> str:
    """Return a label within Slack's limit; a longer one ends with an ellipsis."""
    text = text.strip() or "…"
    return text if len(text) <= BUTTON_LABEL else f"{text[: BUTTON_LABEL - 1]}…"


def _opens(url: str) -> bool:
    return url.startswith(("https://", "http://")) and len(url) <= BUTTON_URL
