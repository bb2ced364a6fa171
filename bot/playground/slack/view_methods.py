"""The views.* methods."""

from typing import Any

from bot.playground.slack.arguments import Arguments
from bot.playground.slack.refusals import RefusalError
from bot.playground.slack.triggers import Trigger
from bot.playground.slack.views import STACK_MOST, View, check_view
from bot.playground.slack.workspace import Workspace

Answer = dict[str, Any]


def _shown(workspace: Workspace, view: View, how: str) -> Answer:
    workspace.show_view(view.surface, view.user_id, how)
    return {"ok": True, "view": view.payload(workspace.identity)}


def _exchanged(workspace: Workspace, arguments: Arguments) -> Trigger:
    trigger_id = arguments.needed("trigger_id", code="invalid_trigger_id")
    return workspace.triggers.exchange(trigger_id)


def open_(workspace: Workspace, arguments: Arguments) -> Answer:
    """views.open."""
    content = check_view(arguments.structure("view"), surface="modal")
    trigger = _exchanged(workspace, arguments)
    view = workspace.views.open(trigger.user_id, content)
    return _shown(workspace, view, "opened")


def push(workspace: Workspace, arguments: Arguments) -> Answer:
    """views.push: only from something pressed inside an open modal."""
    content = check_view(arguments.structure("view"), surface="modal")
    trigger = _exchanged(workspace, arguments)
    stack = workspace.views.stack(trigger.user_id)
    if trigger.view_id not in {view.id for view in stack}:
        raise RefusalError(code="not_found")
    if len(stack) >= STACK_MOST:
        raise RefusalError(code="push_limit_reached")
    view = workspace.views.push(trigger.user_id, content)
    return _shown(workspace, view, "pushed")


def update(workspace: Workspace, arguments: Arguments) -> Answer:
    """views.update, by view_id or external_id."""
    view = workspace.views.find(
        view_id=arguments.text("view_id"), external_id=arguments.text("external_id")
    )
    content = check_view(arguments.structure("view"), surface=view.surface)
    workspace.views.update(view, content, arguments.text("hash"))
    return _shown(workspace, view, "updated")


def publish(workspace: Workspace, arguments: Arguments) -> Answer:
    """views.publish."""
    user_id = arguments.needed("user_id")
    if user_id not in workspace.people:
        text = "[ERROR] must provide a valid user_id [json-pointer:/user_id]"
        raise RefusalError(code="invalid_arguments", messages=(text,))
    content = check_view(arguments.structure("view"), surface="home")
    view = workspace.views.publish(user_id, content, arguments.text("hash"))
    return _shown(workspace, view, "published")
