"""Block Kit's composition objects: texts, options, confirmation dialogs.

Limits: docs.slack.dev/reference/block-kit/composition-objects, slack_sdk.models.
"""

from typing import Any

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

OPTIONS_MOST = 100


def plain_text(*, most: int) -> Check:
    """Accept a plain_text object of at most `most` characters, and nothing else."""
    return by_type({"plain_text": _plain(most)})


def any_text(*, most: int) -> Check:
    """Accept a plain_text or mrkdwn object of at most `most` characters."""
    return by_type({"plain_text": _plain(most), "mrkdwn": _mrkdwn(most)})


def _plain(most: int) -> Shape:
    return Shape(required={"text": string(most=most)}, optional={"emoji": boolean})


def _mrkdwn(most: int) -> Shape:
    return Shape(required={"text": string(most=most)}, optional={"verbatim": boolean})


CONFIRM = Shape(
    required={
        "title": plain_text(most=100),
        "text": any_text(most=300),
        "confirm": plain_text(most=30),
        "deny": plain_text(most=30),
    },
    optional={"style": one_of("primary", "danger")},
)

OPTION = Shape(
    required={"text": plain_text(most=75), "value": string(most=150)},
    optional={"description": plain_text(most=75)},
)
LINK_OPTION = Shape(
    required=OPTION.required, optional={**OPTION.optional, "url": url(most=3000)}
)
RICH_OPTION = Shape(
    required={"text": any_text(most=75), "value": string(most=150)},
    optional={"description": any_text(most=75)},
)
OPTION_GROUP = Shape(
    required={
        "label": plain_text(most=75),
        "options": array(OPTION, most=OPTIONS_MOST),
    }
)
SLACK_FILE = Shape(optional={"id": string(most=255), "url": url(most=3000)})
DISPATCH = Shape(optional={"trigger_actions_on": anything})


def choices(element: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the options of a menu, those in groups too, in the order shown."""
    found = [each for each in element.get("options") or [] if isinstance(each, dict)]
    for group in element.get("option_groups") or []:
        if isinstance(group, dict):
            found += list(group.get("options") or [])
    return found


def check_choices(complaints: Complaints, pointer: str, element: Any) -> None:
    """Complain about a menu without options, or preset to what it does not offer."""
    if not element.get("options") and not element.get("option_groups"):
        complaints.say("must define either `options` or `option_groups`", pointer)
    if element.get("options") and element.get("option_groups"):
        complaints.say("only one of `options`, `option_groups` allowed", pointer)
    offered = [each.get("value") for each in choices(element)]
    preset = [
        *(element.get("initial_options") or []),
        *filter(None, [element.get("initial_option")]),
    ]
    for each in preset:
        if isinstance(each, dict) and each.get("value") not in offered:
            complaints.say("initial option must be one of the options", pointer)
