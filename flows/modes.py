"""watch, ask, act: how much of a decision leaves the house by itself.

``watch`` shows the staff what would have been sent and keeps the matter as it was;
``ask`` holds every message until a colleague releases it; ``act`` sends.
"""

from __future__ import annotations

import hashlib
import html
from dataclasses import replace
from typing import TYPE_CHECKING

from flows.backorder import BACKORDER
from flows.case import BackorderState, OfferState
from flows.codes import release_data
from flows.draft import Decision, Draft
from flows.effects import (
    Button,
    Decide,
    DecisionKind,
    Effect,
    Notice,
    PostCard,
    PostShortage,
    PromiseTold,
    Record,
    ReleaseBatch,
    ReleaseHolds,
    Reword,
    Say,
    ShowPicture,
    Toast,
)
from flows.events import (
    BaselineConfirmed,
    InstantPassed,
    ShopChanged,
    StaffActed,
    StaffGranted,
    StaffReleased,
    StaffReplied,
)
from flows.handover import name_of
from flows.ledger import CUSTOMER
from flows.offer import ended
from flows.setting import Mode
from flows.untold import hold_back, hold_back_mailed, never_told, now_told

if TYPE_CHECKING:
    from flows.case import Case, Offer
    from flows.events import Event
    from flows.setting import Setting

#: Cards that tell the staff something in any mode.
_WARNINGS = frozenset(("authorization", "overdue"))
#: How many digests of shown messages a case remembers.
_REMEMBERED = 20


def in_mode(
    before: Case, event: Event, decision: Decision, setting: Setting
) -> Decision:
    """Return the decision as the mode lets it out; what staff do is always sent."""
    if setting.mode is Mode.ACT or isinstance(
        event, StaffActed | StaffReplied | StaffReleased | StaffGranted
    ):
        return hold_back_mailed(decision)
    if setting.mode is Mode.WATCH:
        return _watched(before, event, decision, setting)
    return _held(decision, setting)


def on_released(draft: Draft, event: StaffReleased) -> None:
    """Let held messages go, or drop them, as a colleague decided.

    Of what is out of date, or was answered by another, nothing is left to decide.
    """
    if not event.held:
        draft.whisper("not_held")
        return
    draft.effects.append(ReleaseBatch(batch=event.batch, send=event.send))
    (now_told if event.send else never_told)(draft, event.batch)
    action = "released messages" if event.send else "dropped messages"
    draft.record(f"staff:{event.staff.id}", action, event.batch)
    draft.card(
        f"release:{event.batch}",
        "released",
        staff=event.staff.name,
        send=event.send,
        name=name_of(draft),
    )


def _watched(
    before: Case, event: Event, decision: Decision, setting: Setting
) -> Decision:
    automatic = isinstance(event, ShopChanged | InstantPassed | BaselineConfirmed)
    words = _outgoing(decision.effects)
    decided = [e for e in decision.effects if isinstance(e, Decide)]
    if not automatic and _cancels_unasked(decided):
        return _only_noted(before, decision)
    unsent = () if automatic else _unsent(before, decision)
    if not automatic:
        decision = _unasked(before, decision, unsent, setting)
    base = _warned(before, decision.case) if automatic else decision.case
    if isinstance(event, BaselineConfirmed):
        base = _confirmed(base, setting)
    # What a customer chose counts in any mode; only the answer stays in the house.
    kept: list[Effect] = [
        e
        for e in decision.effects
        if not isinstance(e, Say | ShowPicture | Reword | Notice)
        and (not automatic or _is_warning(e))
    ]
    if automatic and isinstance(event, ShopChanged) and event.baseline:
        return decision
    if not words and not decided:
        return Decision(case=base, effects=tuple(kept)) if automatic else decision
    digest = hashlib.sha256("\n".join(words).encode()).hexdigest()[:12]
    if digest in base.memory.shown:
        return Decision(case=base, effects=tuple(kept))
    shown = (*base.memory.shown, digest)[-_REMEMBERED:]
    draft = Draft(replace(base, memory=replace(base.memory, shown=shown)), setting)
    draft.effects.extend(kept)
    draft.card(
        f"watch:{before.id}:{digest}",
        "watched",
        name=name_of(draft),
        words=words,
        answers=not automatic,
        proposes=bool(unsent),
        decisions=decided,
        titles={
            line.id: draft.named(line).title
            for order in before.orders
            for line in order.lines
        },
    )
    return draft.finish()


