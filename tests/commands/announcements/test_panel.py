"""The panel of announcements: what may be entered, by whom, and what it says before it is saved."""

from dataclasses import replace
from functools import partial

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from raidbot.bot import RaidBot
from raidbot.db import announcements
from raidbot.raids.announcements.model import Announcement, Moment, Owner, OwnerKind, Ping, Place
from raidbot.raids.model import GuildId, MessageId, RaidId, Source
from raidbot.raids.permissions import Grants
from raidbot.raids.settings import GuildSettings
from raidbot.state import Cause
from tests.conftest import Start
from tests.raid_boards import post_raid


async def panel_of(bot: RaidBot, guild: SandboxGuild, by: Person | None = None) -> PersonResponse:
    """Post a raid of this person's, and open its announcements."""
    board = await post_raid(guild, by)
    raid = await bot.state.raid(bot.state.boards[MessageId(board.id)])
    panel = await (by or guild.owner).slash(guild.channel("raid-signups"), "raid", code=raid.code)
    await panel.click("Announcements")
    return panel


async def stored(
    bot: RaidBot, guild: SandboxGuild, kind: OwnerKind = OwnerKind.RAID, key: str = "1"
) -> list[Announcement]:
    of_owner = partial(announcements.of_owner, guild=GuildId(guild.id), owner=Owner(kind, key))
    return list(await bot.state.db.read(of_owner))


async def code_of(bot: RaidBot, number: int = 1) -> str:
    return (await bot.state.raid(RaidId(number))).code


def granting(grants: Grants, settings: GuildSettings) -> GuildSettings:
    return replace(settings, grants=grants)


async def add(panel: PersonResponse, when: str, text: str = "") -> None:
    await (await panel.click("Add")).submit(when=when, text=text)


async def test_an_announcement_is_added_changed_and_removed(guild: SandboxGuild, start: Start) -> None:
    news = guild.add_channel("news")
    async with start() as bot:
        panel = await panel_of(bot, guild)
        await add(panel, "15 min before", "{title} by {leader}")
        assert "15 minutes before the start" in panel.text()
        assert "Museum Signup by Owner" in panel.text()
        await panel.select("Post it in another channel", [news])
        await panel.click("Notify the seated")
        assert "reaches 12 people" in panel.text()
        (one,) = await stored(bot, guild)
        assert (one.moment, one.place, one.channel, one.ping) == (Moment(0, -15), Place.CHANNEL, news.id, Ping.SEATED)

        await panel.click("Raid’s thread")
        await panel.click("Notify nobody")
        await (await panel.click("Time and text")).submit(when="10 min after", text="")
        (one,) = await stored(bot, guild)
        assert (one.moment, one.place, one.channel, one.ping) == (Moment(0, 10), Place.THREAD, None, Ping.NOBODY)

        await panel.click("Remove")
        assert "None yet" in panel.text()
        assert await stored(bot, guild) == []


async def test_what_makes_no_sense_is_refused_and_nothing_stored(guild: SandboxGuild, start: Start) -> None:
    refused = (
        ("soon", "", "don’t understand"),
        ("15 min", "", "Before or after"),
        ("-5 min before", "", "don’t understand"),
        ("40 days before", "", "too far"),
        ("25 hours after", "", "too far"),
        ("99999999999 min before", "", "don’t understand"),
        ("15 min before", "{voice} {title}", "I know `{title}` `{start}` `{in}` `{board}` `{leader}`"),
        ("15 min before", "{title}" * 11, "at most 10"),
    )
    async with start() as bot:
        panel = await panel_of(bot, guild)
        for when, text, said in refused:
            await add(panel, when, text)
            assert said in panel.text(), (when, text, panel.text())
            assert "Nothing was saved" in panel.text()
            assert await stored(bot, guild) == []
            await panel.click("Give up")
        await add(panel, "15 min before", "Twice")
        await panel.click("Back")
        await add(panel, "15 minutes before the start", "Twice")
        assert "already an announcement" in panel.text()
        await panel.click("Give up")
        for minutes in (1, 2, 3, 4):
            await add(panel, f"{minutes} min before")
            await panel.click("Back")
        assert len(await stored(bot, guild)) == 5
        with pytest.raises(Exception, match="disabled"):
            await panel.click("Add")


