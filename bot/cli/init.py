"""``backorder-bot init``: a few questions, then settings, policy and store stand."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from bot.cli import answers as ask
from bot.cli.console import fail, open_store, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.settings import Settings

_Text = str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asker:
    """Takes an answer from a flag, a default, or the person at the keyboard."""

    take_defaults: bool

    def answer(
        self,
        flag: str,
        given: _Text,
        question: str,
        default: _Text,
        read: Callable[[str], Any],
    ) -> Any:
        """Return what was answered; nonsense in a flag ends, typed it is asked anew.

        Without a ``default`` it has to be answered.
        """
        if given is None and not self.take_defaults:
            return typer.prompt(question, default=default, value_proc=_refusing(read))
        try:
            return read((default or "") if given is None else given)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint=flag) from None


def init(
    *,
    name: Annotated[_Text, typer.Option(help="What the shop is called.")] = None,
    url: Annotated[_Text, typer.Option(help="The shop's address.")] = None,
    email: Annotated[_Text, typer.Option(help="Where people answer.")] = None,
    privacy_url: Annotated[_Text, typer.Option(help="The privacy page.")] = None,
    hours: Annotated[
        _Text, typer.Option(help='Like "mon-fri 9:00-17:00, sat 10:00-14:00".')
    ] = None,
    time_zone: Annotated[_Text, typer.Option(help="Of the opening hours.")] = None,
    holidays: Annotated[
        _Text, typer.Option(help="Whose public holidays: DE, DE-BY, or none.")
    ] = None,
    languages: Annotated[_Text, typer.Option(help="Like en,de.")] = None,
    markets: Annotated[
        _Text, typer.Option(help="Where the shop sells: EU, US, rest, or countries.")
    ] = None,
    silence: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MARKET=WHAT",
            help="What silence does there: substitute, recommended, wait or cancel.",
        ),
    ] = None,
    team_size: Annotated[
        int | None, typer.Option(min=1, help="How many people answer, if told.")
    ] = None,
    database_url: Annotated[
        _Text, typer.Option(metavar="URL", help="Where the store is.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Take every default; wants --name, --url.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace what stands there differently.")
    ] = False,
) -> None:
    """Set up a shop: writes .env and policy.toml, creates the store.

    Nothing that stands there is overwritten without --force, secrets never are.

    Example: backorder-bot init --name Northprint --url https://northprint.example
    --markets EU,rest --silence EU=wait --yes
    """
    asker = _Asker(take_defaults=yes)
    if yes:
        _require(name=name, url=url)
    shop_name = asker.answer(
        "--name", name, "What is the shop called?", None, ask.read_name
    )
    page = asker.answer("--url", url, "The shop's address", None, ask.read_url)
    host = urlsplit(page).hostname
    answers = ask.Answers(
        name=shop_name,
        url=page,
        email=asker.answer(
            "--email",
            email,
            "E-mail for customers",
            f"hello@{host}",
            ask.read_email,
        ),
        privacy_url=asker.answer(
            "--privacy-url",
            privacy_url,
            "Privacy page",
            f"{page}/privacy",
            ask.read_url,
        ),
        languages=asker.answer(
            "--languages", languages, "Languages", "en", ask.read_languages
        ),
        week=asker.answer(
            "--hours",
            hours,
            "When do people answer?",
            "mon-fri 9:00-17:00",
            ask.read_week,
        ),
        time_zone=asker.answer(
            "--time-zone",
            time_zone,
            "In which time zone?",
            "Europe/Berlin",
            ask.read_time_zone,
        ),
        holidays=asker.answer(
            "--holidays",
            holidays,
            "Whose public holidays? (DE, DE-BY, none)",
            "none",
            ask.read_holidays,
        ),
        silence=_silence(asker, markets, silence or []),
        team_size=team_size,
    )
    if yes and email is None:
        print(f"{answers.email} is a guess: --email names the one that people read.")
    if yes and privacy_url is None:
        print(f"{answers.privacy_url} is a guess: --privacy-url names the page.")
    _write(answers, database_url, force=force)


def _require(**given: _Text) -> None:
    """Leave where nobody said who the shop is: customers would read an invention."""
    missing = " and ".join(f"--{flag}" for flag, said in given.items() if said is None)
    if missing:
        raise typer.BadParameter(
            f"nobody but you knows who the shop is: expected {missing} as well",
            param_hint="--yes",
        )


def _silence(
    asker: _Asker, markets: _Text, given: list[str]
) -> tuple[tuple[str, ask.Silence], ...]:
    where = asker.answer(
        "--markets",
        markets,
        "Where does the shop sell? (EU, US, rest, countries)",
        "EU, US, rest",
        ask.read_markets,
    )
    told: dict[str, str] = {}
    for pair in given:
        market, separator, word = pair.partition("=")
        market = next((m for m in where if m.lower() == market.strip().lower()), "")
        if not separator or not market or market in told:
            raise typer.BadParameter(
                f"expected MARKET=WHAT once for each of {', '.join(where)}; "
                f"found {pair}",
                param_hint="--silence",
            )
        told[market] = word
    if not asker.take_defaults and set(where) - set(told):
        _explain_silence()
    return tuple(
        (
            market,
            asker.answer(
                f"--silence {market}",
                told.get(market),
                f"What does silence do in {market}? ({', '.join(ask.SILENCES)})",
                ask.usual_silence(market).word,
                ask.read_silence,
            ),
        )
        for market in where
    )


def _explain_silence() -> None:
    print("What may happen when a customer does not answer in time:")
    wide = max(len(word) for word in ask.SILENCES)
    for word, silence in ask.SILENCES.items():
        print(f"  {word:{wide}}  {silence.explained}")
    print("  A wait without a date, or too long a one, is cancelled and refunded.")


def _write(answers: ask.Answers, database_url: _Text, *, force: bool) -> None:
    from bot.cli.env_file import write_env

    wanted = {} if database_url is None else {"DATABASE_URL": database_url}
    env = Path(".env")
    for change in write_env(env, wanted, force=force):
        # A database's address may hold a password: neither value is printed.
        did = "replaced" if force else "kept, --force would replace it"
        print(f"{env}: {change.key} stood there with another value: {did}.")
    print(f"{env}: settings, for your eyes only.")
    settings = read_settings()
    _write_policy(settings.policy_file, ask.policy_text(answers), force=force)
    _warn(answers)
    _create_store(settings)
    _print_next_steps()


def _write_policy(path: Path, text: str, *, force: bool) -> None:
    from flows.policy import BadPolicy, read_policy

    try:
        read_policy(text)
    except BadPolicy as error:
        fail("These answers make no policy:", *error.problems)
    old = path.read_text(encoding="utf-8") if path.exists() else None
    if old is None or old == text or force:
        path.write_text(text, encoding="utf-8")
        print(f"{path}: the rules, with every default explained.")
        return
    print(f"{path} stands there already: kept. --force would change it so:")
    changed = difflib.unified_diff(
        old.splitlines(), text.splitlines(), "there", "wanted", lineterm="", n=0
    )
    for line in changed:
        print(f"  {line}")


def _warn(answers: ask.Answers) -> None:
    careful = [
        market
        for market, silence in answers.silence
        if silence.silent_substitute and market != "rest"
    ]
    if careful:
        print(
            f"Note: in {', '.join(careful)} silence may send another product. EU law "
            "and US rules mostly want a customer's yes for that; please ask a lawyer."
        )


def _create_store(settings: Settings) -> None:
    from sqlalchemy import inspect

    from store import meta
    from store.schema import OURS, SHOP_TABLES, missing_in_shop, prepare
    from store.shop import shop_metadata
    from store.tables import meta as meta_table

    with open_store(settings, ready=False) as store:
        with store.read() as connection:
            looking = inspect(connection)
            there = {*looking.get_table_names(), *looking.get_view_names()}
            known = meta_table.name in there
            ours = known and meta.find(connection, SHOP_TABLES) == OURS
        theirs = bool(there & set(shop_metadata.tables)) and not ours
        prepare(store, create_shop=not theirs)
        if not theirs:
            print(f"{settings.database_shown}: the store is ready.")
            return
        with store.write() as connection:
            meta.put(connection, SHOP_TABLES, "theirs")
            missing = missing_in_shop(connection)
    print(f"{settings.database_shown}: the bot's tables are ready.")
    print("The shop's own shop_ relations are there and were left alone.")
    if missing:
        fail("They lack what the bot reads:", *(f"  {name}" for name in missing))


def _print_next_steps() -> None:
    print(
        "\nNext:\n"
        "  1. Fill .env: TELEGRAM_BOT_TOKEN from @BotFather; "
        "`backorder-bot slack-manifest` for Slack.\n"
        "  2. backorder-bot import FILE…   brings orders, products and stock in.\n"
        "  3. backorder-bot check, then backorder-bot run: it watches and sends "
        "nothing yet."
    )


def _refusing(read: Callable[[str], Any]) -> Callable[[str], Any]:
    def value(typed: str) -> Any:
        try:
            return read(typed)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None

    return value
