"""Block Kit's elements: what can be pressed, chosen or typed into."""

from collections.abc import Mapping
from typing import Any

from bot.playground.slack.composition import (
    CONFIRM,
    DISPATCH,
    LINK_OPTION,
    OPTION,
    OPTION_GROUP,
    OPTIONS_MOST,
    RICH_OPTION,
    SLACK_FILE,
    check_choices,
    plain_text,
)
from bot.playground.slack.schema import (
    Check,
    Complaints,
    Shape,
    anything,
    array,
    boolean,
    by_type,
    integer,
    matching,
    one_of,
    string,
    url,
)

_ID = string(most=255)
_DATE = matching(r"\d{4}-\d{2}-\d{2}", "a date as YYYY-MM-DD")
_TIME = matching(r"([01]\d|2[0-3]):[0-5]\d", "a time as HH:mm")
_COMMON: Mapping[str, Check] = {"action_id": _ID, "focus_on_load": boolean}
_MENU: Mapping[str, Check] = {
    **_COMMON,
    "confirm": CONFIRM,
    "placeholder": plain_text(most=150),
}
_TYPED: Mapping[str, Check] = {
    **_COMMON,
    "placeholder": plain_text(most=150),
    "dispatch_action_config": DISPATCH,
}
_STATIC: Mapping[str, Check] = {
    **_MENU,
    "options": array(OPTION, most=OPTIONS_MOST),
    "option_groups": array(OPTION_GROUP, most=OPTIONS_MOST),
}
_SEVERAL: Mapping[str, Check] = {"max_selected_items": integer(least=1, most=1000)}


class Choosing:
    """A menu shape whose options and preset have to fit together."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape

    def __call__(self, complaints: Complaints, pointer: str, value: Any) -> None:
        """Complain about the parts, then about how they fit."""
        self._shape(complaints, pointer, value)
        check_choices(complaints, pointer, value)


class Picture:
    """An image, as a block or as an element, that names exactly one source."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape

    def __call__(self, complaints: Complaints, pointer: str, value: Any) -> None:
        """Complain about no source or two, then about the parts."""
        if bool(value.get("image_url")) == bool(value.get("slack_file")):
            complaints.say("must define one of `image_url`, `slack_file`", pointer)
        self._shape(complaints, pointer, value)


def _with(base: Mapping[str, Check], **more: Check) -> Shape:
    return Shape(optional={**base, **more})


BUTTON = Shape(
    required={"text": plain_text(most=75)},
    optional={
        "action_id": _ID,
        "value": string(most=2000),
        "url": url(most=3000),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(most=75),
    },
)

IMAGE = Picture(
    Shape(
        required={"alt_text": string(most=2000)},
        optional={"image_url": url(most=3000), "slack_file": SLACK_FILE},
    )
)

MENUS: Mapping[str, Check] = {
    "static_select": Choosing(_with(_STATIC, initial_option=OPTION)),
    "multi_static_select": Choosing(
        _with({**_STATIC, **_SEVERAL}, initial_options=array(OPTION, most=100))
    ),
    "external_select": _with(
        _MENU, initial_option=OPTION, min_query_length=integer(least=0, most=100)
    ),
    "users_select": _with(_MENU, initial_user=_ID),
    "multi_users_select": _with(
        {**_MENU, **_SEVERAL}, initial_users=array(_ID, most=100)
    ),
    "conversations_select": _with(
        _MENU,
        initial_conversation=_ID,
        default_to_current_conversation=boolean,
        response_url_enabled=boolean,
        filter=anything,
    ),
    "channels_select": _with(_MENU, initial_channel=_ID, response_url_enabled=boolean),
    "radio_buttons": Choosing(
        Shape(
            required={"options": array(RICH_OPTION, most=10)},
            optional={**_COMMON, "confirm": CONFIRM, "initial_option": RICH_OPTION},
        )
    ),
    "checkboxes": Choosing(
        Shape(
            required={"options": array(RICH_OPTION, most=10)},
            optional={
                **_COMMON,
                "confirm": CONFIRM,
                "initial_options": array(RICH_OPTION, most=10),
            },
        )
    ),
    "datepicker": _with(_MENU, initial_date=_DATE),
    "timepicker": _with(_MENU, initial_time=_TIME, timezone=string(most=100)),
}

PRESSED: Mapping[str, Check] = {
    "button": BUTTON,
    "overflow": Choosing(
        Shape(
            required={"options": array(LINK_OPTION, most=5)},
            optional={"action_id": _ID, "confirm": CONFIRM},
        )
    ),
}

TYPED: Mapping[str, Check] = {
    "plain_text_input": _with(
        _TYPED,
        initial_value=string(most=3000, least=0),
        multiline=boolean,
        min_length=integer(least=0, most=3000),
        max_length=integer(least=1, most=3000),
    ),
    "email_text_input": _with(_TYPED, initial_value=string(most=3000, least=0)),
    "url_text_input": _with(_TYPED, initial_value=string(most=3000, least=0)),
    "number_input": Shape(
        required={"is_decimal_allowed": boolean},
        optional={
            **_TYPED,
            "initial_value": string(most=50),
            "min_value": string(most=50),
            "max_value": string(most=50),
        },
    ),
}

MOMENT: Mapping[str, Check] = {
    "datetimepicker": _with(
        {**_COMMON, "confirm": CONFIRM},
        initial_date_time=integer(least=1_000_000_000, most=9_999_999_999),
    )
}

IN_ACTIONS: Mapping[str, Check] = {**PRESSED, **MENUS, **MOMENT}
ACCESSORIES: Mapping[str, Check] = {**PRESSED, **MENUS, "image": IMAGE}
IN_INPUT: Mapping[str, Check] = {**MENUS, **TYPED, **MOMENT}
INTERACTIVE = frozenset({*IN_ACTIONS, *IN_INPUT})

ACTION_ELEMENT = by_type(IN_ACTIONS)
ACCESSORY = by_type(ACCESSORIES)
INPUT_ELEMENT = by_type(IN_INPUT)
