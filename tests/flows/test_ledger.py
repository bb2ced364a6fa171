"""What is decided names the rule it is under, whatever it is and whoever decided."""

from __future__ import annotations

import pytest

from flows.draft import Draft
from flows.effects import Decide, DecisionKind

from .builders import a_case, a_mug, a_product, a_setting, a_shelf

#: Two rules for Anna's hoodie, the later about more than the earlier; one for the mug.
RULES = """
[[rules]]
name = "Britain"
when = { market = "GB" }
terms = { ship = "as_ready", allow_split = true, waitlist_hold = "2h",\
 consolation = "voucher" }

[[rules]]
name = "hoodies"
when = { category = "hoodies" }
terms = { reply_window = "48h", waitlist_days = 10 }

[[rules]]
name = "mugs"
when = { category = "mugs" }
terms = { on_silence = "wait", consolation_minor = 200 }
"""


def ruled(kind: DecisionKind, line_id: str | None, **changes: str) -> str:
    """Return the rule that a decision about Anna's order is under."""
    shelf = a_shelf(products=(a_product(), a_mug()))
    draft = Draft(a_case(shelf=shelf), a_setting(policy=RULES))
    made = {"order_id": "order-1042", "decided_by": "policy", "reason": "why"}
    draft.effects.append(
        Decide(line_id=line_id, kind=kind, quantity=1, **made | changes)
    )
    (effect,) = draft.finish().effects
    assert isinstance(effect, Decide)
    assert effect.reason == "why"
    return effect.rule


@pytest.mark.parametrize(
    ("kind", "line_id", "rule"),
    [
        (DecisionKind.SUBSTITUTE, "hoodie", "hoodies"),
        (DecisionKind.WAIT, "hoodie", "hoodies"),
        (DecisionKind.CANCEL_REFUND, "mug", "mugs"),
        (DecisionKind.REALLOCATE, "hoodie", "hoodies"),
        (DecisionKind.CHANGE_REQUEST, None, "Britain"),
        # These hang on few terms: who said those is named, not who spoke last.
        (DecisionKind.RELEASE, None, "Britain"),
        (DecisionKind.SPLIT_SHIPMENT, None, "Britain"),
        (DecisionKind.WAITLIST, "hoodie", "hoodies"),
        (DecisionKind.WAITLIST, "mug", "Britain"),
        (DecisionKind.CONSOLATION, "hoodie", "Britain"),
        (DecisionKind.CONSOLATION, "mug", "mugs"),
    ],
)
def test_every_kind_names_its_rule(
    kind: DecisionKind, line_id: str | None, rule: str
) -> None:
    """The line's or the order's; where few terms count, the one that said them."""
    assert ruled(kind, line_id) == rule


@pytest.mark.parametrize("kind", DecisionKind)
def test_no_kind_is_without(kind: DecisionKind) -> None:
    """Also where the case no longer has the order: then it is the defaults."""
    assert ruled(kind, None) == "Britain"
    assert ruled(kind, "gone", order_id="long ago") == "defaults"
