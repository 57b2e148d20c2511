"""The disk is full or the database refuses writes: members are told, nothing is lost, and the bot recovers."""

import re
import sqlite3
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.store import Message
from discord_sandbox.world import Dispatch
from raidbot.bot import RaidBot
from tests.conftest import Start
from tests.e2e import database_facts
from tests.e2e.crowd import Crowd
from tests.e2e.database_facts import AuditReplay
from tests.e2e.outages.outage_steps import (
    HURRIED_HEARTBEAT_SECONDS,
    MINUTE_SECONDS,
    Log,
    burst,
    pass_time,
    reports,
    sql,
    three_teams,
    until_recovered,
)
from tests.raid_boards import board_text, dm_text, post_raid, run_create

SENDING = "/channels/{channel_id}/messages"
TAKE = "DELETE /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/{user_id}"


@pytest.mark.usefixtures("no_heartbeats")
async def test_a_database_that_is_full_for_a_while(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, logs: list[Log]
) -> None:
    async with start(heartbeat_seconds=HURRIED_HEARTBEAT_SECONDS) as bot:
        board, crowd = await three_teams(guild, size=60)
        lies = watch_for_lies(sandbox, crowd, board, database)
        await limit_pages(bot, more=2)

        await burst(crowd)
        await sandbox.until(lambda: bot.state.db.outage)
        await pass_time(sandbox, MINUTE_SECONDS)
        full = database_facts.read(database)
        assert len(database_facts.places(full.raid)) < len(database_facts.member_reactions(full.raid, board))
        AuditReplay(full.raid).hear(full.audit).check()
        database_facts.check_rules(full.raid)
        assert database_facts.board_differences(full.raid, full.names, board) == []
        await limit_pages(bot, more=None)

        end = await until_recovered(sandbox, database, board, pace=100.0)
        assert database_facts.places(end.raid) == database_facts.member_reactions(end.raid, board)
        database_facts.check_rules(end.raid)
        AuditReplay(end.raid).hear(end.audit).check()
        assert {row.state for row in end.outbox if not row.was_overtaken} == {"sent"}
        assert crowd.unexplained() == []
        assert lies == set()
        assert reports(logs) == {"database cannot be written": 1}


async def limit_pages(bot: RaidBot, *, more: int | None) -> None:
    """Limit the database's growth to `more` pages; None lifts the limit."""

    def limit(connection: sqlite3.Connection) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        most = 1_000_000 if more is None else pages + more
        connection.execute(f"PRAGMA max_page_count = {most}").fetchall()

    await bot.state.db.write(limit)


def watch_for_lies(sandbox: Sandbox, crowd: Crowd, board: Message, database: Path) -> set[str]:
    """Return a set that collects the members named on the board before the audit has a row about them."""
    called = {person.id: person.name.capitalize() for person in crowd.members}
    lies: set[str] = set()

    def look(event: Dispatch) -> None:
        if event.name == "MESSAGE_UPDATE" and event.payload["id"] == str(board.id):
            written = {called[row.member] for row in database_facts.read(database).audit if row.member in called}
            lies.update(set(re.findall(r"Member\d+", str(board.embeds))) - written)

    sandbox.world.listeners.append(look)
    return lies


