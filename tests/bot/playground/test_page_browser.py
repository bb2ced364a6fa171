"""The page in a real browser: what people see, press and type."""

from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.ext import ExtBot

from bot.playground.server import PageServer

from .page_stage import Stage

#: The browser is one for all tests, and lives in one loop.
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HOODIE = "Hoodie Fjord, black, L"
REPLY_FORM: dict[str, Any] = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Reply to the customer"},
    "submit": {"type": "plain_text", "text": "Send"},
    "close": {"type": "plain_text", "text": "Cancel"},
    "blocks": [
        {
            "type": "input",
            "block_id": "reply",
            "label": {"type": "plain_text", "text": "Your reply"},
            "element": {
                "type": "plain_text_input",
                "action_id": "text",
                "multiline": True,
                "focus_on_load": True,
            },
        }
    ],
}
CARD: list[dict[str, Any]] = [
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "*Anna* asks\n&gt;who &lt;b&gt; are you?"},
    },
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "reply",
                "text": {"type": "plain_text", "text": "Reply"},
            }
        ],
    },
]


async def test_a_customer_lives_in_their_chat(
    page: Page, stage: Stage, bot: ExtBot[None]
) -> None:
    """A link opens the chat; a tap waits for its answer; the edited words appear."""
    anna, phone = stage.phone("anna"), page.get_by_role("region", name="Telegram")
    await phone.get_by_role("button", name="order mail's link for order 1042").click()
    await anna.sees(lambda anna: any("/start link-o1042" in m.text for m in anna.chat))

    choice = InlineKeyboardMarkup.from_button(
        InlineKeyboardButton("Send charcoal", callback_data="yes")
    )
    words = "Send <b>charcoal</b>?"
    asked = await bot.send_message(anna.id, words, "HTML", reply_markup=choice)
    button = phone.get_by_role("button", name="Send charcoal")
    await button.click()
    await expect(button).to_have_attribute("aria-busy", "true")
    await expect(phone.locator(".bubble b")).to_have_text("charcoal")

    await bot.answer_callback_query(anna.presses[0].id, "Noted")
    await expect(phone.get_by_text("Noted")).to_be_visible()
    await bot.edit_message_text("You chose charcoal.", anna.id, asked.message_id)
    await expect(phone.get_by_role("log")).to_contain_text("You chose charcoal.")
    await expect(button).to_have_count(0)

    field = phone.get_by_role("textbox", name="Message to the bot")
    await field.fill("<img src=x> thanks")
    await field.press("Enter")
    await expect(phone.get_by_role("log")).to_contain_text("<img src=x> thanks")
    await expect(field).to_have_value("")


async def test_other_phones_show_what_is_unread(
    page: Page, stage: Stage, bot: ExtBot[None]
) -> None:
    """A message to somebody else counts on their button until one looks at it."""
    stage.phone("emily").starts()
    await bot.send_message(stage.phone("emily").id, "News about your hoodie")
    await page.get_by_role("button", name="Emily Carter, 1 unread").click()
    await expect(page.get_by_role("log", name="Emily")).to_contain_text("News about")
    await expect(page.get_by_role("button", name="unread")).to_have_count(0)


async def test_a_customer_blocks_and_returns(page: Page, stage: Stage) -> None:
    """The chat's menu stops the bot, and one button lets it back in."""
    stage.phone("anna").starts()
    await page.get_by_role("button", name="Chat menu").click()
    await page.get_by_role("menuitem", name="Block the bot").click()
    await page.get_by_role("button", name="Unblock").click()
    await expect(page.get_by_role("textbox", name="Message to the bot")).to_be_visible()


async def test_a_colleague_replies_through_the_form(page: Page, app: AsyncApp) -> None:
    """A card's button opens the form, which keeps its words until they are taken."""
    taken: list[str] = []

    @app.action("reply")
    async def press(ack: Any, body: Any, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=REPLY_FORM)

    @app.view("")
    async def send(ack: Any, view: Any) -> None:
        words = view["state"]["values"]["reply"]["text"]["value"]
        if words == "no":
            await ack(response_action="errors", errors={"reply": "Be kinder."})
            return
        taken.append(words)
        await ack()

    await app.client.chat_postMessage(channel="C1", text="Anna asks", blocks=CARD)
    desk = page.get_by_role("region", name="Slack")
    await expect(desk.locator("blockquote")).to_have_text("who <b> are you?")
    await desk.get_by_role("button", name="Reply", exact=True).click()
    form = desk.get_by_role("dialog", name="Reply to the customer")
    field = form.get_by_role("textbox", name="Your reply")
    await expect(field).to_be_focused()
    await form.get_by_role("button", name="Send").click()
    await expect(form.get_by_role("alert")).to_have_text(
        "Please complete this required field."
    )
    await expect(page.locator("#notes")).to_be_empty()
    await field.fill("no")
    await form.get_by_role("button", name="Send").click()
    await expect(form.get_by_role("alert")).to_have_text("Be kinder.")
    await expect(field).to_have_value("no")
    await field.fill("Yes, on Thursday")
    await form.get_by_role("button", name="Send").click()
    await expect(form).to_have_count(0)
    assert taken == ["Yes, on Thursday"]


