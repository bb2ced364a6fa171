"""Our own CSV: templates, partial rows, and every bad cell by its place."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from store.importers import RELATIONS, import_files, template
from store.importers.cells import WORDS
from store.shop import (
    customers,
    order_lines,
    orders,
    products,
    shop_metadata,
    supplies,
)

from .desk import Desk

CUSTOMERS = "id,name,email\nc1,Rita,Rita@Example.test\n"
ORDERS = (
    "id,number,customer_id,placed_at,currency,shipping\n"
    "o1,#7,c1,2026-03-01 23:30:00 -0200,eur,4.90\n"
)


def test_templates_can_be_imported(
    desk: Desk, write: Callable[[str, Any], Path]
) -> None:
    """Every template is a file that import takes as it is, whatever its order."""
    paths = [write(f"{name}.csv", template(name)) for name in reversed(RELATIONS)]
    report = import_files(desk.engine, paths)

    assert report.ok, report.lines()
    counts = {name: len(desk.rows(table)) for name, table in RELATIONS.items()}
    assert counts == dict.fromkeys(RELATIONS, 1) | {"products": 2}


def test_every_relation_has_a_template() -> None:
    """There is a template for each shop_* relation, with all its columns."""
    for name, table in shop_metadata.tables.items():
        header = template(name).splitlines()[0].split(",")
        assert header == [column.name for column in table.columns]


def test_cells(desk: Desk) -> None:
    """Cells are read by their column: instants, dates, amounts, spellings."""
    desk.take(customers__csv=CUSTOMERS, orders__csv=ORDERS)
    desk.take(
        order_lines__csv=(
            "id;order_id;title;quantity;backordered;unit_price\n"
            "l1;o1;Mug, blue;3;1;12.5\n"
        ),
        supplies__csv="id,sku,quantity,expected_on\ns1,MUG,5,2026-04-01\n",
    )

    order = desk.row(orders)
    assert order["placed_at"] == datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
    assert (order["currency"], order["shipping_minor"]) == ("EUR", 490)
    assert desk.row(customers)["email"] == "rita@example.test"
    line = desk.row(order_lines)
    assert (line["title"], line["unit_price_minor"]) == ("Mug, blue", 1250)
    assert desk.units("l1") == (2, 0, 0, 1)
    assert desk.row(supplies)["expected_on"] == date(2026, 4, 1)


def test_columns_left_out_stay(desk: Desk) -> None:
    """An update touches the columns of its header; an empty cell empties."""
    desk.take(products__csv="sku,title,brand,size\nM,Mug,Barro,L\n")
    desk.take(products__csv="sku,title,size\nM,Cup,\n")

    row = desk.row(products)
    assert (row["title"], row["brand"], row["size"]) == ("Cup", "Barro", None)


def test_recognised_by_header(desk: Desk) -> None:
    """A file with any name is recognised by its columns; Excel's mark is no letter."""
    report = desk.take(mine__csv="\ufeffsku,location,on_hand\nM,main,3\n")

    assert report.files[0].kind == "CSV of shop_stock"


def test_bad_cells_are_named_together(desk: Desk) -> None:
    """All bad cells of a file are named at once, with what was expected."""
    report = desk.take(
        products__csv=(
            "sku,price,currency,active,lead_time_days,color_hex\n"
            "A,12.345,EUR,true,3,#1e90ff\n"
            "B,12.34,EURO,perhaps,soon,blue\n"
            ",1.00,EUR,true,-3,\n"
            "C,1.00,,true,99999999999,\n"
        )
    )

    told = {(p.row, p.column, p.value) for p in report.files[0].problems}
    assert told == {
        (2, "price", "'12.345'"),
        (3, "currency", "'EURO'"),
        (3, "active", "'perhaps'"),
        (3, "lead_time_days", "'soon'"),
        (3, "color_hex", "'blue'"),
        (4, "sku", "nothing"),
        (5, "price", "'1.00'"),
    }
    assert desk.rows(products) == []


@pytest.mark.parametrize(
    ("cell", "column"),
    [
        ("2026-03-01T10:00:00", "placed_at"),
        ("1772362800", "placed_at"),
        ("yesterday", "placed_at"),
    ],
)
def test_instants_need_a_zone(desk: Desk, cell: str, column: str) -> None:
    """An instant without its offset is not guessed at."""
    body = ORDERS.replace("2026-03-01 23:30:00 -0200", cell)
    report = desk.take(customers__csv=CUSTOMERS, orders__csv=body)

    assert [p.column for p in report.files[1].problems] == [column]


def test_what_only_postgresql_refuses(desk: Desk) -> None:
    """Too long, too large and zero bytes are found before any database sees them."""
    body = f"sku,title,lead_time_days\n{'A' * 129},x,1\nB,a\x00b,1\nC,x,2147483648\n"
    report = desk.take(products__csv=body)

    told = [(p.row, p.column) for p in report.files[0].problems]
    assert told == [(2, "sku"), (3, "title"), (4, "lead_time_days")]


def test_line_without_order(desk: Desk) -> None:
    """A line of an order nobody has is named, and its file is not taken."""
    body = "id,order_id,sku,quantity,unit_price_minor\nl1,o9,M,1,100\n"
    report = desk.take(order_lines__csv=body)

    told = {(p.severity, p.row, p.column) for p in report.files[0].problems}
    assert told == {("error", 2, "order_id")}
    assert desk.rows(order_lines) == []


def test_unknown_sku(desk: Desk) -> None:
    """A SKU without a product is named, its row is taken all the same."""
    report = desk.take(stock__csv="sku,location,on_hand\nM,main,3\n")

    (problem,) = report.files[0].problems
    assert (problem.severity, problem.row, problem.column) == ("warning", 2, "sku")
    assert report.ok


def test_units_that_do_not_add_up(desk: Desk) -> None:
    """A line whose units do not add up is a mistake, never a guess."""
    desk.take(customers__csv=CUSTOMERS, orders__csv=ORDERS)
    body = "id,order_id,quantity,allocated,shipped,unit_price_minor\nl1,o1,3,1,1,100\n"
    report = desk.take(order_lines__csv=body)

    (problem,) = report.files[0].problems
    assert (problem.row, problem.column) == (2, "quantity")


def test_unknown_column(desk: Desk) -> None:
    """A column that is none is named with the one it may be."""
    report = desk.take(products__csv="sku,colour\nM,red\n")

    (problem,) = report.files[0].problems
    assert "did you mean color?" in problem.expected


def test_too_many_cells(desk: Desk) -> None:
    """A row longer than its header is named instead of shifted."""
    report = desk.take(products__csv="sku,title\nM,Mug, blue\n")

    (problem,) = report.files[0].problems
    assert (problem.row, report.ok) == (2, False)
    assert str(problem).endswith(
        "row 2: 3 cells, the header has 2: quote values that hold a comma"
    )


def test_mistakes_stand_in_the_files_order(desk: Desk) -> None:
    """Whatever found them first, they are read from the first row to the last."""
    report = desk.take(products__csv="sku,lead_time_days\nA,soon\nB,1,true\nC,late\n")

    assert [problem.row for problem in report.files[0].problems] == [2, 3, 4]


def test_words_name_columns() -> None:
    """Each closed set of words belongs to a column that exists."""
    for relation, column in WORDS:
        assert column in shop_metadata.tables[relation].c