def _cancels_unasked(decided: list[Decide]) -> bool:
    """Return whether the bot would cancel by itself, and the customer chose nothing."""
    by = {e.decided_by for e in decided}
    cancelled = any(e.kind is DecisionKind.CANCEL_REFUND for e in decided)
    return cancelled and CUSTOMER not in by


def _only_noted(before: Case, decision: Decision) -> Decision:
    """Return what is kept of a customer's words that would have led to a cancellation.

    The line waits as it did; what they said is remembered.
    """
    after = decision.case
    noted = replace(
        before,
        **{name: getattr(after, name) for name in ("memory", "dialogue", "misses")},
    )
    kept = tuple(e for e in decision.effects if isinstance(e, Toast | Record))
    return Decision(case=noted, effects=kept)


def _unsent(before: Case, decision: Decision) -> tuple[Offer, ...]:
    """Return the proposals of a turn that nobody gets."""
    known = {offer.id for offer in before.offers}
    made = (offer for offer in decision.case.offers if offer.id not in known)
    return tuple(offer for offer in made if offer.state is OfferState.PROPOSED)


def _unasked(
    before: Case, decision: Decision, unsent: tuple[Offer, ...], setting: Setting
) -> Decision:
    """Return a decision whose proposals nobody got: they are made anew in another mode.

    Nor was any date told that stands in them.
    """
    about = {item.backorder_id for offer in unsent for item in offer.items}
    draft = Draft(decision.case, setting)
    draft.effects = [
        effect
        for effect in decision.effects
        if not (isinstance(effect, PromiseTold) and effect.backorder_id in about)
    ]
    for offer in unsent:
        draft.put_offer(ended(offer, "bury", setting.now))
        draft.effects.append(ReleaseHolds(offer_id=offer.id))
    for backorder in decision.case.backorders:
        was = before.backorder(backorder.id)
        if backorder.id in about:
            told = was.told if was else None
            draft.put_backorder(replace(backorder, told=told))
    return draft.finish()


def _warned(before: Case, after: Case) -> Case:
    """Return a case as it was, but for what the staff have been warned of."""
    warned = after.memory.warned
    return replace(before, memory=replace(before.memory, warned=warned))


def _confirmed(case: Case, setting: Setting) -> Case:
    """Return a case whose old backorders count from now on: a colleague said so.

    Nothing is sent for it yet; when the mode changes they are looked at like new ones.
    """
    backorders = tuple(
        replace(
            one, state=BACKORDER.step(one.state, "confirm", None), found_at=setting.now
        )
        if one.state is BackorderState.BASELINE
        else one
        for one in case.backorders
    )
    return replace(case, backorders=backorders)


def _is_warning(effect: Effect) -> bool:
    """Return whether it tells the staff something that no customer hears of."""
    if isinstance(effect, PostShortage):
        return True
    return isinstance(effect, PostCard) and effect.card.key in _WARNINGS


def _held(decision: Decision, setting: Setting) -> Decision:
    words = _outgoing(decision.effects)
    if not words:
        return decision
    batch = setting.new_id()
    effects = [
        replace(e, batch=batch)
        if isinstance(e, Say | ShowPicture | Reword | Notice)
        else e
        for e in decision.effects
    ]
    made = Decision(case=decision.case, effects=tuple(effects))
    held = hold_back(made, batch, asked_at=setting.now)
    draft = Draft(held.case, setting)
    draft.effects.extend(held.effects)
    staff = draft.staff_words()
    draft.card(
        f"release:{batch}",
        "held",
        (
            Button(
                label=staff.label("release_send"),
                data=release_data(decision.case.id, batch, send=True),
                style="primary",
            ),
            Button(
                label=staff.label("release_drop"),
                data=release_data(decision.case.id, batch, send=False),
            ),
        ),
        name=name_of(draft),
        words=words,
    )
    return draft.finish()


def _outgoing(effects: tuple[Effect, ...]) -> list[str]:
    # A card escapes what it shows; a message for Telegram is escaped already.
    said = (e.message.text for e in effects if isinstance(e, Say | Reword))
    mailed = (e.text for e in effects if isinstance(e, Notice))
    return [*(html.unescape(text) for text in said), *mailed]
