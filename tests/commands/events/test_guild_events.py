"""Guild events: deleted boards, channels and threads, departures, cleared reactions and new names."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.store import Message
from tests.conftest import Start
from tests.raid_boards import board_text, dm_text, post_raid, reaction_count


async def test_a_deleted_board_cancels_the_raid_and_tells_people(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))

        await sandbox.delete_message(board)

        await guild.until(lambda: "its signup message was deleted" in dm_text(alice))
        await guild.until(lambda: "is cancelled" in dm_text(guild.owner))


async def test_a_deleted_channel_cancels_its_raids(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))

        await sandbox.delete_channel(guild.channel("raid-signups"))

        await guild.until(lambda: "its channel was deleted" in dm_text(alice))


async def test_deleting_the_board_of_a_raid_that_took_place_tells_nobody(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        sandbox.advance(timedelta(hours=4))
        await guild.until(lambda: "Signups closed" in board_text(board))

        await sandbox.delete_message(board)
        other = await post_raid(guild)
        await sandbox.delete_message(other)

        await guild.until(lambda: "is cancelled" in dm_text(guild.owner))
        await bot.state.wait_for_writes()
    assert "cancelled" not in dm_text(alice)


async def test_a_leaving_member_frees_the_seat(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await post_raid(guild, seats=1)
        await alice.react(board, "✅")
        await bob.react(board, "✅")
        await guild.until(lambda: "number 1 in line" in dm_text(bob))

        await alice.leave(guild)

        await guild.until(lambda: "A seat opened" in dm_text(bob))
        await guild.until(lambda: "Alice" not in board_text(board))


async def test_swept_reactions_remove_nobody_and_come_back(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))

        await sandbox.clear_reactions(board)

        await guild.until(lambda: reaction_count(board, "✅") == 1)
        assert "Alice" in board_text(board)


async def test_one_swept_emoji_comes_back(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild, activity="key", teams=2)
        await guild.until(lambda: reaction_count(board, "2️⃣") == 1)
        await alice.react(board, "1️⃣")
        await guild.until(lambda: "Alice" in board_text(board))

        await sandbox.clear_reactions(board, "1️⃣")

        await guild.until(lambda: reaction_count(board, "1️⃣") == 1)
        assert reaction_count(board, "2️⃣") == 1
        assert "Alice" in board_text(board)


async def test_a_new_name_appears_on_the_board(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))

        await guild.rename_member(alice, "Alyssa")

        await guild.until(lambda: "Alyssa" in board_text(board))


async def test_a_server_that_is_merely_unavailable_keeps_its_raids(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        await sandbox.set_unavailable(guild)
        await sandbox.set_unavailable(guild, unavailable=False)

        await alice.react(board, "✅")

        await guild.until(lambda: "Alice" in board_text(board))


def threads(database: Path) -> list[int | None]:
    """Return the thread ids of all raids in the database."""
    with closing(sqlite3.connect(database)) as connection:
        return [row[0] for row in connection.execute("SELECT thread FROM raids")]


async def test_a_deleted_thread_harms_nothing(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    alice = guild.add_member("alice")
    channel = guild.channel("raid-signups")
    async with start():
        panel = await guild.owner.slash(channel, "settings")
        await panel.click("Threads & messages")
        await panel.select("Discussion threads", ["Discussion threads: archived after 1 day"])
        board = await post_raid(guild)
        await sandbox.until(lambda: threads(database) != [None])
        (thread,) = guild.facts.threads.values()

        await sandbox.delete_channel(thread)
        await alice.react(board, "✅")

        await guild.until(lambda: "Alice" in board_text(board))
        await sandbox.until(lambda: threads(database) == [None])


async def test_of_a_channel_that_the_bot_may_read_again_only_boards_that_are_followed_are_compared(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    channel = guild.channel("raid-signups")

    def fetched(board: Message) -> int:
        return sum(call.method == "GET" and call.ids.get("message_id") == str(board.id) for call in sandbox.calls)

    async with start():
        followed = [await post_raid(guild, when="in 40 days")]
        old = [await post_raid(guild) for _ in range(3)]
        sandbox.advance(timedelta(hours=4))
        await guild.until(lambda: all("Signups closed" in board_text(board) for board in old))
        sandbox.advance(timedelta(days=30))
        followed.append(await post_raid(guild))
        await guild.until(lambda: all(fetched(board) for board in followed))
        before, looked_at = [fetched(board) for board in old], [fetched(board) for board in followed]
        guild.deny(channel, "view_channel")

        guild.allow(channel, "view_channel")

        await guild.until(lambda: all(fetched(board) > n for board, n in zip(followed, looked_at, strict=True)))
        assert [fetched(board) for board in old] == before
