from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Connection, create_engine, select

from bot.playground.shop import actions, shelves
from bot.playground.shop.fill import DemoShop, StoryLine, fill
from bot.playground.shop.panel import overview
from flows.shop import Line, Product, Shelf, SkuFacts
from flows.substitutes import closest
from flows.terms import Terms
from store import shop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Row, Table

NOW = datetime(2025, 6, 9, 12, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
PICTURES = "http://127.0.0.1:8080/pictures"


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        shop.shop_metadata.create_all(connection)
        yield connection
    engine.dispose()


@pytest.fixture
def demo(connection: Connection) -> DemoShop:
    return fill(connection, now=NOW, picture_base=PICTURES)


def rows(connection: Connection, table: Table) -> list[Row[tuple[object, ...]]]:
    return list(connection.execute(select(table)))


def stored(connection: Connection, table: Table, key: str) -> Row[tuple[object, ...]]:
    return connection.execute(select(table).where(table.c.id == key)).one()


def assert_books_balance(connection: Connection) -> None:
    for line in rows(connection, shop.order_lines):
        parts = line.allocated + line.shipped + line.cancelled + line.backordered
        assert line.quantity == parts, line.id
        assert min(line.allocated, line.shipped, line.cancelled) >= 0, line.id
        assert line.backordered >= 0, line.id
    for shelf in overview(connection)["stock"]:
        assert shelf["free"] >= 0, shelf["sku"]


# --- the shop as it opens ---------------------------------------------------


def test_the_shop_has_its_size(connection: Connection, demo: DemoShop) -> None:
    """Northprint sells 40 products and has 25 orders."""
    assert demo.name == "Northprint"
    assert len(rows(connection, shop.products)) == 40
    assert len(rows(connection, shop.orders)) == 25
    assert len(rows(connection, shop.customers)) == len(demo.customer_ids) == 13


def test_every_line_adds_up(connection: Connection, demo: DemoShop) -> None:
    """Each line's parts make its quantity and no shelf owes units it lacks."""
    assert demo.story.line_id
    assert_books_balance(connection)


def test_the_same_instant_gives_the_same_rows() -> None:
    """Two stores filled for one instant hold equal rows in every relation."""
    filled = []
    for _ in range(2):
        engine = create_engine("sqlite://")
        with engine.begin() as connection:
            shop.shop_metadata.create_all(connection)
            fill(connection, now=NOW, picture_base=PICTURES)
            tables = shop.shop_metadata.sorted_tables
            filled.append([rows(connection, table) for table in tables])
        engine.dispose()
    assert filled[0] == filled[1]


@pytest.mark.parametrize("days", range(7))
def test_the_story_stands_on_every_weekday(connection: Connection, days: int) -> None:
    """Whatever day the demo begins, case 2 is within 14 days of its order."""
    now = NOW + timedelta(days=days)
    demo = fill(connection, now=now, picture_base=PICTURES)
    assert demo.restocked.supply_id is not None
    supply = stored(connection, shop.supplies, demo.restocked.supply_id)
    placed = stored(connection, shop.orders, demo.restocked.order_id).placed_at
    assert supply.expected_on <= placed.date() + timedelta(days=14)
    assert supply.expected_on.weekday() < 5


def test_no_row_points_nowhere(connection: Connection, demo: DemoShop) -> None:
    """Every id and SKU that a row names exists."""
    assert demo.story.sku
    products = {row.sku for row in rows(connection, shop.products)}
    counted = {row.sku for row in rows(connection, shop.stock)}
    orders = {row.id for row in rows(connection, shop.orders)}
    lines = {row.id for row in rows(connection, shop.order_lines)}
    assert {row.customer_id for row in rows(connection, shop.orders)} <= set(
        demo.customer_ids
    )
    assert {row.sku for row in rows(connection, shop.order_lines)} <= products
    assert {row.order_id for row in rows(connection, shop.order_lines)} == orders
    assert {row.sku for row in rows(connection, shop.supplies)} <= counted
    assert {row.sku for row in rows(connection, shop.sources)} <= counted
    for row in rows(connection, shop.substitutes):
        assert {row.sku, row.substitute_sku} <= products
    for row in rows(connection, shop.shipment_lines):
        assert row.line_id in lines
    for row in rows(connection, shop.refunds):
        assert row.line_id in lines


def test_what_was_sent_is_in_a_parcel(connection: Connection, demo: DemoShop) -> None:
    """The parcels of a line hold exactly the units that it says were shipped."""
    assert demo.story.order_id
    sent: dict[str, int] = {}
    for row in rows(connection, shop.shipment_lines):
        sent[row.line_id] = sent.get(row.line_id, 0) + row.quantity
    lines = rows(connection, shop.order_lines)
    assert {line.id: line.shipped for line in lines if line.shipped} == sent


def story_lines(demo: DemoShop) -> list[StoryLine]:
    return [demo.story, demo.in_us, demo.in_eu, demo.hopeless, demo.restocked]


def test_the_story_has_not_begun(connection: Connection, demo: DemoShop) -> None:
    """The story's lines are in stock at first, with nothing free beside them."""
    for line in story_lines(demo):
        row = stored(connection, shop.order_lines, line.line_id)
        assert (row.sku, row.order_id) == (line.sku, line.order_id)
        assert (row.allocated, row.backordered) == (1, 0)
        assert shelves.free_units(connection, line.stock_sku) == 0
        order = stored(connection, shop.orders, line.order_id)
        assert (order.number, order.customer_id) == (line.number, line.customer_id)


def test_anna_can_be_offered_charcoal(connection: Connection, demo: DemoShop) -> None:
    """The same hoodie in charcoal, L, has her print and price and is in stock."""
    products = {row.sku: row for row in rows(connection, shop.products)}
    hers, closest = products[demo.story.sku], products[demo.closest_sku]
    same = ("family", "design", "size", "price_minor", "brand")
    assert [getattr(hers, name) for name in same] == [
        getattr(closest, name) for name in same
    ]
    assert closest.color == "charcoal"
    assert shelves.free_units(connection, closest.blank_sku) > 0
    assert hers.image_url == f"{PICTURES}/{hers.sku}.png"
    mug = stored(connection, shop.order_lines, demo.mug_line_id)
    assert (mug.order_id, mug.allocated) == (demo.story.order_id, 1)


@pytest.mark.parametrize("line", ["hopeless", "restocked"])
def test_some_products_have_no_like(
    connection: Connection, demo: DemoShop, line: str
) -> None:
    """Cases 2 and 3 are the only products of their category."""
    sku = getattr(demo, line).sku
    products = {row.sku: row for row in rows(connection, shop.products)}
    like = [p for p in products.values() if p.category == products[sku].category]
    assert [product.sku for product in like] == [sku]


def shelf_of(connection: Connection) -> Shelf:
    stock = {row.sku for row in rows(connection, shop.stock)}
    return Shelf(
        products=tuple(
            Product(
                sku=row.sku,
                blank=row.blank_sku or row.sku,
                family=row.family,
                category=row.category,
                design=row.design,
                brand=row.brand,
                color=row.color,
                color_hex=row.color_hex,
                size=row.size,
                price_minor=row.price_minor,
            )
            for row in rows(connection, shop.products)
        ),
        facts=tuple(
            SkuFacts(sku=sku, free=shelves.free_units(connection, sku)) for sku in stock
        ),
    )


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("story", "HOODIE-FJORD-CHARCOAL-L"),
        ("in_us", "HOODIE-LIGHTHOUSE-FOREST-M"),
        ("in_eu", "HEAVY-TSHIRT-FJORD-BLACK-L"),
        ("hopeless", None),
        ("restocked", None),
    ],
)
def test_the_closest_is_what_the_story_tells(
    connection: Connection, demo: DemoShop, name: str, first: str | None
) -> None:
    """The rules of closeness find in this shop what each story needs."""
    told = getattr(demo, name)
    row = stored(connection, shop.order_lines, told.line_id)
    line = Line(
        id=row.id,
        order_id=row.order_id,
        sku=row.sku,
        title=row.title,
        quantity=1,
        unit_price_minor=row.unit_price_minor,
    )
    found = closest(line, 1, shelf_of(connection), Terms())
    assert next((candidate.product.sku for candidate in found), None) == first


