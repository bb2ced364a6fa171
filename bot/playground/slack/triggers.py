"""Permissions that run out: trigger ids for modals, response URLs for answers."""

import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bot.playground.slack.refusals import RefusalError

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5


@dataclass(slots=True, kw_only=True)
class Trigger:
    """One person's permission to be shown a modal, once."""

    user_id: str
    born_at: float
    view_id: str | None = None
    used: bool = False


@dataclass(slots=True, kw_only=True)
class ResponseUrl:
    """A permission to answer one interaction; `source_ts` is the message pressed."""

    user_id: str
    channel_id: str
    born_at: float
    source_ts: str | None = None
    uses: int = 0


class Triggers:
    """Issues both kinds of permission and takes them back by the machine clock."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}
        self._responses: dict[str, ResponseUrl] = {}
        self._count = itertools.count(1)

    def trigger(self, user_id: str, *, view_id: str | None = None) -> str:
        """Issue a trigger id; `view_id` names the modal it was pressed in."""
        trigger_id = (
            f"{next(self._count)}.{secrets.randbelow(10**9)}.{secrets.token_hex(16)}"
        )
        self._triggers[trigger_id] = Trigger(
            user_id=user_id, born_at=self._clock(), view_id=view_id
        )
        return trigger_id

    def exchange(self, trigger_id: str) -> Trigger:
        """Use up a trigger id.

        Raises:
            RefusalError: it was never issued, is older than 3 s, or was used before.
        """
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise RefusalError(code="invalid_trigger_id")
        if trigger.used:
            raise RefusalError(code="exchanged_trigger_id")
        if self._clock() - trigger.born_at > TRIGGER_SECONDS:
            raise RefusalError(code="expired_trigger_id")
        trigger.used = True
        return trigger

    def response_path(
        self, user_id: str, channel_id: str, *, source_ts: str | None = None
    ) -> str:
        """Issue a response URL; return its last path segment."""
        key = secrets.token_urlsafe(18)
        self._responses[key] = ResponseUrl(
            user_id=user_id,
            channel_id=channel_id,
            born_at=self._clock(),
            source_ts=source_ts,
        )
        return key

    def respond(self, key: str) -> ResponseUrl:
        """Use a response URL once.

        Raises:
            RefusalError: it is unknown, older than 30 minutes, or used five times.
        """
        response = self._responses.get(key)
        if response is None:
            raise RefusalError(code="invalid_url")
        if self._clock() - response.born_at > RESPONSE_SECONDS:
            raise RefusalError(code="expired_url")
        if response.uses >= RESPONSE_USES:
            raise RefusalError(code="used_url")
        response.uses += 1
        return response
