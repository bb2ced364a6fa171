"""Stores are opened and closed by one thread and used by others."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from sqlalchemy import select

if TYPE_CHECKING:
    from store.engine import Store


def test_closing_waits_for_what_another_thread_reads(store: Store) -> None:
    """Nobody loses the connection they work with."""
    began, may_end = threading.Event(), threading.Event()
    happened: list[str] = []

    def read() -> None:
        with store.read() as connection:
            began.set()
            may_end.wait(5)
            connection.execute(select(1))
            happened.append("read")

    def close() -> None:
        store.close()
        happened.append("closed")

    reader, closer = threading.Thread(target=read), threading.Thread(target=close)
    reader.start()
    assert began.wait(5)
    closer.start()
    closer.join(0.1)
    may_end.set()
    reader.join(5)
    closer.join(5)

    assert happened == ["read", "closed"]
