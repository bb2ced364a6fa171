"""``backorder-bot``: one command per errand, wired here and nowhere else."""

from __future__ import annotations

import typer

from bot.cli import (
    availability,
    broadcast,
    charts,
    check,
    decisions,
    init,
    languages,
    link,
    mode,
    policy,
    reorder,
    report,
    run,
    slack,
    understand,
)
from bot.cli.imports import import_

app = typer.Typer(
    name="backorder-bot",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="A support bot for delayed orders: customers on Telegram, staff in Slack, "
    "decisions in the shop's own database.\n\n"
    "Try it: backorder-bot demo\n\n"
    "Set it up: init, import FILE…, check, run; it begins by only watching.",
)

app.command("init", short_help="Set up a shop: .env, policy.toml and the store.")(
    init.init
)
app.command("import", short_help="Bring orders, products and stock in.")(import_)
app.command("check", short_help="Prove settings, database, Telegram and Slack.")(
    check.check
)
app.command("run", short_help="Start the bot.")(run.run)
app.command("demo", short_help="Try everything on this machine, no account needed.")(
    run.demo
)
app.command("mode", short_help="Show or change: watch, ask or act.")(mode.mode)
app.command("pause", short_help="Stop what happens by itself, losing no time.")(
    mode.pause
)
app.command("resume", short_help="Go on after a pause.")(mode.resume)
app.command("link", short_help="Print signed links that tie a chat to an order.")(
    link.link
)
app.add_typer(decisions.app, name="decisions", short_help="Work off what was decided.")
app.add_typer(policy.app, name="policy", short_help="Check and explain the rules.")
app.command("availability", short_help="Say what may be sold though it is not here.")(
    availability.availability
)
app.command("broadcast", short_help="Print a text about what is short, to post.")(
    broadcast.broadcast
)
app.command("reorder", short_help="Say what to order again, and until when.")(
    reorder.reorder
)
app.command("report", short_help="Say what backorders cost lately.")(report.report)
app.command("slack-manifest", short_help="Print what Slack needs to make the app.")(
    slack.slack_manifest
)
app.command("understand", short_help="Try what the bot makes of a message.")(
    understand.understand
)
app.command("languages", short_help="Show how complete each language is.")(
    languages.languages
)
app.command("charts", short_help="Print the lifecycles as charts.")(charts.charts)


@app.command("version", short_help="Print the version.")
def version() -> None:
    """Print the version."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - slow

    try:
        print(version("backorder-bot"))  # noqa: T201 - a command line prints
    except PackageNotFoundError:
        print("not installed")  # noqa: T201 - as above


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
