"""Alembic's environment: a given connection, whose transaction is the caller's."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    # SQLite can roll back a CREATE TABLE; Alembic only does not expect it to.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
