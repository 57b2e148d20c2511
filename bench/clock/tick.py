"""Measure the processor time of a tick of the heartbeat with many open raids and series."""

import sqlite3
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bench.clock.in_process import bot_in_guilds
from discord_sandbox.builders import SandboxGuild
from raidbot.bot import RaidBot
from raidbot.db import raids as raid_rows
from raidbot.db import series as series_rows
from raidbot.db import series_occurrences
from raidbot.jobs.heartbeat import Job
from raidbot.jobs.schedule import all_jobs
from raidbot.raids import lifecycle
from raidbot.raids.drafts import Draft, plan
from raidbot.raids.model import ChannelId, GuildId, MemberId, MessageId, RaidCode, RaidId
from raidbot.raids.schedules.model import Lead, Schedule
from raidbot.raids.schedules.occurrences import raids
from raidbot.raids.schedules.rules import Weekly
from raidbot.raids.series.model import Series, SeriesCode, Turn
from raidbot.raids.templates.catalogue import untouched
from raidbot.state import State

_GUILDS, _RAIDS_EACH, _SERIES_EACH = 100, 50, 10
_ROUNDS, _CLAIMED_ROUNDS = 20, 3
_AHEAD = timedelta(days=6)
"""Until the first raid, and the first of each series; these are posted a day before."""
_SHOWN_MS = 0.05


async def clock() -> Mapping[str, object]:
    """Return milliseconds of processor time, also of the database's threads: of a tick, and of each job in it.

    In `claimed` the posting time of every series has come, and all that is to be posted is claimed.
    """
    async with bot_in_guilds(_GUILDS) as (bot, guilds):
        now = bot.state.now().replace(microsecond=0)
        await bot.state.db.write(partial(_fill, guilds=guilds, now=now))
        jobs = all_jobs(bot.state, bot.delivery)
        await _tick(jobs, now)  # looks at the new series
        quiet = [await _tick(jobs, now + timedelta(seconds=count)) for count in range(_ROUNDS)]
        first = await _tick(all_jobs(State(bot.state.db, bot.state.clock), bot.delivery), now)
        claimed = []
        for count in range(_CLAIMED_ROUNDS):
            later = now + _AHEAD - timedelta(hours=20) + timedelta(seconds=count)
            await bot.state.db.write(partial(_let_all_be_due, now=later))
            claimed.append(await _tick(jobs, later))
        return {
            "raids": _GUILDS * _RAIDS_EACH,
            "series": _GUILDS * _SERIES_EACH,
            "tick_ms": _median(quiet),
            "worst_tick_ms": max(map(_whole, quiet)),
            "job_ms": _of_jobs(quiet),
            "first_tick_ms": _whole(first),
            "claimed_tick_ms": _median(claimed),
            "claimed_job_ms": _of_jobs(claimed),
            "posted": await _posted(bot),
        }


async def _tick(jobs: Mapping[str, Job], now: datetime) -> dict[str, float]:
    """Run all jobs and return the milliseconds of processor time of each."""
    spent = {}
    for name, job in jobs.items():
        before = time.process_time()
        await job(now)
        spent[name] = (time.process_time() - before) * 1000
    return spent


def _whole(tick: Mapping[str, float]) -> float:
    return round(sum(tick.values()), 2)


def _median(ticks: Sequence[Mapping[str, float]]) -> float:
    return round(statistics.median(map(_whole, ticks)), 2)


def _of_jobs(ticks: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the median of each job that takes any time."""
    medians = {name: statistics.median(tick[name] for tick in ticks) for name in ticks[0]}
    return {name: round(spent, 2) for name, spent in medians.items() if spent >= _SHOWN_MS}


def _fill(tx: sqlite3.Connection, guilds: Sequence[SandboxGuild], now: datetime) -> None:
    for guild in guilds:
        raid_ids = [_insert_raid(tx, guild, number, now) for number in range(_RAIDS_EACH)]
        for number in range(_SERIES_EACH):
            _insert_series(tx, guild, number, raid_ids[number], now)


def _insert_raid(tx: sqlite3.Connection, guild: SandboxGuild, number: int, now: datetime) -> RaidId:
    channel = ChannelId(guild.channel("raid-signups").id)
    draft = Draft(activity="wow-10", length_minutes=180, starts_at=now + _AHEAD + timedelta(minutes=number), zone="UTC")
    planned = plan(
        draft, untouched(), guild=GuildId(guild.id), creator=MemberId(guild.owner.id), channel=channel, now=now
    )
    coded = replace(planned, code=RaidCode(f"BENC{number:02}"))
    return raid_rows.insert(tx, lifecycle.posted(coded, MessageId(guild.id + number + 1)).raid)


def _insert_series(tx: sqlite3.Connection, guild: SandboxGuild, number: int, raid: RaidId, now: datetime) -> None:
    """Insert a series whose first occurrence is claimed by a raid."""
    start = (now + _AHEAD + timedelta(minutes=number)).replace(second=0, tzinfo=None)
    series = Series(
        guild=GuildId(guild.id),
        code=SeriesCode(f"BENC{number:02}"),
        name=f"Night {number}",
        schedule=Schedule(zone="UTC", start=start, rule=Weekly((start.weekday(),)), posting=Lead(days=1)),
        rotation=(Turn(template="wow-10"),),
        creator=MemberId(guild.owner.id),
        created_at=now,
        looked_at=now,
    )
    stored = series_rows.insert(tx, series, next_at=now)
    series_occurrences.claim(tx, stored, next(raids(series.schedule, after=now)), raid)


def _let_all_be_due(tx: sqlite3.Connection, now: datetime) -> None:
    tx.execute("UPDATE series SET next_at = ?", (int(now.timestamp()),))


async def _posted(bot: RaidBot) -> int:
    """Return the number of raids that were posted, which should be none."""
    rows = await bot.state.db.read(lambda connection: connection.execute("SELECT count(*) FROM raids").fetchone())
    return int(rows[0]) - _GUILDS * _RAIDS_EACH
