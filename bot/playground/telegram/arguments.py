"""Arguments of a call, however they came: query, form, multipart or JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import BodyPartReader, web

from bot.playground.telegram.refusals import bad_request


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An upload is one file of a multipart call."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Arguments are read as the platform reads them: all strings, unknown ones kept."""

    values: Mapping[str, str]
    files: Mapping[str, Upload]

    def text(self, name: str) -> str:
        """Returns the argument, or an empty string."""
        return self.values.get(name, "")

    def has(self, name: str) -> bool:
        """Tells whether the argument was given at all."""
        return name in self.values

    def integer(
        self, name: str, default: int, low: int | None = None, high: int | None = None
    ) -> int:
        """Returns a whole number, clamped; what is no number counts as 0."""
        raw = self.text(name).strip()
        if not raw:
            return default
        try:
            number = int(raw)
        except ValueError:
            number = 0
        if low is not None:
            number = max(low, number)
        return number if high is None else min(high, number)

    def flag(self, name: str) -> bool:
        """Tells whether the argument says true, yes or 1."""
        return self.text(name).strip().lower() in {"true", "yes", "1"}

    def json(self, name: str) -> Any:
        """Returns the argument parsed as JSON, None when it is absent or unreadable."""
        try:
            return json.loads(self.values.get(name, "null"))
        except ValueError:
            return None


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _read_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise bad_request("can't parse request body as JSON object") from None


async def _read_parts(
    request: web.Request, values: dict[str, str], files: dict[str, Upload]
) -> None:
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        body = await part.read(decode=True)
        if part.filename is None:
            values[part.name] = body.decode("utf-8", "replace")
        else:
            files[part.name] = Upload(name=part.filename, body=bytes(body))


async def read_arguments(request: web.Request) -> Arguments:
    """Returns everything a call was given, the body winning over the query."""
    values: dict[str, str] = dict(request.query)
    files: dict[str, Upload] = {}
    match request.content_type:
        case "multipart/form-data":
            await _read_parts(request, values, files)
        case "application/json":
            body = _read_json(await request.text() or "{}")
            if isinstance(body, dict):
                values.update({name: _as_text(value) for name, value in body.items()})
        case _:
            form = await request.post()
            values.update(
                {name: value for name, value in form.items() if isinstance(value, str)}
            )
    return Arguments(values=values, files=files)
