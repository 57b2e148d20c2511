"""Calls of the functions on who is active, for `calls.py`."""

import sqlite3
from collections.abc import Callable, Iterator
from functools import partial

from raidbot.db.statistics import activity
from tests.raids.builders import GUILD, NOW

Call = Callable[[sqlite3.Connection], object]


def activity_calls() -> Iterator[tuple[str, Call]]:
    yield "last_activity", partial(activity.last_activity, guild=GUILD, now=NOW)
    yield "coming", partial(activity.coming, guild=GUILD, now=NOW)
    yield "known_members", partial(activity.known_members, guild=GUILD, limit=2_000)
