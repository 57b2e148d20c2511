"""A server removes the bot: nothing is said or cancelled, it may come back, and in the end its data goes."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Message
from raidbot.raids.model import RaidId, Status
from tests.commands.raid.panel_helpers import panel_of, stored_raid
from tests.conftest import Start
from tests.e2e import database_facts
from tests.raid_boards import board_text, dm_text, post_raid, run_create


def absent(database: Path) -> bool:
    with database_facts.open_read_only(database) as connection:
        return bool(connection.execute("SELECT count(*) FROM absences").fetchone()[0])


async def signed_up(guild: SandboxGuild, *people: Person) -> Message:
    board = await post_raid(guild, seats=1)
    for person in people:
        await person.react(board, "✅")
    await guild.until(lambda: "1/1" in board_text(board) and f"{len(people) - 1} waiting" in board_text(board))
    return board


async def remove_bot(sandbox: Sandbox, guild: SandboxGuild, database: Path) -> None:
    await sandbox.remove_member(guild, sandbox.bot)
    await sandbox.until(lambda: absent(database))


@pytest.mark.parametrize("restarts", [False, True])
async def test_a_server_that_takes_the_bot_back_within_an_hour_finds_everything_as_it_was(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, restarts: bool
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        board = await signed_up(guild, alice, bob)
        await guild.until(lambda: "in line" in dm_text(bob) and "is taken" in dm_text(guild.owner))
        told = [len(person.dms) for person in (alice, bob, guild.owner)]
        before = await stored_raid(bot)
        await remove_bot(sandbox, guild, database)
        sandbox.advance(timedelta(minutes=59))
        if not restarts:
            await sandbox.invite_bot(guild)
            await sandbox.until(lambda: not absent(database))
    if restarts:
        await sandbox.invite_bot(guild)
    async with start() as bot:
        await sandbox.until(lambda: not absent(database))
        after = await stored_raid(bot)
        assert (after.status, after.seats, after.waits) == (before.status, before.seats, before.waits)
        assert [len(person.dms) for person in (alice, bob, guild.owner)] == told

        await alice.unreact(board, "✅")

        await guild.until(lambda: "A seat opened" in dm_text(bob))
        await guild.until(lambda: "Bob" in board_text(board) and "Alice" not in board_text(board))


async def test_a_mistaken_kick_costs_nobody_the_seat_and_is_told_to_nobody(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        board = await signed_up(guild, alice, bob)
        await sandbox.remove_member(guild, sandbox.bot)
        await sandbox.until(lambda: bot.get_guild(guild.id) is None)

        await sandbox.invite_bot(guild)
        await sandbox.until(lambda: bot.get_guild(guild.id))
        await bot.state.wait_for_writes()
        raid = await stored_raid(bot)
        assert (raid.status, [seat.member for seat in raid.seats]) == (Status.OPEN, [alice.id])
        await alice.unreact(board, "✅")

        await guild.until(lambda: "A seat opened" in dm_text(bob))
        assert "cancelled" not in dm_text(alice) + dm_text(bob) + dm_text(guild.owner)


async def test_meanwhile_raids_rest_and_are_taken_up_again_if_they_lie_ahead(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    elsewhere = sandbox.add_guild("Elsewhere")
    elsewhere.add_channel("raid-signups")
    async with start() as bot:
        await signed_up(guild, alice, bob)
        await post_raid(elsewhere)
        await remove_bot(sandbox, guild, database)

        sandbox.advance(timedelta(hours=2, minutes=35))
        await elsewhere.until(lambda: "You lead it." in dm_text(elsewhere.owner))

        assert "starts <t:" not in dm_text(alice)
        assert "You lead it." not in dm_text(guild.owner)
        await sandbox.invite_bot(guild)
        await sandbox.until(lambda: not absent(database))
        await guild.until(lambda: "You lead it." in dm_text(guild.owner))
        assert (await stored_raid(bot)).is_open


async def test_what_was_owed_waits_for_an_hour(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    slow = sandbox.faults.answer(503, route="POST /users/@me/channels")
    async with start():
        board = await signed_up(guild, alice, bob)
        await alice.unreact(board, "✅")
        await guild.until(lambda: "Bob" in board_text(board) and "Alice" not in board_text(board))
        await remove_bot(sandbox, guild, database)
        slow.lift()

        def owed() -> list[str]:
            return [row.state for row in database_facts.read(database).outbox if row.target == bob.id]

        sandbox.advance(timedelta(minutes=50))
        await sandbox.until(lambda: "pending" in owed())
        assert dm_text(bob) == ""
        sandbox.advance(timedelta(minutes=11))

        await sandbox.until(lambda: set(owed()) == {"expired"})
        assert dm_text(bob) == ""


async def test_a_raid_that_was_being_posted_is_posted_when_the_bot_is_back(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    send = "/channels/{channel_id}/messages"
    async with start() as bot:
        outage = sandbox.faults.answer(503, route=f"POST {send}")
        await (await run_create(guild)).click("Confirm")
        await sandbox.until(lambda: outage.met)
        await remove_bot(sandbox, guild, database)
        outage.lift()
        await sandbox.until(lambda: sandbox.count("POST", send, status=404) + sandbox.count("POST", send, status=403))
        assert (await stored_raid(bot)).status is Status.POSTING

        await sandbox.invite_bot(guild)

        await guild.until(lambda: guild.messages(guild.channel("raid-signups")))


@pytest.mark.parametrize("is_unknown", [False, True])
async def test_a_false_alarm_changes_nothing(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, is_unknown: bool
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        board = await signed_up(guild, alice, bob)
        if is_unknown:
            sandbox.faults.refuse(10004, route="GET /guilds/{}", about=guild)
        route = "/users/@me/guilds" if is_unknown else "/guilds/{guild_id}"
        asked = sandbox.count("GET", route)

        await sandbox.claim_removal(guild)

        await sandbox.until(lambda: sandbox.count("GET", route) > asked)
        assert not absent(database)
        await alice.unreact(board, "✅")
        await guild.until(lambda: "Ravenwood · A seat opened" in dm_text(bob))
        assert (await stored_raid(bot)).is_open


async def test_an_outage_is_no_removal_however_long_it_lasts(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        board = await signed_up(guild, alice, bob)
        before = await stored_raid(bot)
        await sandbox.set_unavailable(guild)
        sandbox.advance(timedelta(hours=2))
        bot.delivery.departures.check(before.guild)
        await bot.heartbeat.tick(bot.state.now())
        assert not absent(database)
    async with start() as bot:
        bot.delivery.departures.check(before.guild)
        await bot.heartbeat.tick(bot.state.now())
        assert not absent(database)

        await sandbox.set_unavailable(guild, unavailable=False)

        assert (await stored_raid(bot)).seats == before.seats
        await alice.unreact(board, "✅")
        await guild.until(lambda: "A seat opened" in dm_text(bob))
        await remove_bot(sandbox, guild, database)  # only that begins the thirty days


async def test_after_thirty_days_its_data_is_deleted_and_nothing_else(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    elsewhere = sandbox.add_guild("Elsewhere")
    elsewhere.add_channel("raid-signups")
    async with start() as bot:
        board = await signed_up(guild, alice, bob)
        await (await panel_of(guild, board)).click("Close signups")
        other = await post_raid(elsewhere, when="in 40 days")
        await remove_bot(sandbox, guild, database)
        sandbox.advance(timedelta(days=29, hours=23))
        assert (await stored_raid(bot)).seats

        sandbox.advance(timedelta(hours=2))

        await sandbox.until(lambda: not absent(database))
        assert rows_of(database, guild.id, RaidId(1)) == {}
        assert board.id not in bot.state.boards
        assert other.id in bot.state.boards
        with pytest.raises(KeyError):
            await stored_raid(bot)
        assert (await stored_raid(bot, 2)).is_open


def rows_of(database: Path, guild: int, raid: RaidId) -> dict[str, int]:
    """Return the tables that have rows of the guild or the raid, with their number."""
    values = {"guild": guild, "raid": raid}
    with closing(sqlite3.connect(database)) as connection:
        counted = [
            (table, connection.execute(query, (values[column],)).fetchone()[0])
            for table, column, query in connection.execute(
                """SELECT m.name, c.name, printf('SELECT count(*) FROM "%w" WHERE "%w" = ?', m.name, c.name)"""
                " FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c"
                " WHERE m.type = 'table' AND c.name IN ('guild', 'raid')"
            ).fetchall()
        ]
    return {table: count for table, count in counted if count}
