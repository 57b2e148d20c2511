"""Calls of the functions about leaderboards and achievements, for `calls.py`."""

import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from zoneinfo import ZoneInfo

from raidbot.db.statistics import achievements, leaderboards
from raidbot.raids.model import MemberId
from raidbot.raids.statistics.spans import Span, stretch_of
from tests.raids.builders import GUILD, NOW

Call = Callable[[sqlite3.Connection], object]


def leaderboard_calls(member: MemberId) -> Iterator[tuple[str, Call]]:
    zone = ZoneInfo("Europe/Berlin")
    all_time, month = (stretch_of(span, NOW, zone) for span in (Span.ALL, Span.LAST_MONTH))
    yield "all_time", partial(leaderboards.came, guild=GUILD, stretch=all_time, now=NOW)
    yield "all_time_in_role", partial(leaderboards.came, guild=GUILD, stretch=all_time, now=NOW, role="Tank")
    yield "month", partial(leaderboards.came, guild=GUILD, stretch=month, now=NOW)
    yield "month_in_role", partial(leaderboards.came, guild=GUILD, stretch=month, now=NOW, role="Tank")
    yield "role_names", partial(leaderboards.role_names, guild=GUILD, now=NOW)
    yield "nights", partial(achievements.nights, guild=GUILD, member=member, now=NOW)
    yield "carried", partial(achievements.carried, guild=GUILD, member=member)
