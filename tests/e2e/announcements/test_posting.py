"""Announcements are posted at their minute, once, with the facts of that minute."""

from datetime import timedelta

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.raids.announcements.model import Owner, OwnerKind, Ping
from tests.conftest import Start
from tests.e2e.announcements.scene import add, announced, audited, before, move_to, posted_raid
from tests.raid_boards import board_text

MINUTE = timedelta(minutes=1)


async def test_each_is_posted_once_at_its_minute(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    ann = guild.add_member("ann")
    other = guild.add_channel("news")
    news = before(15, "{title} {leader}", channel=other.id)
    async with start() as bot:
        seated = before(10, "Go! {{now}}", ping=Ping.SEATED)
        raid = await posted_raid(bot, guild, news, seated, before(-10))
        await add(bot, guild, Owner(OwnerKind.TEMPLATE, raid.template), before(10, "Go! {{now}}"))
        move_to(sandbox, raid.starts_at - 15 * MINUTE)
        await guild.until(lambda: announced(guild, other))
        board = guild.messages(guild.channel("raid-signups"))[0]
        await ann.react(board, "✅")
        await guild.until(lambda: "Ann" in board_text(board))
        move_to(sandbox, raid.starts_at - 10 * MINUTE)
        await guild.until(lambda: announced(guild))
        move_to(sandbox, raid.starts_at + 10 * MINUTE)
        await guild.until(lambda: len(announced(guild)) == 2)

        assert [one.content for one in announced(guild, other)] == ["**Museum Signup** Owner"]
        go, started = announced(guild)
        assert (go.content, go.mentions, go.mention_everyone) == (f"<@{ann.id}>\nGo! {{now}}", [ann.id], False)
        when = int(raid.starts_at.timestamp())
        assert started.content == f"**Museum Signup** started <t:{when}:R>. {raid.link}"
        assert started.mentions == []
        assert [title for title, _ in await audited(bot)][-3:] == ["announced"] * 3


async def test_what_downtime_swallowed_is_told_once_and_not_posted(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    async with start() as bot:
        raid = await posted_raid(bot, guild, before(15, "soon"), before(20, "sooner"), before(-10, "after"))
        move_to(sandbox, raid.starts_at - 30 * MINUTE)
    move_to(sandbox, raid.starts_at + 5 * MINUTE)
    async with start() as bot:
        await guild.until(lambda: bot.heartbeat)
        move_to(sandbox, raid.starts_at + 10 * MINUTE)
        await guild.until(lambda: announced(guild))

        assert [one.content for one in announced(guild)] == ["after"]
        missed = [value for title, value in await audited(bot) if "missed" in title]
        assert missed == ["20 minutes before the start, 15 minutes before the start"]


async def test_a_new_time_moves_them_and_a_cancelled_raid_has_none(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    channel = guild.channel("raid-signups")
    async with start() as bot:
        moved = await posted_raid(bot, guild, before(60, "moved"))
        gone = await posted_raid(bot, guild, before(60, "gone"))
        staying = await posted_raid(bot, guild, before(60, "staying"))
        panel = await guild.owner.slash(channel, "raid", code=moved.code)
        await (await panel.click("Change time")).submit(when="in 5 hours")
        panel = await guild.owner.slash(channel, "raid", code=gone.code)
        await (await panel.click("Cancel raid")).submit()
        move_to(sandbox, staying.starts_at - 60 * MINUTE)
        await guild.until(lambda: announced(guild))
        assert [one.content for one in announced(guild)] == ["staying"]

        move_to(sandbox, (await bot.state.raid(moved.id)).starts_at - 60 * MINUTE)
        await guild.until(lambda: len(announced(guild)) == 2)
        assert [one.content for one in announced(guild)] == ["staying", "moved"]
