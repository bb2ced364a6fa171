"""``backorder-bot slack-manifest``: what Slack needs to know to make the app."""

from __future__ import annotations

from typing import Annotated

import typer


def slack_manifest(
    *,
    public_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="For signed HTTP; without it the app uses Socket Mode."
        ),
    ] = None,
    name: Annotated[
        str, typer.Option(help="What the app is called.")
    ] = "Backorder bot",
) -> None:
    """Print the manifest to paste at api.slack.com/apps, "From a manifest".

    Afterwards install the app, invite it to your channel with /invite, and put its
    tokens into .env: SLACK_BOT_TOKEN (xoxb-…) and, for Socket Mode, SLACK_APP_TOKEN
    (xapp-…, with connections:write); for signed HTTP SLACK_SIGNING_SECRET.
    """
    import json

    from bot.slack.manifest import manifest

    if public_url is not None and not public_url.startswith("https://"):
        raise typer.BadParameter("Slack calls https addresses only")
    if not 1 <= len(name) <= 35:
        raise typer.BadParameter("a name has 1 to 35 characters", param_hint="name")
    print(json.dumps(manifest(public_url=public_url, name=name), indent=2))
