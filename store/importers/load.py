"""Stages one recognised file: reads, maps, and lays it over what is known."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, assert_never

from store.importers import shopify, woocommerce
from store.importers.adopt import adopt
from store.importers.curated import check_curated
from store.importers.doubts import Seen, check_doubts
from store.importers.parcels import adopt_parcels
from store.importers.plain_csv import check_header, stage_plain
from store.importers.recognise import Kind, kind_of_record
from store.importers.references import check_needed
from store.importers.shelf import Shelf
from store.importers.shopify_export import read_export
from store.importers.shopify_products import read_level, read_product

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from store.importers.draft import DraftOrder
    from store.importers.progress import Progress
    from store.importers.report import Remarks
    from store.importers.source import Source
    from store.importers.stage import Stage

_T = TypeVar("_T")


class ReadOrder(Protocol):
    """A platform's mapping of one order; nothing after noting mistakes."""

    def __call__(self, raw: Any, *, row: int, remarks: Remarks) -> DraftOrder | None:
        """Return the order's draft."""


#: Records read, mapped and staged together.
CHUNK = 200


class Load:
    """Stages files one after the other; ``records`` counts those of the last one.

    ``whole`` is the size of all of them in bytes, ``now`` what orders are not after.
    """

    def __init__(
        self,
        stage: Stage,
        *,
        currency: str | None,
        progress: Progress,
        whole: int,
        now: datetime | None,
    ) -> None:
        self._now = now
        self._stage = stage
        self._currency = currency
        self._progress = progress
        self._shelf = Shelf(stage)
        self._whole = whole
        self._before = 0
        self.records = 0

    def stage_file(self, source: Source, *, file: int) -> None:
        """Stage a file and check that what it refers to exists."""
        self.records = 0
        try:
            self._stage_records(source)
        finally:
            self._before += source.size
            self._progress("reading", self._before, self._whole)
        check_needed(self._stage, file=file)
        check_curated(self._stage, file=file)
        check_doubts(self._stage, file=file, now=self._now)

    def _stage_records(self, source: Source) -> None:
        match source.kind:
            case Kind.EMPTY:
                self._stage.remarks.warn(None, "", None, "at least one record")
            case Kind.PLAIN:
                self._plain(source)
            case Kind.SHOPIFY_EXPORT:
                self._export(source)
            case Kind.SHOPIFY_ORDERS:
                self._orders(source, shopify.read_order)
            case Kind.WOO_ORDERS:
                self._orders(source, woocommerce.read_order)
            case Kind.SHOPIFY_FULFILLMENTS:
                self._parcels(source)
            case Kind.SHOPIFY_PRODUCTS | Kind.WOO_PRODUCTS:
                self._products(source)
            case Kind.SHOPIFY_LEVELS:
                self._levels(source)
            case _:
                assert_never(source.kind)

    def _export(self, source: Source) -> None:
        rows = self._counted(source, source.rows(self._stage.remarks))
        for orders in _chunks(read_export(rows, self._stage.remarks)):
            adopt(orders, self._stage)

    def _orders(self, source: Source, read: ReadOrder) -> None:
        seen = Seen(self._stage.remarks)
        for chunk in _chunks(self._records(source)):
            drafts = [
                read(raw, row=row, remarks=self._stage.remarks) for row, raw in chunk
            ]
            good = [draft for draft in drafts if draft]
            for draft in good:
                seen.note(draft.row, "id", (draft.id,))
            adopt(good, self._stage)

    def _parcels(self, source: Source) -> None:
        for chunk in _chunks(self._records(source)):
            parcels = [
                shopify.read_fulfillment(raw, row=row, remarks=self._stage.remarks)
                for row, raw in chunk
            ]
            adopt_parcels([one for one in parcels if one], self._stage)

    def _counted(self, source: Source, records: Iterable[_T]) -> Iterator[_T]:
        for record in records:
            self.records += 1
            if self.records % CHUNK == 0:
                read = min(self._before + source.mark.at, self._whole)
                self._progress("reading", read, self._whole)
            yield record

    def _records(self, source: Source) -> Iterator[tuple[int, Any]]:
        """Yield the records that are what the file is; others are noted."""
        for row, raw in self._counted(source, source.records()):
            if kind_of_record(raw) is source.kind:
                yield row, raw
            else:
                what = "something else"
                self._stage.remarks.error(row, "", what, f"one of {source.kind}")

    def _plain(self, source: Source) -> None:
        if source.table is None:
            raise ValueError("our own CSV has a relation")
        check_header(source.table, source.header, self._stage.remarks)
        if self._stage.remarks.errors:
            return
        rows = self._counted(source, source.rows(self._stage.remarks))
        seen = Seen(self._stage.remarks)
        for chunk in _chunks(rows):
            stage_plain(source.table, chunk, self._stage, seen)

    def _products(self, source: Source) -> None:
        currency = self._currency or self._stage.only_currency()
        remarks = self._stage.remarks
        if currency is None:
            remarks.warn(
                None,
                "price",
                None,
                "a currency for the prices: they are read with two decimals until an"
                " order tells it or --currency does",
            )
        for chunk in _chunks(self._records(source)):
            for row, raw in chunk:
                if source.kind is Kind.SHOPIFY_PRODUCTS:
                    rows, levels = read_product(
                        raw, row=row, remarks=remarks, currency=currency
                    )
                else:
                    one, level = woocommerce.read_product(
                        raw, row=row, remarks=remarks, currency=currency
                    )
                    rows = [one] if one else []
                    levels = [level] if level else []
                self._shelf.put_products(rows, levels, row=row)
            self._stage.flush()

    def _levels(self, source: Source) -> None:
        self._shelf.learn_items()
        for chunk in _chunks(self._records(source)):
            found = [
                (row, read_level(raw, row=row, remarks=self._stage.remarks))
                for row, raw in chunk
            ]
            self._shelf.put_levels([(row, one) for row, one in found if one])
            self._stage.flush()


def _chunks(items: Iterable[_T]) -> Iterator[list[_T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
