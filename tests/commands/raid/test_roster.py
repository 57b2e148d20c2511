"""The roster page of the panel of /raid."""

from discord_sandbox import SandboxGuild
from raidbot.raids.model import MemberId, Seat, Source
from tests.commands.raid.panel_helpers import code_of, panel_of, panel_option, stored_raid
from tests.commands.signups.test_board_buttons import many, post
from tests.conftest import Start
from tests.raid_boards import board_text, dm_text, post_raid


async def test_the_roster_page_gives_moves_forces_and_takes_seats(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await post_raid(guild, activity="key", teams=2, team_size=2)
        panel = await panel_of(guild, board)

        await panel.click("Roster")
        await panel.select("Or choose somebody else", [alice])
        assert "Alice: not signed up" in panel.text()
        await panel.select("Give them the seat", ["1. Team 1 (0/2)"])
        assert "Alice has the seat Team 1" in panel.text()
        await panel.select("Whom do you want to move or take off?", ["Alice"])
        await panel.select("Give them the seat", ["2. Team 2 (0/2)"])
        assert "Alice has the seat Team 2 instead of Team 1" in panel.text()
    async with start() as bot:
        await panel.select("Or choose somebody else", [bob])
        await panel.select("Give them the seat", ["2. Team 2 (1/2)"])
        await panel.select("Whom do you want to move or take off?", ["Alice"])
        await panel.click("Take off the raid")

        assert "Alice is off" in panel.text()
        assert [(seat.member, seat.role) for seat in (await stored_raid(bot)).seats] == [(bob.id, "team-2")]
        await guild.until(lambda: "Bob" in board_text(board))
        await guild.until(lambda: "took you off" in dm_text(alice))


async def test_a_full_role_can_be_forced_or_waited_for_on_the_roster_page(guild: SandboxGuild, start: Start) -> None:
    alice, bob, carol = (guild.add_member(name) for name in ("alice", "bob", "carol"))
    async with start() as bot:
        board = await post_raid(guild, seats=1)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        panel = await panel_of(guild, board)
        await panel.click("Roster")

        for member, choice in ((bob, "Force it"), (carol, "Put in line")):
            await panel.select("Or choose somebody else", [member])
            await panel.select("Give them the seat", [panel_option(panel, "1. Museum")])
            assert "has its only seat taken" in panel.text()
            await panel.click(choice)

        raid = await stored_raid(bot)
        assert [(seat.member, seat.forced) for seat in raid.seats] == [(alice.id, False), (bob.id, True)]
        assert [wait.member for wait in raid.waits] == [carol.id]
        await guild.until(lambda: "Museum ⚠️" in board_text(board))


async def test_sides_are_given_out_on_the_roster_page(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild, activity="lemuria", length="1.5")
        panel = await panel_of(guild, board)
        await panel.click("Roster")
        await panel.select("Or choose somebody else", [alice])
        await panel.select("Give them the seat", [panel_option(panel, "4. Jade")])

        await panel.select("Whom do you want to move or take off?", ["Alice"])
        await panel.select("Which side?", ["Right side (Bomb)"])

        assert (await stored_raid(bot)).seats[0].side == "Right side (Bomb)"


async def test_a_long_roster_is_shown_on_pages(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        board = await post_raid(guild, seats=50)
        crowd = [guild.add_member(f"member{number:02}") for number in range(30)]
        for member in crowd:
            await member.react(board, "✅")
        await guild.until(lambda: "30/50" in board_text(board))
        panel = await panel_of(guild, board)

        await panel.click("Roster")
        await panel.click("Next page")
        await panel.select("Whom do you want to move or take off?", [panel_option(panel, "Member29")])
        await panel.click("Take off the raid")

        assert len((await stored_raid(bot)).seats) == 29


async def test_everybody_can_be_put_in_any_of_fifty_lines(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    of = many(50)
    crowd = [MemberId(guild.add_member(f"member{number:02}").id) for number in range(50)]
    async with start() as bot:
        now = bot.state.now()
        taken = enumerate(zip(crowd, of, strict=True), start=1)
        seats = tuple(Seat(member, role.key, place, now, Source.REACTION) for place, (member, role) in taken)
        board = await post(bot, guild, of, seats)
        panel = await panel_of(guild, board)
        await panel.click("Roster")

        await panel.select("Or choose somebody else", [alice])
        await panel.click("Put in line")
        await panel.select(f"raid:{code_of(board)}:line:{alice.id}:1", [panel_option(panel, "50. Role 49")])
        await panel.select("Whom do you want to move or take off?", [str(crowd[0])])
        await panel.click("Put in line")
        await panel.select(f"raid:{code_of(board)}:line:{crowd[0]}:0", [panel_option(panel, "2. Role 1")])

        raid = await stored_raid(bot)
        assert [(wait.member, wait.role) for wait in raid.waits] == [(alice.id, "role-49"), (crowd[0], "role-1")]


async def test_after_a_refusal_one_stays_on_the_roster_page(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await post_raid(guild, seats=5)
        await alice.react(board, "✅")
        await bob.react(board, "✅")
        await guild.until(lambda: "2/5" in board_text(board))
        one, other = await panel_of(guild, board), await panel_of(guild, board)
        for panel in (one, other):
            await panel.click("Roster")
            await panel.select("Whom do you want to move or take off?", ["Alice"])
        await one.click("Take off the raid")

        await other.click("Take off the raid")
        assert "neither a seat nor a place in line" in other.text()
        await other.select("Or choose somebody else", [guild.bot.user])
        assert "Bots do not play" in other.text()
        await other.select("Whom do you want to move or take off?", ["Bob"])

        assert "Bob: Museum" in other.text()


async def test_the_roster_of_a_raid_cancelled_meanwhile_is_left(guild: SandboxGuild, start: Start) -> None:
    async with start():
        board = await post_raid(guild)
        one, other = await panel_of(guild, board), await panel_of(guild, board)
        await one.click("Roster")
        await (await other.click("Cancel raid")).submit()

        await one.select("Or choose somebody else", [guild.owner])

        assert "was cancelled" in one.text()
        assert "[Refresh]" in one.text()
