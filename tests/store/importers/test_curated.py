"""The list of substitutes at the import door: what cannot be meant stays outside."""

import pytest

from store.shop import products, substitutes

from .desk import Desk
from .platforms import shopify_order, shopify_product

PRODUCTS = "sku,title,price,currency\nA,Mug,9,EUR\nB,Cup,9,EUR\nD,Jar,9,USD\nN,Pot,,\n"


@pytest.mark.parametrize(
    ("row", "column", "value", "expected"),
    [
        ("A,A", "substitute_sku", "'A'", "another product than the one it stands in"),
        ("GHOST,A", "sku", "'GHOST'", "the SKU of a product; import it before"),
        ("A,GHOST", "substitute_sku", "'GHOST'", "the SKU of a product; import it"),
        ("A,D", "substitute_sku", "'D'", "priced in EUR as A is, not in USD"),
        ("D,A", "substitute_sku", "'A'", "priced in USD as D is, not in EUR"),
    ],
)
def test_a_pair_that_cannot_be_meant(
    desk: Desk, row: str, column: str, value: str, expected: str
) -> None:
    """To itself, to or from nothing, to other money: named by its place, not taken."""
    desk.take(products__csv=PRODUCTS)
    report = desk.take(substitutes__csv=f"sku,substitute_sku\nA,B\n{row}\n")

    (problem,) = report.files[0].problems
    assert (problem.severity, problem.file) == ("error", "substitutes.csv")
    assert (problem.row, problem.column, problem.value) == (3, column, value)
    assert expected in problem.expected
    assert desk.rows(substitutes) == []


def test_a_circle_that_goes_one_way_is_a_mistake(desk: Desk) -> None:
    """B for A, C for B, A for C: the row that closes it is named, nothing is taken."""
    desk.take(products__csv=PRODUCTS.replace("USD", "EUR"))
    rows = "sku,substitute_sku\nA,B\nB,A\nB,D\nD,N\nN,B\n"
    report = desk.take(substitutes__csv=rows)

    (problem,) = report.files[0].problems
    assert (problem.row, problem.column, problem.value) == (6, "substitute_sku", "'B'")
    assert "no circle of substitutes: B -> D -> N -> B" in problem.expected
    assert desk.rows(substitutes) == []


def test_each_may_stand_in_for_the_other(desk: Desk) -> None:
    """A pair both ways is the usual case; a price in no currency parts nobody."""
    report = desk.take(
        substitutes__csv="sku,substitute_sku\nA,B\nB,A\nA,N\nN,D\n",
        products__csv=PRODUCTS,
    )

    assert report.ok, report.lines()
    assert len(desk.rows(substitutes)) == 4


@pytest.mark.parametrize("sku", ["A", "B"])
def test_a_product_that_parts_a_pair(desk: Desk, sku: str) -> None:
    """A new currency for either half of a pair in the store is named and not taken."""
    desk.take(products__csv=PRODUCTS, substitutes__csv="sku,substitute_sku\nA,B\n")
    before = desk.rows(products)
    report = desk.take(products__csv=f"sku,currency\nN,EUR\n{sku},USD\n")

    other = "B" if sku == "A" else "A"
    (problem,) = report.files[0].problems
    assert (problem.row, problem.column, problem.value) == (3, "currency", "'USD'")
    assert problem.expected.startswith(f"EUR as {other}")
    assert desk.rows(products) == before


def test_a_whole_shop_may_change_its_currency(desk: Desk) -> None:
    """Both halves in one file agree again."""
    desk.take(products__csv=PRODUCTS, substitutes__csv="sku,substitute_sku\nA,B\n")
    report = desk.take(products__csv="sku,currency\nA,USD\nB,USD\n")

    assert report.ok, report.lines()


def test_a_platforms_products_part_a_pair_as_well(desk: Desk) -> None:
    """Shopify's mug is priced in the orders' currency, what stands in in dollars."""
    desk.take(
        products__csv="sku,currency\nD,USD\nMUG-BLUE,\n",
        substitutes__csv="sku,substitute_sku\nMUG-BLUE,D\n",
    )
    report = desk.take(
        o__json=[shopify_order()], c__json={"products": [shopify_product()]}
    )

    told = [(p.file, p.column) for file in report.files for p in file.problems]
    assert told == [("c.json", "currency")]
