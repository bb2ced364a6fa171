"""Links that a shop prints, mails and sticks on parcels."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.clock import Clock
from bot.playground.telegram import TelegramStandIn
from flows.links import BadLink, Link, read

from ...builders import a_customer, an_order

if TYPE_CHECKING:
    from pathlib import Path

    from store.engine import Store

    from .conftest import Cli

SECRET = "thirty-two-characters-of-secrecy"


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINK_SECRET", SECRET)


def opened(url: str, *, in_days: int = 0) -> Link | BadLink:
    """Return what a link opens after so many days."""
    token = url.strip().split("?start=")[1]
    return read(token, Clock().now() + timedelta(days=in_days), SECRET.encode())


@pytest.fixture
def order(shop: Store) -> str:
    with shop.write() as connection:
        anna = a_customer(connection, email="anna@example.com")
        return an_order(connection, anna, number="1042")


def test_a_link_opens_its_order_for_ninety_days(cli: Cli, order: str) -> None:
    """The order is named by its number, with or without a hash, or by its id."""
    for name in ("1042", "#1042", order):
        url = cli("link", name, "--bot", "@northprint_bot").output
        assert url.startswith("https://t.me/northprint_bot?start=")
        found = opened(url)
        assert isinstance(found, Link)
        assert found.order_id == order
        assert opened(url, in_days=91) is BadLink.EXPIRED


@pytest.mark.usefixtures("order")
def test_a_link_is_good_as_long_as_wanted(cli: Cli) -> None:
    """``--days`` sets when it ends."""
    url = cli("link", "1042", "--bot", "northprint_bot", "--days", "2").output
    assert isinstance(opened(url, in_days=1), Link)
    assert opened(url, in_days=3) is BadLink.EXPIRED


def test_two_orders_of_one_number_are_told_apart(
    cli: Cli, shop: Store, order: str
) -> None:
    """Nobody guesses which of two shops' orders was meant."""
    with shop.write() as connection:
        other = an_order(connection, number="1042")
    shown = cli("link", "1042", "--bot", "northprint_bot")
    assert shown.exit_code == 1
    assert order in shown.output
    assert other in shown.output
    assert cli("link", other, "--bot", "northprint_bot").exit_code == 0


@pytest.mark.usefixtures("shop")
def test_an_unknown_order_has_no_link(cli: Cli) -> None:
    """A typing mistake makes no link that opens nothing."""
    shown = cli("link", "9999", "--bot", "northprint_bot")
    assert shown.exit_code == 1
    assert "no order 9999" in shown.output


def test_all_open_orders_come_as_a_table(cli: Cli, shop: Store, order: str) -> None:
    """The mailer reads it: one row per open order, nothing else on stdout."""
    with shop.write() as connection:
        guest = an_order(connection, a_customer(connection, email=None), number="1043")
        an_order(connection, number="1044", status="shipped")
    printed = cli("link", "--all", "--csv", "--bot", "northprint_bot").output
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert {(row["order_number"], row["email"]) for row in rows} == {
        ("1042", "anna@example.com"),
        ("1043", ""),
    }
    found = {opened(row["link"]) for row in rows}
    assert {link.order_id for link in found if isinstance(link, Link)} == {order, guest}


@pytest.mark.usefixtures("order")
def test_a_qr_image_or_a_drawing_on_request(cli: Cli, folder: Path) -> None:
    """A parcel slip takes the image, a terminal shows the blocks."""
    cli("link", "1042", "--bot", "northprint_bot", "--qr", "parcel.png")
    assert (folder / "parcel.png").read_bytes().startswith(b"\x89PNG")
    drawn = cli("link", "1042", "--bot", "northprint_bot", "--qr", "-").output
    assert "█" in drawn
    refused = cli("link", "1042", "--bot", "northprint_bot", "--qr", "no/such/x.png")
    assert refused.exit_code == 1


@pytest.mark.usefixtures("order")
async def test_telegram_is_asked_for_the_name(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --bot the token says whose bot it is."""
    clock = Clock()
    token = "4242:telegram-words"
    async with TelegramStandIn(
        token=token, now=clock.now, clock=clock.machine, username="northprint_bot"
    ) as standin:
        monkeypatch.setenv("TELEGRAM_API_URL", standin.base_url)
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", token)
        shown = await asyncio.to_thread(cli, "link", "1042")
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "4242:another-word")
        refused = await asyncio.to_thread(cli, "link", "1042")
    assert shown.output.startswith("https://t.me/northprint_bot?start=")
    assert refused.exit_code == 1
    assert "another-word" not in refused.output


@pytest.mark.usefixtures("order")
def test_without_a_token_the_bot_has_to_be_named(cli: Cli) -> None:
    """What is missing is said with what to do."""
    shown = cli("link", "1042")
    assert shown.exit_code == 1
    assert "--bot NAME" in shown.output


@pytest.mark.usefixtures("order")
def test_a_name_telegram_cannot_have_makes_no_link(cli: Cli) -> None:
    """A broken address is never printed."""
    for name in ("north bot", "bot", "nørd_bot", "north/bot", "@"):
        shown = cli("link", "1042", "--bot", name)
        assert shown.exit_code == 2, name
        assert "4 to 32 letters, digits and _" in " ".join(shown.output.split()), name
        assert "https://" not in shown.output


@pytest.mark.usefixtures("order")
def test_no_picture_of_a_table(cli: Cli, folder: Path) -> None:
    """What cannot be done is refused, not left out silently."""
    shown = cli("link", "--all", "--csv", "--bot", "northprint_bot", "--qr", "all.png")
    assert shown.exit_code == 2
    assert "--qr" in shown.output
    assert not (folder / "all.png").exists()


def test_an_id_too_long_for_telegram_is_said(cli: Cli, shop: Store) -> None:
    """Telegram takes 64 characters; a longer id is refused, not cut."""
    with shop.write() as connection:
        an_order(connection, id="x" * 40, number="1050")
    shown = cli("link", "1050", "--bot", "northprint_bot")
    assert shown.exit_code == 1
    assert "too long" in shown.output
