"""The page with the real bot behind it: a tap, a reply, a moved clock."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import Browser, Page, expect
from pytest_asyncio import fixture

from bot.playground.runtime import Playground, playground
from bot.playground.server import PageServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

#: The browser is one for all tests, and lives in one loop.
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

#: A busy machine may take its time; what never comes still fails.
expect.set_options(timeout=15_000)

#: Where the README's picture is to be drawn; unset: nowhere.
PICTURE = "BACKORDER_PICTURE"


@fixture(loop_scope="session")
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Playground]:
    """The demo shop's morning, in the browser's own loop."""
    async with playground(sqlite_url, workdir=tmp_path, paced=False) as running:
        await running.settle()
        yield running


@fixture(loop_scope="session")
async def page(stage: Playground, browser: Browser) -> AsyncIterator[Page]:
    """The playground's page in a real Chromium, on a laptop's screen."""
    async with PageServer(stage) as server:
        page = await browser.new_page(viewport={"width": 1440, "height": 900})
        await page.goto(server.url)
        yield page
        await page.close()


async def test_a_customer_taps_staff_reply_and_the_clock_moves(page: Page) -> None:
    """One backorder is lived through by hand, all on one page."""
    phone = page.get_by_role("region", name="Telegram")
    slack = page.get_by_role("region", name="Slack")
    shop = page.get_by_role("region", name="Shop")

    link = phone.get_by_role("button", name="Open the order mail's link for order 1042")
    await link.click()
    await expect(phone.get_by_text("This chat is linked to order 1042")).to_be_visible()

    order = shop.get_by_role("article", name="Order 1042")
    line = order.get_by_role("listitem", name="Hoodie Fjord, black, L")
    await line.get_by_role("button", name="Mark backordered").click()
    await expect(phone.get_by_text("Closest we have")).to_be_visible()

    await phone.get_by_role("textbox", name="Message to the bot").fill(
        "can I talk to a person?"
    )
    await page.keyboard.press("Enter")
    await expect(phone.get_by_text("I've passed this to our team")).to_be_visible()
    card = slack.get_by_text("Anna Brandt would like to talk to a person")
    await expect(card).to_be_visible()
    if os.environ.get(PICTURE):
        await page.wait_for_load_state("networkidle")
        await page.mouse.move(0, 0)
        await page.screenshot(path=os.environ[PICTURE])

    await slack.get_by_role("button", name="Reply to customer").last.click()
    form = page.get_by_role("dialog")
    await form.get_by_role("textbox").fill("Hello Anna, charcoal looks great too.")
    await form.get_by_role("button", name="Send").click()
    await expect(phone.get_by_text("charcoal looks great too")).to_be_visible()
    await expect(slack.get_by_text("With Mia")).to_be_visible()
    await slack.get_by_role("button", name="Resolve").last.click()
    await expect(phone.get_by_text("goes on. Please choose by")).to_be_visible()

    await phone.get_by_role("button", name="Send charcoal L (recommended)").last.click()
    await expect(phone.get_by_text("Your choice for Hoodie Fjord")).to_be_visible()

    await page.get_by_role("button", name="Move the clock 1 hour").click()
    clock = page.get_by_role("timer", name="Business time")
    await expect(clock).to_contain_text("11:00")
    await shop.get_by_role("tab", name="Decisions").click()
    decision = shop.get_by_role("article", name="Decision 1")
    await decision.get_by_role("button", name="Claim").click()
    await expect(decision.get_by_text("claimed")).to_be_visible()
    await decision.get_by_role("button", name="Apply").click()
    await expect(phone.get_by_text("is in the works for order 1042")).to_be_visible()


async def test_the_next_proposal_follows_rules_changed_on_the_page(page: Page) -> None:
    """A merchant changes what silence does, and the next message says so."""
    phone = page.get_by_role("region", name="Telegram")
    shop = page.get_by_role("region", name="Shop")
    link = phone.get_by_role("button", name="Open the order mail's link for order 1042")
    await link.click()
    await expect(phone.get_by_text("This chat is linked to order 1042")).to_be_visible()

    await shop.get_by_role("tab", name="Rules").click()
    rules = shop.get_by_role("textbox", name="Rules")
    written = await rules.input_value()
    await rules.fill(f'{written}\n[terms]\non_silence = "sometimes"\n')
    await shop.get_by_role("button", name="Put in force").click()
    await expect(page.get_by_text("terms.on_silence")).to_be_visible()
    await rules.fill(f'{written}\n[terms]\non_silence = "cancel"\n')
    await shop.get_by_role("button", name="Put in force").click()
    await expect(shop.get_by_text("In force: the next")).to_be_visible()

    await shop.get_by_role("tab", name="Orders").click()
    order = shop.get_by_role("article", name="Order 1042")
    line = order.get_by_role("listitem", name="Hoodie Fjord, black, L")
    await line.get_by_role("button", name="Mark backordered").click()
    await expect(
        phone.get_by_text("we'll cancel Hoodie Fjord, black, L and refund €39.00")
    ).to_be_visible()


async def test_a_colleague_who_is_asked_decides_on_the_card(
    page: Page, stage: Playground
) -> None:
    """Where the merchant wants to be asked, one press cancels and says whose it was."""
    slack = page.get_by_role("region", name="Slack")
    shop = page.get_by_role("region", name="Shop")
    source = (await stage.overview())["policy"]["source"]
    await stage.set_policy(f'{source}\n[terms]\nautomatic_cancel = "ask"\n')
    line = stage.demo.hopeless

    order = shop.get_by_role("article", name=f"Order {line.number}")
    blanket = order.get_by_role("listitem", name="Wool Blanket Heron")
    await blanket.get_by_role("button", name="Mark backordered").click()
    await expect(
        slack.get_by_role("button", name="Let the customer choose")
    ).to_be_visible()
    await slack.get_by_role("textbox", name="Message #backorders").fill(
        "/backorder help"
    )
    await page.keyboard.press("Enter")
    await expect(slack.get_by_text("Only visible to you")).to_be_visible()
    await slack.get_by_role("button", name="Cancel and refund").click()

    await shop.get_by_role("tab", name="Decisions").click()
    decision = shop.get_by_role("article", name="Decision 1")
    await expect(decision).to_contain_text("a colleague, Mia")
    await expect(decision).to_contain_text("Cancel Wool Blanket Heron")