async def test_many_people_are_asked_about_first(guild: SandboxGuild, start: Start) -> None:
    raiders = guild.add_role("Raiders", mentionable=True)
    for number in range(143):
        guild.add_member(f"raider{number}", roles=[raiders])
    async with start() as bot:
        panel = await panel_of(bot, guild)
        await add(panel, "at the start")
        await panel.select("Notify a role", [raiders])
        assert "reaches 143 people" in panel.text()
        assert (await stored(bot, guild))[0].ping is Ping.NOBODY

        await panel.click("Keep it as it was")
        assert (await stored(bot, guild))[0].ping is Ping.NOBODY
        await panel.select("Notify a role", [raiders])
        await panel.click("Notify them")
        assert (await stored(bot, guild))[0].role == raiders.id
        assert "reaches 143 people" in panel.text()


async def test_a_role_is_chosen_only_by_who_may_mention_it(guild: SandboxGuild, start: Start) -> None:
    quiet, everyone = guild.add_role("Quiet"), next(iter(guild.facts.roles.values()))
    manager = guild.add_member("manager", permissions=["manage_guild"])
    guild.deny(guild.channel("raid-signups"), "mention_everyone")
    herald = guild.add_member("herald", permissions=["manage_guild", "mention_everyone"])
    async with start() as bot:
        panel = await panel_of(bot, guild, manager)
        await add(panel, "at the start")
        await panel.select("Notify a role", [quiet])
        assert "can’t mention Quiet yourself" in panel.text()
        assert (await stored(bot, guild))[0].ping is Ping.NOBODY

        panel = await panel_of(bot, guild, herald)
        await add(panel, "at the start")
        await panel.select("Notify a role", [everyone])
        assert "can’t notify @everyone" in panel.text()
        await panel.select("Change or remove one", ["at the start"])
        await panel.select("Notify a role", [quiet])
        (one,) = await stored(bot, guild, key="2")
        assert one.role == quiet.id
        assert "notifies nobody: give me Mention Everyone in #raid-signups" in panel.text()


async def test_a_leader_announces_without_notifying_anybody(guild: SandboxGuild, start: Start) -> None:
    creators = guild.add_role("Creators")
    leader = guild.add_member("leader", roles=[creators])
    async with start() as bot:
        grants = Grants(roles={"create": frozenset({creators.id})})
        rule = partial(granting, grants)
        await bot.state.change_settings(GuildId(guild.id), rule, Cause(Source.COMMAND))
        panel = await panel_of(bot, guild, leader)
        await add(panel, "at the start", "Go")
        answer = await panel.click("Notify the seated")
        assert "You may not let announcements notify people here" in answer.text()
        (one,) = await stored(bot, guild)
        assert one.ping is Ping.NOBODY

        owners = await guild.owner.slash(guild.channel("raid-signups"), "raid", code=await code_of(bot))
        await owners.click("Announcements")
        await owners.select("Change or remove one", ["at the start"])
        await owners.click("Notify the seated")
        await (await panel.click("Time and text")).submit(text="Everybody out")
        assert "You may not let announcements notify people here" in panel.text()
        (one,) = await stored(bot, guild)
        assert (one.text, one.ping) == ("Go", Ping.SEATED)


async def test_a_raid_lists_what_comes_from_its_template(guild: SandboxGuild, start: Start, sandbox: Sandbox) -> None:
    channel = guild.channel("raid-signups")
    async with start() as bot:
        template = await guild.owner.slash(channel, "templates edit", template="lemuria")
        await template.click("Announcements")
        await add(template, "1 day before", "Tomorrow: {title}")
        assert "Tomorrow" in template.text()
        await template.click("Back")
        await template.click("Back")
        assert "Roles" in template.text()

        board = await post_raid(guild, activity="lemuria", length="1.5", when="in 3 days")
        raid = await bot.state.raid(bot.state.boards[MessageId(board.id)])
        panel = await guild.owner.slash(channel, "raid", code=raid.code)
        await panel.click("Announcements")
        assert "From its template" in panel.text()
        assert "1 day before the start" in panel.text()
        assert len(await stored(bot, guild, OwnerKind.TEMPLATE, raid.template)) == 1
