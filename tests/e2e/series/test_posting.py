"""Series are posted by the clock: once, in time, with those who have a standing place, and told when they cannot be."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.raids.model import ChannelId, MemberId, RoleKey
from raidbot.raids.schedules.model import Lead
from raidbot.raids.schedules.rules import Daily, RecurrenceId
from raidbot.raids.series import rules
from raidbot.raids.series.model import RosterMode, Series, Turn
from tests.conftest import Start
from tests.e2e.series.scene import audited, boards, by, coming, make, pinged_roles, posted, starts
from tests.raid_boards import board_text, dm_text

MUSEUM = RoleKey("museum")


async def test_a_series_posts_itself_and_once_through_restarts(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    async with start() as bot:
        one = await make(bot, guild, coming(sandbox, 36))
        sandbox.advance(timedelta(hours=11))
        await bot.heartbeat.tick(bot.state.now())
        assert boards(guild) == []
        sandbox.advance(timedelta(hours=1, minutes=1))
        (board,) = await posted(sandbox, guild, 1)
        assert starts(board) == int(one.schedule.start.replace(tzinfo=sandbox.clock.now().tzinfo).timestamp())
    for _ in range(3):
        async with start() as bot:
            await bot.heartbeat.tick(bot.state.now())
    assert len(boards(guild)) == 1

    async with start():
        sandbox.advance(timedelta(days=7))
        await posted(sandbox, guild, 2)
    assert audited(database, "series.missed") == []


async def test_turns_standing_places_and_a_role(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    ana, ben, cem = (guild.add_member(name) for name in ("ana", "ben", "cem"))
    raiders = guild.add_role("Raiders", mentionable=True)
    async with start() as bot:

        def with_places(plain: Series) -> Series:
            turns = (Turn(template="museum", seats=2), Turn(template="museum", seats=1, title="Short night"))
            found = replace(plain, mention=raiders.id, rotation=turns)
            for person in (cem, ana, ben):
                found = rules.join(found, MemberId(person.id), MUSEUM, now=bot.state.now())
            return found

        one = await make(bot, guild, coming(sandbox, 20, Daily()), with_places)
        first = (await posted(sandbox, guild, 1))[0]
        await sandbox.until(lambda: "Cem" in board_text(first) and "Ben" in board_text(first))
        assert "Short night" not in board_text(first)
        away = partial(rules.stay_away, member=MemberId(cem.id), id_=_second(one.schedule.start))
        await bot.state.series.change(one.id, away, by(guild))
        sandbox.advance(timedelta(days=1))
        second = (await posted(sandbox, guild, 2))[1]

    assert "Short night" in board_text(second)
    assert "Cem" not in board_text(second)
    assert "Ana" in board_text(second)
    assert pinged_roles(guild) == [{raiders.id}, {raiders.id}]
    assert dm_text(ana).count("standing place") == 1


async def test_a_role_that_nobody_may_mention_is_named_in_the_audit(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    raiders = guild.add_role("Raiders")
    guild.deny(guild.channel("raid-signups"), "mention_everyone")
    async with start() as bot:
        await make(bot, guild, coming(sandbox, 20), lambda plain: replace(plain, mention=raiders.id))
        await posted(sandbox, guild, 1)

    assert pinged_roles(guild) == [set()]
    assert [entry["role"] for entry in audited(database, "series.unheard")] == [raiders.id]


async def test_a_deleted_channel_backs_off_is_told_once_and_stops(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    """S36: three others are in time."""
    gone = guild.add_channel("gone")
    async with start() as bot:
        vanished = await make(bot, guild, coming(sandbox, 47), lambda plain: replace(plain, channel=ChannelId(gone.id)))
        for _ in range(3):
            await make(bot, guild, coming(sandbox, 47))
        await sandbox.delete_channel(gone)
        sandbox.advance(timedelta(hours=23, minutes=1))
        await posted(sandbox, guild, 3)
        await guild.until(lambda: "can’t post" in dm_text(guild.owner))
        asked = len(sandbox.calls)
        for minutes in (16, 61, 121, 241, 600):
            sandbox.advance(timedelta(minutes=minutes))
            await bot.heartbeat.tick(bot.state.now())
        stopped = await bot.state.series.get(vanished.id)
        assert stopped.is_stopped
        assert not [call for call in sandbox.calls[asked:] if str(gone.id) in call.path]

        back = guild.add_channel("back")
        await bot.state.series.change(
            vanished.id,
            lambda series: rules.revive(replace(series, channel=ChannelId(back.id)), now=bot.state.now()),
            by(guild),
        )
        await sandbox.until(lambda: boards(guild, "back"))

    assert dm_text(guild.owner).count("can’t post") == 1
    assert [entry["trouble"] for entry in audited(database, "series.failed")] == ["channel-gone"]
    assert len(audited(database, "series.stopped")) == 1
    assert len(boards(guild)) == 3


async def test_what_discord_refuses_counts_and_is_tried_again(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    async with start() as bot:
        refused = sandbox.faults.refuse(50013, route="POST /channels/{}/messages", about=guild.channel("raid-signups"))
        one = await make(bot, guild, coming(sandbox, 20))
        await guild.until(lambda: "can’t post" in dm_text(guild.owner))
        refused.lift()
        assert (await bot.state.series.get(one.id)).failures == 1
        sandbox.advance(timedelta(minutes=16))
        await posted(sandbox, guild, 1)
        await sandbox.until(lambda: bot.heartbeat)
        assert dm_text(guild.owner).count("can’t post") == 1
        assert "cancelled" not in dm_text(guild.owner)


async def test_long_downtime_posts_what_lies_ahead_and_reports_the_rest_in_one_line(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    """S31, S33: 45 daily occurrences while the bot was away."""
    raiders = guild.add_role("Raiders", mentionable=True)
    async with start() as bot:
        one = await make(
            bot,
            guild,
            coming(sandbox, 26, Daily(), Lead(days=2)),
            lambda plain: replace(plain, mention=raiders.id, roster=RosterMode.EMPTY),
        )
        await posted(sandbox, guild, 1)
    before = len(boards(guild))
    sandbox.advance(timedelta(days=45))

    async with start() as bot:
        await sandbox.until(lambda: len(boards(guild)) == before + 2)
        await bot.heartbeat.tick(bot.state.now())
        history = await bot.state.series.occurrences(one.id, limit=100)

    now = sandbox.clock.now().timestamp()
    assert all(starts(board) > now for board in boards(guild)[before:])
    (missed,) = audited(database, "series.missed")
    assert missed["number"] == len([past for past in history if past.state == "missed"])
    assert sum(bool(roles) for roles in pinged_roles(guild)[before:]) == 1


def _second(first: datetime) -> RecurrenceId:
    """Return the second date of a daily series."""
    return RecurrenceId(first.date() + timedelta(days=1))
