"""The one module that knows ``transitions``: a table goes in, steps come out.

A lifecycle's table is the only truth about its states. One shared machine is
built per table at import and fired on a throw-away object, so nothing is
registered and nothing leaks; callbacks do no work, a step only names the state
that follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from transitions import EventData, Machine, MachineError

if TYPE_CHECKING:
    from collections.abc import Callable

State = TypeVar("State", bound=StrEnum)
Facts = TypeVar("Facts")


class RefusedStep(Exception):
    """The lifecycle does not allow this step now; nothing has changed."""

    def __init__(self, lifecycle: str, state: str, trigger: str) -> None:
        super().__init__(f"{lifecycle}: no {trigger!r} in state {state!r}")
        self.lifecycle = lifecycle
        self.state = state
        self.trigger = trigger


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow(Generic[State, Facts]):
    """One transition; ``why`` is its sentence for people, ``guard`` may refuse it."""

    trigger: str
    source: tuple[State, ...]
    dest: State
    why: str
    guard: Callable[[Facts], bool] | None = None


class _Token:
    """What travels through the machine: a state and the facts its guards look at."""

    __slots__ = ("facts", "state")

    def __init__(self, state: str, facts: object) -> None:
        self.state = state
        self.facts = facts


class Lifecycle(Generic[State, Facts]):
    """A table of arrows that answers one question: which state follows?"""

    def __init__(
        self, name: str, initial: State, arrows: tuple[Arrow[State, Facts], ...]
    ) -> None:
        """Build the machine once; every state stands in it, even terminal."""
        self.name = name
        self.initial = initial
        self.arrows = arrows
        self.states: tuple[State, ...] = tuple(type(initial))
        self._machine = Machine(
            model=None,
            states=[state.value for state in self.states],
            initial=initial.value,
            transitions=[self._as_transition(arrow) for arrow in arrows],
            auto_transitions=False,
            send_event=True,
        )
        self._by_value = {state.value: state for state in self.states}

    def step(self, state: State, trigger: str, facts: Facts) -> State:
        """Return the state that follows.

        Raises:
            RefusedStep: When no arrow leads on, or its guard says not now.
        """
        token = _Token(state.value, facts)
        try:
            moved = self._machine.events[trigger].trigger(token)
        except MachineError:
            moved = False
        if not moved:
            raise RefusedStep(self.name, state.value, trigger)
        return self._by_value[token.state]

    def allows(self, state: State, trigger: str, facts: Facts) -> bool:
        """Return whether the step would be taken."""
        try:
            self.step(state, trigger, facts)
        except RefusedStep:
            return False
        return True

    def chart(self) -> str:
        """Return the lifecycle as a Mermaid state diagram."""
        sources = {state for arrow in self.arrows for state in arrow.source}
        rows = ["stateDiagram-v2", f"    [*] --> {self.initial.value}"]
        for arrow in self.arrows:
            label = arrow.trigger if arrow.guard is None else f"{arrow.trigger} [guard]"
            rows += [
                f"    {source.value} --> {arrow.dest.value}: {label}"
                for source in arrow.source
            ]
        rows += [
            f"    {state.value} --> [*]"
            for state in self.states
            if state not in sources
        ]
        return "\n".join(rows)

    def _as_transition(self, arrow: Arrow[State, Facts]) -> dict[str, Any]:
        return {
            "trigger": arrow.trigger,
            "source": [state.value for state in arrow.source],
            "dest": arrow.dest.value,
            "conditions": [] if arrow.guard is None else [_asked(arrow.guard)],
        }


def _asked(guard: Callable[[Facts], bool]) -> Callable[[EventData], bool]:
    def condition(event: EventData) -> bool:
        return guard(event.model.facts)  # type: ignore[attr-defined]  # our _Token

    return condition
