"""Block Kit's limits for messages and views, each broken by one."""

from typing import Any

import pytest

from bot.playground.slack.blocks import check_message_blocks
from bot.playground.slack.refusals import RefusalError
from bot.playground.slack.views import check_view

from .doubles import Json, modal, plain


def section(text: str = "x", **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(text: str = "Go", **more: Any) -> Json:
    return {"type": "button", "text": plain(text), **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def option(text: str = "a", value: str = "a") -> Json:
    return {"text": plain(text), "value": value}


def menu(*options: Json, **more: Any) -> Json:
    return {"type": "static_select", "options": list(options), **more}


def confirm(**more: Any) -> Json:
    texts = {key: plain() for key in ("title", "text", "confirm", "deny")}
    return {**texts, **more}


IMAGE = {"type": "image", "image_url": "https://shop.example/a.png", "alt_text": "A"}


REFUSED: dict[str, tuple[Any, str]] = {
    "51 blocks": ([{"type": "divider"}] * 51, "no more than 50 items allowed"),
    "unknown block": ([{"type": "poster"}], "unsupported type: poster"),
    "no type": ([{}], "missing required field: type"),
    "block no object": (["hello"], "must provide an object"),
    "section empty": ([{"type": "section"}], "must define either `text` or `fields`"),
    "section text": ([section("x" * 3001)], "must be less than 3001 characters"),
    "empty text": ([section("")], "must be more than 0 characters"),
    "text no string": (
        [{"type": "section", "text": {"type": "mrkdwn", "text": 7}}],
        "must provide a string [json-pointer:/blocks/0/text/text]",
    ),
    "unknown text": (
        [{"type": "section", "text": {"type": "html", "text": "x"}}],
        "unsupported type: html",
    ),
    "fields": ([section(fields=[plain()] * 11)], "no more than 10 items allowed"),
    "field text": (
        [section(fields=[plain("x" * 2001)])],
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    "header text": (
        [{"type": "header", "text": plain("x" * 151)}],
        "must be less than 151 characters",
    ),
    "header mrkdwn": (
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        "unsupported type: mrkdwn",
    ),
    "context": (
        [{"type": "context", "elements": [plain()] * 11}],
        "no more than 10 items allowed",
    ),
    "context empty": ([{"type": "context", "elements": []}], "no less than 1 items"),
    "context button": (
        [{"type": "context", "elements": [button()]}],
        "unsupported type: button",
    ),
    "actions": (
        [actions(*(button(action_id=str(n)) for n in range(26)))],
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    "actions empty": ([actions()], "no less than 1 items"),
    "unknown element": ([actions({"type": "lever"})], "unsupported type: lever"),
    "input in actions": (
        [actions({"type": "plain_text_input"})],
        "unsupported type: plain_text_input",
    ),
    "button text": ([actions(button("x" * 76))], "must be less than 76 characters"),
    "button mrkdwn": (
        [actions({"type": "button", "text": {"type": "mrkdwn", "text": "x"}})],
        "unsupported type: mrkdwn",
    ),
    "button value": ([actions(button(value="x" * 2001))], "less than 2001"),
    "button url": ([actions(button(url="https://" + "x" * 3000))], "less than 3001"),
    "button relative url": ([actions(button(url="/orders"))], "must be a valid URL"),
    "button style": ([actions(button(style="pink"))], "must be a valid enum value"),
    "button disabled": (
        [actions(button(disabled=True))],
        "invalid additional property: disabled",
    ),
    "action_id": ([actions(button(action_id="x" * 256))], "less than 256"),
    "action_id twice": (
        [actions(button(action_id="a"), button(action_id="a"))],
        '`action_id` "a" already exists',
    ),
    "block_id": ([section(block_id="x" * 256)], "less than 256"),
    "block_id twice": (
        [section(block_id="b"), section(block_id="b")],
        '`block_id` "b" already exists [json-pointer:/blocks/1]',
    ),
    "options": (
        [actions(menu(*(option(value=str(n)) for n in range(101))))],
        "no more than 100 items allowed",
    ),
    "no options": ([actions(menu())], "must define either `options`"),
    "option text": ([actions(menu(option("x" * 76)))], "less than 76"),
    "option value": ([actions(menu(option(value="x" * 151)))], "less than 151"),
    "option without value": (
        [actions(menu({"text": plain()}))],
        "missing required field: value",
    ),
    "strange preset": (
        [actions(menu(option(), initial_option=option("b", "b")))],
        "initial option must be one of the options",
    ),
    "overflow": (
        [section(accessory={"type": "overflow", "options": [option()] * 6})],
        "no more than 5 items allowed [json-pointer:/blocks/0/accessory/options]",
    ),
    "checkboxes": (
        [actions({"type": "checkboxes", "options": [option()] * 11})],
        "no more than 10 items allowed",
    ),
    "confirm title": (
        [actions(button(confirm=confirm(title=plain("x" * 101))))],
        "must be less than 101 characters",
    ),
    "confirm text": (
        [actions(button(confirm=confirm(text=plain("x" * 301))))],
        "must be less than 301 characters",
    ),
    "confirm incomplete": (
        [actions(button(confirm={"title": plain()}))],
        "missing required field: deny",
    ),
    "date": (
        [actions({"type": "datepicker", "initial_date": "3 May"})],
        "must be a date as YYYY-MM-DD",
    ),
    "image without alt_text": (
        [{"type": "image", "image_url": "https://shop.example/a.png"}],
        "missing required field: alt_text",
    ),
    "image without source": ([{"type": "image", "alt_text": "A"}], "must define one"),
    "accessory alt_text": (
        [section(accessory={**IMAGE, "alt_text": None})],
        "missing required field: alt_text [json-pointer:/blocks/0/accessory]",
    ),
    "input label": (
        [{"type": "input", "element": {"type": "plain_text_input"}}],
        "missing required field: label",
    ),
    "button as input": (
        [{"type": "input", "label": plain(), "element": button()}],
        "unsupported type: button",
    ),
}


@pytest.mark.parametrize(("blocks", "complaint"), REFUSED.values(), ids=REFUSED)
def test_refuses_blocks_over_a_limit(blocks: Any, complaint: str) -> None:
    """Blocks past a limit of Slack are refused with Slack's words for it."""
    with pytest.raises(RefusalError) as caught:
        check_message_blocks(blocks)

    assert caught.value.code == "invalid_blocks"
    assert any(complaint in message for message in caught.value.messages)
    assert "errors" in caught.value.body()


def test_accepts_blocks_at_every_limit() -> None:
    """Blocks that just reach the limits pass."""
    twenty_five = [button("x" * 75, value="v" * 2000) for _ in range(25)]
    hundred = [option(value=f"{n:150}") for n in range(100)]
    check_message_blocks(
        [
            {"type": "header", "text": plain("x" * 150)},
            section("x" * 3000, accessory=menu(*hundred, placeholder=plain())),
            section(fields=[plain("x" * 200)] * 10, accessory=IMAGE),
            {"type": "context", "elements": [plain()] * 9 + [IMAGE]},
            actions(*twenty_five, block_id="b" * 255),
            {"type": "markdown", "text": "**x**"},
            {
                "type": "input",
                "label": plain(),
                "element": {"type": "plain_text_input", "multiline": True},
            },
            *[{"type": "divider"}] * 43,
        ]
    )


def test_refuses_too_much_text_in_all_blocks_together() -> None:
    """Blocks that are each fine are refused when their sum is too long."""
    with pytest.raises(RefusalError) as caught:
        check_message_blocks([section("x" * 2999) for _ in range(5)])
    assert caught.value.code == "msg_blocks_too_long"


def test_refuses_blocks_that_are_no_list() -> None:
    """A single object in place of a list of blocks has an error code of its own."""
    with pytest.raises(RefusalError) as caught:
        check_message_blocks(section())
    assert caught.value.code == "invalid_blocks_format"


FIELD = {"type": "input", "label": plain(), "element": {"type": "plain_text_input"}}


REFUSED_VIEWS: dict[str, tuple[Any, str]] = {
    "no object": ("[]", "must provide an object"),
    "broken JSON": ("{", "must provide an object"),
    "home as modal": (modal(type="home"), "must be a valid enum value"),
    "title": (modal(title="x" * 25), "must be less than 25 characters"),
    "no title": ({**modal(), "title": None}, "missing required field: title"),
    "submit": (modal(submit=plain("x" * 25)), "must be less than 25 characters"),
    "close": (modal(close=plain("x" * 25)), "must be less than 25 characters"),
    "input without submit": (
        modal(blocks=[FIELD], submit=None),
        "missing required field: submit",
    ),
    "private_metadata": (modal(private_metadata="x" * 3001), "less than 3001"),
    "callback_id": (modal(callback_id="x" * 256), "less than 256"),
    "101 blocks": (modal(blocks=[section()] * 101), "no more than 100 items"),
    "markdown": (
        modal(blocks=[{"type": "markdown", "text": "x"}]),
        "unsupported type: markdown [json-pointer:/view/blocks/0/type]",
    ),
    "unknown key": (modal(colour="red"), "invalid additional property: colour"),
    "option": (
        modal(blocks=[actions(menu(option("x" * 76)))]),
        "less than 76 characters [json-pointer:/view/blocks/0/elements/0/options/0",
    ),
}


@pytest.mark.parametrize(
    ("view", "complaint"), REFUSED_VIEWS.values(), ids=REFUSED_VIEWS
)
def test_refuses_views_over_a_limit(view: Any, complaint: str) -> None:
    """Views past a limit are refused as invalid arguments with Slack's words."""
    with pytest.raises(RefusalError) as caught:
        check_view(view, surface="modal")

    assert caught.value.code == "invalid_arguments"
    assert any(complaint in message for message in caught.value.messages)


def test_refuses_a_view_of_more_than_250_kilobytes() -> None:
    """A hundred blocks, each within its limits, can still be too much."""
    fat = [section(fields=[plain("x" * 2000)] * 10) for _ in range(14)]
    with pytest.raises(RefusalError) as caught:
        check_view(modal(blocks=fat), surface="modal")
    assert caught.value.code == "view_too_large"
