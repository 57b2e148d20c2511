"""Announcements while clocks jump, servers are away and Discord is down."""

from datetime import timedelta

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.raids.announcements.model import Owner
from tests.conftest import Start
from tests.e2e.announcements.scene import add, announced, audited, before, move_to, posted_raid, told

MINUTE = timedelta(minutes=1)


async def test_a_clock_that_is_set_back_repeats_nothing(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        raid = await posted_raid(bot, guild, before(60, "once"), before(10, "next"))
        move_to(sandbox, raid.starts_at - 60 * MINUTE)
        await guild.until(lambda: announced(guild))
        sandbox.clock.offset -= timedelta(hours=2)
        later = await posted_raid(bot, guild, before(100, "other"))
        await add(bot, guild, Owner.of(raid), before(11, "added"))  # the job looks at all of the raid's once more
        move_to(sandbox, later.starts_at - 100 * MINUTE)
        await guild.until(lambda: len(announced(guild)) == 2)
        move_to(sandbox, raid.starts_at - 10 * MINUTE)
        await guild.until(lambda: len(announced(guild)) >= 4)

        assert [one.content for one in announced(guild)] == ["once", "other", "added", "next"]


async def test_a_clock_that_was_ahead_for_a_while_swallows_nothing(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    async with start() as bot:
        raid = await posted_raid(bot, guild, before(60, "early"), before(10, "late"))
        move_to(sandbox, raid.starts_at + MINUTE)
        assert "1 hour before" in (await told(bot, "announcements missed while the bot was away"))[0]
        sandbox.clock.offset -= timedelta(hours=2)
        await bot.heartbeat.tick(bot.state.now())
        move_to(sandbox, raid.starts_at - 60 * MINUTE)
        await guild.until(lambda: announced(guild))
        move_to(sandbox, raid.starts_at - 10 * MINUTE)
        await guild.until(lambda: len(announced(guild)) >= 2)

        assert [one.content for one in announced(guild)] == ["early", "late"]


async def test_days_that_were_jumped_over_bring_no_burst(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        raids = [await posted_raid(bot, guild, before(30, "past"), before(-30, "past")) for _ in range(3)]
        ahead = await posted_raid(bot, guild, before(15, "ahead"), when="in 4 days")
        move_to(sandbox, raids[0].starts_at + timedelta(days=3))
        missed = await told(bot, "announcements missed while the bot was away", number=3)
        move_to(sandbox, ahead.starts_at - 15 * MINUTE)
        await guild.until(lambda: announced(guild))

        assert missed == ["30 minutes before the start, 30 minutes after the start"] * 3
        assert [one.content for one in announced(guild)] == ["ahead"]


async def test_what_an_outage_of_discord_makes_too_late_is_told(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    async with start() as bot:
        raid = await posted_raid(bot, guild, before(60, "lost"), before(30, "found"))
        outage = sandbox.faults.answer(503, route="POST /channels/{}/messages")
        move_to(sandbox, raid.starts_at - 60 * MINUTE)
        await guild.until(lambda: sandbox.count("POST", "/channels/{channel_id}/messages", status=503))
        outage.lift()
        move_to(sandbox, raid.starts_at - 49 * MINUTE)
        failed = await told(bot, "announcement not posted")
        move_to(sandbox, raid.starts_at - 30 * MINUTE)
        await guild.until(lambda: announced(guild), timeout=40)

        assert "60 minutes" in failed[0] or "1 hour before the start" in failed[0]
        assert [one.content for one in announced(guild)] == ["found"]
        assert [title for title, _ in await audited(bot)].count("announced") == 2
