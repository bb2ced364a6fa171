"""The queue in the terminal: read it, work it off, see why not."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from bot.clock import Clock
from store import shop as shop_tables

from .conftest import insert_decision

if TYPE_CHECKING:
    from store.engine import Store

    from .conftest import Cli


def backordered(store: Store) -> list[int]:
    with store.read() as connection:
        asked = select(shop_tables.order_lines.c.backordered)
        return list(connection.scalars(asked))


@pytest.mark.usefixtures("queue")
def test_the_list_reads_like_an_order(cli: Cli) -> None:
    """Order number, goods and amounts stand there, not columns of a table."""
    shown = " ".join(cli("decisions", "list").output.split())
    assert "1042" in shown
    assert "Hoodie Fjord, black, L" in shown
    assert "€39.00" in shown


@pytest.mark.usefixtures("queue")
def test_a_state_there_is_not_is_told_with_those_there_are(cli: Cli) -> None:
    """In the words of the help, not of a library."""
    refused = cli("decisions", "list", "--state", "done")
    assert refused.exit_code == 2
    assert "one of open, claimed, applied, rejected, all; found" in refused.output
    assert cli("decisions", "list", "--state", "all").exit_code == 0


def test_a_list_for_programs_is_json(cli: Cli, queue: int) -> None:
    """Every column is in it, instants in ISO form."""
    (row,) = json.loads(cli("decisions", "list", "--json").output)
    assert row["id"] == queue
    assert row["order_number"] == "1042"
    assert row["apply_after"].endswith("+00:00")
    assert (
        json.loads(cli("decisions", "list", "--json", "--state", "applied").output)
        == []
    )


def test_who_reads_what_nobody_chose_reads_its_rule(cli: Cli, shop: Store) -> None:
    """A customer's own choice needs no rule; what the policy decided has one."""
    insert_decision(shop, decided_by="policy", rule="gifts wait")
    assert "policy: gifts wait" in " ".join(cli("decisions", "list").output.split())


@pytest.mark.usefixtures("shop")
def test_nothing_to_do_is_said(cli: Cli) -> None:
    """An empty queue is a sentence, not an empty table."""
    assert cli("decisions", "list").output == "Nothing to do.\n"


def test_applying_by_hand_changes_the_imported_shop(
    cli: Cli, shop: Store, queue: int
) -> None:
    """Claimed, applied, cancelled in the shop: one command."""
    shown = cli("decisions", "apply", str(queue))
    assert shown.exit_code == 0
    assert shown.output == f"decision {queue} applied\n"
    assert backordered(shop) == [0]
    again = cli("decisions", "apply", str(queue))
    assert again.exit_code == 1
    assert "is applied already" in again.output


def test_a_dry_run_changes_nothing(cli: Cli, shop: Store, queue: int) -> None:
    """It says the same as the real one would, and the decision stays open."""
    shown = cli("decisions", "apply", str(queue), "--dry-run")
    assert shown.output == f"decision {queue} could be applied\n"
    assert backordered(shop) == [1]
    assert cli("decisions", "apply", str(queue)).exit_code == 0


def test_one_refusal_stops_no_other(cli: Cli, shop: Store) -> None:
    """Of several ids each gets its own answer; one refusal makes the exit code 1."""
    later = Clock().now() + timedelta(hours=1)
    early = insert_decision(shop, apply_after=later)
    ripe = insert_decision(shop)
    shown = cli("decisions", "claim", str(early), str(ripe), "4711")
    assert shown.exit_code == 1
    assert f"decision {ripe} claimed" in shown.output
    assert f"decision {early} may still be changed" in shown.output
    assert "decision 4711 does not exist" in shown.output
    assert "changeable until" in " ".join(cli("decisions", "list").output.split())


def test_rejecting_needs_a_reason(cli: Cli, queue: int) -> None:
    """The reason stands in the list afterwards."""
    assert cli("decisions", "reject", str(queue), "--reason", " ").exit_code == 2
    assert cli("decisions", "reject", str(queue), "--reason", "sold out").exit_code == 0
    assert "sold out" in cli("decisions", "list", "--state", "rejected").output


def test_what_patience_was_worth_is_shown(cli: Cli, shop: Store) -> None:
    """Per kind: how many were given, kept, and cancelled all the same."""
    assert cli("decisions", "consolations").output == "None was given yet.\n"
    for backorder in ("one", "two"):
        insert_decision(
            shop, kind="consolation", reason="free_shipping", backorder_id=backorder
        )
    insert_decision(shop, kind="cancel_refund", backorder_id="two")

    (_, row) = cli("decisions", "consolations").output.splitlines()

    assert row.split() == ["free", "shipping", "2", "1", "1"]
