"""The merchant's rules as pure functions; policy.toml is their data.

Functions are named as questions or choices. Nothing here is a constant of ours:
every number comes from the terms.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from flows.hours import Hours, before_quiet, out_of_quiet, round_up
from flows.terms import EU, Brake, PolicyFile, Rule, ShopFace, Terms, When

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from flows.shop import Customer, Order, Product

_DEADLINE_STEP = timedelta(minutes=5)

#: How specific a condition is; the most specific rule is applied last and wins.
_WEIGHT = {"order": 16, "sku": 8, "category": 4, "customer_group": 2, "market": 1}

#: US guidance and most EU law do not read silence as consent to another product.
BUILT_IN = (
    Rule(
        name="rest of the world: silence may send the closest product",
        when=When(market=("rest",)),
        terms={"silent_substitute": True},
    ),
)


class BadPolicy(Exception):
    """The policy file is wrong; ``problems`` has each mistake and what was expected."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """The terms for one line, and the names of the rules that made them, in order."""

    terms: Terms
    rules: tuple[str, ...]

    @property
    def rule(self) -> str:
        """The rule that spoke last."""
        return self.rules[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A whole policy with its version (a digest of its source)."""

    data: PolicyFile = field(compare=False)
    version: str

    @property
    def shop(self) -> ShopFace:
        """Who speaks."""
        return self.data.shop

    @property
    def brake(self) -> Brake:
        """What one change may decide before a person is asked."""
        return self.data.brake

    @property
    def consoles(self) -> bool:
        """Whether any rule gives a consolation at all."""
        given = [self.data.terms.consolation]
        given += [rule.terms.get("consolation", "none") for rule in self.data.rules]
        return any(kind != "none" for kind in given)

    @property
    def hours(self) -> Hours:
        """When colleagues are there."""
        return self.data.hours.hours()

    def terms_for(
        self, order: Order, product: Product | None, customer: Customer | None
    ) -> Applied:
        """Return the terms for a product of an order; the most specific rule wins."""
        facts = {
            "order": order.number,
            "sku": product.sku if product else None,
            "category": product.category if product else None,
            "customer_group": customer.group if customer else None,
        }
        return self._applied(facts, order.market)

    def terms_on_sale(self, product: Product) -> Applied:
        """Return the terms for a product that nobody has ordered yet."""
        facts = dict.fromkeys(("order", "customer_group"))
        return self._applied(
            facts | {"sku": product.sku, "category": product.category}, None
        )

    def _applied(self, facts: dict[str, str | None], market: str | None) -> Applied:
        rules = self.data.rules
        fitting = [n for n, r in enumerate(rules) if _fits(r.when, facts, market)]
        fitting.sort(key=lambda n: _specificity(rules[n].when))
        built_in = [n for n, r in enumerate(BUILT_IN) if _fits(r.when, facts, market)]
        return _merged(self, tuple(built_in), tuple(fitting))


@lru_cache(maxsize=1024)
def _merged(
    policy: Policy, built_in: tuple[int, ...], fitting: tuple[int, ...]
) -> Applied:
    """Return the terms that rules make, once: they are asked for many times a turn."""
    values = policy.data.terms.model_dump(exclude_unset=True)
    # Switched on for everybody is not switched on for a market that forbids it;
    # switched off for everybody is off.
    wanted = values.pop("silent_substitute", None)
    rules = [] if wanted is False else [BUILT_IN[n] for n in built_in]
    rules += [policy.data.rules[n] for n in fitting]
    for rule in rules:
        values |= rule.terms
    names = ("defaults", *(rule.name for rule in rules))
    return Applied(terms=Terms.model_validate(values), rules=names)


def read_policy(source: str) -> Policy:
    """Return the policy of a TOML text.

    Raises:
        BadPolicy: With every mistake, its line and what was expected.
    """
    try:
        raw = tomllib.loads(source)
        data = PolicyFile.model_validate(raw)
    except tomllib.TOMLDecodeError as error:
        raise BadPolicy([f"not TOML: {error}"]) from None
    except ValidationError as error:
        raise BadPolicy([_readable(item, source) for item in error.errors()]) from None
    problems = []
    for number, rule in enumerate(data.rules):
        try:
            Terms.model_validate(rule.terms)
        except ValidationError as error:
            problems += [
                f"rule {rule.name!r}: {_readable(item, source, rule=number)}"
                for item in error.errors()
            ]
    if problems:
        raise BadPolicy(problems)
    digest = hashlib.sha256(source.encode()).hexdigest()[:12]
    return Policy(data=data, version=digest)


def told_deadline(
    now: datetime, window: timedelta, terms: Terms, zone: ZoneInfo
) -> datetime:
    """Return the deadline a proposal names: whole, plain, never in quiet hours."""
    return out_of_quiet(round_up(now + window, _DEADLINE_STEP), terms.quiet_hours, zone)


def reminder_at(deadline: datetime, terms: Terms, zone: ZoneInfo) -> datetime:
    """Return when to remind: before the deadline, and before the night."""
    return before_quiet(deadline - terms.reminder_before, terms.quiet_hours, zone)


def after_question(
    deadline: datetime, now: datetime, terms: Terms, hours: Hours, zone: ZoneInfo
) -> datetime:
    """Return the deadline that leaves enough opening time after an answer."""
    enough = round_up(hours.add(now, terms.after_question), _DEADLINE_STEP)
    return max(deadline, out_of_quiet(enough, terms.quiet_hours, zone))


def horizon_ends(placed_at: datetime, terms: Terms, zone: ZoneInfo) -> datetime:
    """Return the end of the last day worth waiting for, from the order date."""
    day = placed_at.astimezone(zone).date() + timedelta(
        days=terms.cancel_horizon_days + 1
    )
    return datetime.combine(day, datetime.min.time(), tzinfo=zone).astimezone(UTC)


def _fits(when: When, facts: dict[str, str | None], market: str | None) -> bool:
    for name, value in facts.items():
        wanted = getattr(when, name)
        if wanted and value not in wanted:
            return False
    return not when.market or _in_market(market, when.market)


def _in_market(market: str | None, wanted: tuple[str, ...]) -> bool:
    if market is None:
        return False
    in_eu = market in EU
    return (
        market in wanted
        or (in_eu and "EU" in wanted)
        or ("rest" in wanted and not in_eu and market != "US")
    )


def _specificity(when: When) -> int:
    return sum(weight for name, weight in _WEIGHT.items() if getattr(when, name))


def _readable(item: Any, source: str, rule: int | None = None) -> str:
    path = [str(part) for part in item["loc"]]
    if path[:1] == ["rules"] and len(path) > 1:
        rule = int(path[1])
    name = next((part for part in reversed(path) if not part.isdecimal()), "")
    lines = source.splitlines()
    heads = [n for n, text in enumerate(lines) if text.strip() == "[[rules]]"]
    first = heads[rule] if rule is not None and rule < len(heads) else 0
    said = re.compile(rf"(^|[\s{{,]){re.escape(name)}\s*=")
    places = (n for n, text in enumerate(lines[first:], first + 1) if said.search(text))
    line = next(places, None)
    where = f"line {line}, " if line and name else ""
    found = item.get("input")
    given = "" if item["type"] == "missing" else f" (found {found!r})"
    return f"{where}{'.'.join(path)}: {item['msg']}{given}"
