"""Slack's Web API over HTTP: who may call, how often, and what goes wrong."""

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from bot.playground.slack import file_methods, methods
from bot.playground.slack.answers import Answers
from bot.playground.slack.arguments import Arguments, read
from bot.playground.slack.faults import Fault, Faults
from bot.playground.slack.pace import Pace
from bot.playground.slack.refusals import RefusalError
from bot.playground.slack.socket_mode import Sockets
from bot.playground.slack.workspace import Workspace

BODY_MOST = 64 * 1024 * 1024
CALLS_KEPT = 2_000


class WebApi:
    """Serves api/METHOD, response URLs and file transfers."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        sockets: Sockets,
        faults: Faults,
        pace: Pace | None,
        base_url: Callable[[], str],
    ) -> None:
        self._workspace = workspace
        self._sockets = sockets
        self._faults = faults
        self._pace = pace
        self._base_url = base_url
        self.calls: deque[tuple[str, Mapping[str, Any]]] = deque(maxlen=CALLS_KEPT)

    def application(self) -> web.Application:
        """Return the aiohttp application, Socket Mode's end included."""
        app = web.Application(client_max_size=BODY_MOST)
        app.router.add_route("*", "/api/{method}", self._call)
        app.router.add_post("/upload/v1/{file_id}", self._upload)
        app.router.add_get("/files-pri/{file_id}/{name}", self._download)
        app.router.add_post("/{kind:actions|commands}/{team}/{key}", self._respond)
        app.router.add_get("/link/", self._sockets.handle)
        return app

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        fault = self._faults.take(method)
        try:
            _before(fault, request)
            answer = self._answered(method, request, await read(request))
        except RefusalError as refusal:
            return _refused(refusal)
        if fault is not None and fault.kind == "drop_after":
            _cut(request)
        headers = {"X-OAuth-Scopes": methods.SCOPES}
        return web.json_response(answer, headers=headers)

    def _answered(
        self, method: str, request: web.Request, given: dict[str, Any]
    ) -> dict[str, Any]:
        token = given.pop("token", "")
        self._authorise(method, _bearer(request) or str(token))
        arguments = Arguments(given)
        if self._pace is not None:
            self._pace.check(method, arguments.text("channel"))
        self.calls.append((method, given))
        if method == methods.CONNECTIONS:
            host = self._base_url().removeprefix("http")
            url = f"ws{host}/link/?ticket={self._sockets.ticket()}"
            return {"ok": True, "url": url}
        if method == methods.UPLOAD_URL:
            return file_methods.get_upload_url(
                self._workspace, arguments, self._base_url()
            )
        return methods.METHODS[method](self._workspace, arguments)

    def _authorise(self, method: str, token: str) -> None:
        special = (methods.CONNECTIONS, methods.UPLOAD_URL)
        if method not in methods.METHODS and method not in special:
            raise RefusalError(code="unknown_method")
        identity = self._workspace.identity
        if not token:
            raise RefusalError(code="not_authed")
        if token not in (identity.bot_token, identity.app_token):
            raise RefusalError(code="invalid_auth")
        is_app_token = token == identity.app_token
        if is_app_token != (method == methods.CONNECTIONS):
            raise RefusalError(code="not_allowed_token_type")

    async def _respond(self, request: web.Request) -> web.Response:
        try:
            response = self._workspace.triggers.respond(request.match_info["key"])
            body = await read(request)
            person = self._workspace.people[response.user_id]
            Answers(self._workspace, person).to_response_url(response, body)
        except RefusalError as refusal:
            gone = refusal.code in ("used_url", "expired_url", "invalid_url")
            return web.json_response(refusal.body(), status=404 if gone else 400)
        return web.Response(text="ok")

    async def _upload(self, request: web.Request) -> web.Response:
        if request.content_type == "multipart/form-data":
            parts = (await request.post()).values()
            files = [each.file.read() for each in parts if hasattr(each, "file")]
            content = files[0] if files else b""
        else:
            content = await request.read()
        file_id = request.match_info["file_id"]
        if not file_methods.receive(self._workspace, file_id, content):
            return web.Response(status=400, text="invalid upload")
        return web.Response(text=f"OK - {len(content)}")

    async def _download(self, request: web.Request) -> web.Response:
        file = self._workspace.files.get(request.match_info["file_id"])
        if _bearer(request) != self._workspace.identity.bot_token:
            return web.Response(status=403, text="the token goes in the header")
        if file is None or file["content"] is None:
            return web.Response(status=404)
        return web.Response(body=file["content"])


def _bearer(request: web.Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ").strip()


def _before(fault: Fault | None, request: web.Request) -> None:
    if fault is None:
        return
    if fault.kind == "drop_before":
        _cut(request)
        raise RefusalError(code="request_timeout")
    if fault.kind == "status":
        raise RefusalError(code="fatal_error", status=fault.status)
    if fault.kind == "refuse":
        limited = fault.code == "ratelimited"
        wait = fault.retry_after if limited else None
        raise RefusalError(code=fault.code, retry_after=wait)


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _refused(refusal: RefusalError) -> web.Response:
    if refusal.retry_after is not None:
        headers = {"Retry-After": str(refusal.retry_after)}
        return web.json_response(refusal.body(), status=429, headers=headers)
    if refusal.status != 200:
        return web.Response(status=refusal.status, text="upstream trouble")
    return web.json_response(refusal.body())