async def test_colleagues_talk_in_threads(
    page: Page, stage: Stage, app: AsyncApp
) -> None:
    """A thread opens beside the channel; whispers show to one colleague only."""
    posted = await app.client.chat_postMessage(channel="C1", text="Ticket 7")
    desk = page.get_by_role("region", name="Slack")
    await desk.get_by_role("article").hover()
    await desk.get_by_role("button", name="Reply in thread").click()
    field = desk.get_by_role("textbox", name="Reply to thread")
    await field.fill("I look after it")
    await field.press("Enter")
    await expect(desk.get_by_role("complementary")).to_contain_text("I look after it")
    await desk.get_by_role("button", name="Close thread").click()
    await expect(desk.get_by_role("button", name="1 reply")).to_be_visible()
    assert stage.desk.thread(posted["ts"])[0].user_id == stage.mia.id

    whisper = "Only colleagues can do that."
    await app.client.chat_postEphemeral(channel="C1", user="U1", text=whisper)
    await expect(desk.get_by_text(whisper)).to_be_visible()
    await desk.get_by_role("combobox", name="Colleague").select_option("Noah Weber")
    await expect(desk.get_by_text(whisper)).to_have_count(0)


async def test_a_slash_command_is_given_not_posted(
    page: Page, stage: Stage, app: AsyncApp
) -> None:
    """What begins with a slash reaches the bot, and the channel never shows it."""
    given: list[str] = []

    @app.command("/backorder")
    async def take(ack: Any, command: Any) -> None:
        given.append(command["text"])
        await ack("Nothing is due.")

    desk = page.get_by_role("region", name="Slack")
    field = desk.get_by_role("textbox", name="Message #backorders")
    await field.fill("/backorder due  today")
    await field.press("Enter")
    await expect(desk.get_by_text("Nothing is due.")).to_be_visible()
    await expect(desk.get_by_text("Only visible to you")).to_be_visible()
    assert given == ["due  today"]
    assert stage.desk.everything == []


async def test_the_shop_and_the_clock(page: Page, stage: Stage) -> None:
    """Hand moves show at once, refusals are said in words, and the clock jumps."""
    shop = page.get_by_role("region", name="Shop")
    line = shop.get_by_role("article", name="Order 1042").get_by_label(HOODIE)
    await line.get_by_role("button", name="Mark backordered").click()
    await expect(line.get_by_text("backordered", exact=True)).to_be_visible()

    await line.get_by_role("button", name="Delivery expected").click()
    delivery = shop.get_by_role("article", name="Delivery of TERN-HOODIE-BLACK-L")
    await expect(delivery).to_contain_text("1042 Anna Brandt")
    await delivery.get_by_role("textbox", name="New date").fill("2025-07-09")
    await delivery.get_by_role("button", name="Change date").click()
    await expect(delivery).to_contain_text("Wed 9 July")

    stage.add_decision(line_id="o1042-2")
    await shop.get_by_role("tab", name="Decisions").click()
    decision = shop.get_by_role("article", name="Decision 1")
    await decision.get_by_role("button", name="Reject").click()
    await decision.get_by_role("textbox", name="Reason for rejecting").fill("printed")
    await decision.get_by_role("button", name="Reject").click()
    await expect(decision).to_contain_text("Rejected: printed")

    clock = page.get_by_role("timer", name="Business time")
    await expect(clock).to_contain_text("14:05Mon 9 June")
    await page.get_by_role("button", name="next deadline").click()
    await expect(clock).to_contain_text("Tue 10 June")
    stage.due = None
    await page.get_by_role("radio", name="Ask").click()
    await expect(page.get_by_role("radio", name="Ask")).to_be_checked()
    await expect(page.get_by_role("button", name="next deadline")).to_be_disabled()


async def test_a_narrow_screen_shows_one_view_at_a_time(page: Page) -> None:
    """On a phone the three columns become three tabs."""
    await page.set_viewport_size({"width": 390, "height": 844})
    views = page.get_by_role("navigation", name="Views")
    for name, region in (("Slack", "Slack"), ("Shop", "Shop"), ("Phone", "Telegram")):
        await views.get_by_role("button", name=name).click()
        await expect(page.get_by_role("region")).to_have_count(1)
        await expect(page.get_by_role("region", name=region)).to_be_visible()
    wide = "document.documentElement.scrollWidth > innerWidth"
    assert not await page.evaluate(wide)


async def test_a_page_without_its_token_says_what_is_missing(
    browser: Browser, server: PageServer
) -> None:
    """Half an address opens nothing and explains itself."""
    page = await browser.new_page()
    await page.goto(server.origin)
    await expect(page.get_by_text("the whole address")).to_be_visible()
