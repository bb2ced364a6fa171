"""Drafts a migration from what the tables say: ``python -m store.migrations.draft``.

``draft bot "Say since when a chat is muted"`` adds one to a branch (``bot``, ``shop``).
``draft --first`` writes the first ones of both anew, right only until the first
release: from then on stores exist that have run them.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from alembic import command
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext

from store.columns import Instant
from store.demand import bot_metadata
from store.engine import open_engine
from store.schema import migrations_config
from store.shop import shop_metadata

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alembic.autogenerate.api import AutogenContext
    from sqlalchemy import Connection

VERSIONS = Path(__file__).parent / "versions"

_METADATA = {"bot": bot_metadata, "shop": shop_metadata}
#: The first migrations: branch, number and what the file holds.
_FIRST = (
    ("bot", 1, "Cases and what belongs to them"),
    ("bot", 2, "What belongs to no single case, and the machinery"),
    ("shop", 1, "The shop's relations, for shops without tables of their own"),
)

#: What Alembic spells out although it goes without saying. (``op.f`` keeps a check's
#: name from being derived twice, for the other constraints it changes nothing.)
_NOISE = (
    (r"sa\.BigInteger\(\)\.with_variant\(sa\.Integer\(\), 'sqlite'\)", "SERIAL"),
    (r"(op\.create_index\()op\.f\(('\w+')\)", r"\1\2"),
    (r"(?<!Check)(Constraint\(.*name=)op\.f\(('\w+')\)", r"\1\2"),
    (r", (unique=False|nullable=True)\b", ""),
    (r"(?m)^ *# ###.*\n?", ""),
)

_FILE = '''"""{message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from store.columns import Instant

revision = "{branch}_{number:04}"
down_revision = {previous}
branch_labels = {labels}
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
{steps}
'''


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the migration files that the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", action="store_true")
    parser.add_argument("branch", nargs="?", choices=sorted(_METADATA))
    parser.add_argument("message", nargs="?")
    asked = parser.parse_args(arguments)
    engine = open_engine("sqlite://")
    with engine.begin() as connection:
        if asked.first:
            for branch, number, message in _FIRST:
                steps = _steps(connection, branch, part=number)
                _write(branch, number, message, steps)
        elif asked.branch and asked.message:
            command.upgrade(migrations_config(connection), f"{asked.branch}@head")
            number = len(list(VERSIONS.glob(f"{asked.branch}_*.py"))) + 1
            _write(
                asked.branch, number, asked.message, _steps(connection, asked.branch)
            )
        else:
            parser.error("name a branch and a message, or --first")


def _write(branch: str, number: int, message: str, steps: str) -> None:
    first = number == 1
    file = VERSIONS / f"{branch}_{number:04}.py"
    file.write_text(
        _FILE.format(
            message=message,
            branch=branch,
            number=number,
            previous=None if first else f'"{branch}_{number - 1:04}"',
            labels=f'("{branch}",)' if first else None,
            steps=steps,
        ),
        encoding="utf-8",
    )
    for tidy in (["check", "--fix-only", "--quiet"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *tidy, file], check=True)  # noqa: S603 - our own file


def _steps(connection: Connection, branch: str, part: int | None = None) -> str:
    """Return the code that makes the database say what the tables say.

    ``part`` picks from the bot's tables: 1 those of a case, 2 the others.
    """

    def included(thing: Any, name: str | None, kind: str, *_: object) -> bool:
        if kind != "table" or branch == "shop":
            return kind != "table" or str(name).startswith("shop_")
        of_a_case = name == "bot_cases" or "case_id" in thing.columns
        return str(name).startswith("bot_") and part in {None, 1 if of_a_case else 2}

    context = MigrationContext.configure(connection, opts={"include_object": included})
    wanted = produce_migrations(context, _METADATA[branch])
    if wanted.upgrade_ops is None or wanted.upgrade_ops.is_empty():
        sys.exit(f"the tables of {branch} say what its migrations say already")
    steps = render_python_code(
        wanted.upgrade_ops, render_item=_rendered, migration_context=context
    )
    for noise, instead in _NOISE:
        steps = re.sub(noise, instead, steps)
    return steps


def _rendered(kind: str, thing: Any, _autogen: AutogenContext) -> str | Literal[False]:
    if kind == "type" and isinstance(thing, Instant):
        return "Instant()"
    return False


if __name__ == "__main__":
    main()
