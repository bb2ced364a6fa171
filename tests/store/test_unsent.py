"""What nobody has sent yet can be dropped; what somebody has claimed cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select, update

from flows.case import Case, DialogueState
from store import unsent
from store.mail import drop_letters
from store.tables import cases, notices

from ..builders import NOON
from .test_outbox import B, claim, put, state

if TYPE_CHECKING:
    from store.engine import Store

ABOUT = "offer:1:1"


@pytest.mark.parametrize("moving", [True, False])
def test_words_about_a_subject_are_dropped_before_they_leave(
    store: Store, moving: bool
) -> None:
    """Held ones always, waiting ones where nothing follows them; pictures go along."""
    claimed = put(store, subject=ABOUT)
    claim(store)
    waits = put(store, subject=ABOUT)
    picture = put(store, B, state="held", batch="b1", subject=f"{ABOUT}:picture")
    held = put(store, B, state="held", batch="b1", subject=ABOUT)
    other = put(store, B, state="held", batch="b2", subject="offer:2:1")
    with store.write() as connection:
        assert unsent.drop(connection, [ABOUT], moving=moving) == {"b1"}
        assert not unsent.is_held(connection, "b1")
        assert unsent.is_held(connection, "b2")

    assert state(store, claimed) == "leased"
    assert state(store, waits) == ("dropped" if moving else "waiting")
    assert [state(store, row) for row in (picture, held, other)] == [
        *("dropped", "dropped", "held")
    ]


def test_a_letter_is_dropped_until_its_mailer_has_sent_it(store: Store) -> None:
    """Its number is not given to another: a mailer may still name it."""
    letter = {
        "case_id": 1,
        "customer_id": "anna",
        "subject": "Your order",
        "text": "Please choose",
        "about": ABOUT,
        "created_at": NOON,
    }
    case = Case(id=1, version=1, dialogue=DialogueState.TALKING)
    with store.write() as connection:
        made = {"id": 1, "dialogue": "talking", "memory": {}, "created_at": NOON}
        connection.execute(insert(cases).values(made))
        for _ in range(3):
            connection.execute(insert(notices).values(letter))
        for row, column in ((1, "sent_at"), (2, "failed_at")):
            connection.execute(
                update(notices).where(notices.c.id == row).values({column: NOON})
            )
        assert drop_letters(connection, case, ["offer:2:1"]) == []
        assert drop_letters(connection, case, ["offer:2:1", ABOUT]) == [ABOUT]
        connection.execute(insert(notices).values(letter))
        assert connection.scalars(select(notices.c.id)).all() == [1, 2, 4]
