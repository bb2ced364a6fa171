"""What an offer's end leaves behind: words about it that nobody has sent yet.

A colleague may still hold them (mode ask), the shop's mailer may not have come by, a
chat may be slow. They are dropped in the turn that makes them untrue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.case import OfferState
from flows.effects import ReleaseBatch, Unsend
from flows.handover import name_of
from flows.untold import words_dropped

if TYPE_CHECKING:
    from flows.case import Case, Offer
    from flows.draft import Draft

_OVER = frozenset((OfferState.REPLACED, OfferState.WITHDRAWN, OfferState.BURIED))


def drop_outdated(draft: Draft, before: Case) -> None:
    """Let nothing be sent any more about offers that this turn ended or decided.

    What this turn says itself about them comes afterwards, and stays.
    """
    over, decided = [], []
    earlier = {offer.id: offer for offer in before.offers}
    for offer in draft.case.offers:
        was = earlier.get(offer.id)
        if was is None:
            continue
        if _is_over(was, offer):
            over.append(offer)
        elif was.decided_at != offer.decided_at:
            decided.append(offer)
    if not over and not decided:
        return
    _unsend(draft, decided, moving=False)
    _unsend(draft, over, moving=True)
    words_dropped(draft, [*over, *decided])


def _is_over(was: Offer, now: Offer) -> bool:
    return now.state in _OVER and was.state is not now.state


def _unsend(draft: Draft, offers: list[Offer], *, moving: bool) -> None:
    """Ask for it before anything is said, and after what was released or dropped."""
    if not offers:
        return
    dropped = Unsend(
        subjects=tuple(offer.subject for offer in offers),
        moving=moving,
        staff=draft.staff_words(),
        name=name_of(draft),
    )
    at = (i for i, e in enumerate(draft.effects) if not isinstance(e, ReleaseBatch))
    draft.effects.insert(next(at, len(draft.effects)), dropped)
