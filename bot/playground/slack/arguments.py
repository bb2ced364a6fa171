"""The arguments of a Web API call, however the client encoded them."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.playground.slack.refusals import RefusalError


class Arguments:
    """Typed access to arguments; a missing one raises what Slack would answer."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given

    def __contains__(self, name: str) -> bool:
        return self._given.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        """Return a string, or the default where it was not given."""
        value = self._given.get(name)
        return default if value is None else str(value)

    def needed(self, name: str, *, code: str = "invalid_arguments") -> str:
        """Return a string that must be there."""
        value = self.text(name)
        if not value:
            text = f"[ERROR] missing required field: {name}"
            details = (text,) if code == "invalid_arguments" else ()
            raise RefusalError(code=code, messages=details)
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a boolean, sent as such or as 0, 1, true, false."""
        value = self._given.get(name)
        if value is None:
            return default
        return value in (True, 1, "1", "true", "True")

    def number(self, name: str, default: int) -> int:
        """Return an integer."""
        try:
            return int(self._given.get(name) or default)
        except ValueError:
            text = f"[ERROR] must provide an integer [json-pointer:/{name}]"
            raise RefusalError(code="invalid_arguments", messages=(text,)) from None

    def structure(self, name: str, *, code: str = "invalid_arguments") -> Any:
        """Return a JSON value, also where it was sent as a string of JSON."""
        value = self._given.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise RefusalError(code=code) from None


async def read(request: web.Request) -> dict[str, Any]:
    """Return all arguments of a request: query, form fields or JSON body."""
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError:
            raise RefusalError(code="invalid_json") from None
        if not isinstance(body, dict):
            raise RefusalError(code="json_not_object")
        return given | body
    if request.method == "POST":
        given |= dict(await request.post())
    return given
