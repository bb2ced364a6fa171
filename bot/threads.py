"""Store calls from async code: in a worker thread, to their end, however often.

The store is plain synchronous code; a loop that must not die with the database's next
restart asks again.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_log = structlog.get_logger()

_P = ParamSpec("_P")
_T = TypeVar("_T")

#: Seconds before a store that does not answer is asked again.
_AGAIN = 2.0


async def persist(step: Callable[[], Awaitable[_T]]) -> _T:
    """Return what a step returns, however often the store fails it before."""
    while True:
        try:
            return await step()
        except SQLAlchemyError:
            _log.exception("the store does not answer; trying again")
            await asyncio.sleep(_AGAIN)


async def in_thread(work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Run in a worker thread; when cancelled, wait for it all the same."""
    running = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise
