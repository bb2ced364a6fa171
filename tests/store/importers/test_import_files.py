"""The import as a whole: once is enough, all or nothing, and only real changes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, update

from store.importers import NoStoreError, import_files
from store.importers.report import KEPT
from store.shop import customers, orders, products, stock
from store.tables import meta

from .desk import Desk
from .platforms import (
    fulfillment,
    level,
    shopify_line,
    shopify_order,
    shopify_product,
    woo_order,
    woo_product,
)

FILES: dict[str, Any] = {
    "parcels__json": [fulfillment(31, 501, shopify_line(1))],
    "levels__json": {"inventory_levels": [level(7011, 3)]},
    "catalogue__json": {"products": [shopify_product()]},
    "orders__json": {"orders": [shopify_order(), shopify_order(502, shopify_line(2))]},
    "woo__json": [woo_order()],
    "hats__json": woo_product(),
    "substitutes__csv": "sku,substitute_sku,rank\nMUG-BLUE,HAT,1\n",
}


def test_again_changes_nothing(desk: Desk) -> None:
    """The same files again are all known, in whatever order they come."""
    first = desk.take(**FILES)
    assert first.ok
    assert first.new > 0
    assert [str(p) for file in first.files for p in file.problems] == []

    second = desk.take(**dict(reversed(FILES.items())))
    assert (second.new, second.changed) == (0, 0)
    assert second.lines()[-1] == "0 new, 0 changed"


def test_newer_version_updates(desk: Desk) -> None:
    """A newer version of an order changes what differs and nothing else."""
    desk.take(o__json=[shopify_order()])
    report = desk.take(o__json=[shopify_order(financial_status="refunded")])

    assert report.relations["shop_orders"].changed == 1
    assert report.relations["shop_customers"].changed == 0


def test_only_differences_are_written(desk: Desk) -> None:
    """Rows that say the same are not written at all, so that no trigger sees them."""
    orders_ = [shopify_order(), shopify_order(502, shopify_line(2))]
    desk.take(o__json=orders_)
    written: list[Any] = []

    def note(_c: Any, _cu: Any, statement: str, told: Any, *_: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            written.append((statement.split()[2], told))

    event.listen(desk.engine, "before_cursor_execute", note)
    orders_[1]["financial_status"] = "authorized"
    desk.take(o__json=orders_)
    event.remove(desk.engine, "before_cursor_execute", note)

    tables = [table for table, _ in written if table.startswith("shop_")]
    assert tables == ["shop_orders"]
    (told,) = [told for table, told in written if table == "shop_orders"]
    assert "shopify:502" in str(told)
    assert "shopify:501" not in str(told)


def test_dry_run(desk: Desk) -> None:
    """A dry run reports the same and leaves the store as it was."""
    dry = desk.take(dry_run=True, **FILES)
    assert desk.rows(orders) == desk.rows(meta, key="baseline") == []

    wet = desk.take(**FILES)
    assert dry.relations == wet.relations
    assert "dry run" in dry.lines()[-1]


def test_one_bad_file(desk: Desk) -> None:
    """A file with a mistake stays out whole, the other files are taken."""
    report = desk.take(
        good__json=[shopify_order()],
        bad__json=[woo_order(), woo_order(301, total="?", currency="XYZ")],
    )

    assert [file.taken for file in report.files] == [True, False]
    assert [row["id"] for row in desk.rows(orders)] == ["shopify:501"]
    assert not report.ok


def test_long_list_of_mistakes(desk: Desk) -> None:
    """A long list of mistakes is cut, and its length told."""
    rows = "".join(f"S{n},soon\n" for n in range(KEPT + 7))
    report = desk.take(products__csv=f"sku,lead_time_days\n{rows}")

    assert report.files[0].errors == KEPT + 7
    assert any("and 7 more" in line for line in report.lines())


@pytest.mark.parametrize(
    "body",
    ['{"a": ', "[[1, 2]]", '{"shop": 1}', "", "just,some\nwords,here\n", "[1]"],
)
def test_not_recognised(desk: Desk, body: str) -> None:
    """What is none of the known kinds is said so and changes nothing."""
    report = desk.take(file__json=body)

    assert (report.ok, report.relations) == (False, {})
    assert report.files[0].problems[0].expected


def test_not_text(desk: Desk, tmp_path: Path) -> None:
    """A file that is not UTF-8 names the way out instead of raising."""
    path = tmp_path / "products.csv"
    path.write_bytes(b"sku,title\nM,caf\xe9\n")
    report = import_files(desk.engine, [path])

    assert "UTF-8" in report.files[0].problems[0].expected


def test_no_such_file(desk: Desk, tmp_path: Path) -> None:
    """A missing file is one of the mistakes."""
    report = import_files(desk.engine, [tmp_path / "gone.csv"])

    assert not report.ok


def test_empty_list(desk: Desk) -> None:
    """An empty page of a platform is no mistake."""
    assert desk.take(o__json={"orders": []}).ok


def test_baseline_word(desk: Desk) -> None:
    """The first import leaves word; what became of it is not overwritten."""
    desk.take(o__json=[shopify_order()])
    assert desk.row(meta, key="baseline")["value"] == "pending"

    with desk.engine.begin() as connection:
        connection.execute(
            update(meta).where(meta.c.key == "baseline").values(value="done")
        )
    desk.take(o__json=[shopify_order(502)])
    assert desk.row(meta, key="baseline")["value"] == "done"


def test_store_without_tables(write: Callable[[str, Any], Path]) -> None:
    """Without shop tables nothing is made up; the error names them."""
    with pytest.raises(NoStoreError) as caught:
        import_files(create_engine("sqlite://"), [write("o.json", [shopify_order()])])

    assert "shop_orders" in caught.value.missing


def test_many_orders(desk: Desk) -> None:
    """More orders than one batch holds arrive whole, and again change nothing."""
    many = [shopify_order(n, shopify_line(n)) for n in range(1, 450)]
    path = desk.write("o.json", many)

    import_files(desk.engine, [path])
    again = import_files(desk.engine, [path])

    assert len(desk.rows(orders)) == 449
    assert len(desk.rows(customers)) == 1
    assert (again.new, again.changed) == (0, 0)


def test_progress_fills(desk: Desk) -> None:
    """Reading counts the bytes of all files, merging the rows; both come to an end."""
    many = [shopify_order(n, shopify_line(n)) for n in range(1, 450)]
    goods = "".join(f"S{n},Mug {n}\n" for n in range(450))
    files = [
        desk.write("o.json", many),
        desk.write("products.csv", f"sku,title\n{goods}"),
    ]
    heard: list[tuple[str, int, int]] = []

    import_files(desk.engine, files, progress=lambda *told: heard.append(told))

    size = sum(path.stat().st_size for path in files)
    rows = 450 + 1 + 449 + 449  # products, the customer, orders, their lines
    for work, whole in (("reading", size), ("merging", rows)):
        done = [done for told, done, total in heard if told == work]
        assert {total for told, _, total in heard if told == work} == {whole}
        assert done == sorted(done)
        assert 0 < done[0] < whole
        assert done[-1] == whole


def test_what_others_wrote_stays(desk: Desk) -> None:
    """A platform's file leaves alone what it does not speak of."""
    desk.take(**FILES)
    desk.take(
        products__csv='sku,supplier,attributes\nMUG-BLUE,Kiln,"{""glaze"": ""matt""}"\n'
    )
    report = desk.take(p__json={"products": [shopify_product()]})

    row = desk.row(products, sku="MUG-BLUE")
    assert (row["supplier"], row["attributes"]["glaze"]) == ("Kiln", "matt")
    assert row["attributes"]["shopify_inventory_item_id"] == "7011"
    assert report.changed == 0
    assert desk.rows(stock)
