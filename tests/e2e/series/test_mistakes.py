"""Mistakes of other bots with recurring events, tried through the whole bot; tests/raids/schedules has the rest."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.faults import Silence
from raidbot.db.database import Database
from raidbot.db.errors import UnusableDatabase
from raidbot.raids.model import ChannelId, MemberId, RoleKey
from raidbot.raids.schedules import edits
from raidbot.raids.schedules.model import Schedule
from raidbot.raids.schedules.preview import preview
from raidbot.raids.schedules.rules import Daily, EveryHours, MonthlyByDate, Rule, Weekly
from raidbot.raids.series import rules
from raidbot.raids.series.model import Series
from tests.chaos import rounds
from tests.conftest import Start
from tests.e2e.fast_loop import sped_up
from tests.e2e.series.scene import boards, by, coming, make, posted, starts

SEND = "POST /channels/{}/messages"
LOST = rounds(2, 4)


@pytest.mark.parametrize("fault", ["502", "nothing"])
async def test_s29_discord_posts_and_answers_an_error(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, fault: str
) -> None:
    channel = guild.channel("raid-signups")
    async with start() as bot:
        if fault == "502":
            sandbox.faults.answer(502, route=SEND, about=channel, calls=LOST, carried_out=True)
        else:
            sandbox.faults.silence(Silence.RESET, route=SEND, about=channel, calls=LOST, carried_out=True)
        await make(bot, guild, coming(sandbox, 20))
        with sped_up(10):
            await sandbox.until(lambda: any(board.reactions for board in boards(guild)), timeout=300)
        sent = [call for call in sandbox.calls if call.method == "POST" and str(channel.id) in call.path]

    assert len(boards(guild)) == 1
    assert len(sent) > LOST
    assert len({call.request["nonce"] for call in sent}) == 1


async def test_s30_a_second_copy_is_refused_while_a_series_is_due(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    async with start() as bot:
        await make(bot, guild, coming(sandbox, 20))
        with pytest.raises(UnusableDatabase, match="already runs"):
            await Database.open(database)
        await posted(sandbox, guild, 1)

    assert len(boards(guild)) == 1


RULES: tuple[tuple[Rule, int], ...] = (
    (Weekly((0, 2, 4)), 1),
    (Daily(2), 0),
    (EveryHours(30), 2),
    (MonthlyByDate(31), 1),
)
"""With the date that is skipped; the fifth one is moved."""


async def test_what_the_preview_shows_is_what_the_boards_say(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    def changed(schedule: Schedule, skipped: int) -> Schedule:
        dates = preview(schedule, now=sandbox.clock.now()).raids
        moved = edits.move(schedule, dates[3].occurrence.id, dates[3].wall + timedelta(hours=1, minutes=30))
        return edits.skip(moved, dates[skipped].occurrence.id)

    shown: list[tuple[datetime, datetime, str]] = []
    async with start() as bot:
        for number, (rule, skipped) in enumerate(RULES):
            schedule = changed(coming(sandbox, 48 + number / 60, rule), skipped)
            channel = guild.add_channel(f"rule-{number}")
            await make(bot, guild, schedule, partial(_in_channel, ChannelId(channel.id)))
            dates = [date.occurrence for date in preview(schedule, now=sandbox.clock.now(), number=3).raids]
            shown += [(one.posts_at, one.starts_at, channel.name) for one in dates]
        for posts_at, _, name in sorted(shown):
            expected = sum(other == name and at <= posts_at for at, _, other in shown)
            sandbox.advance(max(timedelta(), posts_at + timedelta(seconds=30) - sandbox.clock.now()))
            with sped_up(10):
                await sandbox.until(partial(_has, guild, name, expected), timeout=120)

    for number in range(len(RULES)):
        name = f"rule-{number}"
        said = [starts(board) for board in boards(guild, name)][:3]
        assert said == [int(at.timestamp()) for _, at, other in shown if other == name]


def _in_channel(channel: ChannelId, plain: Series) -> Series:
    return replace(plain, channel=channel)


def _has(guild: SandboxGuild, channel: str, number: int) -> bool:
    return len(boards(guild, channel)) >= number


async def test_a_standing_place_ends_with_leaving_the_server_seen_or_not(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    ana, ben, cem = (guild.add_member(name) for name in ("ana", "ben", "cem"))
    async with start() as bot:
        one = await make(bot, guild, coming(sandbox, 100))
        for person in (ana, ben, cem):
            join = partial(rules.join, member=MemberId(person.id), role=RoleKey("museum"), now=bot.state.now())
            await bot.state.series.change(one.id, join, by(guild))
        await ana.leave(guild)

        async def standing() -> list[int]:
            return [place.member for place in (await bot.state.series.get(one.id)).standing]

        while ana.id in await standing():
            await bot.heartbeat.tick(bot.state.now())
    await ben.leave(guild)

    async with start() as bot:
        while ben.id in await standing():
            await bot.heartbeat.tick(bot.state.now())
        assert await standing() == [cem.id]


async def test_a_series_of_another_kind_is_changed_before_it_is_posted(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    """A single change of title, note and length shows on its board only."""
    async with start() as bot:
        schedule = coming(sandbox, 47, Daily())
        first = preview(schedule, now=sandbox.clock.now()).raids[0].occurrence.id
        one = await make(bot, guild, schedule)
        change = partial(rules.change_single, id_=first, title="Alt night", note="Bring *alts*", length_minutes=45)
        await bot.state.series.change(one.id, change, by(guild))
        await bot.state.series.change(one.id, lambda series: replace(series, name="Renamed"), by(guild))
        sandbox.advance(timedelta(hours=23, minutes=5))
        await sandbox.until(lambda: len(boards(guild)) == 1)
        sandbox.advance(timedelta(hours=24))
        await sandbox.until(lambda: len(boards(guild)) == 2)

    special, plain = (str(board.embeds) for board in boards(guild))
    assert "Alt night" in special
    assert "alts" in special
    assert "45 min" in special
    assert "Alt night" not in plain
