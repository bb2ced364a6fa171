"""What the shop leaves undone is brought to somebody, once."""

from __future__ import annotations

from .story import Story


def test_the_staff_hear_of_a_decision_nobody_carries_out() -> None:
    """A day after it could have been taken, with what is to be done."""
    story = Story(policy="[terms]\nask_preference = false\n")
    story.shop_says().delivers().taps("0c")
    story.waits(hours=20)
    assert story.cards == []
    story.waits(hours=5)

    assert story.cards == ["overdue", "overdue"], "the refund, and the rest's release"
    story.waits(days=5)
    assert len([row for row in story.standing if row.applied_at is None]) == 2
    assert story.case.wake_at is None, "said once"


def test_what_is_carried_out_in_time_is_nobodys_worry() -> None:
    """No card where the shop did its part."""
    story = Story(policy="[terms]\nask_preference = false\n")
    story.shop_says().delivers().taps("0c")
    for row in story.standing:
        story.row_becomes(row, claimed_at=story.now, applied_at=story.now)
    story.waits(days=3)
    assert story.case.wake_at is None
    assert "overdue" not in story.cards
