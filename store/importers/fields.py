"""Field types shared by the platform models, and their mistakes as remarks."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from store.importers.money import to_minor

if TYPE_CHECKING:
    from store.importers.report import Remarks


class Platform(BaseModel):
    """A platform's JSON: what we do not read is ignored, ids may be numbers."""

    model_config = ConfigDict(
        extra="ignore", coerce_numbers_to_str=True, frozen=True, populate_by_name=True
    )


def _blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _text(value: Any) -> Any:
    return unescape(value).strip() if isinstance(value, str) else value


_UTC_OFFSET = re.compile(r" ?(?:UTC|([+-]\d\d):?(\d\d))$")


def _instant(value: Any) -> Any:
    """Accept "2026-11-02 09:55:16 -0400" beside ISO 8601; never bare numbers."""
    if isinstance(value, int | float):
        raise ValueError("a date and time with its UTC offset")  # noqa: TRY004 - pydantic reports only ValueError
    if not isinstance(value, str):
        return value
    return instant_text(value)


def instant_text(text: str) -> str:
    """Return "2026-11-02 09:55:16 -0400" with its offset as ISO 8601 has it."""
    return _UTC_OFFSET.sub(
        lambda m: f"{m[1]}:{m[2]}" if m[1] else "+00:00", text.strip()
    )


def _gmt(value: Any) -> Any:
    """WooCommerce's ``*_gmt`` instants say UTC in their name only."""
    if isinstance(value, str) and value:
        try:
            read = datetime.fromisoformat(value)
        except ValueError:
            return value
        return read if read.tzinfo else read.replace(tzinfo=UTC)
    return value


Blank = BeforeValidator(_blank_is_none)
Text = Annotated[str | None, BeforeValidator(_text), Blank]
Amount = Annotated[
    Decimal, BeforeValidator(lambda v: v.strip() if isinstance(v, str) else v)
]
MaybeAmount = Annotated[Amount | None, Blank]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
MaybeCount = Annotated[Count | None, Blank]
Instant = Annotated[AwareDatetime, BeforeValidator(_instant)]
MaybeInstant = Annotated[Instant | None, Blank]
GmtInstant = Annotated[AwareDatetime, BeforeValidator(_gmt)]
MaybeGmtInstant = Annotated[GmtInstant | None, Blank]

_EXPECTED = {
    "decimal_parsing": "an amount like 12.50",
    "decimal_type": "an amount like 12.50",
    "finite_number": "an amount like 12.50",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "greater_than_equal": "a number not below zero",
    "less_than_equal": "a number below 2147483648",
    "string_type": "a text",
    "string_too_short": "a value",
    "missing": "a value",
    "timezone_aware": "a date and time with its UTC offset",
    "datetime_parsing": "a date and time with its UTC offset",
    "datetime_from_date_parsing": "a date and time with its UTC offset",
    "datetime_type": "a date and time with its UTC offset",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "date_parsing": "a date like 2026-11-30",
    "date_from_datetime_parsing": "a date like 2026-11-30",
    "date_from_datetime_inexact": "a date like 2026-11-30",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
}

_Model = TypeVar("_Model", bound=BaseModel)


def read_model(
    model: type[_Model], raw: Any, *, row: int, remarks: Remarks
) -> _Model | None:
    """Return the parsed record, or nothing after noting each of its mistakes."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        note(error, row=row, remarks=remarks)
        return None


def note(
    error: ValidationError, *, row: int, remarks: Remarks, column: str = ""
) -> None:
    """Note each mistake pydantic found, by the path of its cell."""
    for detail in error.errors(include_url=False, include_context=False):
        path = column
        for step in detail["loc"]:
            if isinstance(step, int):
                path += f"[{step}]"
            else:
                path += f".{step}" if path else step
        missing = detail["type"] == "missing"
        expected = _EXPECTED.get(
            detail["type"], detail["msg"].removeprefix("Value error, ")
        )
        remarks.error(row, path, None if missing else detail["input"], expected)


class Purse:
    """Amounts of one record in one currency; a bad one is noted and counts as 0."""

    def __init__(self, currency: str | None, *, row: int, remarks: Remarks) -> None:
        self.currency = currency
        self._row = row
        self._remarks = remarks

    def minor(self, amount: Decimal | None, column: str, row: int | None = None) -> int:
        """Return an amount in minor units, 0 when there is none."""
        if amount is None:
            return 0
        try:
            return to_minor(amount, self.currency)
        except ValueError as error:
            self._remarks.error(row or self._row, column, str(amount), str(error))
            return 0
