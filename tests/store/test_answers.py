"""Answers and decisions as rows: who can be asked later why it was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.rules import Rules, publish
from bot.turns import Turns
from flows.policy import BUILT_IN
from flows.setting import Mode

from ..builders import NOON
from ..crash import scene

if TYPE_CHECKING:
    from store.engine import Store


def test_a_decision_names_the_policy_in_force(store: Store) -> None:
    """The version is that of the moment of deciding, not of asking."""
    clock, rules = scene.HandClock(), Rules(mode=Mode.ACT)
    with store.write() as connection:
        scene.open_shop(connection)
        buyer = scene.a_buyer(connection)
    rules.follow(store)
    turns = Turns(store, clock, rules, link_secret=scene.SECRET.encode())
    scene.link(turns, buyer)
    scene.ask(turns, buyer)
    scene.deliver(store, turns, clock)
    asked_under = rules.policy.version

    with store.write() as connection:
        newer = publish(connection, f"{scene.POLICY}\napply_after = '20m'\n", NOON)
    rules.follow(store)
    turns.take_now(scene.tap(buyer, scene.offer_of(store, buyer).token))
    turns.stop()

    (row,) = scene.decided(store, buyer)
    assert row.policy_version == newer.version
    assert row.rule == BUILT_IN[0].name
    assert scene.offer_of(store, buyer).policy_version == asked_under != newer.version
