"""/mysignups: a member's seats and waits, and moving or leaving from the list."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from raidbot.bot import RaidBot
from raidbot.raids.model import GuildId, Kind, MemberId, Raid, RaidId, Source
from raidbot.raids.settings import GuildSettings
from raidbot.state import Cause
from tests.commands.raidinfo.test_raidinfo import seat, store
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid, reaction_count


async def mine(guild: SandboxGuild, by: Person) -> PersonResponse:
    return await by.slash(guild.channel("raid-signups"), "mysignups")


async def the_raid(bot: RaidBot) -> Raid:
    return await bot.state.raid(RaidId(1))


async def test_seats_and_waits_with_the_place_in_line(guild: SandboxGuild, start: Start) -> None:
    alice, bob, carol = (guild.add_member(name) for name in ("alice", "bob", "carol"))
    async with start():
        board = await post_raid(guild, activity="key", teams=2, team_size=2)
        for person, emoji in ((alice, "1️⃣"), (bob, "1️⃣"), (carol, "2️⃣"), (carol, "1️⃣")):
            await person.react(board, emoji)
        await guild.until(lambda: "⏳ Carol" in board_text(board))

        shown = await mine(guild, carol)
        nothing = await mine(guild, guild.owner)

        assert shown.ephemeral
        assert "Your signups here (1)" in shown.text()
        assert "Team 2, number 1 in line for Team 1" in shown.text()
        assert "You have not signed up for a raid to come" in nothing.text()


async def test_one_moves_stops_waiting_and_leaves_from_there_across_restarts(guild: SandboxGuild, start: Start) -> None:
    alice, bob, carol = (guild.add_member(name) for name in ("alice", "bob", "carol"))
    async with start() as bot:
        board = await post_raid(guild, activity="key", teams=3, team_size=2)
        for person, emoji in ((alice, "1️⃣"), (bob, "1️⃣"), (carol, "2️⃣"), (carol, "1️⃣")):
            await person.react(board, emoji)
        await guild.until(lambda: "⏳ Carol" in board_text(board))
        panel = await mine(guild, carol)
        code = (await the_raid(bot)).code
        await panel.select("Leave or change which one?", [next(iter(_options(panel)))])
        assert "You are number 1 of 1 in line for the seat Team 1" in panel.text()
    async with start() as bot:
        await panel.select("Stop waiting for …", ["1. Team 1 (2/2, 1 waiting)"])
        assert "You no longer wait for the seat Team 1" in panel.text()
        await guild.until(lambda: reaction_count(board, "1️⃣") == 3)  # the bot, alice and bob
        assert (await the_raid(bot)).seat_of(MemberId(carol.id)) is not None

        await panel.select("Take another role", ["3. Team 3 (0/2)"])
        assert "You moved from Team 2 to Team 3" in panel.text()
        await guild.until(lambda: reaction_count(board, "2️⃣") == 1)
    async with start() as bot:
        await panel.click("Leave this raid")

        assert "You left Team 3" in panel.text()
        assert f"You have not signed up for “Gold Key Boss” (`{code}`)" in panel.text()
        assert (await the_raid(bot)).seat_of(MemberId(carol.id)) is None
        await panel.click("All my signups")
        assert "You have not signed up for a raid to come" in panel.text()


async def test_the_gate_and_a_raid_that_has_begun_say_no(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    raider = guild.add_role("raider")
    async with start() as bot:
        board = await post_raid(guild, activity="key", teams=2, team_size=2)
        await alice.react(board, "1️⃣")
        await guild.until(lambda: "Alice" in board_text(board))
        panel = await mine(guild, alice)
        await panel.select("Leave or change which one?", [next(iter(_options(panel)))])
        gated = partial(_gated, raider.id)
        await bot.state.change_settings(GuildId(guild.id), gated, Cause(Source.COMMAND))

        await panel.select("Take another role", ["2. Team 2 (0/2)"])
        assert "you need the role raider" in panel.text()

        sandbox.advance(timedelta(hours=3, minutes=1))
        await panel.click("Leave this raid")
        assert "has started" in panel.text()
        raid = await the_raid(bot)
        assert [seat.member for seat in raid.seats] == [alice.id]
        assert raid.seats[0].role == raid.roles[0].key


async def test_forged_codes_of_other_servers_are_unknown(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    elsewhere = sandbox.add_guild("Elsewhere", owner=alice)
    elsewhere.add_channel("raid-signups")
    async with start() as bot:
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        there = await post_raid(elsewhere)
        code = (await the_raid(bot)).code

        refused = await alice.use(there, {"type": 2, "custom_id": f"mysignups:leave:{code}"})

        assert "no raid with the code" in refused.text()
        assert (await the_raid(bot)).seats


async def test_two_hundred_signups_with_the_longest_names_are_paged(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        for number in range(200):
            long = {"title": "*" * 100, "subject": "_" * 50, "kind": Kind.RAID}
            await store(bot, guild, number, hours=2 + number, seats=(seat(alice, bot),), **long)

        shown = await mine(guild, alice)
        for page in range(2, 26):
            await shown.click("Next page")
            assert f"Page {page} of 25" in shown.text()
        await shown.select("Leave or change which one?", [next(iter(_options(shown)))])
        assert "You have the seat Tank" in shown.text()


def _options(panel: PersonResponse) -> list[str]:
    return [option["value"] for option in panel.components[0]["components"][0]["options"]]


def _gated(role: int, settings: GuildSettings) -> GuildSettings:
    return replace(settings, signup_roles={Kind.RAID: frozenset({role})})
