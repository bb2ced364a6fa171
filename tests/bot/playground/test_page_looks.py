"""What people see first on the page, and what stays where it was."""

import asyncio
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect
from slack_bolt.app.async_app import AsyncApp
from telegram.ext import ExtBot

from .page_stage import Stage

#: The browser is one for all tests, and lives in one loop.
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

#: Scrolls a chat up; returns how visible its date is once that has changed.
SCROLLED = """chat => new Promise(seen => {
  const pill = chat.querySelector(".day");
  const tell = () => seen(getComputedStyle(pill).opacity);
  pill.addEventListener("transitionend", tell, { once: true });
  chat.scrollTop = (chat.scrollHeight - chat.clientHeight) / 2;
})"""


async def test_what_a_customer_ordered_stands_on_top_and_stays(page: Page) -> None:
    """The chosen customer's orders come first at once, and no move reorders them."""
    shop = page.get_by_role("region", name="Shop")
    await page.reload()
    orders = shop.get_by_role("article")
    await expect(orders.first).to_contain_text("Anna Brandt")
    await expect(shop.locator("h3").first).to_have_text("Anna Brandt")

    before = await orders.locator("h4").all_inner_texts()
    order = shop.get_by_role("article", name="Order 1044")
    await order.get_by_role("button", name="Ship what is ready").click()
    chip = order.get_by_text("shipped")
    await expect(chip).to_be_visible()
    assert await orders.locator("h4").all_inner_texts() == before
    await expect(chip).not_to_have_css("text-decoration-line", "line-through")
    cancelled = shop.get_by_role("article", name="Order 1022").get_by_text("cancelled")
    await expect(cancelled.first).to_have_css("text-decoration-line", "line-through")


async def test_a_moved_date_moves_no_delivery_away(page: Page) -> None:
    """A delivery that is put off stays under the pointer until the list is reopened."""
    shop = page.get_by_role("region", name="Shop")
    await shop.get_by_role("tab", name="Deliveries").click()
    deliveries = shop.get_by_role("article")
    before = await deliveries.locator("h4").all_inner_texts()
    await deliveries.first.get_by_label("New date").fill("2027-01-04")
    await deliveries.first.get_by_role("button", name="Change date").click()
    await expect(shop.get_by_text("Mon 4 January")).to_be_visible()
    assert await deliveries.locator("h4").all_inner_texts() == before
    await shop.get_by_role("tab", name="Deliveries").click()
    await expect(deliveries.first).not_to_contain_text("Mon 4 January")


@pytest.mark.parametrize(
    ("decided_by", "words"),
    [
        ("customer", "the customer chose"),
        ("silence", "nobody answered"),
        ("policy", "by policy: the closest one, rule “gifts”"),
        ("staff:U1", "a colleague, Mia Lindqvist"),
    ],
)
async def test_a_decision_says_what_is_sent_and_whose_it_was(
    page: Page, stage: Stage, decided_by: str, words: str
) -> None:
    """Names first, the number small, and a rule only where a rule decided."""
    stage.add_decision(
        kind="substitute",
        line_id="o1042-2",
        substitute_sku="HOODIE-FJORD-CHARCOAL-L",
        decided_by=decided_by,
        reason="the closest one",
        rule="gifts",
        apply_after=stage.now() + timedelta(minutes=30),
    )
    await page.get_by_role("tab", name="Decisions").click()
    decision = page.get_by_role("article", name="Decision 1")
    title = decision.get_by_role("heading")
    await expect(title).to_contain_text("Send Hoodie Fjord, charcoal, L")
    await expect(title.locator("small")).to_have_text("HOODIE-FJORD-CHARCOAL-L")
    await expect(decision).to_contain_text(f"Order 1042, {words}")
    rules = decision.get_by_text("the closest one")
    await expect(rules).to_have_count(1 if decided_by == "policy" else 0)
    await expect(decision).to_contain_text("customer may still change it until")


async def test_the_date_over_a_chat_fades_when_it_covers_words(
    page: Page, stage: Stage, bot: ExtBot[None]
) -> None:
    """It floats while one scrolls; at rest no words stand behind it."""
    anna = stage.phone("anna")
    anna.starts()
    for number in range(12):
        await bot.send_message(anna.id, f"{number}: " + "many words " * 12)
    chat = page.get_by_role("log", name="Chat of Anna")
    await expect(chat).to_contain_text("11: many")
    pill = chat.locator(".day")
    await expect(pill).to_have_css("opacity", "0")
    async with asyncio.timeout(10):
        assert await chat.evaluate(SCROLLED) == "1"
    await expect(pill).to_have_css("opacity", "0")
    await chat.evaluate("chat => { chat.scrollTop = 0 }")
    await expect(pill).to_have_css("opacity", "1")


async def test_logs_open_at_their_newest_line_on_a_phone(
    page: Page, stage: Stage, app: AsyncApp
) -> None:
    """A hidden channel grows; who then opens it reads its end, not its beginning."""
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.reload()
    stage.phone("anna").starts()
    for number in range(30):
        await app.client.chat_postMessage(channel="C1", text=f"Card {number}")
    views = page.get_by_role("navigation", name="Views")
    await expect(page.locator("#desk .post")).to_have_count(30)
    await views.get_by_role("button", name="Slack").click()
    log = page.get_by_role("log", name="Messages in #backorders")
    await expect(log.get_by_text("Card 29", exact=True)).to_be_in_viewport()

    await log.evaluate("log => { log.scrollTop = 0 }")
    await expect(log.get_by_text("Card 0", exact=True)).to_be_in_viewport()
    await app.client.chat_postMessage(channel="C1", text="Card 30")
    await expect(log.get_by_text("Card 30", exact=True)).to_have_count(1)
    await expect(log.get_by_text("Card 0", exact=True)).to_be_in_viewport()


async def test_a_card_that_loses_a_button_keeps_the_others_under_the_pointer(
    page: Page, app: AsyncApp
) -> None:
    """What a colleague is about to press never turns into another button."""

    def card(*verbs: str) -> list[dict[str, object]]:
        buttons = [
            {
                "type": "button",
                "action_id": verb.lower(),
                "text": {"type": "plain_text", "text": verb},
            }
            for verb in verbs
        ]
        return [{"type": "actions", "elements": buttons}]

    desk = page.get_by_role("region", name="Slack")
    posted = await app.client.chat_postMessage(
        channel="C1", text="Anna asks", blocks=card("Reply", "Claim", "Resolve")
    )
    resolve = desk.get_by_role("button", name="Resolve")
    await resolve.focus()
    await app.client.chat_update(
        channel="C1", ts=posted["ts"], text="Anna asks", blocks=card("Reply", "Resolve")
    )
    await expect(desk.get_by_role("button", name="Claim")).to_have_count(0)
    await expect(resolve).to_be_focused()
