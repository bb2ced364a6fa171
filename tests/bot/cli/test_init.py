"""Setting up: what was answered is what the files say, and nothing is lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from dotenv import dotenv_values
from sqlalchemy import inspect

from bot.cli.answers import SILENCES
from flows.policy import read_policy
from flows.shop import Order
from flows.terms import Brake, Terms
from store import meta
from store.engine import Store
from store.schema import is_current, prepare
from store.shop import shop_metadata

from ...builders import NOON

if TYPE_CHECKING:
    from pathlib import Path

    from flows.policy import Policy

    from .conftest import Cli


#: Set up with every default; who the shop is has none.
INIT = ("init", "--yes", "--name", "Nord", "--url", "https://nord.example")


def policy_in(folder: Path) -> Policy:
    return read_policy((folder / "policy.toml").read_text())


def silent_terms(policy: Policy, market: str) -> tuple[str, bool]:
    """Return what silence does with an order of a market."""
    order = Order(
        id="1",
        number="1",
        customer_id="c",
        placed_at=NOON,
        currency="EUR",
        market=market,
    )
    terms = policy.terms_for(order, None, None).terms
    return terms.on_silence, terms.silent_substitute


def test_defaults_make_a_shop_that_can_be_imported_into(cli: Cli, folder: Path) -> None:
    """``init --yes`` leaves settings, policy and store, and says how to go on."""
    shown = cli(*INIT)
    assert shown.exit_code == 0
    assert "import FILE" in shown.output
    assert policy_in(folder).shop.name == "Nord"
    assert not policy_in(folder).shop.unsaid
    assert "hello@nord.example is a guess: --email" in shown.output
    assert "https://nord.example/privacy is a guess: --privacy-url" in shown.output
    store = Store(f"sqlite:///{folder}/backorder.sqlite3")
    assert is_current(store.engine)
    assert set(shop_metadata.tables) <= set(inspect(store.engine).get_table_names())
    store.close()


def test_a_shop_nobody_named_is_not_set_up(cli: Cli, folder: Path) -> None:
    """No default knows who the shop is: the flags that say so are named."""
    for said, lacking in (
        ((), "--name and --url"),
        (("--url", "https://nord.example"), "--name"),
        (("--name", "Nord"), "--url"),
    ):
        shown = cli("init", "--yes", *said)
        assert shown.exit_code == 2
        words = " ".join(shown.output.replace("│", " ").split())
        assert f"expected {lacking} as well" in words
    assert list(folder.iterdir()) == []


def test_the_policy_says_what_was_answered(cli: Cli, folder: Path) -> None:
    """Each flag is found again in the policy that the bot reads."""
    shown = cli(
        *INIT,
        *("--name", 'Nord "Print" & Söhne'),
        *("--url", "https://nord.example/"),
        *("--email", "moin@nord.example"),
        *("--hours", "mon-fri 8:30-18:00, sat 10:00-14:00"),
        *("--time-zone", "Europe/Vienna", "--holidays", "at"),
        *("--markets", "eu, de, rest", "--team-size", "3"),
        *("--silence", "EU=recommended", "--silence", "DE=wait"),
        *("--silence", "rest=cancel"),
    )
    assert shown.exit_code == 0, shown.output
    assert "hello@" not in shown.output
    policy = policy_in(folder)
    assert policy.shop.name == 'Nord "Print" & Söhne'
    assert policy.shop.url == "https://nord.example"
    assert policy.shop.privacy_url == "https://nord.example/privacy"
    assert policy.shop.email == "moin@nord.example"
    assert policy.shop.team_size == 3
    assert policy.hours.time_zone == "Europe/Vienna"
    assert policy.hours.calendar == "AT"
    assert [len(day) for day in policy.hours.week] == [1, 1, 1, 1, 1, 1, 0]
    assert silent_terms(policy, "FR") == ("recommended", False)
    assert silent_terms(policy, "DE") == ("wait", False)
    assert silent_terms(policy, "JP") == ("cancel", False)


def test_silence_is_careful_by_default(cli: Cli, folder: Path) -> None:
    """Only outside the EU and the US may silence send another product."""
    cli(*INIT)
    policy = policy_in(folder)
    assert silent_terms(policy, "DE") == ("recommended", False)
    assert silent_terms(policy, "US") == ("recommended", False)
    assert silent_terms(policy, "NZ") == ("recommended", True)


def test_the_comments_in_the_policy_are_true(cli: Cli, folder: Path) -> None:
    """Every default that a comment names is the default, and none is left out."""
    cli(*INIT)
    text = (folder / "policy.toml").read_text()
    told = re.sub(r"^# (\w+ = )", r"\1", text, flags=re.MULTILINE)
    data = read_policy(told).data
    assert data.terms == Terms()
    assert data.brake == Brake()
    assert data.terms.model_fields_set == set(Terms.model_fields)
    assert data.brake.model_fields_set == set(Brake.model_fields)


@pytest.mark.parametrize(
    ("flag", "nonsense"),
    [
        ("--name", " "),
        ("--url", "ftp://nord.example"),
        ("--url", "nord.example"),
        ("--email", "nobody"),
        ("--privacy-url", "https://nord"),
        ("--hours", "always"),
        ("--hours", "mon 17:00-9:00"),
        ("--hours", "mon 9:00-25:00"),
        ("--hours", "mon 9:00-12:00, mon-fri 9:00-17:00"),
        ("--time-zone", "Berlin"),
        ("--holidays", "Bavaria"),
        ("--holidays", "DE-XX"),
        ("--languages", "en, klingon"),
        ("--markets", "Europe"),
        ("--markets", "QQ"),
        ("--markets", ","),
        ("--silence", "EU"),
        ("--silence", "JP=wait"),
        ("--silence", "EU=consent"),
    ],
)
def test_nonsense_is_refused(cli: Cli, folder: Path, flag: str, nonsense: str) -> None:
    """A wrong answer is named with what was expected, and nothing is written."""
    shown = cli(*INIT, flag, nonsense)
    assert shown.exit_code == 2
    assert "expected" in " ".join(shown.output.split())
    assert list(folder.iterdir()) == []


def test_questions_are_asked_again_until_they_make_sense(
    cli: Cli, folder: Path
) -> None:
    """At the keyboard a wrong answer costs a second try, not the whole setup."""
    typed = "\n".join(
        [
            "Nord",
            "not an address",
            "https://nord.example",
            *[""] * 6,
            "EU",
            "consent",
            "wait",
        ]
    )
    shown = cli("init", typed=f"{typed}\n")
    assert shown.exit_code == 0, shown.output
    policy = policy_in(folder)
    assert policy.shop.name == "Nord"
    assert policy.shop.email == "hello@nord.example"
    assert silent_terms(policy, "FR") == ("wait", False)
    for word, silence in SILENCES.items():
        assert re.search(f"^  {word} +{silence.explained}$", shown.output, re.MULTILINE)


def test_another_product_by_silence_in_the_eu_is_remarked(
    cli: Cli, folder: Path
) -> None:
    """The merchant may decide so, but hears what the law mostly says."""
    shown = cli(*INIT, "--markets", "EU", "--silence", "EU=substitute")
    assert shown.exit_code == 0
    assert "lawyer" in shown.output
    assert silent_terms(policy_in(folder), "FR") == ("recommended", True)


def test_the_env_file_is_its_owners_alone(cli: Cli, folder: Path) -> None:
    """It holds fresh secrets, and nobody else on the machine can read it."""
    cli(*INIT)
    file = folder / ".env"
    assert file.stat().st_mode & 0o777 == 0o600
    values = dotenv_values(file)
    assert len(values["LINK_SECRET"] or "") >= 32
    assert len(values["TELEGRAM_WEBHOOK_SECRET"] or "") >= 32
    assert values["LINK_SECRET"] != values["TELEGRAM_WEBHOOK_SECRET"]
    assert values["TELEGRAM_BOT_TOKEN"] == ""


def test_what_stands_there_is_kept(cli: Cli, folder: Path) -> None:
    """A second run fills gaps, shows what it would change, and changes nothing else."""
    own = "# mine\nLINK_SECRET=a-secret-that-is-in-many-mails\nMODE=ask\n"
    (folder / ".env").write_text(own)
    (folder / "policy.toml").write_text('[shop]\nname = "Mine"\n')
    shown = cli(*INIT, "--name", "Other")
    assert shown.exit_code == 0
    kept = (folder / ".env").read_text()
    assert kept.startswith(own)
    assert "TELEGRAM_WEBHOOK_SECRET=" in kept
    assert policy_in(folder).shop.name == "Mine"
    assert '+name = "Other"' in shown.output


def test_force_replaces_but_never_a_secret(cli: Cli, folder: Path) -> None:
    """Every link already sent hangs on the secret, so not even --force renews it."""
    cli(*INIT)
    secret = dotenv_values(folder / ".env")["LINK_SECRET"]
    url = f"sqlite:///{folder}/other.sqlite3"
    shown = cli(*INIT, "--database-url", url)
    assert shown.exit_code == 0
    moved = f"sqlite:///{folder}/moved.sqlite3"
    assert "--force would" in cli(*INIT, "--database-url", moved).output
    assert dotenv_values(folder / ".env")["DATABASE_URL"] == url
    cli(*INIT, "--database-url", moved, "--name", "Other", "--force")
    values = dotenv_values(folder / ".env")
    assert values["DATABASE_URL"] == moved
    assert values["LINK_SECRET"] == secret
    assert policy_in(folder).shop.name == "Other"
    assert (folder / "moved.sqlite3").exists()


def test_a_shop_that_is_there_is_left_alone(cli: Cli, folder: Path) -> None:
    """Where a backend owns the shop's tables, only the bot's own are made."""
    url = f"sqlite:///{folder}/shop.sqlite3"
    store = Store(url)
    shop_metadata.create_all(store.engine)
    shown = cli(*INIT, "--database-url", url)
    assert shown.exit_code == 0, shown.output
    assert "left alone" in shown.output
    assert is_current(store.engine)
    with store.read() as connection:
        assert meta.find(connection, "shop_tables") == "theirs"
    store.close()
    assert cli(*INIT).exit_code == 0


def test_what_a_shop_lacks_is_named(cli: Cli, folder: Path) -> None:
    """A backend that has but a part of the relations is told which are missing."""
    url = f"sqlite:///{folder}/shop.sqlite3"
    store = Store(url)
    with store.write() as connection:
        connection.exec_driver_sql("CREATE TABLE shop_stock (sku TEXT PRIMARY KEY)")
    store.close()
    shown = cli(*INIT, "--database-url", url)
    assert shown.exit_code == 1
    assert "shop_stock.on_hand" in shown.output
    assert "shop_orders" in shown.output


def test_a_store_of_ours_is_brought_up_to_date(cli: Cli, folder: Path) -> None:
    """Running it again on its own store is safe."""
    url = f"sqlite:///{folder}/again.sqlite3"
    store = Store(url)
    prepare(store, create_shop=True)
    store.close()
    assert cli(*INIT, "--database-url", url).exit_code == 0
