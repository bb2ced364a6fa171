"""policy.toml as typed data: what the merchant decided, every value with its unit.

``Terms`` are the values that rules may override per market, customer group,
product or order; the most specific rule wins. How they are used stands in
``flows/policy.py``.
"""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from flows.hours import Hours, Span, known_calendar
from flows.notation import (  # noqa: TC001 - the library reads types while it runs
    Duration,
    Market,
    Quiet,
    Stretch,
    WebAddress,
)

#: Member states, so that ``market = ["EU"]`` says what people mean.
EU = (  # noqa: SIM905 - as one reads a list of codes
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"
).split()

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

SubstituteKind = Literal["other_color", "other_size", "other_brand"]
#: All of them, in the order merchants read them.
KINDS: tuple[SubstituteKind, ...] = ("other_color", "other_size", "other_brand")


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class ShopFace(_Data):
    """Who speaks: what customers may know about the shop."""

    name: str = "Northprint"
    url: str = "https://shop.example"
    email: str = "hello@shop.example"
    privacy_url: str = "https://shop.example/privacy"
    team_size: int | None = Field(default=None, gt=0)
    #: The first is for customers who tell none; there are words in each of them.
    languages: tuple[str, ...] = ("en",)
    #: What cards in Slack are written in; customers' own words stay as they are.
    staff_language: str = "en"
    #: Where sizes are explained; a product's own ``attributes.size_chart_url`` wins.
    size_chart_url: WebAddress | None = None
    #: Whether dates are worded as a promise; else as what is expected.
    dates_guaranteed: bool = False

    @property
    def unsaid(self) -> tuple[str, ...]:
        """What nobody said of the shop, so that customers would read an invention."""
        chosen = self.model_dump(exclude_defaults=True)
        named = {"name"} & self.model_fields_set
        wanted = ("name", "url", "email", "privacy_url")
        # A shop may be called like ours; nobody lives at an example's address.
        return tuple(field for field in wanted if field not in {*chosen, *named})

    @field_validator("languages")
    @classmethod
    def _spoken(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        from flows.wording import languages  # noqa: PLC0415 - load time only

        there = languages()
        unknown = [tag for tag in value if tag.lower().split("-")[0] not in there]
        if unknown or not value:
            found = f", not {', '.join(unknown)}" if unknown else ""
            raise ValueError(f"expected languages among {', '.join(there)}{found}")
        return value

    @field_validator("staff_language")
    @classmethod
    def _read_by_staff(cls, value: str) -> str:
        cls._spoken((value,))
        return value


class OpeningHours(_Data):
    """When colleagues answer; ``calendar`` names public holidays, e.g. DE or DE-BY."""

    time_zone: str = "Europe/Berlin"
    calendar: str | None = None
    mon: Stretch | None = Span(start=time(9), end=time(17))
    tue: Stretch | None = Span(start=time(9), end=time(17))
    wed: Stretch | None = Span(start=time(9), end=time(17))
    thu: Stretch | None = Span(start=time(9), end=time(17))
    fri: Stretch | None = Span(start=time(9), end=time(17))
    sat: Stretch | None = None
    sun: Stretch | None = None

    @model_validator(mode="before")
    @classmethod
    def _only_named_days(cls, data: Any) -> Any:
        # Once one day has a line, the days without one are closed.
        named = isinstance(data, dict) and any(day in data for day in _DAYS)
        return dict.fromkeys(_DAYS) | data if named else data

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        from zoneinfo import available_timezones  # noqa: PLC0415 - slow, load time only

        if value not in available_timezones():
            raise ValueError("expected a time zone like Europe/Berlin")
        return value

    @field_validator("calendar")
    @classmethod
    def _known_calendar(cls, value: str | None) -> str | None:
        return None if value is None else known_calendar(value)

    def hours(self) -> Hours:
        """Return the same as plain hours."""
        days = (getattr(self, day) for day in _DAYS)
        return Hours(
            time_zone=self.time_zone,
            week=tuple(() if day is None else (day,) for day in days),
            calendar=self.calendar,
        )


class Terms(_Data):
    """The values a rule may override; durations are written 30m, 24h or 14d."""

    reply_window: Duration = timedelta(hours=24)
    #: None is sent that would come in the first quarter of the window.
    reminder_before: Duration = timedelta(hours=4)
    #: Opening time that must remain after a question was answered.
    after_question: Duration = timedelta(hours=4)
    #: Customers' local hours in which nothing is sent unasked and no window ends;
    #: 0:00-0:00 for none.
    quiet_hours: Quiet | None = Span(start=time(21), end=time(8))
    #: For customers whom only the shop's mailer reaches: added to the window.
    mail_extra: Duration = timedelta(hours=24)
    on_silence: Literal["recommended", "wait", "cancel"] = "recommended"
    #: Whether silence may send a product of another size, colour or brand.
    silent_substitute: bool = False
    #: The longest first delay that silence may accept.
    silent_wait_days: int = Field(default=30, ge=0)
    automatic_cancel: Literal["auto", "ask", "never"] = "auto"
    #: Days after the order date; day 14 is inside, an unknown date is outside.
    cancel_horizon_days: int = Field(default=14, ge=0)
    ship: Literal["once", "as_ready"] = "once"
    #: Whether customers may have what is ready sent in a parcel of its own.
    allow_split: bool = True
    #: Who pays that second parcel; what a customer pays stands on the button.
    second_parcel: Literal["merchant", "customer"] = "customer"
    #: Its price, in the smallest unit of the order's currency.
    second_parcel_minor: int = Field(default=490, ge=0)
    #: Orders worth this much or more get it free; 0: none does.
    second_parcel_free_from_minor: int = Field(default=0, ge=0)
    #: Below this share of units ready no first parcel goes: of a line, of the order.
    min_fill_item_percent: int = Field(default=0, ge=0, le=100)
    min_fill_order_percent: int = Field(default=0, ge=0, le=100)
    #: Shipping paid: kept, shared by what is cancelled, or back with the last line.
    refund_shipping: Literal["none", "share", "with_last_line"] = "with_last_line"
    #: When the shop may take the money of what was authorised.
    capture: Literal["on_order", "on_allocation", "on_ship"] = "on_ship"
    #: Nothing is taken before it goes, whatever ``capture`` says.
    forbid_early_capture: bool = False
    #: How long before an authorisation lapses the staff are warned.
    authorization_warning: Duration = timedelta(days=3)
    #: Whether the customer is asked to renew it where a promise lies beyond its end.
    ask_renewal: bool = False
    substitute_price: Literal["same", "same_or_less", "any"] = "same_or_less"
    substitutes_shown: int = Field(default=1, ge=1, le=5)
    #: What a substitute we find ourselves may differ in; the shop's own list is free.
    substitute_kinds: tuple[SubstituteKind, ...] = KINDS
    #: How many sizes away a substitute may be.
    size_steps: int = Field(default=1, ge=0, le=3)
    #: CIEDE2000 distance up to which two colours count as similar.
    similar_color: int = Field(default=25, ge=0, le=100)
    #: Lines of one design and colour are substituted together or not at all.
    keep_sets: bool = True
    #: Whether customers are asked once what they generally prefer.
    ask_preference: bool = True
    #: Opening time for which something that is back is kept for who is next in line.
    waitlist_hold: Duration = timedelta(hours=4)
    #: How long it is kept once they said they want it.
    waitlist_keep: Duration = timedelta(hours=24)
    #: After this many days a place on the waiting list ends.
    waitlist_days: int = Field(default=90, ge=1)
    #: Whether what is not in stock may be sold: always, never, or where all is known.
    accept_backorders: Literal["on", "off", "auto"] = "auto"
    #: Units of one ware that can be packed a day once they are here, and for how many
    #: days customers may be kept waiting for that.
    acceptance_per_day: int = Field(default=200, ge=1)
    acceptance_days: int = Field(default=5, ge=1)
    #: Without news of stock or supplies for this long nothing more is promised.
    acceptance_stale: Duration = timedelta(days=7)
    #: Whether the shop's pages say how many people wait for a product.
    show_waiting_count: bool = False
    #: Whether a card tells the staff at once what fell short, and who may ask.
    shortage_card: bool = True
    #: Days a ware takes to come where neither a source nor the product says.
    reorder_lead_days: int = Field(default=14, ge=0, le=365)
    #: Days of sales an order should last beyond the reorder point.
    reorder_cover_days: int = Field(default=28, ge=1, le=365)
    #: Share of lead times in which nothing is to fall short: 95 of a hundred.
    reorder_service_percent: int = Field(default=95, ge=50, le=99)
    #: Days a date may slip before it is told.
    material_days: int = Field(default=1, ge=0)
    #: A wait that ends within so many days of the order, and before any day the
    #: customer needs it, is not told; 0: every one is.
    suppress_within_days: int = Field(default=0, ge=0)
    #: After this many days without a word about a date, who waits hears that it
    #: still holds; 0: never.
    update_every_days: int = Field(default=14, ge=0)
    #: Days between the first and last date of a range told to a customer.
    range_days: int = Field(default=3, ge=0)
    #: Something for the patience of who waits long or is put off twice.
    consolation: Literal[
        "none", "discount", "voucher", "free_shipping", "gift_wrap"
    ] = "none"
    consolation_after_days: int = Field(default=14, ge=1)
    #: Whether who wants none of the substitutes and waits on gets it at once.
    consolation_refused: bool = False
    consolation_percent: int = Field(default=10, ge=1, le=100)
    #: What a voucher is worth, or a gift wrap costs.
    consolation_minor: int = Field(default=500, ge=1)
    #: Orders worth less get none.
    consolation_from: int = Field(default=0, ge=0)
    #: Above this a colleague is asked first.
    consolation_approval_above: int = Field(default=1_000, ge=0)
    #: All of them together within 30 days.
    consolation_budget: int = Field(default=20_000, ge=0)
    #: How long a decision waits before the shop may claim it.
    apply_after: Duration = timedelta(minutes=30)
    changes_allowed: int = Field(default=3, ge=0)
    #: A decision the shop has not applied after this raises a card.
    apply_within: Duration = timedelta(hours=24)

    @property
    def chosen(self) -> dict[str, Any]:
        """What somebody set, in the order of the fields; the rest are defaults."""
        said = self.model_fields_set
        return {
            name: getattr(self, name) for name in Terms.model_fields if name in said
        }


class When(_Data):
    """Whom a rule is for; several conditions must all hold."""

    market: tuple[Market, ...] = ()
    customer_group: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    sku: tuple[str, ...] = ()
    order: tuple[str, ...] = ()

    @field_validator(
        "market", "customer_group", "category", "sku", "order", mode="before"
    )
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class Rule(_Data):
    """An override with a name, so that "why did this rule apply?" has an answer."""

    name: str = Field(min_length=1, max_length=60)
    when: When
    #: Only what is set here is overridden.
    terms: Terms = Terms()


class Brake(_Data):
    """When one change or one hour would decide more than this, a person is asked."""

    decisions: int = Field(default=10, ge=1)
    refunds_minor: int = Field(default=50_000, ge=1)


class PolicyFile(_Data):
    """The whole of policy.toml."""

    shop: ShopFace = ShopFace()
    hours: OpeningHours = OpeningHours()
    terms: Terms = Terms()
    brake: Brake = Brake()
    rules: tuple[Rule, ...] = ()
