"""The playground's stand-ins and shop without a bot: what the page's tests play on."""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import create_engine, insert, select, update
from sqlalchemy.pool import StaticPool

from bot.playground.controls import Bell, Customer, DecisionMove, ShopMove
from bot.playground.paperwork import paperwork
from bot.playground.shop import actions
from bot.playground.shop.fill import fill
from bot.playground.shop.panel import overview
from bot.playground.shop.shelves import ShopRefused
from bot.playground.slack import SlackStandIn
from bot.playground.telegram import TelegramStandIn
from flows.setting import Mode
from store import shop, tables

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = datetime(2025, 6, 9, 12, 5, tzinfo=UTC)
TOKEN = "123456:abcdefghijklmnopqrstuvwxyz-0123456"


class Stage:
    """Both platforms and the demo shop, moved by the page alone."""

    shop_name = "Northprint"
    time_zone = "Europe/Berlin"

    def __init__(self) -> None:
        self.offset = timedelta(0)
        self.mode = Mode.ACT
        self.due: datetime | None = NOW + timedelta(hours=24)
        self.fault: Exception | None = None
        self.changes = Bell()
        self.telegram = TelegramStandIn(
            token=TOKEN, now=self.now, pace=None, first_name="Northprint"
        )
        self.slack = SlackStandIn(stamps=self.now, pace=None)
        self.desk = self.slack.channel("C1", "backorders")
        self.mia = self.slack.person("U1", "Mia Lindqvist")
        self.noah = self.slack.person("U2", "Noah Weber")
        self.people: Sequence[Customer] = ()
        self.engine = create_engine("sqlite://", poolclass=StaticPool)

    async def __aenter__(self) -> Self:
        await self.telegram.start()
        await self.slack.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.slack.stop()
        await self.telegram.stop()
        self.engine.dispose()

    def open_shop(self, picture_base: str) -> None:
        """Fill the shop and give every customer a phone."""
        with self.engine.begin() as connection:
            shop.shop_metadata.create_all(connection)
            tables.bot_metadata.create_all(connection)
            fill(connection, now=NOW, picture_base=picture_base)
            named = connection.execute(
                select(shop.customers.c.id, shop.customers.c.name)
            ).all()
        self.people = [
            Customer(
                id=row.id,
                name=row.name,
                phone=self.telegram.person(7000 + index, row.name.split()[0]),
            )
            for index, row in enumerate(sorted(named, key=lambda row: row.id))
        ]

    def phone(self, customer: str) -> Any:
        """Return a customer's phone."""
        return next(each.phone for each in self.people if each.id == customer)

    def now(self) -> datetime:
        """Return business time."""
        return NOW + self.offset

    async def set_mode(self, mode: Mode) -> None:
        """Take the mode."""
        self.mode = mode
        self.changes.ring()

    async def set_policy(self, source: str) -> None:
        """Nobody here follows rules."""

    async def move(self, by: timedelta) -> None:
        """Move business time at once."""
        self.offset += by
        self.changes.ring()

    async def next_due(self) -> datetime | None:
        """Return what the test set."""
        return self.due

    async def overview(self) -> dict[str, Any]:
        """Return the books and papers."""
        with self.engine.connect() as connection:
            books = overview(connection) | paperwork(connection)
            return books | {"policy": {"source": "", "version": ""}}

    async def shop(self, move: ShopMove, **arguments: Any) -> None:
        """Make the move, or fail as the test asked."""
        if self.fault is not None:
            raise self.fault
        with self.engine.begin() as connection:
            getattr(actions, move)(connection, **arguments, now=self.now())
        self.changes.ring()

    async def decision(
        self, move: DecisionMove, decision_id: int, reason: str = ""
    ) -> None:
        """Note it in the decision's row."""
        values: dict[DecisionMove, dict[str, Any]] = {
            "claim": {"claimed_at": self.now()},
            "apply": {"applied_at": self.now()},
            "reject": {"rejected_at": self.now(), "rejection": reason},
        }
        self._note(tables.decisions, decision_id, values[move])

    async def notice_sent(self, notice_id: int) -> None:
        """Note it in the notice's row."""
        self._note(tables.notices, notice_id, {"sent_at": self.now()})

    async def link(self, order_id: str) -> str:
        """Return a payload that names the order."""
        return f"link-{order_id}"

    def _note(self, table: Any, row_id: int, values: dict[str, Any]) -> None:
        with self.engine.begin() as connection:
            done = connection.execute(
                update(table).where(table.c.id == row_id).values(values)
            )
        if not done.rowcount:
            raise ShopRefused(f"there is no row {row_id}")
        self.changes.ring()

    def add_decision(self, **more: Any) -> None:
        """Write a decision as the bot would."""
        row = {
            "created_at": self.now(),
            "order_id": "o1042",
            "kind": "wait",
            "quantity": 1,
            "decided_by": "customer",
            "reason": "",
        }
        with self.engine.begin() as connection:
            connection.execute(insert(tables.decisions), row | more)
        self.changes.ring()

    def add_notice(self, **more: Any) -> None:
        """Write a notice as the bot would."""
        with self.engine.begin() as connection:
            case = connection.execute(
                insert(tables.cases).values(
                    dialogue="idle", memory={}, created_at=self.now()
                )
            ).inserted_primary_key
            row = {
                "case_id": case[0] if case else 0,
                "customer_id": "ingrid",
                "email": "ingrid@solheim.example",
                "subject": "Your order 1040",
                "text": "Your blanket is not coming back.",
                "created_at": self.now(),
            }
            connection.execute(insert(tables.notices), row | more)
        self.changes.ring()

    def supply_date(self, supply_id: str) -> date | None:
        """Return when a supply is expected now."""
        with self.engine.connect() as connection:
            supplies = shop.supplies.c
            due: date | None = connection.execute(
                select(supplies.expected_on).where(supplies.id == supply_id)
            ).scalar_one()
        return due

    def line(self, line_id: str) -> Any:
        """Return an order line as it is now."""
        with self.engine.connect() as connection:
            lines = shop.order_lines
            return connection.execute(select(lines).where(lines.c.id == line_id)).one()
