"""Who is a colleague: only they may act on tickets and decisions."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import words
from bot.slack.actions import Person
from bot.slack.clients import NETWORK_ERRORS, error_code
from bot.slack.identity import Identity, UnidentifiedError, Workspace
from flows.events import Staff

GROUP_SECONDS = 600.0
PROFILE_SECONDS = 3600.0
NAME_SECONDS = 1.0
_PROFILES_KEPT = 1_000
_USER = re.compile(r"[UW][A-Z0-9]{2,}")
_GROUP = re.compile(r"S[A-Z0-9]{2,}")
_WHY_NOT: Mapping[str, str] = {
    "plan_upgrade_required": words.GROUP_NEEDS_PLAN,
    "no_such_subteam": words.GROUP_UNKNOWN,
    "subteam_not_found": words.GROUP_UNKNOWN,
    "missing_scope": words.GROUP_SCOPE,
}
_log = structlog.get_logger(__name__)


class RosterUnreadableError(Exception):
    """Nobody can say now who is a colleague; ``words`` tell the one who asked why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.words = sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What SLACK_STAFF names: people, user groups, or nobody in particular."""

    users: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    @classmethod
    def read(cls, setting: str) -> Self:
        """Return what a comma list of ids names.

        Raises:
            ValueError: An entry is neither a user's id nor a user group's.
        """
        entries = {entry.strip() for entry in setting.split(",") if entry.strip()}
        users = {entry for entry in entries if _USER.fullmatch(entry)}
        groups = {entry for entry in entries if _GROUP.fullmatch(entry)}
        if strange := sorted(entries - users - groups):
            raise ValueError(
                f"SLACK_STAFF: {', '.join(strange)}: expected user ids (U…) "
                "or a user group's id (S…)"
            )
        return cls(users=frozenset(users), groups=frozenset(groups))


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What Slack tells about a person."""

    name: str
    team_id: str
    enterprise_id: str
    guest: bool


class Roster:
    """Tells colleagues from everybody else, and knows their names.

    Listed people and members of listed groups are colleagues. When nothing is
    listed: whoever acts *in the staff channel* and belongs to our own workspace (or
    organisation) in full; guests and people from connected workspaces are not.
    """

    def __init__(
        self,
        *,
        client: AsyncWebClient,
        identity: Identity,
        listed: Listed,
        channel: str,
        machine: Callable[[], float],
    ) -> None:
        self._client = client
        self._identity = identity
        self._listed = listed
        self._channel = channel
        self._machine = machine
        self._members: tuple[float, frozenset[str]] | None = None
        self._profiles: dict[str, tuple[float, Profile]] = {}
        self._asking = asyncio.Lock()

    async def admit(self, person: Person, *, channel: str | None) -> Staff | None:
        """Return the colleague, or None for somebody who is not one.

        ``channel`` is where they acted; None for a form, which only a colleague
        could open there.

        Raises:
            RosterUnreadableError: Slack does not say who belongs to us.
        """
        if not await self._belongs(person, channel=channel):
            return None
        return Staff(id=person.id, name=await self.name(person.id, person.name))

    async def name(self, user_id: str, fallback: str = "") -> str:
        """Return how colleagues call somebody; the fallback, else the id, in doubt."""
        try:
            async with asyncio.timeout(NAME_SECONDS):
                profile = await self._profile(user_id)
        except (SlackApiError, *NETWORK_ERRORS) as error:
            _log.info("slack_name_unknown", error=repr(error))
            return fallback or user_id
        return profile.name or fallback or user_id

    async def members(self) -> frozenset[str]:
        """Return the ids of all listed people, the groups' members among them.

        Raises:
            RosterUnreadableError: A group cannot be read.
        """
        if not self._listed.groups:
            return self._listed.users
        async with self._asking:
            now = self._machine()
            if self._members is None or now - self._members[0] > GROUP_SECONDS:
                self._members = (now, await self._grouped())
            return self._listed.users | self._members[1]

    def forget(self) -> None:
        """Ask Slack again who belongs to the groups, from the next press on."""
        self._members = None

    async def _belongs(self, person: Person, *, channel: str | None) -> bool:
        if not person.id:
            return False
        if person.id in self._listed.users:
            return True
        if self._listed.groups:
            return person.id in await self.members()
        if self._listed.users:
            return False
        if channel is not None and channel != self._channel:
            return False
        return await self._is_ours(person)

    async def _is_ours(self, person: Person) -> bool:
        try:
            here = await self._identity.workspace()
            profile = await self._profile(person.id)
        except SlackApiError as error:
            if error_code(error) in ("user_not_found", "user_not_visible"):
                return False
            raise RosterUnreadableError(words.STAFF_UNREADABLE) from error
        except (UnidentifiedError, *NETWORK_ERRORS) as error:
            raise RosterUnreadableError(words.STAFF_UNREADABLE) from error
        return not profile.guest and _same_house(profile, person, here)

    async def _grouped(self) -> frozenset[str]:
        found: set[str] = set()
        for group in sorted(self._listed.groups):
            try:
                answer = await self._client.usergroups_users_list(usergroup=group)
            except SlackApiError as error:
                code = error_code(error)
                _log.error("slack_group_unreadable", group=group, error=code)
                raise RosterUnreadableError(
                    _WHY_NOT.get(code, words.STAFF_UNREADABLE)
                ) from error
            except NETWORK_ERRORS as error:
                raise RosterUnreadableError(words.STAFF_UNREADABLE) from error
            found.update(answer.get("users") or ())
        return frozenset(found)

    async def _profile(self, user_id: str) -> Profile:
        now = self._machine()
        known = self._profiles.get(user_id)
        if known is not None and now - known[0] <= PROFILE_SECONDS:
            return known[1]
        answer = await self._client.users_info(user=user_id)
        profile = _read_profile(answer.get("user") or {})
        if len(self._profiles) >= _PROFILES_KEPT:
            self._profiles.clear()
        self._profiles[user_id] = (now, profile)
        return profile


def _read_profile(user: Mapping[str, Any]) -> Profile:
    shown = user.get("profile") or {}
    name = (
        shown.get("display_name") or shown.get("real_name") or user.get("real_name")
    ) or user.get("name")
    marks = ("is_stranger", "is_restricted", "is_ultra_restricted", "is_bot", "deleted")
    return Profile(
        name=str(name or ""),
        team_id=str(user.get("team_id") or ""),
        enterprise_id=str(
            (user.get("enterprise_user") or {}).get("enterprise_id") or ""
        ),
        guest=any(user.get(mark) for mark in marks),
    )


def _same_house(profile: Profile, person: Person, here: Workspace) -> bool:
    if here.enterprise_id and profile.enterprise_id == here.enterprise_id:
        return True
    team = profile.team_id or person.team_id
    return bool(team) and team in (here.team_id, here.enterprise_id)
