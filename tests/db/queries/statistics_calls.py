"""Calls of the functions for statistics, leaderboards, lists and exports, for `calls.py`."""

import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from zoneinfo import ZoneInfo

from raidbot.db import imported, raid_queries
from raidbot.db.imported import Balance
from raidbot.db.statistics import achievements, activity, by_period, exported, leaderboards, members, servers
from raidbot.raids.model import MemberId, RaidId
from raidbot.raids.statistics.periods import latest, month_of, week_of
from raidbot.raids.statistics.spans import Span, stretch_of
from tests.raids.builders import GUILD, NOW

Call = Callable[[sqlite3.Connection], object]


def activity_calls() -> Iterator[tuple[str, Call]]:
    yield "last_activity", partial(activity.last_activity, guild=GUILD, now=NOW)
    yield "coming", partial(activity.coming, guild=GUILD, now=NOW)
    yield "live_kinds", partial(raid_queries.live_kinds, guild=GUILD, now=NOW)
    yield "known_members", partial(activity.known_members, guild=GUILD, limit=2_000)


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


def export_calls(raid: RaidId) -> Iterator[tuple[str, Call]]:
    yield "raid_ids", partial(exported.raid_ids, guild=GUILD, start=NOW)
    yield "raids", partial(exported.raids, guild=GUILD, ids=[raid], now=NOW)
    yield "balances", partial(exported.balances, guild=GUILD)


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
