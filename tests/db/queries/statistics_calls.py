"""Calls of the functions for statistics, for `calls.py`."""

import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from zoneinfo import ZoneInfo

from raidbot.db import imported
from raidbot.db.imported import Balance
from raidbot.db.statistics import by_period, members, servers
from raidbot.raids.model import MemberId
from raidbot.raids.statistics.periods import latest, month_of, week_of
from tests.raids.builders import GUILD, NOW

Call = Callable[[sqlite3.Connection], object]


def statistics_calls(member: MemberId) -> Iterator[tuple[str, Call]]:
    zone = ZoneInfo("Europe/Berlin")
    month = month_of(NOW, zone)

    def carried(tx: sqlite3.Connection) -> None:
        imported.open_balance(tx, Balance(guild=GUILD, member=member, raids=3))
        members.member_figures(tx, GUILD, member, now=NOW, zone=zone)

    yield "member_figures", carried
    yield (
        "member_figures_everywhere",
        partial(members.member_figures_everywhere, member=member, now=NOW, served=[GUILD]),
    )
    yield "server_figures", partial(servers.server_figures, guild=GUILD, now=NOW, zone=zone)
    yield "first_raid_at", partial(servers.first_raid_at, guild=GUILD, now=NOW)
    yield "period_figures", partial(by_period.period_figures, guild=GUILD, period=month, now=NOW)
    yield "trend", partial(by_period.trend, guild=GUILD, periods=latest(week_of(NOW, zone), 6), now=NOW)
