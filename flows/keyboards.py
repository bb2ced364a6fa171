"""The buttons of an offer: what is recommended first, a person last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.codes import handle, menu_data, offer_data
from flows.effects import Button
from flows.plan import Kind
from flows.sets import whole
from flows.waitlist import JOIN

if TYPE_CHECKING:
    from flows.case import Choice, Offer, OfferItem
    from flows.shop import Order
    from flows.wording import Rows, Wording


def offer_rows(
    words: Wording,
    offer: Offer,
    order: Order,
    *,
    expanded: bool = False,
    again: bool = False,
    without_substitutes: bool = False,
    only: str | None = None,
) -> Rows:
    """Return an offer's buttons.

    ``expanded`` shows all substitutes, ``again`` also items already decided, ``only``
    one choice to be confirmed; after a refusal substitutes are left out.
    """
    many = sum(item.follows is None for item in offer.items) > 1
    made: list[tuple[Button, ...]] = []
    items = [i for i in (offer.items if again else offer.unanswered) if not i.follows]
    for item in items:
        name = item.title if many else ""
        for choice in _shown(offer, item, expanded=expanded or only is not None):
            chosen = again and choice.code == item.chosen
            unwanted = without_substitutes and choice.kind == "substitute"
            if chosen or unwanted or only not in {None, choice.code}:
                continue
            made.append((_button(words, offer, item, choice, order, name),))
        asked = only is None and item.chosen is None
        if asked or offer.kind == Kind.CANCELLED:
            made += _join_row(words, offer, item, name)
        if asked and (expanded or not _hidden(item)):
            made += _some_row(words, item, name)
    folded = not expanded and not without_substitutes and only is None
    if folded and any(_hidden(item) for item in items):
        made.insert(items[0].shown, (_plain(words, offer, "more"),))
    chart = next((i.size_chart_url for i in items if _sized(i)), None)
    if chart and only is None and not without_substitutes:
        behind = items[0].shown + (1 if folded and any(map(_hidden, items)) else 0)
        made.insert(behind, (Button(label=words.label("size_chart"), url=chart),))
    made.append((_plain(words, offer, "person"),))
    return tuple(made)


def change_rows(words: Wording, offer: Offer) -> Rows:
    """Return the buttons below something decided: change it, or ask a person."""
    return tuple((_plain(words, offer, code),) for code in ("change", "person"))


def _shown(offer: Offer, item: OfferItem, *, expanded: bool) -> list[Choice]:
    substitutes = [choice for choice in item.choices if choice.kind == "substitute"]
    others = [choice for choice in item.choices if choice.kind != "substitute"]
    if offer.kind == Kind.CANCELLED:
        others = [choice for choice in others if choice.kind == "wait"]
    return [*(substitutes if expanded else substitutes[: item.shown]), *others]


def _sized(item: OfferItem) -> bool:
    """Whether somebody could want to compare sizes."""
    choices = (c for c in item.choices if c.kind == "substitute" and c.size)
    return item.size_chart_url is not None and any(choices)


def _hidden(item: OfferItem) -> bool:
    return sum(choice.kind == "substitute" for choice in item.choices) > item.shown


def choice_label(
    words: Wording,
    item: OfferItem,
    choice: Choice,
    order: Order,
    *,
    recommended: bool = False,
    name: str = "",
) -> str:
    """Return the words on a choice's button; ``name`` tells items of an offer apart."""
    return words.label(
        f"choose_{choice.kind}",
        choice=choice,
        item=item,
        currency=order.currency,
        captured=order.payment_status == "captured",
        recommended=recommended,
        name=name,
    )


def _button(
    words: Wording,
    offer: Offer,
    item: OfferItem,
    choice: Choice,
    order: Order,
    name: str,
) -> Button:
    recommended = choice.code == item.recommended and offer.window_seconds > 0
    told = whole(offer, item, choice)
    label = choice_label(words, item, told, order, recommended=recommended, name=name)
    if offer.kind == Kind.CANCELLED:
        label = words.label("rather_wait")
    return Button(label=label, data=offer_data(offer.token, choice.code))


def _join_row(words: Wording, offer: Offer, item: OfferItem, name: str) -> Rows:
    """Return the button that cancels and joins the waiting list in one press."""
    cancel = next((c for c in item.choices if c.kind == "cancel"), None)
    if cancel is None:
        return ()
    if offer.kind == Kind.CANCELLED:
        label = words.label("tell_me", title=item.title)
    else:
        label = words.label("cancel_and_tell", name=name)
    return ((Button(label=label, data=offer_data(offer.token, cancel.code + JOIN)),),)


def _some_row(words: Wording, item: OfferItem, name: str) -> Rows:
    """Return the button that asks how many of several units to give up."""
    if item.quantity == 1:
        return ()
    label = words.label("cancel_only_some", name=name)
    return ((Button(label=label, data=menu_data("cancel", handle(item.line_id))),),)


def _plain(words: Wording, offer: Offer, code: str) -> Button:
    return Button(label=words.label(code), data=offer_data(offer.token, code))