# --- what its people do -----------------------------------------------------


def test_marking_moves_units_from_ready_to_short(
    connection: Connection, demo: DemoShop
) -> None:
    """A marked line waits, and its units are gone from the shelf."""
    actions.mark_backordered(connection, demo.story.line_id, 1, now=LATER)
    line = stored(connection, shop.order_lines, demo.story.line_id)
    assert (line.allocated, line.backordered) == (0, 1)
    stock = {shelf["sku"]: shelf for shelf in overview(connection)["stock"]}
    assert stock[demo.story.stock_sku]["on_hand"] == 0
    assert_books_balance(connection)


@pytest.mark.parametrize("quantity", [0, -1, 2])
def test_no_more_can_be_short_than_was_ready(
    connection: Connection, demo: DemoShop, quantity: int
) -> None:
    """Marking nothing, or more than is ready, is refused and changes nothing."""
    with pytest.raises(shelves.ShopRefused):
        actions.mark_backordered(connection, demo.story.line_id, quantity, now=LATER)
    assert stored(connection, shop.order_lines, demo.story.line_id).allocated == 1


def test_a_supply_slips_by_id_or_sku(connection: Connection, demo: DemoShop) -> None:
    """A supply is put off by either name; its reason stays unless told anew."""
    supply_id = demo.story.supply_id
    assert supply_id is not None
    named = actions.slip_supply(connection, supply_id, date(2025, 7, 9), now=LATER)
    first = stored(connection, shop.supplies, supply_id)
    assert (named, first.expected_on) == (supply_id, date(2025, 7, 9))
    assert first.reason == "the mill is behind with black fleece"
    named = actions.slip_supply(
        connection, demo.story.stock_sku, None, now=LATER, reason="it sank"
    )
    second = stored(connection, shop.supplies, supply_id)
    assert named == supply_id
    assert (second.expected_on, second.reason) == (None, "it sank")
    assert second.updated_at == LATER


