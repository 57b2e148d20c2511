"""A series posts its raids by itself, and they are announced with the announcements of the series."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from discord_sandbox import Sandbox, SandboxGuild, guilds
from discord_sandbox.people import Person, PersonResponse
from discord_sandbox.permissions import named
from raidbot.bot import RaidBot
from raidbot.db import announcements
from raidbot.db.database import look_into
from raidbot.raids.announcements.model import Announcement, Moment, Owner, OwnerKind, Ping
from raidbot.raids.model import GuildId, RaidId
from raidbot.raids.schedules.model import Lead
from raidbot.raids.schedules.rules import Daily
from raidbot.raids.series.model import Series
from tests.conftest import Start
from tests.e2e.announcements.scene import add, announced, before, move_to, told
from tests.e2e.recurring.series_steps import submit, use
from tests.e2e.rights.granting import grant
from tests.e2e.series.scene import boards, by, coming, make, posted
from tests.raid_boards import board_text

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
AN_HOUR_BEFORE = Lead(minutes=60)


async def of_series(bot: RaidBot, series: Series) -> list[Announcement]:
    owner = Owner.of_series(series.id)
    return list(await bot.state.db.read(partial(announcements.of_owner, guild=series.guild, owner=owner)))


async def panel_of(guild: SandboxGuild, series: Series, by: Person | None = None) -> PersonResponse:
    """Open the announcements of a series from its panel."""
    panel = await use(guild, "list", by)
    await panel.select("Open a series", [series.name])
    return await panel.click("Announcements")


async def test_a_series_posts_by_itself_and_its_announcement_arrives(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    """A09: series, template and raid say the same in the same channel, and it is one post."""
    news = guild.add_channel("news")
    async with start() as bot:
        one = await make(bot, guild, coming(sandbox, 5, Daily(), AN_HOUR_BEFORE))
        panel = await panel_of(guild, one)
        await submit(panel, "Add", when="15 min before", text="Soon: {title}")
        await panel.select("Post it in another channel", [news])
        await panel.click("Notify the seated")
        assert "reaches 2 people" in panel.text()
        await panel.click("Back")
        assert "Soon: {title}" in panel.text()
        await panel.click("Back")
        assert "Museum night" in panel.text()
        await add(bot, guild, Owner(OwnerKind.TEMPLATE, "museum"), before(15, "Soon: {title}", channel=news.id))
        panel = await panel_of(guild, one)
        assert "From its template" in panel.text()
        await panel.select("Change or remove one", ["15 minutes before the start"])
        assert "Its template has the same one. They are one message" in panel.text()

        sandbox.advance(4 * HOUR)
        (board,) = await posted(sandbox, guild, 1)
        raid = await bot.state.raid(RaidId(1))
        await add(bot, guild, Owner.of(raid), before(15, "Soon: {title}", channel=news.id))
        ann = guild.add_member("ann")
        await ann.react(board, "✅")
        await guild.until(lambda: "Ann" in board_text(board))
        move_to(sandbox, raid.starts_at - 15 * MINUTE)
        await guild.until(lambda: announced(guild, news))
        move_to(sandbox, raid.starts_at + MINUTE)
        await guild.until(lambda: bot.heartbeat)
        await bot.heartbeat.tick(bot.state.now())
        (said,) = announced(guild, news)
        assert (said.content, said.mentions) == (f"<@{ann.id}>\nSoon\\: **Museum Signup**", [ann.id])

        move_to(sandbox, raid.starts_at + timedelta(days=1) - 60 * MINUTE)
        await guild.until(lambda: len(boards(guild)) == 2)
        move_to(sandbox, raid.starts_at + timedelta(days=1) - 15 * MINUTE)
        await guild.until(lambda: len(announced(guild, news)) == 2)


async def test_one_added_while_a_raid_is_open_counts_for_it_and_the_deleted_series_takes_it_along(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    async with start() as bot:
        one = await make(bot, guild, coming(sandbox, 20, Daily()))
        await posted(sandbox, guild, 1)
        raid = await bot.state.raid(RaidId(1))
        await bot.heartbeat.tick(bot.state.now())
        await submit(await panel_of(guild, one), "Add", when="1 hour before", text="Soon")
        await submit(await panel_of(guild, one), "Add", when="10 min before", text="Late")
        panel = await guild.owner.slash(guild.channel("raid-signups"), "raid", code=raid.code)
        await panel.click("Announcements")
        assert "From its series" in panel.text()
        assert "1 hour before the start" in panel.text()
        move_to(sandbox, raid.starts_at - HOUR)
        await guild.until(lambda: announced(guild))
        assert [said.content for said in announced(guild)] == ["Soon"]

        old = await panel_of(guild, one)
        panel = await use(guild, "delete", series=one.code)
        assert "standing places and announcements" in panel.text()
        await panel.click("Delete, keep posted raids")
        assert "This series was deleted" in (await old.click("Add")).text()
        assert await of_series(bot, one) == []
        move_to(sandbox, raid.starts_at - 10 * MINUTE)
        await bot.heartbeat.tick(bot.state.now())
        assert [said.content for said in announced(guild)] == ["Soon"]


async def test_all_later_dates_keep_the_announcements_and_what_is_changed_for_them_is_theirs(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    """The raid of the second date is posted already when the series is cut there."""
    async with start() as bot:
        one = await make(bot, guild, coming(sandbox, 20, Daily(), Lead(days=2)))
        await posted(sandbox, guild, 2)
        await add(bot, guild, Owner.of_series(one.id), before(60, "Both"))
        second = sorted(past.id for past in await bot.state.series.occurrences(one.id))[1]
        later = await bot.state.series.split(one.id, second, lambda rest: replace(rest, name="Later"), by(guild))
        assert [said.text for said in await of_series(bot, later)] == ["Both"]
        await submit(await panel_of(guild, later), "Add", when="30 min before", text="Later only")
        assert [said.text for said in await of_series(bot, one)] == ["Both"]
        second_raid = await guild.owner.slash(
            guild.channel("raid-signups"), "raid", code=(await bot.state.raid(RaidId(2))).code
        )
        assert "Series: Later" in second_raid.text()
        for raid in [await bot.state.raid(RaidId(number)) for number in (1, 2)]:
            for minutes in (60, 30):
                move_to(sandbox, raid.starts_at - minutes * MINUTE)
                await bot.heartbeat.tick(bot.state.now())
        await guild.until(lambda: len(announced(guild)) == 3)

        assert [said.content for said in announced(guild)] == ["Both", "Both", "Later only"]


async def test_who_may_edit_series_announces_and_notifies_only_with_the_right_to(
    guild: SandboxGuild, start: Start, sandbox: Sandbox
) -> None:
    editor, skipper = guild.add_role("editor"), guild.add_role("skipper")
    alice, bob = guild.add_member("alice", roles=[editor]), guild.add_member("bob", roles=[skipper])
    async with start() as bot:
        one = await make(bot, guild, coming(sandbox, 20, Daily(), AN_HOUR_BEFORE))
        await grant(bot, guild, recurring_edit=editor, recurring_skip=skipper)
        panel = await panel_of(guild, one, alice)
        await submit(panel, "Add", when="at the start", text="Go")
        refused = await panel.click("Notify the seated")
        assert "You may not let announcements notify people here" in refused.text()
        (found,) = await of_series(bot, one)
        assert (found.moment, found.ping) == (Moment(), Ping.NOBODY)
        assert "You may not edit series here" in (await panel_of(guild, one, bob)).text()


async def test_roles_of_series_are_among_those_that_setup_and_check_name(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    """A02."""
    quiet, channel = guild.add_role("Quiet", mentionable=True), guild.channel("raid-signups")
    async with start() as bot:
        one = await make(
            bot, guild, coming(sandbox, 5, Daily(), AN_HOUR_BEFORE), lambda plain: replace(plain, mention=quiet.id)
        )
        assert "notifies nobody" not in (await guild.owner.slash(channel, "setup")).text()
        quiet.mentionable = False
        guilds.role_changed(sandbox.world, guild.facts, quiet)
        guild.bot_role.permissions &= ~named("mention_everyone")
        guilds.role_changed(sandbox.world, guild.facts, guild.bot_role)
        setup = await guild.owner.slash(channel, "setup")
        assert "My mention of @Quiet notifies nobody: give me Mention Everyone" in setup.text()
        panel = await use(guild, "create", template="museum", when="every tuesday 8pm", mention=quiet)
        assert "give me Mention Everyone" in panel.text()
        assert [found.id for found in await bot.state.series.of(GuildId(guild.id))] == [one.id]
        sandbox.advance(4 * HOUR)
        await posted(sandbox, guild, 1)
        await told(bot, "mention notified nobody")
    ((server, said),) = look_into(database, announcements.unheard_mentions)
    assert server == guild.id
    assert said.startswith(f"<@&{quiet.id}> in <#{channel.id}>. Give me Mention Everyone there")
