"""Signing up by reaction, and the refusals."""

from dataclasses import replace
from datetime import timedelta

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from raidbot.raids.model import GuildId, Kind, MessageId, RaidId, Source
from raidbot.raids.settings import GuildSettings
from raidbot.state import Cause
from tests.conftest import Start
from tests.raid_boards import board_text, dm_text, post_raid, reaction_count

SETTING = Cause(Source.COMMAND)


async def test_too_many_reactions_are_taken_away_with_one_notice(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        for _ in range(5):
            await alice.react(board, "✅")
            await alice.unreact(board, "✅")

        await alice.react(board, "✅")

        await guild.until(lambda: reaction_count(board, "✅") == 1)
        await alice.react(board, "✅")
        await guild.until(lambda: reaction_count(board, "✅") == 1)
        await guild.until(lambda: "faster than I can follow" in dm_text(alice))
        await guild.until(lambda: "Alice" not in board_text(board))
        assert len(alice.dms) == 1


async def test_reactions_elsewhere_are_not_counted(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    chat = guild.add_channel("chat")
    async with start():
        board = await post_raid(guild)
        talk = await alice.say(chat, "hello")
        for emoji in "🐉🐉🐉🐉🐉🐉🐉":
            await alice.react(talk, emoji)
            await alice.unreact(talk, emoji)

        await alice.react(board, "✅")

        await guild.until(lambda: "Alice" in board_text(board))
        assert alice.dms == []


async def test_reactions_that_mean_no_role_are_not_counted(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        for emoji in "🐉🐲🦎🐍🐢🐊🦕":
            await alice.react(board, emoji)

        await alice.react(board, "✅")

        await guild.until(lambda: "Alice" in board_text(board))
        assert alice.dms == []


async def test_foreign_emoji_on_a_board_are_left_alone(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        await alice.react(board, "🐉")
        await alice.react(board, "✅")

        await guild.until(lambda: "Alice" in board_text(board))
        assert reaction_count(board, "🐉") == 1


async def test_the_gate_names_the_role_that_is_needed(guild: SandboxGuild, start: Start) -> None:
    wizard = guild.add_role("Wizard")
    alice, bob = guild.add_member("alice"), guild.add_member("bob", roles=[wizard])
    async with start() as bot:
        await bot.state.change_settings(
            GuildId(guild.id), lambda before: replace(before, signup_roles={Kind.RAID: frozenset({wizard.id})}), SETTING
        )
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await bob.react(board, "✅")

        await guild.until(lambda: "Bob" in board_text(board))
        await guild.until(lambda: "**Wizard**" in dm_text(alice))
        await guild.until(lambda: reaction_count(board, "✅") == 2)
        assert "Alice" not in board_text(board)


async def test_a_gate_whose_role_was_deleted_is_told_to_member_and_leader(guild: SandboxGuild, start: Start) -> None:
    wizard, alice = guild.add_role("Wizard"), guild.add_member("alice")
    async with start() as bot:
        await bot.state.change_settings(
            GuildId(guild.id), lambda before: replace(before, signup_roles={Kind.RAID: frozenset({wizard.id})}), SETTING
        )
        board = await post_raid(guild)
        await guild.delete_role(wizard)

        await alice.react(board, "✅")

        await guild.until(lambda: "the role needed for it was deleted" in dm_text(alice))
        await guild.until(lambda: "`/permissions`" in dm_text(guild.owner))


async def test_a_reaction_of_the_bot_that_somebody_removed_comes_back(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    async with start() as bot:
        board = await post_raid(guild, activity="key", teams=2)
        await guild.until(lambda: reaction_count(board, "2️⃣") == 1)
        await bot.delivery.boards.idle()

        await Person(sandbox.world, sandbox.bot).unreact(board, "2️⃣")
        assert reaction_count(board, "2️⃣") == 0

        await guild.until(lambda: reaction_count(board, "2️⃣") == 1)


async def test_a_refused_member_is_told_once(guild: SandboxGuild, start: Start) -> None:
    wizard = guild.add_role("Wizard")
    alice = guild.add_member("alice")
    async with start() as bot:
        await bot.state.change_settings(
            GuildId(guild.id), lambda before: replace(before, signup_roles={Kind.RAID: frozenset({wizard.id})}), SETTING
        )
        board = await post_raid(guild)
        for _ in range(3):
            await alice.react(board, "✅")
            await guild.until(lambda: reaction_count(board, "✅") == 1)

    assert len(alice.dms) == 1


async def test_a_closed_raid_takes_nobody(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        sandbox.advance(timedelta(hours=3, minutes=1))
        await guild.until(lambda: "Signups closed" in board_text(board))
        await guild.until(lambda: not board.reactions)

        await alice.react(board, "✅")

        await guild.until(lambda: "are closed" in dm_text(alice))
        await guild.until(lambda: not board.reactions)


async def test_leaving_by_reaction_after_the_start_is_answered(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        board = await post_raid(guild)
        for member in (alice, bob):
            await member.react(board, "✅")
        await guild.until(lambda: "2/12" in board_text(board))
        guild.deny(guild.channel("raid-signups"), "manage_messages")
        sandbox.advance(timedelta(hours=3, minutes=1))
        await guild.until(lambda: "Signups closed" in board_text(board))

        await alice.unreact(board, "✅")

        await guild.until(lambda: "has started, so you can’t leave it" in dm_text(alice))
        assert [seat.member for seat in (await bot.state.raid(RaidId(1))).seats] == [alice.id, bob.id]
        assert dm_text(bob) == ""


async def test_closed_dms_change_nothing_for_others(guild: SandboxGuild, start: Start) -> None:
    alice, bob, cem = (guild.add_member(name) for name in ("alice", "bob", "cem"))
    bob.close_dms()
    async with start():
        board = await post_raid(guild, seats=1)
        for member in (alice, bob, cem):
            await member.react(board, "✅")
        await guild.until(lambda: "number 2 in line" in dm_text(cem))

        await alice.unreact(board, "✅")

        await guild.until(lambda: "Bob" in board_text(board) and "Alice" not in board_text(board))
        assert bob.dms == []


async def test_names_cannot_forge_links(guild: SandboxGuild, start: Start) -> None:
    rascal = guild.add_member("rascal", nick="[free](http://x)")
    async with start():
        board = await post_raid(guild)
        await rascal.react(board, "✅")

        await guild.until(lambda: "1/12" in board_text(board))
        assert "](" not in board_text(board)


async def test_leaving_right_after_coming_back_is_leaving(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start(reaction_limit=50):
        board = await post_raid(guild, activity="key", teams=2)
        await alice.react(board, "1️⃣")
        await guild.until(lambda: "Alice" in board_text(board))
        await alice.react(board, "2️⃣")
        await guild.until(lambda: reaction_count(board, "1️⃣") == 1)
        await alice.react(board, "1️⃣")
        await guild.until(lambda: reaction_count(board, "2️⃣") == 1)

        await alice.unreact(board, "1️⃣")

        await guild.until(lambda: "Alice" not in board_text(board))


async def test_a_burst_is_seated_in_the_order_it_arrived(guild: SandboxGuild, start: Start) -> None:
    members = [guild.add_member(f"member{number}") for number in range(60)]
    async with start() as bot:
        board = await post_raid(guild, seats=20)
        for member in members:
            await member.react(board, "✅")

        await guild.until(lambda: "40 waiting" in board_text(board))
        raid = await bot.state.raid(bot.state.boards[MessageId(board.id)])

    assert [seat.member for seat in raid.seats] == [member.id for member in members[:20]]
    assert [wait.member for wait in raid.waits] == [member.id for member in members[20:]]


def notices(guild: SandboxGuild) -> int:
    """Return the number of declined reactions reported in the guild's only thread."""
    (thread,) = guild.facts.threads.values()
    return sum("takes no direct messages: To sign up for" in message.content for message in thread.messages.values())


async def test_refusals_nobody_can_be_told_are_told_once_in_the_thread(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    wizard = guild.add_role("Wizard")
    for member in (alice, bob):
        member.close_dms()

    def gated(before: GuildSettings) -> GuildSettings:
        roles = {Kind.RAID: frozenset({wizard.id})}
        return replace(before, signup_roles=roles, threads=True, refusal_notices_in_thread=True)

    async with start() as bot:
        await bot.state.change_settings(GuildId(guild.id), gated, SETTING)
        board = await post_raid(guild)
        await sandbox.until(lambda: [one for one in guild.facts.threads.values() if one.messages])
        for member in (alice, bob, alice, bob):
            await member.react(board, "✅")
            await guild.until(lambda: reaction_count(board, "✅") == 1)
        await sandbox.until(lambda: notices(guild))

    assert notices(guild) == 1
