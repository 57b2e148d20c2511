"""Nobody gives what they do not hold, and what is done asks for its own right, whatever command does it."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict

import pytest

from discord_sandbox import SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from discord_sandbox.store import Message
from raidbot.bot import RaidBot
from raidbot.raids.model import GuildId, Status
from raidbot.raids.templates.catalogue import untouched
from tests.commands.admin.test_setup import turn_to
from tests.commands.raid.panel_helpers import panel_of, press_hidden, stored_raid
from tests.commands.templates.test_files import file_of, one, take_in
from tests.conftest import Start
from tests.e2e.rights.granting import grant
from tests.raid_boards import post_raid

WHO = "Who leads this raid?"


async def choose_leader(guild: SandboxGuild, board: Message, by: Person, leader: Person) -> PersonResponse:
    panel = await panel_of(guild, board, by)
    await panel.click("Leader")
    return await panel.select(WHO, [leader])


async def test_who_may_only_choose_the_leader_makes_nobody_more_than_they_are(
    guild: SandboxGuild, start: Start
) -> None:
    chooser, officer = guild.add_role("chooser"), guild.add_role("officer")
    eve, friend = guild.add_member("eve", roles=[chooser]), guild.add_member("friend")
    otto, mia = guild.add_member("otto", roles=[officer]), guild.add_member("mia", permissions=["manage_guild"])
    async with start() as bot:
        await grant(bot, guild, raid_leader=chooser, raid=officer)
        board = await post_raid(guild)

        for leader in (eve, friend):
            assert "Choose somebody who may do so anyway" in (await choose_leader(guild, board, eve, leader)).text()
            assert (await stored_raid(bot)).leader is None
        assert "You may not cancel a raid" in (await press_hidden(guild, board, eve, "ask-cancel")).text()
        for leader in (otto, mia, guild.owner):
            await choose_leader(guild, board, eve, leader)
            assert (await stored_raid(bot)).leader == leader.id
        panel = await panel_of(guild, board, eve)
        await panel.click("Leader")
        await panel.click("Nobody")
        assert (await stored_raid(bot)).leader is None


async def test_a_leader_hands_the_raid_on_and_then_may_nothing(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        board = await post_raid(guild)
        await choose_leader(guild, board, guild.owner, alice)

        await choose_leader(guild, board, alice, bob)

        assert (await stored_raid(bot)).leader == bob.id
        assert "You may not" in (await panel_of(guild, board, alice)).text()


async def test_undoing_makes_nobody_leader_again_whom_one_could_not_choose(guild: SandboxGuild, start: Start) -> None:
    helper = guild.add_role("helper")
    eve, alice = guild.add_member("eve", roles=[helper]), guild.add_member("alice")
    async with start() as bot:
        await grant(bot, guild, raid_undo=helper)
        board = await post_raid(guild)
        await choose_leader(guild, board, guild.owner, alice)
        panel = await panel_of(guild, board)
        await panel.click("Leader")
        await panel.click("Nobody")

        refused = await (await panel_of(guild, board, eve)).click("Undo: leader changed")

        assert "Choose somebody who may do so anyway" in refused.text()
        assert (await stored_raid(bot)).leader is None
        await panel.click("Undo: leader changed")
        assert (await stored_raid(bot)).leader == alice.id


def renamed(*, enabled: bool = True) -> bytes:
    template = untouched().entries[0].template
    return file_of(one("Something else", key=template.key, enabled=enabled))


@pytest.mark.parametrize(
    ("file", "needed", "said"),
    [
        (file_of(one("Ember")), "templates_create", "create and duplicate templates"),
        (renamed(), "templates_edit", "edit templates"),
        (renamed(enabled=False), "templates_edit", "edit templates or enable and disable templates"),
    ],
    ids=["adds", "renames a built-in one", "renames and disables it"],
)
async def test_an_import_asks_for_what_it_does(
    guild: SandboxGuild, start: Start, file: bytes, needed: str, said: str
) -> None:
    importer, other, switch = (guild.add_role(name) for name in ("importer", "other", "switch"))
    ivo = guild.add_member("ivo", roles=[importer])
    async with start() as bot:
        await grant(bot, guild, templates_import=importer, templates_enable=switch, **{needed: other})

        refused = await take_in(guild, file, ivo)

        assert f"you may not {said} here" in refused.text()
        assert await bot.state.templates(GuildId(guild.id)) == untouched()
        await guild.give_role(ivo, other)
        await guild.give_role(ivo, switch)
        await take_in(guild, file, ivo)
        after = await bot.state.templates(GuildId(guild.id))
        assert after != untouched()
        assert "Left as they were (1)" in (await take_in(guild, file, ivo)).text()


Press = Callable[[PersonResponse, SandboxGuild], Awaitable[PersonResponse]]


async def choose_games(panel: PersonResponse, _guild: SandboxGuild) -> PersonResponse:
    await turn_to(panel, "games")
    return await panel.select("Which games do you play?", [])


async def choose_channel(panel: PersonResponse, guild: SandboxGuild) -> PersonResponse:
    await turn_to(panel, "boards")
    return await panel.select("Raid signups: choose a channel", [guild.channel("raid-signups")])


async def change_zone(panel: PersonResponse, _guild: SandboxGuild) -> PersonResponse:
    await turn_to(panel, "zone")
    return await panel.click("Another zone")


@pytest.mark.parametrize("press", [choose_games, choose_channel, change_zone])
async def test_setting_up_asks_for_what_it_saves(guild: SandboxGuild, start: Start, press: Press) -> None:
    helper = guild.add_role("helper")
    eve = guild.add_member("eve", roles=[helper])
    async with start() as bot:
        await grant(bot, guild, setup=helper)
        before = await everything(bot, guild)
        panel = await eve.slash(guild.channel("raid-signups"), "setup")

        refused = await press(panel, guild)

        assert "You may not" in refused.text()
        assert await everything(bot, guild) == before


async def everything(bot: RaidBot, guild: SandboxGuild) -> object:
    settings = await bot.state.settings(GuildId(guild.id))
    return asdict(settings), await bot.state.templates(GuildId(guild.id))


async def test_a_right_on_one_raid_is_none_on_another(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        own, other = await post_raid(guild), await post_raid(guild)
        await choose_leader(guild, own, guild.owner, alice)

        assert "You may not" in (await panel_of(guild, other, alice)).text()
        forged = {"type": 2, "custom_id": f"raid:{(await stored_raid(bot, 2)).code}:close"}
        assert "You may not" in (await alice.use(own, forged)).text()
        assert (await stored_raid(bot, 2)).status is Status.OPEN
