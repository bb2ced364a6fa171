"""The HTTP face: tokens, method names, faults and the shape of every answer."""

import re
from collections import Counter
from collections.abc import Mapping

from aiohttp import web

from bot.playground.telegram import limits
from bot.playground.telegram.arguments import read_arguments
from bot.playground.telegram.changes import ChangeKind, Changes
from bot.playground.telegram.faults import Fault, FaultKind, Faults
from bot.playground.telegram.files import Album
from bot.playground.telegram.methods import Method
from bot.playground.telegram.refusals import RefusalError

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{24,}")
_GATEWAY_PAGE = "<html><body><h1>502 Bad Gateway</h1></body></html>"
_NOT_FOUND = RefusalError(404, "Not Found")
_NO_METHOD = RefusalError(404, "Not Found: method not found")
_UNAUTHORIZED = RefusalError(401, "Unauthorized")
_TOO_LARGE = RefusalError(413, "Request Entity Too Large")


class BotApi:
    """Answers calls of the Bot API under one token."""

    def __init__(
        self,
        *,
        token: str,
        methods: Mapping[str, Method],
        album: Album,
        faults: Faults,
        changes: Changes,
    ) -> None:
        self._token = token
        self._methods = methods
        self._album = album
        self._faults = faults
        self._changes = changes
        self.calls: Counter[str] = Counter()

    def application(self) -> web.Application:
        """Returns a fresh application; all that is remembered lies behind it."""
        application = web.Application(client_max_size=2 * limits.FILE_BYTES)
        application.router.add_route("*", "/bot{token}/{method}", self._call)
        application.router.add_get("/file/bot{token}/{path:.+}", self._download)
        return application

    async def _call(self, request: web.Request) -> web.Response:
        name = request.match_info["method"].lower()
        wrong = self._wrong_token(request)
        if wrong is not None:
            return _refused(wrong)
        method = self._methods.get(name)
        if method is None:
            return _refused(_NO_METHOD)
        fault = self._faults.next_for(name)
        self.calls[name] += 1
        early = await _strike_before(request, fault)
        if early is not None:
            return early
        response = await _perform(request, method)
        self._changes.tell(ChangeKind.CALLED, detail=name)
        return await _strike_after(request, fault, response)

    async def _download(self, request: web.Request) -> web.Response:
        wrong = self._wrong_token(request)
        if wrong is not None:
            return _refused(wrong)
        photo = self._album.at_path(request.match_info["path"])
        if photo is None:
            return _refused(_NOT_FOUND)
        return web.Response(body=photo.body, content_type=photo.media_type)

    def _wrong_token(self, request: web.Request) -> RefusalError | None:
        token = request.match_info["token"]
        if token == self._token:
            return None
        return _UNAUTHORIZED if _TOKEN.fullmatch(token) else _NOT_FOUND


async def _perform(request: web.Request, method: Method) -> web.Response:
    try:
        result = await method(await read_arguments(request))
    except RefusalError as refusal:
        return _refused(refusal)
    except web.HTTPRequestEntityTooLarge:
        return _refused(_TOO_LARGE)
    return web.json_response({"ok": True, "result": result})


def _refused(refusal: RefusalError) -> web.Response:
    headers = (
        {"Retry-After": str(refusal.retry_after)}
        if refusal.retry_after is not None
        else None
    )
    return web.json_response(refusal.body(), status=refusal.code, headers=headers)


def _drop(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _strike_before(
    request: web.Request, fault: Fault | None
) -> web.Response | None:
    if fault is None:
        return None
    match fault.kind:
        case FaultKind.LOSE_CALL:
            return _drop(request)
        case FaultKind.HOLD_BEFORE:
            await fault.released.wait()
        case FaultKind.FAIL if fault.code == 502:
            return web.Response(
                status=502, text=_GATEWAY_PAGE, content_type="text/html"
            )
        case FaultKind.FAIL:
            return _refused(fault.refusal())
        case FaultKind.LOSE_ANSWER | FaultKind.HOLD_AFTER:
            pass
    return None


async def _strike_after(
    request: web.Request, fault: Fault | None, response: web.Response
) -> web.Response:
    if fault is not None and fault.kind is FaultKind.HOLD_AFTER:
        await fault.released.wait()
    if fault is not None and fault.kind is FaultKind.LOSE_ANSWER:
        return _drop(request)
    return response
