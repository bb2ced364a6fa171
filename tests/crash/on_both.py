"""Hops for a test: each on SQLite, some of them on PostgreSQL too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


def on_both(hops: Iterable[Any], *, postgres: Collection[Any]) -> pytest.MarkDecorator:
    """Parametrise ``house`` and ``hop``; a hop of several words may be a tuple."""
    hops = list(hops)
    params = [pytest.param("sqlite", hop, id=f"{_name(hop)}") for hop in hops]
    params += [
        pytest.param(
            "postgres", hop, id=f"{_name(hop)}-postgres", marks=pytest.mark.postgres
        )
        for hop in hops
        if hop in postgres
    ]
    return pytest.mark.parametrize(("house", "hop"), params, indirect=["house"])


def _name(hop: Any) -> str:
    return hop if isinstance(hop, str) else " ".join(hop)
