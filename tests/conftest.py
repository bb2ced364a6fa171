"""The store on both engines, migrated and empty, for every test that asks."""

from __future__ import annotations

import gc
import os
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from sqlalchemy import create_engine

from store.engine import Store
from store.schema import prepare

from .postgres import NoPostgresError, Postgres, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from playwright.async_api import Browser
    from sqlalchemy import Engine

#: What the product reads from the environment: a developer's own values must not
#: reach a test.
_OURS = re.compile(
    r"(TELEGRAM|SLACK)_.*"
    r"|DATABASE_URL|LINK_SECRET|BIND|OPS_BIND|MODE|POLICY_FILE|ALLOW_HTTP|SHOP_.*"
    r"|PG[A-Z]+"  # libpq's own
)
_ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


def pytest_configure() -> None:
    """Remove the product's environment variables before anything reads them."""
    for name in [name for name in os.environ if _OURS.fullmatch(name)]:
        del os.environ[name]


def pytest_collection_finish() -> None:
    """Let no garbage collection walk again and again what stays anyway."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _statements_compiled_once() -> Iterator[None]:
    """Let engines made in one place share what they compiled: tests make thousands."""
    with pytest.MonkeyPatch.context() as patch:
        for place in ("store.engine", "store.importers.stage"):
            patch.setattr(f"{place}.create_engine", _sharing())
        yield


def _sharing() -> Callable[..., Engine]:
    first: dict[str, Engine] = {}

    def create(*args: Any, **options: Any) -> Engine:
        engine = create_engine(*args, **options)
        known = first.get(engine.name)
        if known is None or known.dialect.server_version_info is None:
            first[engine.name] = engine  # nobody has connected to that one yet
        else:
            engine.dialect = known.dialect
            engine._compiled_cache = known._compiled_cache
        return engine

    return create


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A real Chromium for all tests that drive a page; each opens a page of its own."""
    from playwright.async_api import async_playwright  # noqa: PLC0415 - few need it

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        assert "CI" not in os.environ, "the page has to be tested where it counts"
        pytest.skip("there is no chromium on this machine")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"]
        )
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A running PostgreSQL; where there can be none, the test skips, in CI it fails."""
    try:
        with running(tmp_path_factory.mktemp("postgres")) as server:
            yield server
    except NoPostgresError as reason:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """The name of a migrated, empty database to copy."""
    name = postgres.create()
    _migrate(postgres.url(name))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated, empty SQLite store of this test alone."""
    file = tmp_path / "store.db"
    shutil.copyfile(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgres_url(postgres: Postgres, postgres_template: str) -> Iterator[str]:
    """A migrated, empty PostgreSQL store of this test alone."""
    name = postgres.lend(postgres_template)
    yield postgres.url(name)
    postgres.take_back(name, postgres_template)


@pytest.fixture(params=_ENGINES)
def store_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty store of this test alone, on each engine in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """The opened ``store_url``."""
    opened = Store(store_url)
    yield opened
    opened.close()


def _migrate(url: str) -> None:
    store = Store(url)
    prepare(store, create_shop=True)
    store.close()
