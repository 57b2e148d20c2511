"""Make a probe a single request: discord.py repeats what Discord answers with 500, 502, 504 or 524 four times."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import SimpleNamespace

import aiohttp

_IS_PROBING: ContextVar[bool] = ContextVar("is_probing", default=False)
_SERVER_ERROR = 500


class ProbeFailedError(aiohttp.ClientError):
    """Discord answered the probe with 5xx."""


@contextmanager
def one_request_each() -> Iterator[None]:
    """Let requests in the block that are answered with 5xx raise ProbeFailedError instead of being repeated.

    Takes a client whose HTTP trace has `end_probe`.
    """
    token = _IS_PROBING.set(True)
    try:
        yield
    finally:
        _IS_PROBING.reset(token)


async def end_probe(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
) -> None:
    """Raise ProbeFailedError for a failed probe; for `aiohttp.TraceConfig.on_request_end`, as the last one."""
    if _IS_PROBING.get() and params.response.status >= _SERVER_ERROR:
        params.response.release()
        raise ProbeFailedError(f"{params.response.status} {params.response.reason}")
