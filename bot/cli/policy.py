"""``backorder-bot policy``: is it right, what does it say, why did a rule apply?"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import fail, open_store, read_policy_file, read_settings
from bot.cli.simulate import simulate

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from flows.hours import Span
    from flows.policy import Applied, Policy
    from flows.shop import Customer, Order
    from flows.terms import Terms
    from store.columns import AnyRow

app = typer.Typer(
    no_args_is_help=True, help="Check, show and explain the merchant's rules."
)

app.command()(simulate)


@app.command()
def check(
    file: Annotated[
        Path, typer.Argument(help="A policy file; it need not be in force.")
    ] = Path("policy.toml"),
) -> None:
    """Say whether a policy file is right, with every mistake and its line."""
    from flows.policy import BadPolicy, read_policy

    try:
        policy = read_policy(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{file} cannot be read: {error}")
    except BadPolicy as error:
        fail(f"{file} is not right yet:", *(f"  {p}" for p in error.problems))
    rules = len(policy.data.rules)
    print(f"{file} is right: {policy.shop.name}, {rules} rules, {policy.version}")


@app.command()
def show() -> None:
    """Print the policy file's terms and rules, defaults included."""
    from flows.policy import BUILT_IN

    policy = read_policy_file(read_settings())
    print(f"{policy.shop.name}, version {policy.version}")
    _print_terms(policy.data.terms)
    for rule in (*BUILT_IN, *policy.data.rules):
        whom = rule.when.model_dump(exclude_defaults=True)
        told = "; ".join(f"{name} {', '.join(them)}" for name, them in whom.items())
        print(f"\n{rule.name}\n  for {told or 'everybody'}")
        for name, value in rule.terms.items():
            print(f"  {name} = {value}")


@app.command()
def explain(
    *,
    order: Annotated[str, typer.Option(help="An order's number or id.")],
    line: Annotated[
        str | None, typer.Option(help="Only this line's id; else all lines.")
    ] = None,
) -> None:
    """Say which rules apply to an order's lines, and what they come to."""
    settings = read_settings()
    policy = read_policy_file(settings)
    with open_store(settings) as store, store.read() as connection:
        found = _order(connection, order)
        customer = _customer(connection, found)
        for title, applied in _applied(connection, policy, found, customer, line):
            print(f"{title}\n  by {', then '.join(applied.rules)}")
            _print_terms(applied.terms)
            print()
        if line is None:
            _print_plan(policy, found, policy.terms_for(found, None, customer).terms)


def _print_plan(policy: Policy, order: Order, terms: Terms) -> None:
    """Print what shall become of the order's money; decisions are not asked here."""
    from flows.case import Case, DialogueState
    from flows.payment import capture_plan
    from flows.wording import Wording

    alone = Case(id=0, version=0, dialogue=DialogueState.TALKING)
    plan = capture_plan(order, alone, terms)
    words = Wording("en", "UTC", policy.shop)
    told = {
        "taken": plan.captured_minor,
        "to take now": plan.capture_now_minor,
        "held": plan.held_minor,
        "to release": plan.release_minor,
    }
    parts = (f"{words.money(n, order.currency)} {what}" for what, n in told.items())
    print(f"order {order.number}, payment {order.payment_status}: {', '.join(parts)}")


def _order(connection: Connection, name: str) -> Order:
    from sqlalchemy import or_, select

    from flows.shop import Order
    from store import shop
    from store.orders import read_line

    c = shop.orders.c
    asked = select(shop.orders).where(or_(c.number == name, c.id == name))
    found = connection.execute(asked).all()
    if len(found) != 1:
        told = "There is no order" if not found else "Several orders are called"
        fail(f"{told} {name}.")
    row = found[0]
    lines = select(shop.order_lines).where(shop.order_lines.c.order_id == row.id)
    return Order(
        id=row.id,
        number=row.number,
        customer_id=row.customer_id,
        placed_at=row.placed_at,
        currency=row.currency,
        market=row.market,
        shipping_minor=row.shipping_minor,
        discount_minor=row.discount_minor,
        payment_status=row.payment_status,
        lines=tuple(
            read_line(line)
            for line in connection.execute(lines.order_by(shop.order_lines.c.id))
        ),
    )


def _customer(connection: Connection, order: Order) -> Customer | None:
    from sqlalchemy import select

    from flows.shop import Customer
    from store import shop

    buyer = connection.execute(
        select(shop.customers).where(shop.customers.c.id == order.customer_id)
    ).first()
    return Customer(id=buyer.id, group=buyer.customer_group) if buyer else None


def _applied(
    connection: Connection,
    policy: Policy,
    order: Order,
    customer: Customer | None,
    line_id: str | None,
) -> list[tuple[str, Applied]]:
    from flows.shop import Product

    made = []
    for line in _lines(connection, order.id, line_id):
        product = None
        if line.known_sku is not None:
            product = Product(sku=line.sku, blank=line.sku, category=line.category)
        title = f"order {order.number}, line {line.id}: {line.title}"
        made.append((title, policy.terms_for(order, product, customer)))
    return made or fail(f"Order {order.number} has no such line.")


def _lines(connection: Connection, order_id: str, line_id: str | None) -> list[AnyRow]:
    from sqlalchemy import select

    from store.shop import order_lines, products

    asked = (
        select(
            order_lines.c.id,
            order_lines.c.sku,
            order_lines.c.title,
            products.c.sku.label("known_sku"),
            products.c.category,
        )
        .outerjoin(products, products.c.sku == order_lines.c.sku)
        .where(order_lines.c.order_id == order_id)
        .order_by(order_lines.c.id)
    )
    if line_id is not None:
        asked = asked.where(order_lines.c.id == line_id)
    return list(connection.execute(asked).all())


def _print_terms(terms: Terms) -> None:
    from flows.hours import Span

    for name in type(terms).model_fields:
        value = getattr(terms, name)
        if isinstance(value, timedelta):
            value = _duration(value)
        elif isinstance(value, Span):
            value = _span(value)
        elif isinstance(value, tuple):
            value = ", ".join(str(item) for item in value)
        print(f"  {name} = {str(value).lower()}")


def _duration(value: timedelta) -> str:
    minutes = int(value.total_seconds() // 60)
    for unit, size in (("d", 1440), ("h", 60)):
        if minutes % size == 0 and minutes > size:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"


def _span(value: Span) -> str:
    return f"{value.start:%H:%M}-{value.end:%H:%M}"
