"""What an import found: counts per relation, and every mistake by row and column.

A mistake is an *error* (the file is not taken) or a *warning* (the rest is right
without it). Rows count as a spreadsheet does: a CSV's header is row 1; in JSON the
first record is row 1. A long list of mistakes is cut, its length never.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

#: How many mistakes of one file are kept; the others are only counted.
KEPT = 50

_SHOWN = 60


class Severity(StrEnum):
    """Whether a mistake keeps the file out."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One cell that is not as it should be."""

    severity: Severity
    file: str
    row: int | None
    column: str
    value: str
    expected: str
    #: The whole sentence, where value and expectation alone would read oddly.
    told: str = ""

    def __str__(self) -> str:
        place = [self.file]
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.column:
            place.append(f"column {self.column}")
        told = self.told or f"{self.value}: expected {self.expected}"
        return f"{self.severity}: {', '.join(place)}: {told}"


class Remarks:
    """Collects the mistakes of one file; nothing is raised until all are known."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.errors = 0
        self.warnings = 0
        self.kept: list[Problem] = []

    def error(
        self,
        row: int | None,
        column: str,
        value: Any,
        expected: str,
        *,
        told: str = "",
    ) -> None:
        """Note a mistake that keeps the file out."""
        self.errors += 1
        self._keep(Severity.ERROR, row, column, value, expected, told)

    def warn(self, row: int | None, column: str, value: Any, expected: str) -> None:
        """Note something left out while the rest is taken."""
        self.warnings += 1
        self._keep(Severity.WARNING, row, column, value, expected)

    def _keep(
        self,
        severity: Severity,
        row: int | None,
        column: str,
        value: Any,
        expected: str,
        told: str = "",
    ) -> None:
        if len(self.kept) >= KEPT:
            if severity is Severity.WARNING:
                return
            # An error explains why the file stays out: it outranks any warning.
            spare = [p for p in self.kept if p.severity is Severity.WARNING]
            if not spare:
                return
            self.kept.remove(spare[-1])
        shown = "nothing" if value in (None, "") else repr(value)
        if len(shown) > _SHOWN:
            shown = f"{shown[: _SHOWN - 1]}…"
        self.kept.append(
            Problem(
                severity=severity,
                file=self.file,
                row=row,
                column=column,
                value=shown,
                expected=expected,
                told=told,
            )
        )

    def in_order(self) -> tuple[Problem, ...]:
        """Return what is kept as it stands in the file, the whole file's first."""
        return tuple(sorted(self.kept, key=lambda problem: problem.row or 0))


@dataclass(slots=True)
class Counts:
    """Rows of one relation after comparison with what the store already has."""

    new: int = 0
    changed: int = 0
    same: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What became of one file."""

    file: str
    kind: str
    records: int
    errors: int
    warnings: int
    problems: tuple[Problem, ...]

    @property
    def taken(self) -> bool:
        """Whether the file's rows went into the store."""
        return self.errors == 0

    @property
    def hidden(self) -> int:
        """How many mistakes are not in ``problems``."""
        return self.errors + self.warnings - len(self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of one import."""

    files: tuple[FileReport, ...]
    relations: Mapping[str, Counts] = field(default_factory=dict)
    dry_run: bool = False

    @property
    def ok(self) -> bool:
        """Whether every file was taken."""
        return all(file.taken for file in self.files)

    @property
    def new(self) -> int:
        """Rows the store did not have."""
        return sum(counts.new for counts in self.relations.values())

    @property
    def changed(self) -> int:
        """Rows whose content differed."""
        return sum(counts.changed for counts in self.relations.values())

    def lines(self) -> list[str]:
        """Return the report as plain text, one line per fact."""
        text: list[str] = []
        for file in self.files:
            fate = "taken" if file.taken else "NOT taken, nothing of it was written"
            records = "1 record" if file.records == 1 else f"{file.records} records"
            text.append(f"{file.file}: {file.kind}, {records}, {fate}")
            text.extend(f"  {problem}" for problem in file.problems)
            if file.hidden:
                text.append(f"  … and {file.hidden} more like these")
        for name, counts in self.relations.items():
            text.append(
                f"{name}: {counts.new} new, {counts.changed} changed, "
                f"{counts.same} unchanged"
            )
        total = f"{self.new} new, {self.changed} changed"
        text.append(
            f"{total} (dry run: nothing was written)" if self.dry_run else total
        )
        return text
