"""One import from first to last: recognise, stage, settle, merge, report."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect

from store.engine import only_read
from store.importers.load import Load
from store.importers.merge import ORDER, mark_baseline, merge
from store.importers.progress import Progress, silent
from store.importers.recognise import SEQUENCE, Kind
from store.importers.references import check_wanted
from store.importers.report import FileReport, Remarks, Report
from store.importers.settle import settle
from store.importers.source import Source, UnreadableError, open_source
from store.importers.stage import open_stage
from store.shop import substitutes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from os import PathLike

    from sqlalchemy import Connection, Engine

    from store.importers.report import Counts
    from store.importers.stage import Stage


class NoStoreError(Exception):
    """The database has no shop tables to import into; ``missing`` names them."""

    def __init__(self, missing: Iterable[str]) -> None:
        self.missing = tuple(missing)
        super().__init__(
            f"no table {', '.join(self.missing)} to write to: `backorder-bot init` "
            "makes them; views over the shop's own tables need no import"
        )


@dataclass(slots=True)
class _File:
    path: Path
    remarks: Remarks
    source: Source | None = None
    records: int = field(default=0)


def import_files(
    engine: Engine,
    paths: Iterable[str | PathLike[str]],
    *,
    dry_run: bool = False,
    currency: str | None = None,
    now: datetime | None = None,
    progress: Progress = silent,
) -> Report:
    """Take files into the shop's tables and report what became of each.

    A file with a mistake is left out whole, the others are taken. ``currency`` is
    that of platform products, which do not tell it; without it the orders' is used.
    Orders placed after ``now`` are warned of; without it none is.
    With ``dry_run`` the report is the same and nothing is written.

    Raises:
        NoStoreError: When the shop's tables are not there, or are views.
    """
    files = [_opened(Path(path)) for path in paths]
    with engine.connect() as reading:
        # Staging may take minutes; the bot must be able to write meanwhile.
        only_read(reading)
        missing = set(ORDER) - set(inspect(reading).get_table_names())
        if missing:
            raise NoStoreError(sorted(missing))
        with open_stage(reading) as stage:
            load = Load(
                stage,
                currency=currency,
                progress=progress,
                whole=sum(file.source.size for file in files if file.source),
                now=now,
            )
            _stage_all(files, stage, load)
            # From here on only staged rows are read: what the store holds is
            # compared inside the writing transaction.
            reading.rollback()
            only_read(reading, only=dry_run)
            with reading.begin() as transaction:
                relations = _merge(stage, reading, dry_run=dry_run, progress=progress)
                if dry_run:
                    transaction.rollback()
    return Report(
        files=tuple(_report(file) for file in files),
        relations=relations,
        dry_run=dry_run,
    )


def _merge(
    stage: Stage, target: Connection, *, dry_run: bool, progress: Progress
) -> dict[str, Counts]:
    relations = merge(stage, target, write=not dry_run, progress=progress)
    if relations and not dry_run:
        mark_baseline(target)
    return relations


def _opened(path: Path) -> _File:
    file = _File(path=path, remarks=Remarks(path.name))
    try:
        file.source = open_source(path)
    except UnreadableError as error:
        expected = str(error)
        file.remarks.error(None, "", path.name, expected, told=f"expected {expected}")
    return file


def _stage_all(files: list[_File], stage: Stage, load: Load) -> None:
    numbered = [
        (number, file, file.source)
        for number, file in enumerate(files)
        if file.source is not None
    ]
    for number, file, source in sorted(numbered, key=lambda item: _rank(item[2])):
        with stage.file(number, file.remarks):
            try:
                load.stage_file(source, file=number)
            except (UnicodeDecodeError, csv.Error) as error:
                file.remarks.error(None, "", str(error), "a whole CSV in UTF-8")
        file.records = load.records
    with stage.file(len(files), Remarks("stock")):
        check_wanted(stage, [file.remarks for file in files])
        settle(stage)


def _rank(source: Source) -> tuple[bool, int, int]:
    """Order files so that what others refer to is staged before them.

    The list of substitutes comes last: platforms' products are staged after our CSV.
    """
    table = source.table.name if source.table is not None else ORDER[0]
    last = source.table is substitutes
    return last, SEQUENCE.index(source.kind), ORDER.index(table)


def _report(file: _File) -> FileReport:
    kind = "not recognised" if file.source is None else str(file.source.kind)
    if file.source is not None and file.source.kind is Kind.PLAIN:
        kind = f"CSV of {file.source.table}"
    return FileReport(
        file=file.remarks.file,
        kind=kind,
        records=file.records,
        errors=file.remarks.errors,
        warnings=file.remarks.warnings,
        problems=file.remarks.in_order(),
    )
