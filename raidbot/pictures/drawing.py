"""Draw pictures, one at a time in a thread of its own. Pillow is imported when the first one is drawn."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import TypeVar

from raidbot.pictures import hours, roles, weeks
from raidbot.pictures.facts import Picture, RoleCount, StartHour, Week

T = TypeVar("T")

_AT_ONCE = 1
"""Each takes some megabytes and the processor for a moment; fonts are not for several threads."""
_THREADS = ThreadPoolExecutor(_AT_ONCE, "pictures")


async def weekly_trend(of: Sequence[Week]) -> Picture:
    """Draw the raids and the people of the last 12 weeks at most, which are given oldest first."""
    return await _draw(partial(weeks.picture, tuple(of)))


async def member_roles(of: Sequence[RoleCount], *, member: str) -> Picture:
    """Draw how often a member, whose name is given as written, came in each role: the most frequent ones first."""
    return await _draw(partial(roles.picture, tuple(of), member))


async def start_hours(of: Sequence[StartHour], *, zone: str) -> Picture:
    """Draw when in the week raids start, by hours of the IANA zone's clocks. Hours that are left out have no raid."""
    return await _draw(partial(hours.picture, tuple(of), zone))


async def _draw(work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_THREADS, copy_context().run, work)
