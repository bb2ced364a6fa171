"""A lifecycle is a table; a step names what follows or changes nothing."""

from __future__ import annotations

from enum import StrEnum

import pytest

from flows.machine import Arrow, Lifecycle, RefusedStep


class Door(StrEnum):
    """The states of a door."""

    OPEN = "open"
    SHUT = "shut"
    BRICKED_UP = "bricked_up"


def _has_key(key: bool) -> bool:
    return key


DOOR: Lifecycle[Door, bool] = Lifecycle(
    "door",
    Door.OPEN,
    (
        Arrow(trigger="shut", source=(Door.OPEN,), dest=Door.SHUT, why="A draught."),
        Arrow(
            trigger="open",
            source=(Door.SHUT,),
            dest=Door.OPEN,
            guard=_has_key,
            why="A visitor.",
        ),
        Arrow(
            trigger="brick",
            source=(Door.OPEN, Door.SHUT),
            dest=Door.BRICKED_UP,
            why="A plague.",
        ),
    ),
)


def test_a_step_names_what_follows() -> None:
    """The table leads on; a guard that agrees lets the step be taken."""
    assert DOOR.step(Door.OPEN, "shut", False) is Door.SHUT
    assert DOOR.step(Door.SHUT, "open", True) is Door.OPEN


@pytest.mark.parametrize(
    ("state", "trigger", "key"),
    [
        pytest.param(Door.SHUT, "open", False, id="the guard says no"),
        pytest.param(Door.SHUT, "shut", True, id="no arrow leaves from here"),
        pytest.param(Door.BRICKED_UP, "open", True, id="the end is the end"),
    ],
)
def test_a_step_is_refused_with_its_reasons(
    state: Door, trigger: str, key: bool
) -> None:
    """Who refuses says which life, where it stands and what was wanted."""
    assert not DOOR.allows(state, trigger, key)
    with pytest.raises(RefusedStep) as refused:
        DOOR.step(state, trigger, key)
    told = (refused.value.lifecycle, refused.value.state, refused.value.trigger)
    assert told == ("door", state.value, trigger)


@pytest.mark.parametrize("trigger", ["paint", "to_open", "to_bricked_up"])
def test_a_trigger_nobody_knows_is_not_a_step(trigger: str) -> None:
    """A mistyped trigger is a mistake of ours, and there are no side doors."""
    with pytest.raises(KeyError):
        DOOR.step(Door.OPEN, trigger, True)


def test_a_state_of_another_life_is_not_known() -> None:
    """A state that is not in the table cannot take a step."""

    class Window(StrEnum):
        TILTED = "tilted"

    with pytest.raises((RefusedStep, ValueError)):
        DOOR.step(Window.TILTED, "shut", True)  # type: ignore[arg-type] # on purpose


def test_a_refusal_leaves_nothing_behind() -> None:
    """One shared machine serves all: what one door was refused, no other remembers."""
    for _ in range(3):
        assert not DOOR.allows(Door.SHUT, "open", False)
        assert DOOR.step(Door.SHUT, "open", True) is Door.OPEN
    assert DOOR._machine.models == []


def test_a_guards_own_mistake_is_not_swallowed() -> None:
    """An error inside a guard is raised, never read as a no."""

    def broken(_: bool) -> bool:
        raise ZeroDivisionError

    arrow = Arrow(
        trigger="open", source=(Door.SHUT,), dest=Door.OPEN, why="No.", guard=broken
    )
    life = Lifecycle("broken", Door.SHUT, (arrow,))
    with pytest.raises(ZeroDivisionError):
        life.allows(Door.SHUT, "open", True)


def test_the_chart_shows_the_table() -> None:
    """Every arrow, every guard, the beginning and each end can be seen."""
    assert DOOR.chart().splitlines() == [
        "stateDiagram-v2",
        "    [*] --> open",
        "    open --> shut: shut",
        "    shut --> open: open [guard]",
        "    open --> bricked_up: brick",
        "    shut --> bricked_up: brick",
        "    bricked_up --> [*]",
    ]
