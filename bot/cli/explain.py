"""``policy explain``: which rules apply to an order, why, and which set what."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import fail, open_store, read_policy_file, read_settings
from bot.cli.payments import case_of, plan_told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection

    from flows.conditions import Match
    from flows.policy import Applied, Policy
    from flows.shop import Customer, Order, Product
    from flows.terms import Rule
    from store.decisions import Listed

#: Asked of the order as a whole: what a rule for a product says of them is not.
_WHOLE = (
    "ship",
    "allow_split",
    "second_parcel",
    "second_parcel_minor",
    "second_parcel_free_from_minor",
    "min_fill_item_percent",
    "min_fill_order_percent",
    "capture",
    "forbid_early_capture",
    "authorization_warning",
    "ask_renewal",
)
_NAMES = {
    "market": "the market",
    "customer_group": "the customer's group",
    "category": "the category",
    "sku": "the product",
    "order": "the order",
}


def explain(
    *,
    order: Annotated[str, typer.Option(help="An order's number or id.")],
    line: Annotated[
        str | None, typer.Option(help="Only this line's id; else all lines.")
    ] = None,
) -> None:
    """Say which rules apply to an order's lines, why, and which of them set a value."""
    from store.decisions import listed
    from store.orders import load_customer

    settings = read_settings()
    policy = read_policy_file(settings)
    with open_store(settings) as store, store.read() as connection:
        found = _order(connection, order)
        customer = load_customer(connection, found.customer_id)
        whole = policy.terms_for(found, None, customer)
        products = _products(connection, found, line)
        case = case_of(connection, found)
        decided = listed(connection, state=None, order_id=found.id)
    alike: dict[tuple[str, ...], list[str]] = {}
    for title, product in products:
        told = tuple(_line_told(policy, found, product, customer, whole))
        alike.setdefault(told, []).append(title)
    for told, titles in alike.items():
        print("\n".join((*titles, *told, "")))
    print(f"order {found.number} as a whole")
    print("\n".join(_whole_told(found, whole)))
    if line is None:
        print()
        print("\n".join(plan_told(policy, found, whole.terms, case)))
    _print_decided([one for one in decided if line in {None, one.line_id}])


def _line_told(
    policy: Policy,
    order: Order,
    product: Product | None,
    customer: Customer | None,
    whole: Applied,
) -> Iterator[str]:
    """Yield the rules for a line, each with its reason and values, and the result."""
    from flows.conditions import matches
    from flows.notation import written
    from flows.policy import facts_of
    from flows.terms import Terms

    applied = policy.terms_for(order, product, customer)
    facts = facts_of(order, product, customer)
    yield "  defaults, for everybody"
    for rule in applied.speaking:
        yield f"  {rule.name}, {_because(matches(rule.when, facts))}"
        for name, value in rule.terms.chosen.items():
            beaten = _beaten(rule, name, order, applied, whole)
            yield f"    {name} = {written(value)}{beaten}"
    yield "  together:"
    names = (name for name in Terms.model_fields if name not in _WHOLE)
    yield from _values(applied, names)


def _beaten(
    rule: Rule, name: str, order: Order, applied: Applied, whole: Applied
) -> str:
    """Return whose word counts instead of a rule's, if it does not."""
    if name not in _WHOLE:
        winner = applied.set_by[name]
        return "" if winner == rule.name else f", but {winner} comes later"
    if name == "ship" and order.shipping_policy:
        return ", but the order's own shipping_policy comes first"
    winner = whole.set_by.get(name, "")
    if winner == rule.name:
        return ""
    if rule in whole.speaking:
        return f", but {winner} comes later"
    return ", but this is asked of the whole order, not of a product"


def _because(found: Iterable[Match]) -> str:
    reasons = [_reason(match) for match in found]
    return f"because {' and '.join(reasons)}" if reasons else "for everybody"


def _reason(match: Match) -> str:
    if match.named == "rest":
        return f"the market {match.value} is neither in the EU nor the US"
    if match.value != match.named:
        return f"the market {match.value} is in the {match.named}"
    return f"{_NAMES[match.condition]} is {match.value}"


def _whole_told(order: Order, whole: Applied) -> Iterator[str]:
    """Yield what counts for the order; its own shipping policy beats the rules'."""
    told = _values(whole, _WHOLE)
    own = order.shipping_policy
    says = next(told)
    if own:
        agrees = own == whole.terms.ship
        policy_says = (
            "as the policy" if agrees else f"the policy says {whole.terms.ship}"
        )
        says = f"    ship = {own} (the order's own shipping_policy; {policy_says})"
    yield says
    yield from told


def _values(applied: Applied, names: Iterable[str]) -> Iterator[str]:
    """Yield values, each with the rule that set it; the others are the bot's own."""
    from flows.notation import written

    for name in names:
        by = applied.set_by.get(name)
        value = written(getattr(applied.terms, name))
        yield f"    {name} = {value} ({by})" if by else f"    {name} = {value}"


def _print_decided(rows: Sequence[Listed]) -> None:
    """Print what was decided, each with its rule of the policy of then."""
    if rows:
        print("\ndecided, under the rules of then:")
    for row in rows:
        under = f"{row.rule or 'unknown'}, policy {row.policy_version or 'unknown'}"
        kind = row.kind.replace("_", " ")
        print(f"    {row.id} {kind} by {row.decided_by}, {row.state}: {under}")


def _order(connection: Connection, name: str) -> Order:
    from sqlalchemy import or_, select

    from store.orders import load_orders
    from store.shop import orders

    c = orders.c
    asked = select(c.id, c.customer_id, c.placed_at)
    found = connection.execute(asked.where(or_(c.number == name, c.id == name))).all()
    if len(found) != 1:
        told = "There is no order" if not found else "Several orders are called"
        fail(f"{told} {name}.")
    row = found[0]
    since = row.placed_at - timedelta(seconds=1)
    theirs = load_orders(connection, row.customer_id, since)
    return next(order for order in theirs if order.id == row.id)


def _products(
    connection: Connection, order: Order, line_id: str | None
) -> list[tuple[str, Product | None]]:
    """Return the order's lines by their titles, each with its product if listed."""
    from sqlalchemy import select

    from flows.shop import Product
    from store.shop import products

    categories = {
        row.sku: row.category
        for row in connection.execute(
            select(products.c.sku, products.c.category).where(
                products.c.sku.in_([line.sku for line in order.lines if line.sku])
            )
        )
    }
    made = []
    for line in order.lines:
        if line_id in {None, line.id}:
            sku = line.sku if line.sku in categories else None
            product = sku and Product(sku=sku, blank=sku, category=categories[sku])
            title = f"order {order.number}, line {line.id}: {line.title}"
            made.append((title, product or None))
    return made or fail(f"Order {order.number} has no such line.")
