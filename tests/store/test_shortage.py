"""One card a ware, whoever's turn draws it: redrawn, ended, and then begun anew."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from random import Random
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, text, update

from flows.effects import Card, PostShortage
from flows.policy import read_policy
from flows.setting import Setting
from flows.shop import Queue, Waiter
from store.cases import case_of_customer, lock_cases
from store.effects import carry_out
from store.engine import Store
from store.queues import queue_for
from store.shelf import free_units
from store.shop import order_lines
from store.snapshot import load_case
from store.tables import outbox

from ..builders import (
    NOON,
    a_backordered_line,
    a_customer,
    a_line,
    a_product,
    an_order,
)
from ..crash import scene

if TYPE_CHECKING:
    from sqlalchemy import Connection

SETTING = Setting(now=NOON, policy=read_policy(""), dice=Random(1))


def draw(store: Store, *words: str, over: bool = False) -> None:
    """Let a case of its own draw the card, once per text."""
    for said in words:
        with store.write() as connection:
            draw_in(connection, said, over=over)


def draw_in(connection: Connection, text: str, *, over: bool = False) -> None:
    """Let a case of its own draw the card in a transaction that goes on."""
    card = Card(key="shortage", summary=text, text=text)
    wanted = PostShortage(sku="BLANK", card=card, over=over)
    ids = [case_of_customer(connection, a_customer(connection), NOON)]
    (row,) = lock_cases(connection, ids)
    carry_out(connection, load_case(connection, row, NOON), (wanted,), SETTING)


def drawn(store: Store) -> list[tuple[str, str]]:
    """Return what is in the outbox: a new card, or the redraw of one, and its words."""
    return [(row.payload["kind"], row.payload["text"]) for row in rows(store)]


def rows(store: Store) -> list:
    """Return the outbox."""
    return list(scene.rows(store, outbox))


def test_many_cases_draw_one_card(store: Store) -> None:
    """Nothing is said twice, and of several redraws nobody saw only the last goes."""
    draw(store, "1 unit", "1 unit", "2 units", "3 units", "3 units")

    assert drawn(store) == [("card", "1 unit"), ("update", "3 units")]
    assert {row.case_id for row in rows(store)} == {None}


def test_what_the_staff_read_is_not_sent_again(store: Store) -> None:
    """The card is out; a case that changes nothing of it leaves it as it is."""
    draw(store, "1 unit")
    with store.write() as connection:
        connection.execute(update(outbox).values(state="sent"))
    draw(store, "1 unit")

    assert drawn(store) == [("card", "1 unit")]


def test_two_at_once_draw_one_card(store: Store) -> None:
    """Who comes second waits for the first, and redraws what that one posted."""
    with ThreadPoolExecutor(1) as other:
        with store.write() as connection:
            draw_in(connection, "1 unit")
            second = other.submit(draw, store, "2 units")
            assert not wait((second,), timeout=0.3).done
        second.result()

    assert drawn(store) == [("card", "1 unit"), ("update", "2 units")]


def test_the_next_shortage_has_a_card_of_its_own(store: Store) -> None:
    """Who looks at the channel in winter does not find it below June's messages."""
    draw(store, "short")
    draw(store, "over", "over", over=True)
    draw(store, "short")

    assert drawn(store) == [("card", "short"), ("update", "over"), ("card", "short")]
    assert rows(store)[1].target_id == rows(store)[0].id


def test_what_was_never_told_is_not_ended(store: Store) -> None:
    """A merchant who switched the card on meanwhile hears of no end."""
    draw(store, "over", over=True)
    assert drawn(store) == []


def test_the_queue_counts_all_prints_on_a_blank(store: Store) -> None:
    """Units and orders of open orders alone; five are named, the oldest first."""
    with store.write() as connection:
        for sku in ("CAT-TEE", "DOG-TEE"):
            a_product(connection, sku, blank_sku="BLANK")
        for hour in range(6, 0, -1):
            name = f"Ada {hour}"
            order = an_order(
                connection,
                a_customer(connection, name=name),
                number=str(hour),
                placed_at=NOON.replace(hour=hour),
            )
            a_backordered_line(connection, order, "CAT-TEE", title="Cat tee")
        a_backordered_line(connection, order, "DOG-TEE", title="Dog tee", quantity=3)
        a_line(connection, order, "DOG-TEE", title="Dog tee")
        over = an_order(connection, status="cancelled")
        a_backordered_line(connection, over, "CAT-TEE")
        found = queue_for(connection, "BLANK")

    assert (found.units, found.orders) == (9, 6)
    assert found.titles == ("Cat tee, navy, M", "Dog tee, navy, M")
    assert found.first == tuple(Waiter(f"Ada {n}", str(n)) for n in range(1, 6))


def test_only_the_lines_of_a_ware_are_read(postgres_url: str) -> None:
    """However many others a shop has: PostgreSQL finds them by the SKU."""
    store = Store(postgres_url)
    with store.write() as connection:
        order = an_order(connection)
        a_backordered_line(connection, order, "PRINT")
        a_product(connection, "PRINT", blank_sku="BLANK")
        (line,) = connection.execute(select(order_lines)).mappings()
        others = ({**line, "id": f"x{n}", "sku": f"OTHER-{n}"} for n in range(5000))
        connection.execute(insert(order_lines), list(others))
        connection.execute(text("ANALYZE"))
    with store.read() as connection:
        assert queue_for(connection, "BLANK").units == 1
        assert free_units(connection, ["BLANK"]) == {}
        read = connection.scalar(
            text(
                "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables"
                " WHERE relname = 'shop_order_lines'"
            )
        )
    store.close()
    assert read < 100


def test_nobody_waits_for_what_is_there(store: Store) -> None:
    """No line, no queue."""
    with store.write() as connection:
        a_line(connection, an_order(connection), a_product(connection))
        assert queue_for(connection, "BLANK") == Queue()