def test_only_open_supplies_slip(connection: Connection, demo: DemoShop) -> None:
    """A cancelled supply gets no new date."""
    with pytest.raises(shelves.ShopRefused):
        actions.slip_supply(connection, demo.hopeless.sku, date(2025, 7, 9), now=LATER)


def test_what_arrives_goes_to_the_oldest_order(
    connection: Connection, demo: DemoShop
) -> None:
    """Two orders wait for one blank: the older one is served first."""
    actions.mark_backordered(connection, demo.in_eu.line_id, 1, now=LATER)
    # Emily's order is ten hours older than Jonas's; let it wait for his shirt too.
    same_blank = {"sku": demo.in_eu.sku, "allocated": 0, "backordered": 1}
    us_line = shop.order_lines.c.id == demo.in_us.line_id
    connection.execute(shop.order_lines.update().where(us_line).values(same_blank))
    supply_id = demo.in_eu.supply_id
    assert supply_id is not None
    given = actions.receive(connection, supply_id, 1, now=LATER)
    assert given == {demo.in_us.line_id: 1}
    given = actions.receive(connection, supply_id, 5, now=LATER)
    assert given == {demo.in_eu.line_id: 1}
    assert shelves.free_units(connection, demo.in_eu.stock_sku) == 4
    assert_books_balance(connection)


def test_a_part_delivery_fills_a_part(connection: Connection, demo: DemoShop) -> None:
    """Four of six waiting shirts arrive: the line is 8 ready and 2 waiting."""
    assert demo.name
    given = actions.receive(connection, "supply-tshirt-white-m", 4, now=LATER)
    assert given == {"o1030-1": 4}
    line = stored(connection, shop.order_lines, "o1030-1")
    assert (line.quantity, line.allocated, line.backordered) == (10, 8, 2)
    supply = stored(connection, shop.supplies, "supply-tshirt-white-m")
    assert (supply.received, supply.status) == (4, "open")


