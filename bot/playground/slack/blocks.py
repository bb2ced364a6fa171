"""Block Kit's blocks: what a message, a modal or a Home tab may be made of.

Limits: docs.slack.dev/reference/block-kit and slack_sdk.models.blocks. The cap on all
text of one message is undocumented; 13,200 characters is where it was seen.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from bot.playground.slack.composition import SLACK_FILE, any_text, plain_text
from bot.playground.slack.elements import (
    ACCESSORY,
    ACTION_ELEMENT,
    IMAGE,
    INPUT_ELEMENT,
    INTERACTIVE,
    Picture,
)
from bot.playground.slack.refusals import RefusalError
from bot.playground.slack.schema import (
    Check,
    Complaints,
    Shape,
    anything,
    array,
    boolean,
    by_type,
    one_of,
    string,
    url,
)

Surface = Literal["message", "modal", "home"]
MOST_BLOCKS: Mapping[Surface, int] = {"message": 50, "modal": 100, "home": 100}
MESSAGE_TEXT_MOST = 13_200

_ID: Mapping[str, Check] = {"block_id": string(most=255)}


class _Section:
    _shape = Shape(
        optional={
            **_ID,
            "text": any_text(most=3000),
            "fields": array(any_text(most=2000), most=10),
            "accessory": ACCESSORY,
            "expand": boolean,
        }
    )

    def __call__(self, complaints: Complaints, pointer: str, value: Any) -> None:
        if not value.get("text") and not value.get("fields"):
            complaints.say("must define either `text` or `fields`", pointer)
        self._shape(complaints, pointer, value)


_TEXTS: Mapping[str, Check] = {
    kind: any_text(most=3000) for kind in ("plain_text", "mrkdwn")
}
_EVERYWHERE: Mapping[str, Check] = {
    "section": _Section(),
    "divider": Shape(optional=_ID),
    "header": Shape(required={"text": plain_text(most=150)}, optional=_ID),
    "context": Shape(
        required={"elements": array(by_type({**_TEXTS, "image": IMAGE}), most=10)},
        optional=_ID,
    ),
    "actions": Shape(
        required={"elements": array(ACTION_ELEMENT, most=25)}, optional=_ID
    ),
    "image": Picture(
        Shape(
            required={"alt_text": string(most=2000)},
            optional={
                **_ID,
                "image_url": url(most=3000),
                "slack_file": SLACK_FILE,
                "title": plain_text(most=2000),
            },
        )
    ),
    "input": Shape(
        required={"label": plain_text(most=2000), "element": INPUT_ELEMENT},
        optional={
            **_ID,
            "hint": plain_text(most=2000),
            "optional": boolean,
            "dispatch_action": boolean,
        },
    ),
    "rich_text": Shape(
        required={"elements": array(anything, most=1000, least=0)}, optional=_ID
    ),
}
_IN_MESSAGES: Mapping[str, Check] = {
    **_EVERYWHERE,
    "markdown": Shape(required={"text": string(most=12_000)}, optional=_ID),
    "file": Shape(
        required={"external_id": string(most=255), "source": one_of("remote")},
        optional=_ID,
    ),
}
_BLOCK: Mapping[Surface, Check] = {
    "message": by_type(_IN_MESSAGES),
    "modal": by_type(_EVERYWHERE),
    "home": by_type(_EVERYWHERE),
}


def elements_of(block: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return everything in a block that a person can press, choose or fill in."""
    found = [block.get("accessory"), block.get("element")]
    if block.get("type") == "actions":
        found += block.get("elements") or []
    return [
        each
        for each in found
        if isinstance(each, dict) and each.get("type") in INTERACTIVE
    ]


def check_blocks(
    complaints: Complaints, blocks: Any, *, surface: Surface, pointer: str
) -> None:
    """Tell `complaints` everything Slack would refuse in these blocks."""
    array(_BLOCK[surface], most=MOST_BLOCKS[surface], least=0)(
        complaints, pointer, blocks
    )
    seen: set[str] = set()
    for index, block in enumerate(blocks if isinstance(blocks, list) else []):
        if not isinstance(block, dict):
            continue
        here = f"{pointer}/{index}"
        block_id = block.get("block_id")
        if isinstance(block_id, str) and block_id in seen:
            complaints.say(f'`block_id` "{block_id}" already exists', here)
        seen.add(str(block_id))
        _check_action_ids(complaints, here, block)


def _check_action_ids(
    complaints: Complaints, pointer: str, block: Mapping[str, Any]
) -> None:
    seen: set[str] = set()
    for element in elements_of(block):
        action_id = element.get("action_id")
        if isinstance(action_id, str) and action_id in seen:
            complaints.say(f'`action_id` "{action_id}" already exists', pointer)
        seen.add(str(action_id))


def check_message_blocks(blocks: Any) -> None:
    """Pass blocks fit for a message; raise RefusalError for any others."""
    if not isinstance(blocks, list):
        raise RefusalError(code="invalid_blocks_format")
    complaints = Complaints()
    check_blocks(complaints, blocks, surface="message", pointer="/blocks")
    if complaints.messages:
        raise RefusalError(code="invalid_blocks", messages=tuple(complaints.messages))
    if sum(map(len, texts_in(blocks))) > MESSAGE_TEXT_MOST:
        raise RefusalError(code="msg_blocks_too_long")


def texts_in(value: Any) -> Iterator[str]:
    """Yield every readable text in blocks, from top to bottom."""
    if isinstance(value, list):
        for each in value:
            yield from texts_in(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key in ("text", "alt_text") and isinstance(each, str):
                yield each
            elif isinstance(each, dict | list):
                yield from texts_in(each)


def marked_up_texts_in(value: Any) -> Iterator[str]:
    """Yield the texts in which Slack looks for mentions: mrkdwn and markdown."""
    if isinstance(value, list):
        for each in value:
            yield from marked_up_texts_in(each)
    elif isinstance(value, dict):
        if value.get("type") in ("mrkdwn", "markdown"):
            yield str(value.get("text", ""))
        for each in value.values():
            if isinstance(each, dict | list):
                yield from marked_up_texts_in(each)
