"""Slack's rate limits: tiers per method and one message per second and channel.

Source: docs.slack.dev/apis/web-api/rate-limits. How long a "short burst" may be is not
published; five messages is what the stand-in allows.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.playground.slack.refusals import RefusalError

POST_BURST = 5
PER_MINUTE: Mapping[int, int] = {2: 20, 3: 50, 4: 100}
TIERS: Mapping[str, int] = {
    "apps.connections.open": 3,
    "bots.info": 3,
    "chat.delete": 3,
    "chat.postEphemeral": 4,
    "chat.update": 3,
    "conversations.history": 3,
    "conversations.info": 3,
    "conversations.join": 3,
    "conversations.members": 4,
    "conversations.open": 3,
    "conversations.replies": 3,
    "files.completeUploadExternal": 4,
    "files.getUploadURLExternal": 4,
    "reactions.add": 3,
    "reactions.remove": 2,
    "team.info": 3,
    "usergroups.list": 2,
    "usergroups.users.list": 2,
    "users.info": 4,
    "users.list": 2,
    "views.open": 4,
    "views.publish": 4,
    "views.push": 4,
    "views.update": 4,
}


@dataclass(slots=True)
class _Bucket:
    size: float
    per_second: float
    left: float
    seen_at: float

    def wait(self, now: float) -> float:
        """Take one; return 0, or the seconds until there would be one to take."""
        self.left = min(self.size, self.left + (now - self.seen_at) * self.per_second)
        self.seen_at = now
        if self.left >= 1:
            self.left -= 1
            return 0
        return (1 - self.left) / self.per_second


@dataclass(slots=True, kw_only=True)
class Pace:
    """Token buckets on the machine clock; a refused call costs nothing."""

    clock: Callable[[], float]
    per_minute: Mapping[int, int] = field(default_factory=lambda: PER_MINUTE)
    post_burst: int = POST_BURST
    _buckets: dict[str, _Bucket] = field(default_factory=dict)

    def check(self, method: str, channel_id: str = "") -> None:
        """Let a call through, or raise RefusalError "ratelimited" with a wait."""
        if method == "chat.postMessage":
            self._take(f"post {channel_id}", self.post_burst, 1)
        elif tier := TIERS.get(method):
            self._take(method, self.per_minute[tier], self.per_minute[tier] / 60)

    def _take(self, key: str, size: float, per_second: float) -> None:
        now = self.clock()
        bucket = self._buckets.setdefault(key, _Bucket(size, per_second, size, now))
        if wait := bucket.wait(now):
            raise RefusalError(code="ratelimited", retry_after=math.ceil(wait))