def test_a_supply_closes_when_all_came(connection: Connection, demo: DemoShop) -> None:
    """The last unit closes the supply, and nothing more can come from it."""
    assert demo.name
    actions.receive(connection, "supply-tote-black", 25, now=LATER)
    supply = stored(connection, shop.supplies, "supply-tote-black")
    assert (supply.received, supply.status) == (25, "received")
    with pytest.raises(shelves.ShopRefused):
        actions.receive(connection, "supply-tote-black", 1, now=LATER)


def test_shipping_sends_what_is_ready(connection: Connection, demo: DemoShop) -> None:
    """A parcel takes what is ready; the order stays open while a line waits."""
    actions.mark_backordered(connection, demo.story.line_id, 1, now=LATER)
    parcel = actions.ship(connection, demo.story.order_id, now=LATER)
    mug = stored(connection, shop.order_lines, demo.mug_line_id)
    assert (mug.allocated, mug.shipped) == (0, 1)
    assert stored(connection, shop.shipments, parcel).shipped_at == LATER
    assert stored(connection, shop.orders, demo.story.order_id).status == "open"
    assert_books_balance(connection)
    with pytest.raises(shelves.ShopRefused):
        actions.ship(connection, demo.story.order_id, now=LATER)


def test_the_last_parcel_closes_the_order(
    connection: Connection, demo: DemoShop
) -> None:
    """With its last units gone an order is shipped and its payment captured."""
    assert demo.name
    actions.receive(connection, "supply-tshirt-white-l", 10, now=LATER)
    actions.ship(connection, "o1033", now=LATER)
    order = stored(connection, shop.orders, "o1033")
    assert (order.status, order.payment_status) == ("shipped", "captured")
    assert order.authorization_expires_at is None


def test_a_second_parcel_has_its_own_number(
    connection: Connection, demo: DemoShop
) -> None:
    """An order sent in two parcels has two tracking numbers."""
    assert demo.name
    actions.receive(connection, "supply-tote-black", 1, now=LATER)
    actions.ship(connection, "o1027", now=LATER)
    parcels = [p for p in rows(connection, shop.shipments) if p.order_id == "o1027"]
    assert len({parcel.tracking_number for parcel in parcels}) == 2


def test_work_begins_once(connection: Connection, demo: DemoShop) -> None:
    """A line is begun at an instant, and not a second time."""
    actions.start_work(connection, demo.story.line_id, now=LATER)
    line = stored(connection, shop.order_lines, demo.story.line_id)
    assert line.work_started_at == LATER
    with pytest.raises(shelves.ShopRefused):
        actions.start_work(connection, demo.story.line_id, now=LATER)


def test_unknown_things_are_refused(connection: Connection, demo: DemoShop) -> None:
    """Ids that the shop does not know are refused with a sentence."""
    assert demo.name
    with pytest.raises(shelves.ShopRefused, match="no line"):
        actions.start_work(connection, "o9999-1", now=LATER)
    with pytest.raises(shelves.ShopRefused, match="not open"):
        actions.receive(connection, "supply-nothing", 1, now=LATER)
    with pytest.raises(shelves.ShopRefused, match="ready"):
        actions.ship(connection, "o9999", now=LATER)


def test_the_page_gets_json(connection: Connection, demo: DemoShop) -> None:
    """The overview survives JSON as it is and shows the newest order first."""
    books = overview(connection)
    assert json.loads(json.dumps(books)) == books
    assert [order["number"] for order in books["orders"]][:3] == [
        "1044",
        "1043",
        "1042",
    ]
    anna = next(o for o in books["orders"] if o["id"] == demo.story.order_id)
    assert anna["customer_name"] == "Anna Brandt"
    assert [line["title"] for line in anna["lines"]] == ["Mug Fjord", "Hoodie Fjord"]
    assert anna["lines"][1]["stock_sku"] == demo.story.stock_sku
    assert books["stock"][0]["backordered"] > 0
    assert books["supplies"][0]["status"] == "open"
