"""``.env``: written once for its owner's eyes only, what stands in it is never lost."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dotenv import dotenv_values, set_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_FOR_OWNER = 0o600
_HEAD = "# Settings of backorder-bot. This file holds secrets: keep it out of git.\n"
#: What `init` cannot know, with where to find it.
_TO_FILL = {
    "TELEGRAM_BOT_TOKEN": "from @BotFather, command /newbot",
    "SLACK_BOT_TOKEN": "xoxb-…, after installing the app (slack-manifest)",
    "SLACK_APP_TOKEN": "xapp-…, with connections:write; or SLACK_SIGNING_SECRET",
    "SLACK_CHANNEL": "the channel's id, C…, in its details at the bottom",
    "SLACK_STAFF": "user ids or a user group's id; empty: everybody in the channel",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A value that stands in the file and differs from what was wanted."""

    key: str
    there: str
    wanted: str


def write_env(path: Path, wanted: Mapping[str, str], *, force: bool) -> list[Change]:
    """Fill what is missing in the file and return what stands there differently.

    With ``force`` the differing values are replaced. The two secrets made here are
    never replaced: every link already sent would stop working.
    """
    fresh = not path.exists()
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, _FOR_OWNER))
    path.chmod(_FOR_OWNER)
    if fresh:
        path.write_text(_fresh(), encoding="utf-8")
    there = dotenv_values(path, interpolate=False)
    made = {
        key: secrets.token_urlsafe(32)
        for key in ("LINK_SECRET", "TELEGRAM_WEBHOOK_SECRET")
        if not there.get(key)
    }
    kept = []
    for key, value in {**wanted, **made}.items():
        old = there.get(key)
        if old and old != value:
            kept.append(Change(key=key, there=old, wanted=value))
            if not force:
                continue
        if old != value:
            set_key(path, key, value, quote_mode="auto")
    path.chmod(_FOR_OWNER)
    return kept


def _fresh() -> str:
    rows = [_HEAD]
    rows += [f"# {where}\n{key}=\n" for key, where in _TO_FILL.items()]
    rows.append("# made here; a new LINK_SECRET makes every link sent before useless\n")
    return "\n".join(rows)
