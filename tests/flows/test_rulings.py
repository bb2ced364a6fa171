"""The merchant wants to be asked, or never cancels: what silence and staff decide."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows.case import BackorderState, TicketState
from flows.effects import DecisionKind
from flows.events import StaffActed, TicketVerb

from .builders import MIA, a_case, a_line, a_ready_line, a_shelf, an_order
from .story import Story

ASK = '[terms]\nautomatic_cancel = "ask"\n'
NEVER = '[terms]\nautomatic_cancel = "never"\n'
GERMAN = an_order(market="DE")


def undated(policy: str) -> Story:
    """Ask a German customer: something close is there, the hoodie has no date."""
    return Story(a_case(GERMAN), policy=policy).expects(sku="HOOD-BLACK-L")


def rules(story: Story, verb: TicketVerb) -> Story:
    """Let Mia press a button of the ticket's card."""
    ticket = story.case.ticket
    assert ticket is not None
    event = StaffActed(staff=MIA, case_id=story.case.id, ticket_id=ticket.id, verb=verb)
    return story.take(event)


def test_who_never_cancels_waits_on_and_asks_once() -> None:
    """With nothing else allowed silence does what was said, nobody is asked anew."""
    story = undated(NEVER).shop_says()
    assert "If we don't hear from you, we'll keep waiting" in story.words
    story.delivers().waits(days=10)

    assert [row.kind for row in story.standing] == ["wait"]
    assert len([o for o in story.case.offers if o.window_seconds]) == 1


def test_who_wants_to_be_asked_is_asked_when_nobody_answers() -> None:
    """The customer reads that a colleague decides; at the deadline one is asked."""
    story = undated(ASK).shop_says()
    assert "If we don't hear from you, a colleague decides" in story.words
    story.delivers().waits(hours=25)

    assert story.standing == []
    assert story.keys == ["proposal_closed", "silence_applied"]
    assert "a colleague decides about" in story.words
    assert "you can still change this" not in story.words
    assert story.backorder.state is BackorderState.WITH_STAFF
    assert story.case.ticket is not None
    assert story.case.ticket.reason == "silence"


def test_a_colleague_cancels() -> None:
    """One press cancels, refunds, tells the customer and closes the ticket."""
    story = undated(ASK).shop_says().delivers().waits(hours=25)
    rules(story, TicketVerb.CANCEL)

    (row,) = [row for row in story.standing if row.backorder_id]
    assert (row.kind, row.decided_by) == (DecisionKind.CANCEL_REFUND, "staff:U7")
    assert story.keys == ["cancelled"]
    assert story.case.ticket is not None
    assert story.case.ticket.state is TicketState.RESOLVED
    assert story.backorder.state is BackorderState.CANCELLED


def test_a_colleague_lets_the_customer_choose() -> None:
    """The customer is asked once more, with a window of its own."""
    case = a_case(GERMAN, shelf=a_shelf())
    story = (
        Story(case, policy=ASK).expects(sku="HOOD-BLACK-L").stocks("HOOD-CHARCOAL-L", 0)
    )
    story.shop_says()
    assert story.backorder.state is BackorderState.WITH_STAFF
    assert story.keys == []
    rules(story, TicketVerb.ASK)

    assert story.keys == ["refused"]
    assert story.pending
    story.delivers().taps("0w")
    assert [row.kind for row in story.standing] == ["wait"]


def test_a_late_answer_after_silence_still_counts() -> None:
    """Until a colleague has decided, the customer's word is the better one."""
    story = undated(ASK).shop_says().delivers().waits(hours=25)
    story.taps("0s0")
    assert [row.kind for row in story.standing] == ["substitute"]
    rules(story, TicketVerb.CANCEL)
    assert [row.kind for row in story.standing] == ["substitute"]


def test_no_substitute_wanted_and_not_in_time_is_cancelled_by_silence() -> None:
    """The fifth case is as the third: what can't come in time is recommended to end."""
    story = undated("").shop_says().delivers().says("no thanks")
    assert story.offer.items[0].recommended == "0c"
    story.waits(hours=40)
    assert [r.kind for r in story.standing if r.backorder_id] == ["cancel_refund"]


@pytest.mark.parametrize("gift", ["discount", "voucher"])
def test_a_consolation_decides_nothing_about_the_line(gift: str) -> None:
    """Who waits and got something for it may still cancel, and once only."""
    policy = (
        f'[terms]\nconsolation = "{gift}"\nconsolation_after_days = 1\n'
        'apply_after = "10d"\n'
    )
    story = Story(policy=policy).shop_says().delivers().taps("0w")
    story.waits(days=3)
    assert {row.kind for row in story.standing} == {"wait", "consolation"}
    story.now += timedelta(hours=9)
    story.taps("0c")
    about_it = {row.kind for row in story.standing if row.backorder_id}
    assert about_it == {"cancel_refund", "consolation"}


def test_a_ruling_about_one_line_leaves_the_other_asked() -> None:
    """The shop could not cancel one of two; asking about it forgets no question."""
    order = an_order(a_line(), a_line("other"), a_ready_line())
    story = Story(a_case(order)).shop_says().delivers().taps("0c")
    (row,) = [row for row in story.standing if row.line_id == "hoodie"]
    story.row_becomes(row, claimed_at=story.now, rejected_at=story.now)
    rules(story, TicketVerb.ASK)
    asked = {item.line_id for offer in story.pending for item in offer.unanswered}
    assert asked == {"hoodie", "other"}


def test_what_came_before_the_shop_said_no_is_sent() -> None:
    """Cancelled, then in stock, then not cancelled after all: it waits for nobody."""
    story = Story().shop_says().delivers().taps("0c")
    (row,) = [row for row in story.standing if row.backorder_id]
    story.shop_says("hoodie", backordered=0, allocated=1)
    story.row_becomes(row, claimed_at=story.now, rejected_at=story.now)
    assert story.backorder.state is BackorderState.FILLED
