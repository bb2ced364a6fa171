"""Pictures: what bot and people sent, kept in memory under the platform's ids."""

import base64
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from PIL import Image, UnidentifiedImageError

from bot.playground.telegram import limits
from bot.playground.telegram.arguments import Arguments
from bot.playground.telegram.refusals import bad_request

_FETCH = aiohttp.ClientTimeout(total=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo is one picture with the id under which it can be sent again."""

    file_id: str
    unique_id: str
    path: str
    width: int
    height: int
    media_type: str
    body: bytes

    def to_json(self) -> dict[str, Any]:
        """Returns the photo as one size; the platform sends several."""
        return {
            "file_id": self.file_id,
            "file_unique_id": self.unique_id,
            "width": self.width,
            "height": self.height,
            "file_size": len(self.body),
        }


def is_loopback(url: str) -> bool:
    """Tells whether a link leads to this machine, the only one we ever call."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


Http = Callable[[], aiohttp.ClientSession]
"""The one client for calls to this machine, there once the stand-in has started."""


class Album:
    """The album keeps every picture and refuses what the platform cannot show."""

    def __init__(self) -> None:
        self._by_id: dict[str, Photo] = {}
        self._by_path: dict[str, Photo] = {}

    def at_path(self, path: str) -> Photo | None:
        """Returns the picture that `getFile` named, None when there is none."""
        return self._by_path.get(path)

    def with_id(self, file_id: str) -> Photo | None:
        """Returns the picture with this file id, None when there is none."""
        return self._by_id.get(file_id)

    def blank(self) -> bytes:
        """Returns a small grey picture, for when any will do."""
        out = io.BytesIO()
        Image.new("RGB", (64, 48), "#9aa0a6").save(out, "JPEG")
        return out.getvalue()

    def keep(self, body: bytes) -> Photo:
        """Keeps a picture; the same bytes get the same id again.

        Raises:
            RefusalError: 400, when it is no picture or too large to be one.
        """
        if len(body) > limits.PHOTO_BYTES:
            raise bad_request(
                f"file of size {len(body)} bytes is too big for a photo; "
                f"the maximum size is {limits.PHOTO_BYTES} bytes"
            )
        digest = base64.urlsafe_b64encode(hashlib.sha256(body).digest()).decode()
        known = self._by_id.get(f"AgACAgIAAxkDAAI{digest[:36]}")
        if known is not None:
            return known
        try:
            with Image.open(io.BytesIO(body)) as picture:
                width, height = picture.size
                kind = picture.format or "JPEG"
        except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
            raise bad_request("IMAGE_PROCESS_FAILED") from None
        long, short = max(width, height), max(1, min(width, height))
        if width + height > limits.PHOTO_SIDES or long > limits.PHOTO_RATIO * short:
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        photo = Photo(
            file_id=f"AgACAgIAAxkDAAI{digest[:36]}",
            unique_id=f"AQAD{digest[:12]}",
            path=f"photos/file_{len(self._by_id) + 1}.{kind.lower()}",
            width=width,
            height=height,
            media_type=f"image/{kind.lower()}",
            body=body,
        )
        self._by_id[photo.file_id] = photo
        self._by_path[photo.path] = photo
        return photo

    async def read(self, arguments: Arguments, http: Http) -> Photo:
        """Returns the picture of a call: uploaded, known by its id, or fetched.

        Raises:
            RefusalError: 400, when there is none or it cannot be had.
        """
        given = arguments.text("photo").strip()
        field = given.removeprefix("attach://")
        if not given or field != given:
            upload = arguments.files.get(field or "photo")
            if upload is None:
                raise bad_request("there is no photo in the request")
            return self.keep(upload.body)
        known = self.with_id(given)
        if known is not None:
            return known
        if not given.lower().startswith(("http://", "https://")):
            raise bad_request("wrong file identifier/HTTP URL specified")
        return self.keep(await _fetch(given, http()))


async def _fetch(url: str, http: aiohttp.ClientSession) -> bytes:
    """Returns the bytes behind a link on this machine; no other is ever called."""
    if not is_loopback(url):
        raise bad_request("wrong type of the web page content")
    try:
        async with http.get(url, timeout=_FETCH) as response:
            if response.status != 200:
                raise bad_request("failed to get HTTP URL content")
            if not response.content_type.startswith("image/"):
                raise bad_request("wrong type of the web page content")
            body = await response.content.read(limits.PHOTO_URL_BYTES + 1)
            while len(body) <= limits.PHOTO_URL_BYTES:
                more = await response.content.read(limits.PHOTO_URL_BYTES)
                if not more:
                    return body
                body += more
    except (aiohttp.ClientError, TimeoutError, OSError):
        raise bad_request("failed to get HTTP URL content") from None
    raise bad_request("failed to get HTTP URL content")
