"""Modals and Home tabs: what Slack accepts, and the stack each person sees."""

import itertools
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.playground.slack.blocks import Surface, check_blocks
from bot.playground.slack.composition import plain_text
from bot.playground.slack.identity import Identity
from bot.playground.slack.refusals import RefusalError
from bot.playground.slack.schema import Complaints, Shape, anything, boolean, string
from bot.playground.slack.widgets import State, completed, initial_state

STACK_MOST = 3
VIEW_BYTES_MOST = 250_000

_SHORT = plain_text(most=24)
_SHARED = {
    "private_metadata": string(most=3000, least=0),
    "callback_id": string(most=255, least=0),
    "external_id": string(most=255, least=0),
}
_VIEW: Mapping[Surface, Shape] = {
    "modal": Shape(
        required={"title": _SHORT, "blocks": anything},
        optional={
            **_SHARED,
            "submit": _SHORT,
            "close": _SHORT,
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
    ),
    "home": Shape(required={"blocks": anything}, optional=_SHARED),
}


def check_view(view: Any, *, surface: Surface) -> dict[str, Any]:
    """Return a view fit for this surface; raise RefusalError for any other."""
    if isinstance(view, str):
        try:
            view = json.loads(view)
        except ValueError:
            view = None
    if not isinstance(view, dict):
        text = "[ERROR] must provide an object [json-pointer:/view]"
        raise RefusalError(code="invalid_arguments", messages=(text,))
    complaints = Complaints()
    if view.get("type") != surface:
        complaints.say("must be a valid enum value", "/view/type")
    _VIEW[surface](complaints, "/view", view)
    blocks = view.get("blocks")
    check_blocks(complaints, blocks, surface=surface, pointer="/view/blocks")
    if surface == "modal" and not view.get("submit") and _has_input(blocks):
        complaints.say("missing required field: submit", "/view")
    if complaints.messages:
        whole = "[ERROR] failed to match all allowed schemas [json-pointer:/view]"
        raise RefusalError(
            code="invalid_arguments", messages=(whole, *complaints.messages)
        )
    if len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES_MOST:
        raise RefusalError(code="view_too_large")
    return view


def _has_input(blocks: Any) -> bool:
    return isinstance(blocks, list) and any(
        isinstance(block, dict) and block.get("type") == "input" for block in blocks
    )


@dataclass(slots=True, kw_only=True)
class View:
    """One modal or Home tab on one person's screen."""

    id: str
    user_id: str
    surface: Surface
    content: dict[str, Any]
    hash: str
    root_id: str
    previous_id: str | None = None
    state: State = field(default_factory=dict)

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """The blocks as shown, every one with its id."""
        return list(self.content["blocks"])

    @property
    def title(self) -> str:
        """What stands in the title bar; empty on a Home tab."""
        return str((self.content.get("title") or {}).get("text", ""))

    @property
    def callback_id(self) -> str:
        """The app's name for this kind of view."""
        return str(self.content.get("callback_id") or "")

    def payload(self, identity: Identity) -> dict[str, Any]:
        """Return the view as the Web API and interactions show it."""
        given = self.content
        return {
            "id": self.id,
            "team_id": identity.team_id,
            "type": self.surface,
            "blocks": given["blocks"],
            "private_metadata": given.get("private_metadata") or "",
            "callback_id": self.callback_id,
            "state": {"values": self.state},
            "hash": self.hash,
            "title": given.get("title"),
            "clear_on_close": bool(given.get("clear_on_close")),
            "notify_on_close": bool(given.get("notify_on_close")),
            "close": given.get("close"),
            "submit": given.get("submit"),
            "previous_view_id": self.previous_id,
            "root_view_id": self.root_id,
            "app_id": identity.app_id,
            "external_id": given.get("external_id") or "",
            "app_installed_team_id": identity.team_id,
            "bot_id": identity.bot_id,
        }


class Views:
    """Every person's stack of modals and their Home tab."""

    def __init__(self) -> None:
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}
        self._count = itertools.count(1)

    def stack(self, user_id: str) -> list[View]:
        """Return a person's open modals, the visible one last."""
        return list(self._stacks.get(user_id, []))

    def home(self, user_id: str) -> View | None:
        """Return the Home tab published for a person."""
        return self._homes.get(user_id)

    def find(self, *, view_id: str = "", external_id: str = "") -> View:
        """Return a view still on a screen.

        Raises:
            RefusalError: there is none ("not_found").
        """
        every = (*itertools.chain(*self._stacks.values()), *self._homes.values())
        for view in every:
            outside = view.content.get("external_id")
            if view.id == view_id or (external_id and outside == external_id):
                return view
        raise RefusalError(code="not_found")

    def open(self, user_id: str, content: Mapping[str, Any]) -> View:
        """Show a person a first modal, in place of whatever was open."""
        view = self._new(user_id, content, surface="modal")
        self._stacks[user_id] = [view]
        return view

    def push(self, user_id: str, content: Mapping[str, Any]) -> View:
        """Show a person one more modal on top.

        Raises:
            RefusalError: none is open, or three are.
        """
        stack = self._stacks.get(user_id, [])
        if not stack:
            raise RefusalError(code="not_found")
        if len(stack) >= STACK_MOST:
            raise RefusalError(code="push_limit_reached")
        view = self._new(user_id, content, surface="modal")
        view.root_id, view.previous_id = stack[0].id, stack[-1].id
        stack.append(view)
        return view

    def publish(self, user_id: str, content: Mapping[str, Any], hash_: str) -> View:
        """Show a person a Home tab; it keeps its id when published again."""
        shown = self._homes.get(user_id)
        if shown is None:
            if hash_:
                raise RefusalError(code="hash_conflict")
            shown = self._new(user_id, content, surface="home")
            self._homes[user_id] = shown
            return shown
        return self.update(shown, content, hash_)

    def update(self, view: View, content: Mapping[str, Any], hash_: str = "") -> View:
        """Change a view where it stands; values typed into what stays are kept.

        Raises:
            RefusalError: it changed since the caller saw it, or the external id is
                another view's.
        """
        if hash_ and hash_ != view.hash:
            raise RefusalError(code="hash_conflict")
        self._check_external_id(content, besides=view)
        view.content = {**content, "blocks": completed(content["blocks"])}
        view.hash = self._hash()
        fresh = initial_state(view.blocks)
        for block_id, actions in fresh.items():
            kept = view.state.get(block_id, {})
            fresh[block_id] = {
                key: kept.get(key, each) for key, each in actions.items()
            }
        view.state = fresh
        return view

    def close(self, view: View, *, whole_stack: bool = False) -> list[View]:
        """Take a modal, or all of them, off the screen; return what was closed."""
        stack = self._stacks.get(view.user_id, [])
        if view not in stack:
            return []
        first = 0 if whole_stack else stack.index(view)
        closed = stack[first:]
        del stack[first:]
        return closed

    def _new(
        self, user_id: str, content: Mapping[str, Any], *, surface: Surface
    ) -> View:
        self._check_external_id(content)
        view_id = f"V{next(self._count):010d}"
        filled = {**content, "blocks": completed(content["blocks"])}
        return View(
            id=view_id,
            user_id=user_id,
            surface=surface,
            content=filled,
            hash=self._hash(),
            root_id=view_id,
            state=initial_state(filled["blocks"]),
        )

    def _check_external_id(
        self, content: Mapping[str, Any], *, besides: View | None = None
    ) -> None:
        external_id = content.get("external_id") or ""
        try:
            found = self.find(external_id=external_id)
        except RefusalError:
            return
        if found is not besides:
            raise RefusalError(code="duplicate_external_id")

    def _hash(self) -> str:
        return f"{next(self._count)}.{secrets.token_hex(4)}"
