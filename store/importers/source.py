"""A file to import: what it is, and its records one after the other.

CSV is read row by row. JSON is read whole: the platforms' pages are small.
"""

from __future__ import annotations

import csv
import json
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, TextIO

from store.importers.plain_csv import relation_for
from store.importers.recognise import Kind, kind_of_record, unwrap
from store.importers.shopify_export import header_matches

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Table

    from store.importers.report import Remarks

#: A note of an order may be long; the csv module's own limit is 128 KiB.
_CELL = 2**24
#: Rows after which it is looked how far a file is read.
_LOOK = 100
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}


class UnreadableError(Exception):
    """A file is no file we can read; its text says what was expected."""


@dataclass(slots=True)
class Mark:
    """How far a file is read, in bytes."""

    at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A recognised file; ``mark`` moves while its records are taken."""

    path: Path
    kind: Kind
    table: Table | None = None
    header: tuple[str, ...] = ()
    size: int = 0
    mark: Mark = field(default_factory=Mark)

    def rows(self, remarks: Remarks) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield a CSV's rows, numbered as a spreadsheet numbers them."""
        with _opened(self.path) as file:
            separator = _delimiter(file)
            reader = csv.reader(file, delimiter=separator)
            next(reader)
            for row, cells in enumerate(reader, start=2):
                if row % _LOOK == 0:
                    self.mark.at = file.buffer.tell()
                if not any(cells):
                    continue
                if len(cells) > len(self.header):
                    _note_surplus(remarks, row, len(cells), len(self.header), separator)
                    continue
                padded = chain(cells, repeat(""))
                yield row, dict(zip(self.header, padded, strict=False))

    def records(self) -> Iterator[tuple[int, Any]]:
        """Yield a JSON file's records, numbered from 1."""
        records = unwrap(_json(self.path))
        for row, record in enumerate(records, start=1):
            self.mark.at = self.size * row // len(records)
            yield row, record


def open_source(path: Path) -> Source:
    """Return what a file is.

    Raises:
        UnreadableError: When it cannot be read or recognised.
    """
    csv.field_size_limit(_CELL)
    try:
        with _opened(path) as file:
            start = file.read(1024).lstrip()
            if start[:1] in {"{", "["} or path.suffix.lower() == ".json":
                found = _json_source(path)
            else:
                file.seek(0)
                found = _csv_source(path, file)
            return replace(found, size=path.stat().st_size)
    except OSError as error:
        raise UnreadableError(f"a file that can be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise UnreadableError("a text in UTF-8; save it again as UTF-8") from error
    except csv.Error as error:
        raise UnreadableError(f"a CSV ({error})") from error


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    # Excel puts a byte order mark in front.
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield file


def _note_surplus(
    remarks: Remarks, row: int, cells: int, wanted: int, separator: str
) -> None:
    sign = _SEPARATORS[separator]
    told = f"{cells} cells, the header has {wanted}: quote values that hold a {sign}"
    remarks.error(row, "", f"{cells} cells", f"{wanted} cells", told=told)


def _json_source(path: Path) -> Source:
    records = unwrap(_json(path))
    if not records:
        return Source(path=path, kind=Kind.EMPTY)
    kind = kind_of_record(records[0])
    if kind is None:
        raise UnreadableError(
            "Shopify's orders, products, inventory levels or fulfillments, or"
            " WooCommerce's orders or products"
        )
    return Source(path=path, kind=kind)


def _json(path: Path) -> Any:
    with _opened(path) as file:
        try:
            # Amounts may stand as bare numbers; as text they keep every digit.
            return json.load(file, parse_float=str)
        except (ValueError, RecursionError) as error:
            raise UnreadableError(f"valid JSON ({error})") from error


def _csv_source(path: Path, file: TextIO) -> Source:
    header = next(csv.reader(file, delimiter=_delimiter(file)), [])
    names = tuple(name.strip() for name in header)
    if header_matches(names):
        return Source(path=path, kind=Kind.SHOPIFY_EXPORT, header=names)
    table = relation_for(path.stem, names)
    if table is None:
        raise UnreadableError(
            "a Shopify orders export, or a CSV named after a relation (products.csv)"
            " with the columns of its --template"
        )
    return Source(path=path, kind=Kind.PLAIN, table=table, header=names)


def _delimiter(file: TextIO) -> str:
    """Return what separates the header's cells; spreadsheets differ by country."""
    here = file.tell()
    header = file.readline()
    file.seek(here)
    return max(",;\t", key=header.count)
