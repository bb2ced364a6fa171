"""``backorder-bot policy``: is it right, what does it say, why did a rule apply?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.console import fail, read_policy_file, read_settings
from bot.cli.explain import explain
from bot.cli.simulate import simulate

app = typer.Typer(
    no_args_is_help=True, help="Check, show and explain the merchant's rules."
)

app.command()(explain)
app.command()(simulate)


@app.command()
def check(
    file: Annotated[
        Path, typer.Argument(help="A policy file; it need not be in force.")
    ] = Path("policy.toml"),
) -> None:
    """Say whether a policy file is right, with every mistake and its line.

    What [shop] does not say of the shop yet is named too; it is no mistake.
    """
    from flows.policy import BadPolicy, read_policy

    try:
        policy = read_policy(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{file} cannot be read: {error}")
    except BadPolicy as error:
        fail(f"{file} is not right yet:", *(f"  {p}" for p in error.problems))
    rules, unsaid = len(policy.data.rules), policy.shop.unsaid
    called = "no name yet" if "name" in unsaid else policy.shop.name
    print(f"{file} is right: {called}, {rules} rules, {policy.version}")
    if unsaid:
        print(f"  [shop] does not say its {', '.join(unsaid)}:")
        print("  please add that, for customers would read an invented one.")


@app.command()
def show() -> None:
    """Print the policy file's terms and rules, defaults and built-in rules included."""
    policy = read_policy_file(read_settings())
    print(f"{policy.shop.name}, version {policy.version}")
    _print_terms(dict(policy.data.terms))
    for rule in (*policy.built_in, *policy.data.rules):
        whom = rule.when.model_dump(exclude_defaults=True)
        told = "; ".join(f"{name} {', '.join(them)}" for name, them in whom.items())
        print(f"\n{rule.name}\n  for {told or 'everybody'}")
        _print_terms(rule.terms.chosen)


def _print_terms(terms: dict[str, Any]) -> None:
    from flows.notation import written

    for name, value in terms.items():
        print(f"  {name} = {written(value)}")
