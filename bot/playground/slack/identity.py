"""Who is who in the one workspace: the team, the app, its bot user, its tokens."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The fixed names of the workspace and of the app installed in it."""

    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    team_id: str = "T0PLAYGRND"
    team_name: str = "Playground"
    domain: str = "playground"
    app_id: str = "A0PLAYGRND"
    bot_id: str = "B0PLAYGRND"
    bot_user_id: str = "U0PLAYGBOT"
    bot_name: str = "backorder-bot"

    def team(self) -> dict[str, str]:
        """Return the team as interactions name it."""
        return {"id": self.team_id, "domain": self.domain}

    def bot(self) -> dict[str, Any]:
        """Return the bot as bots.info and bot_profile show it."""
        return {
            "id": self.bot_id,
            "app_id": self.app_id,
            "user_id": self.bot_user_id,
            "name": self.bot_name,
            "deleted": False,
            "updated": 0,
            "team_id": self.team_id,
        }
