"""Series together with restarts, and with edits of all later dates."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.raids.model import ChannelId
from raidbot.raids.schedules.model import Lead
from raidbot.raids.schedules.occurrences import raids
from raidbot.raids.schedules.rules import Daily, RecurrenceId
from raidbot.raids.series.model import OldBoards, RosterMode, Series
from tests.conftest import Start
from tests.e2e.series.scene import audited, boards, by, coming, make, pinged_roles, posted
from tests.raid_boards import board_text, dm_text


async def test_restarts_and_clocks_set_back_are_no_attempts_to_post(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    gone = guild.add_channel("gone")
    async with start() as bot:
        one = await make(bot, guild, coming(sandbox, 47), lambda plain: replace(plain, channel=ChannelId(gone.id)))
        await sandbox.delete_channel(gone)
        sandbox.advance(timedelta(hours=23, minutes=1))
        await guild.until(lambda: "can’t post" in dm_text(guild.owner))
    for _ in range(5):
        async with start() as bot:
            await bot.heartbeat.tick(bot.state.now())
            assert (await bot.state.series.get(one.id)).failures == 1
    assert audited(database, "series.stopped") == []


async def test_all_later_dates_go_on_from_the_raid_before_the_cut(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    ana = guild.add_member("ana")
    async with start() as bot:
        one = await make(bot, guild, coming(sandbox, 20, Daily()), lambda plain: replace(plain, roster=RosterMode.COPY))
        (first,) = await posted(sandbox, guild, 1)
        await ana.react(first, "✅")
        await sandbox.until(lambda: "Ana" in board_text(first))
        after = bot.state.now()
        _, cut, *_ = raids(one.schedule, after=after, before=after + timedelta(days=3))
        later = await bot.state.series.split(one.id, cut.id, lambda series: replace(series, name="Later"), by(guild))
        assert later.id != one.id
        sandbox.advance(timedelta(days=1))
        _, second = await posted(sandbox, guild, 2)
        await sandbox.until(lambda: "➡️ Next:" in board_text(first))

    assert "Ana" in board_text(second)


async def test_a_raid_whose_posting_fails_after_a_cut_is_tried_again_by_the_later_part(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    async with start() as bot:
        one = await make(bot, guild, coming(sandbox, 20, Daily()))
        await posted(sandbox, guild, 1)
        outage = sandbox.faults.answer(503, route="POST /channels/{}/messages")
        sandbox.advance(timedelta(days=1))
        await sandbox.until(lambda: outage.met)
        refused = sandbox.faults.refuse(50013, route="POST /channels/{}/messages", about=guild.channel("raid-signups"))
        later = await bot.state.series.split(
            one.id, _second(one), lambda series: replace(series, name="Later"), by(guild)
        )
        outage.lift()
        await guild.until(lambda: "can’t post" in dm_text(guild.owner))
        refused.lift()
        assert (await bot.state.series.get(later.id)).failures == 1
        assert (await bot.state.series.get(one.id)).failures == 0

        sandbox.advance(timedelta(minutes=16))
        await sandbox.until(lambda: len(boards(guild)) == 2)

    assert "Later" in dm_text(guild.owner)
    assert [entry["trouble"] for entry in audited(database, "series.failed")] == ["lacking"]


async def test_a_board_that_an_outage_kept_back_until_after_a_cut_goes_by_the_later_part(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    async with start() as bot:
        one = await make(bot, guild, coming(sandbox, 20, Daily()))
        (first,) = await posted(sandbox, guild, 1)
        outage = sandbox.faults.answer(503, route="POST /channels/{}/messages")
        sandbox.advance(timedelta(days=1))
        await sandbox.until(lambda: outage.met)
        await bot.state.series.split(
            one.id, _second(one), lambda series: replace(series, old_boards=OldBoards.UNPIN), by(guild)
        )
        outage.lift()
        _, second = await sandbox.until(lambda: found if len(found := boards(guild)) == 2 else [])
        await sandbox.until(lambda: second.pinned_at)
        await sandbox.until(lambda: "➡️ Next:" in board_text(first))


async def test_a_board_that_an_outage_kept_back_until_after_the_start_notifies_nobody(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    raiders = guild.add_role("Raiders", mentionable=True)
    async with start() as bot:
        outage = sandbox.faults.answer(503, route="POST /channels/{}/messages")
        await make(
            bot, guild, coming(sandbox, 2, posting=Lead(minutes=180)), lambda one: replace(one, mention=raiders.id)
        )
        await sandbox.until(lambda: outage.met)
    sandbox.advance(timedelta(hours=3))
    outage.lift()
    async with start():
        await sandbox.until(lambda: boards(guild))

    assert pinged_roles(guild) == [set()]


def _second(daily: Series) -> RecurrenceId:
    """Return the second date of a daily series."""
    return RecurrenceId(daily.schedule.start.date() + timedelta(days=1))
