"""Members who do something while they are forgotten, or are forgotten again, and messages that others still need."""

import asyncio
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.raids.events import Cause, Change
from raidbot.raids.model import GuildId, MemberId, Raid, Source
from raidbot.raids.rosters import signups
from tests.commands.privacy.test_forgetting import holders
from tests.commands.privacy.test_what_stays_forgotten import forget
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid


def posts(database: Path) -> list[str]:
    """Return what the bot queued for channels."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT payload FROM outbox WHERE kind = 'post'").fetchall()
    return [json.loads(payload)["content"] for (payload,) in rows]


async def test_whoever_signs_up_while_being_forgotten_keeps_no_seat_from_others(
    guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice-unmistakable")
    member = MemberId(alice.id)
    back: list[asyncio.Task[Change]] = []
    async with start() as bot:
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))

        def come_back(before: Raid, change: Change) -> None:
            if not back and before.seat_of(member) and not change.raid.seat_of(member):
                key = change.raid.roles[0].key
                again = partial(signups.join, member=member, key=key, now=bot.state.now(), source=Source.BUTTON)
                back.append(asyncio.create_task(bot.state.change(before.id, again, Cause(Source.BUTTON, member))))

        bot.state.listen(come_back)
        await forget(guild, alice)

        (raid,) = await bot.state.load()
        assert [*raid.members()] in ([], [member])
        assert "former member" not in board_text(board)
        await asyncio.gather(*back)


async def test_whoever_is_forgotten_a_second_time_leaves_all_boards_again(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild)
        await forget(guild, alice)
        (raid,) = await bot.state.load()
        join = partial(
            signups.join, member=MemberId(alice.id), key=raid.roles[0].key, now=bot.state.now(), source=Source.BUTTON
        )
        cause = Cause(Source.BUTTON, MemberId(alice.id))
        await bot.state.change(raid.id, join, cause, names={MemberId(alice.id): "Alice"})
        await guild.until(lambda: "Alice" in board_text(board))
        sandbox.advance(timedelta(hours=6))
        await guild.until(lambda: "Signups closed" in board_text(board))

        await forget(guild, alice)

        await guild.until(lambda: "Alice" not in board_text(board) and "former member" in board_text(board))


async def test_messages_with_the_name_stay_for_others_without_it(
    guild: SandboxGuild, start: Start, database: Path
) -> None:
    alice = guild.add_member("alice_unmistakable")
    async with start() as bot:
        choose = partial(replace, threads=True, thread_members=True)
        await bot.state.change_settings(GuildId(guild.id), choose, Cause(Source.COMMAND))
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "unmistakable" in board_text(board))
        await guild.until(lambda: bool(posts(database)))

        await forget(guild, alice)

        await guild.until(lambda: holders(database, alice.id, "unmistakable") == [])
        assert await bot.delivery.threads.lacking() == []
    (said,) = posts(database)
    assert "Already in: former member." in said
