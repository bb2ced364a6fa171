"""Sets: lines of one order with the same design and colour, replaced together or not.

The rule, in the order it is asked; ``keep_sets`` in the policy switches it off:

1. Lines of one order with the same design and the same colour but different SKUs are a
   set: a hoodie and its beanie, two sizes of one shirt. Without design or colour there
   is no set.
2. If anything of the set is ready, sent or waits by an earlier choice, it stays; what
   is short may then only become something that still matches it (another size, another
   brand in the same colour), and the proposal says what stays.
3. If all of it is short, one choice decides for all: every line gets the product that
   matches the others' new look. A substitute that has no match for each is left out.
4. If nothing matches, no substitute is proposed for any of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from flows.shop import full_title
from flows.substitutes import same_look

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from flows.case import Backorder, Choice, Offer, OfferItem
    from flows.shop import Line, Order, Product, Shelf
    from flows.substitutes import Candidate

_Found = dict[str, "list[Candidate]"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """What may stand in per backorder, once sets are kept.

    ``follows`` maps a backorder to the one that decides for it; their candidates go in
    step. ``stays`` names what lies ready of a backorder's set.
    """

    candidates: _Found
    follows: dict[str, str] = field(default_factory=dict)
    stays: dict[str, tuple[str, ...]] = field(default_factory=dict)


def keep_sets(
    order: Order,
    backorders: Sequence[Backorder],
    found: _Found,
    shelf: Shelf,
    gone: frozenset[str] = frozenset(),
) -> Matched:
    """Return the candidates that tear no set apart.

    ``gone`` are lines that were cancelled, or become something else already.
    """
    made = Matched(candidates=dict(found))
    for lines in _sets(order, shelf, gone):
        ids = {line.id for line in lines}
        asked = [b for b in backorders if b.line_id in ids]
        if asked:
            about = {backorder.line_id for backorder in asked}
            _keep(made, asked, _staying(lines, about), shelf)
    return made


def tears(
    order: Order,
    line_id: str,
    asked: Collection[str],
    product: Product,
    shelf: Shelf,
    gone: frozenset[str] = frozenset(),
) -> bool:
    """Return whether a product for a line would no longer match what stays of its set.

    ``asked`` are the lines that the same choice is about.
    """
    for lines in _sets(order, shelf, gone):
        line = next((one for one in lines if one.id == line_id), None)
        wanted = shelf.product(line.sku) if line else None
        if wanted is not None and _staying(lines, asked):
            return not same_look(wanted, product)
    return False


def followers(offer: Offer, item: OfferItem) -> tuple[OfferItem, ...]:
    """Return the items that one item decides for, without itself."""
    return tuple(i for i in offer.items if i.follows == item.backorder_id)


def together(offer: Offer, item: OfferItem) -> tuple[OfferItem, ...]:
    """Return all items that are decided with one, itself included, the leader first."""
    leader = leading(offer, item)
    return (leader, *followers(offer, leader))


def counterpart(item: OfferItem, choice: Choice) -> Choice | None:
    """Return an item's choice that goes with another item's choice."""
    own = _index(item.choices[0].code)
    return item.choice(f"{own}{choice.code.removeprefix(_index(choice.code))}")


def with_sets(
    offer: Offer, picks: Sequence[tuple[OfferItem, Choice]]
) -> list[tuple[OfferItem, Choice]]:
    """Return choices with those that go with them, each item once, in order."""
    made: dict[str, tuple[OfferItem, Choice]] = {}
    for item, choice in picks:
        made.setdefault(item.backorder_id, (item, choice))
        for other in together(offer, item):
            match = counterpart(other, choice)
            if match is not None:
                made.setdefault(other.backorder_id, (other, match))
    return list(made.values())


def leading(offer: Offer, item: OfferItem) -> OfferItem:
    """Return the item that decides for this one: mostly itself."""
    found = (i for i in offer.items if i.backorder_id == item.follows)
    return next(found, item)


def whole(offer: Offer, item: OfferItem, choice: Choice) -> Choice:
    """Return a choice with the amounts of everything it decides, for its button."""
    parts = [choice]
    parts += [p for f in followers(offer, item) if (p := counterpart(f, choice))]
    return replace(
        choice,
        refund_minor=sum(part.refund_minor for part in parts),
        difference_minor=sum(part.difference_minor for part in parts),
    )


def _sets(order: Order, shelf: Shelf, gone: frozenset[str]) -> list[list[Line]]:
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in order.lines:
        product = shelf.product(line.sku)
        alive = line.allocated + line.shipped + line.backordered
        if product is None or not alive or line.id in gone:
            continue
        if product.design and product.color:
            look = product.design, product.color.casefold()
            groups.setdefault(look, []).append(line)
    return [lines for lines in groups.values() if len({line.sku for line in lines}) > 1]


def _staying(lines: Sequence[Line], asked: Collection[str]) -> list[Line]:
    return [
        line for line in lines if line.allocated + line.shipped or line.id not in asked
    ]


def _keep(
    made: Matched, asked: Sequence[Backorder], staying: Sequence[Line], shelf: Shelf
) -> None:
    if staying:
        for backorder in asked:
            wanted = shelf.product(backorder.sku)
            made.candidates[backorder.id] = [
                candidate
                for candidate in made.candidates.get(backorder.id, ())
                if wanted is not None and same_look(wanted, candidate.product)
            ]
            made.stays[backorder.id] = tuple(
                full_title(line.title, shelf.product(line.sku))
                for line in staying
                if line.id != backorder.line_id
            )
        return
    leader, *others = asked
    if not others:
        return
    rows = [
        row
        for candidate in made.candidates.get(leader.id, ())
        if (row := _matching(candidate, asked, made.candidates, shelf)) is not None
    ]
    for number, backorder in enumerate(asked):
        made.candidates[backorder.id] = [row[number] for row in rows]
        if rows and number:
            made.follows[backorder.id] = leader.id


def _matching(
    first: Candidate, asked: Sequence[Backorder], found: _Found, shelf: Shelf
) -> list[Candidate] | None:
    """Return one candidate per backorder that all look alike and can all be had."""
    row = [first]
    for backorder in asked[1:]:
        match = next(
            (
                c
                for c in found.get(backorder.id, ())
                if same_look(first.product, c.product)
            ),
            None,
        )
        if match is None:
            return None
        row.append(match)
    needed: dict[str, int] = {}
    for backorder, candidate in zip(asked, row, strict=True):
        blank = candidate.product.blank
        needed[blank] = needed.get(blank, 0) + backorder.quantity
    enough = all(shelf.blank(blank).free >= units for blank, units in needed.items())
    return row if enough else None


def _index(code: str) -> str:
    return code[: len(code) - len(code.lstrip("0123456789"))]