async def test_a_signup_the_database_refused_is_made_up_for(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        sql(database, "CREATE TRIGGER full BEFORE INSERT ON seats BEGIN SELECT raise(ABORT, 'disk full'); END")
        await alice.react(board, "✅")
        await guild.until(lambda: "could not write down" in dm_text(alice))
        assert "Alice" not in board_text(board)

        sql(database, "DROP TRIGGER full")

        await sandbox.until(lambda: "Alice" in board_text(board), timeout=30)


async def test_a_command_the_database_refuses_is_answered(guild: SandboxGuild, start: Start, database: Path) -> None:
    async with start():
        sql(database, "CREATE TRIGGER full BEFORE INSERT ON drafts BEGIN SELECT raise(ABORT, 'disk full'); END")

        answer = await run_create(guild)

        assert "cannot write to my database" in answer.text()


async def test_while_nothing_can_be_written_members_are_told_and_it_heals(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    with capture_logs() as logs:
        async with start() as bot:
            board = await post_raid(guild)
            writer = bot.state.db._writer
            await writer.execute("PRAGMA query_only = ON")
            for _ in range(2):
                await alice.react(board, "✅")
                await alice.unreact(board, "✅")
            await alice.react(board, "✅")
            await sandbox.until(lambda: "could not write down" in dm_text(alice))
            ping = await guild.owner.slash(guild.channel("raid-signups"), "ping")

            await writer.execute("PRAGMA query_only = OFF")

            await sandbox.until(lambda: "Alice" in board_text(board), timeout=30)
            await sandbox.until(lambda: bot.state.db.outage is None, timeout=20)

    assert "cannot write anything down at present" in ping.text()
    assert len(alice.dms) == 1
    said = [entry["event"] for entry in logs if entry["log_level"] in ("error", "warning")]
    assert said == ["database cannot be written"]
    assert "database can be written again" in [entry["event"] for entry in logs]


async def test_who_is_told_of_an_outage_is_told_once_although_discord_s_answer_is_wrong(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild)
        sandbox.faults.answer(502, route=f"POST {SENDING}", about=alice, calls=1, carried_out=True)
        sent = sandbox.count("POST", SENDING)
        await bot.state.db._writer.execute("PRAGMA query_only = ON")
        await alice.react(board, "✅")
        await sandbox.until(lambda: sandbox.count("POST", SENDING) == sent + 2)  # discord.py tries again
        await bot.state.db._writer.execute("PRAGMA query_only = OFF")
        await sandbox.until(lambda: "Alice" in board_text(board), timeout=20)

    assert dm_text(alice).count("could not write down") == 1


async def test_nobody_is_told_of_an_outage_while_discord_lets_the_bot_open_no_conversations(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, logs: list[Log]
) -> None:
    alice, bob, cem = (guild.add_member(name) for name in ("alice", "bob", "cem"))
    async with start() as bot:
        board = await post_raid(guild, seats=1)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        sandbox.quarantine()
        await bob.react(board, "✅")
        await sandbox.until(lambda: reports(logs))
        opened = sandbox.count("POST", "/users/@me/channels")

        await bot.state.db._writer.execute("PRAGMA query_only = ON")
        await cem.react(board, "✅")
        await sandbox.until(lambda: bot.state.db.outage)
        await bot.state.db._writer.execute("PRAGMA query_only = OFF")
        await sandbox.until(lambda: "Cem" in board_text(board), timeout=20)

        assert sandbox.count("POST", "/users/@me/channels") == opened
    assert cem.dms == []


async def test_reactions_heard_while_nothing_can_be_written_keep_their_order(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, logs: list[Log]
) -> None:
    members = [guild.add_member(f"member{number}") for number in range(12)]
    members.reverse()  # a comparison would take them in by id
    async with start() as bot:
        board = await post_raid(guild, seats=4)
        await bot.state.db._writer.execute("PRAGMA query_only = ON")
        for member in members:
            await member.react(board, "✅")
        await sandbox.until(lambda: all(member.dms for member in members), timeout=20)
        sandbox.gateway.invalidate(resumable=False)  # the bot compares its boards
        await sandbox.until(lambda: [entry["event"] for entry in logs].count("connected") == 2, timeout=20)
        await bot.state.db._writer.execute("PRAGMA query_only = OFF")

        end = await database_facts.until_settled(database, board)

    arrived = [seat.member for seat in end.raid.seats] + [wait.member for wait in end.raid.waits]
    assert arrived == [member.id for member in members]
    assert [dm_text(member).count("could not write down") for member in members] == [1] * len(members)


@pytest.mark.usefixtures("no_heartbeats")
async def test_a_removal_by_the_bot_is_no_leaving_although_it_is_written_late(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        board = await post_raid(guild, activity="key", teams=2, team_size=2)
        await guild.until(lambda: len(board.reactions) == 2)
        await alice.react(board, "1️⃣")
        removal = sandbox.faults.hold(route=TAKE, about=board)
        await alice.react(board, "2️⃣")
        await sandbox.until(lambda: removal.met)
        await alice.unreact(board, "1️⃣")
        await alice.react(board, "1️⃣")  # the call that is under way takes this one
        await sandbox.until(lambda: roles_of_seats(database) == [1])

        await bot.state.db._writer.execute("PRAGMA query_only = ON")
        await bob.react(board, "1️⃣")
        removal.lift()
        await sandbox.until(lambda: alice.id not in board.reactors("1️⃣"))
        await sandbox.until(lambda: bot.state.db.outage)
        await pass_time(sandbox, 10.0)  # longer than an echo is waited for
        await bot.state.db._writer.execute("PRAGMA query_only = OFF")

        await sandbox.until(
            lambda: [mark.member for mark in database_facts.read(database).raid.marks] == [bob.id], timeout=20
        )
        assert roles_of_seats(database) == [1, 1]


def roles_of_seats(database: Path) -> list[int]:
    """Return the number of the role of each seat."""
    raid = database_facts.read(database).raid
    numbers = {role.key: number for number, role in enumerate(raid.roles, 1)}
    return [numbers[seat.role] for seat in raid.seats]
