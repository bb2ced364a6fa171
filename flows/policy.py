"""The merchant's rules as pure functions; policy.toml is their data.

Functions are named as questions or choices. Nothing here is a constant of ours:
every number comes from the terms.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from pydantic import ValidationError

from flows.conditions import Facts, applying
from flows.hours import Hours, before_quiet, out_of_quiet, round_up
from flows.mistakes import contradictions, told
from flows.terms import Brake, PolicyFile, Rule, ShopFace, Terms, When

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from flows.shop import Customer, Order, Product

_DEADLINE_STEP = timedelta(minutes=5)
#: The first fourth of a window passes without a reminder.
_UNREMINDED = 4

#: What decisions call the terms of the file that are for everybody.
DEFAULTS = "defaults"

#: What holds though no file says so. US guidance and most EU law do not read silence
#: as consent to another product; elsewhere it may be one.
BUILT_IN = (
    Rule(
        name="built in: silence may substitute in the rest of the world",
        when=When(market=("rest",)),
        terms=Terms(silent_substitute=True),
    ),
)


class BadPolicy(Exception):
    """The policy file is wrong; ``problems`` has each mistake and what was expected."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """The terms for one line, and the rules that made them, in order."""

    terms: Terms
    speaking: tuple[Rule, ...]
    #: Which rule said a value, for those that were said at all.
    set_by: Mapping[str, str]

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of the rules, the file's own defaults first."""
        return (DEFAULTS, *(rule.name for rule in self.speaking))

    @property
    def rule(self) -> str:
        """The rule that spoke last."""
        return self.rules[-1]

    def rule_on(self, *beginnings: str) -> str:
        """Return the last rule that said one of the terms whose names begin like this.

        Where none did, the rule that spoke last.
        """
        said = {by for name, by in self.set_by.items() if name.startswith(beginnings)}
        found = [rule for rule in self.rules if rule in said]
        return found[-1] if found else self.rule


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
    def built_in(self) -> tuple[Rule, ...]:
        """The built-in rules that hold: the file says nothing in their place."""
        if self.data.terms.chosen.get("silent_substitute") is False:
            return ()
        said = [(rule.when, rule.terms.chosen.keys()) for rule in self.data.rules]
        return tuple(
            rule
            for rule in BUILT_IN
            if not any(
                when == rule.when and rule.terms.chosen.keys() <= names
                for when, names in said
            )
        )

    @property
    def consoles(self) -> bool:
        """Whether any rule gives a consolation at all."""
        speaking = (self.data.terms, *(rule.terms for rule in self.data.rules))
        return any(terms.consolation != "none" for terms in speaking)

    @property
    def hours(self) -> Hours:
        """When colleagues are there."""
        return self.data.hours.hours()

    def terms_for(
        self, order: Order, product: Product | None, customer: Customer | None
    ) -> Applied:
        """Return the terms for a product of an order; the most specific rule wins."""
        return self.terms_of(facts_of(order, product, customer))

    def terms_on_sale(self, product: Product) -> Applied:
        """Return the terms for a product that nobody has ordered yet."""
        return self.terms_of(Facts(sku=product.sku, category=product.category))

    def terms_of(self, facts: Facts) -> Applied:
        """Return the terms for what is known of an order, a product, a customer."""
        built_in = applying(BUILT_IN, facts)
        return _merged(self, built_in, applying(self.data.rules, facts))


def facts_of(order: Order, product: Product | None, customer: Customer | None) -> Facts:
    """Return what rules may ask about a product of an order."""
    return Facts(
        order=order.number,
        sku=product.sku if product else None,
        category=product.category if product else None,
        customer_group=customer.group if customer else None,
        market=order.market,
    )


@lru_cache(maxsize=1024)
def _merged(
    policy: Policy, built_in: tuple[int, ...], fitting: tuple[int, ...]
) -> Applied:
    """Return the terms that rules make, once: they are asked for many times a turn."""
    values = policy.data.terms.chosen
    # Switched on for everybody is not switched on for a market that forbids it;
    # switched off for everybody is off.
    if values.get("silent_substitute"):
        del values["silent_substitute"]
    holding = policy.built_in
    speaking = [BUILT_IN[n] for n in built_in if BUILT_IN[n] in holding]
    speaking += [policy.data.rules[n] for n in fitting]
    set_by = dict.fromkeys(values, DEFAULTS)
    for rule in speaking:
        values |= rule.terms.chosen
        set_by |= dict.fromkeys(rule.terms.chosen, rule.name)
    return Applied(
        terms=Terms.model_validate(values),
        speaking=tuple(speaking),
        set_by=MappingProxyType(set_by),
    )


def read_policy(source: str) -> Policy:
    """Return the policy of a TOML text.

    Raises:
        BadPolicy: With every mistake, its line and what was expected.
    """
    try:
        raw = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise BadPolicy([f"not TOML: {error}"]) from None
    try:
        data = PolicyFile.model_validate(raw)
    except ValidationError as error:
        raise BadPolicy(told(error, source, raw)) from None
    problems = contradictions(data, source)
    if problems:
        raise BadPolicy(problems)
    digest = hashlib.sha256(source.encode()).hexdigest()[:12]
    return Policy(data=data, version=digest)


def told_deadline(
    now: datetime, window: timedelta, terms: Terms, zone: ZoneInfo
) -> datetime:
    """Return the deadline a proposal names: whole, plain, never in quiet hours."""
    return out_of_quiet(round_up(now + window, _DEADLINE_STEP), terms.quiet_hours, zone)


def reminder_at(
    deadline: datetime, terms: Terms, zone: ZoneInfo, *, since: datetime | None = None
) -> datetime | None:
    """Return when to remind: before the deadline, and before the night.

    None where that would come too soon to remind of anything. ``since``: when the
    customer was last told the deadline; a whole window before it where not given.
    """
    at = before_quiet(deadline - terms.reminder_before, terms.quiet_hours, zone)
    if since is None:
        return at if at > deadline - terms.reply_window else None
    return at if at >= since + (deadline - since) / _UNREMINDED else None


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
