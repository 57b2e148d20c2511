"""Faults of Discord and of the disk: nothing is lost, each is reported once, and the bot recovers by itself."""

import asyncio
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.faults import Fault, Silence
from discord_sandbox.store import Message
from discord_sandbox.world import Dispatch
from raidbot.bot import RaidBot
from tests.conftest import Start
from tests.e2e import database_facts
from tests.e2e.crowd import Crowd, PlannedReaction
from tests.e2e.database_facts import AuditReplay, DatabaseFacts
from tests.e2e.fast_loop import sped_up
from tests.raid_boards import dm_text, post_raid

EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
SEND = "POST /channels/{channel_id}/messages"
TAKE = "DELETE /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/{user_id}"
COMMANDS = "/applications/{application_id}/commands"
EMOJIS = ["1️⃣", "2️⃣", "3️⃣"]
MINUTE = 60.0
PACE = 30.0
HURRIED_HEARTBEAT = 3.0  # seconds of the hurried loop: ten a second
Log = MutableMapping[str, Any]


@pytest.fixture(autouse=True)
def no_heartbeats(sandbox: Sandbox) -> None:
    """Turn heartbeats off: discord.py sends them by the machine's clock, too late while the loop is sped up."""
    sandbox.gateway.heartbeat_interval = 100_000.0


@pytest.fixture
def logs() -> Iterator[list[Log]]:
    with capture_logs() as entries:
        yield entries


def reports(logs: list[Log]) -> Counter[str]:
    """Count the log events of level warning and above."""
    return Counter(entry["event"] for entry in logs if entry["log_level"] in ("warning", "error", "critical"))


async def pass_time(sandbox: Sandbox, seconds: float) -> None:
    """Advance the loop's time, sped up, and the sandbox's clock by `seconds`."""
    with sped_up(PACE):
        await asyncio.sleep(seconds)
    sandbox.advance(timedelta(seconds=seconds))


async def until_recovered(sandbox: Sandbox, database: Path, board: Message, *, pace: float = PACE) -> DatabaseFacts:
    """Wait until everything agrees and return the database's facts. No retry waits longer than five minutes."""
    sandbox.advance(timedelta(minutes=6))
    with sped_up(pace):
        return await database_facts.until_settled(database, board)


def assert_consistent(crowd: Crowd, board: Message, end: DatabaseFacts) -> None:
    """Assert that the roster matches the reactions and that every message was sent exactly once."""
    assert database_facts.places(end.raid) == database_facts.member_reactions(end.raid, board)
    assert crowd.unexplained() == []
    database_facts.check_rules(end.raid)
    AuditReplay(end.raid).hear(end.audit).check()
    assert {row.state for row in end.outbox} <= {"sent"}
    for person in crowd.members:
        owed = Counter(row.text for row in end.outbox if row.target == person.id)
        assert Counter(message.content for message in person.dms) == owed


async def three_teams(guild: SandboxGuild, *, size: int = 30, seed: int = 1) -> tuple[Message, Crowd]:
    board = await post_raid(guild, activity="key", teams=3, team_size=5)
    await guild.until(lambda: len(board.reactions) == 3)
    return board, Crowd(guild, board, size=size, rng=random.Random(seed))


async def burst(crowd: Crowd, *, between: Callable[[int], Any] = lambda _: None) -> None:
    for number, deed in enumerate(crowd.deeds(EMOJIS)):
        await crowd.act(deed)
        await asyncio.sleep(0)
        if (work := between(number)) is not None:
            await work


@contextmanager
def failing(fault: Fault) -> Iterator[Fault]:
    yield fault
    assert fault.met, "nothing met the trouble"
    fault.lift()


# REST API failures


@pytest.mark.parametrize("status", [500, 503, 429])
async def test_edits_failing_for_a_minute_lose_nothing(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, logs: list[Log], status: int
) -> None:
    async with start(heartbeat_seconds=HURRIED_HEARTBEAT):
        board, crowd = await three_teams(guild)
        with failing(sandbox.faults.answer(status, route=EDIT)):
            await burst(crowd)
            await pass_time(sandbox, MINUTE)

        assert_consistent(crowd, board, await until_recovered(sandbox, database, board))
        assert all(times == 1 for times in reports(logs).values()), reports(logs)


async def test_edits_never_answered_for_a_minute_lose_nothing(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, logs: list[Log]
) -> None:
    async with start(heartbeat_seconds=HURRIED_HEARTBEAT):
        board, crowd = await three_teams(guild)
        with failing(sandbox.faults.silence(Silence.HANG, route=EDIT)):
            await burst(crowd)
            await pass_time(sandbox, 2 * MINUTE)

        assert_consistent(crowd, board, await until_recovered(sandbox, database, board))
        assert all(times == 1 for times in reports(logs).values()), reports(logs)


@pytest.mark.parametrize("status", [500, 503])
async def test_nothing_answered_for_a_minute_loses_nothing(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, logs: list[Log], status: int
) -> None:
    async with start(heartbeat_seconds=HURRIED_HEARTBEAT):
        board, crowd = await three_teams(guild)
        with failing(sandbox.faults.answer(status)):
            await burst(crowd)
            while not reports(logs)["discord unreachable, calls wait"]:
                await pass_time(sandbox, 10.0)
            await pass_time(sandbox, MINUTE)

        assert_consistent(crowd, board, await until_recovered(sandbox, database, board, pace=100.0))
        assert all(times == 1 for times in reports(logs).values()), reports(logs)


@pytest.mark.parametrize("silent", [False, True])
async def test_messages_that_were_sent_but_not_acknowledged_arrive_once(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, silent: bool
) -> None:
    async with start(heartbeat_seconds=HURRIED_HEARTBEAT):
        board, crowd = await three_teams(guild)
        fault = (
            sandbox.faults.silence(Silence.RESET, route=SEND, calls=7, carried_out=True)
            if silent
            else sandbox.faults.answer(503, route=SEND, calls=7, carried_out=True)
        )
        with failing(fault):
            await burst(crowd)
            end = await until_recovered(sandbox, database, board)

        assert_consistent(crowd, board, end)


@pytest.mark.parametrize("status", [403, 500, 503])
async def test_failing_registration_of_commands_stops_nothing_else(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, logs: list[Log], status: int
) -> None:
    async with start(heartbeat_seconds=HURRIED_HEARTBEAT):
        board, crowd = await three_teams(guild)
    with database_facts.open_writable(database) as connection:
        connection.execute("DELETE FROM facts WHERE name LIKE 'commands%'")
    sandbox.store.commands.clear()

    with failing(sandbox.faults.answer(status, route=f"PUT {COMMANDS}")) as fault:
        async with start(wait_for_commands=False, heartbeat_seconds=HURRIED_HEARTBEAT):
            await burst(crowd)
            assert_consistent(crowd, board, await until_recovered(sandbox, database, board))
            await pass_time(sandbox, MINUTE)
            assert not sandbox.store.commands
            fault.lift()

            with sped_up(PACE):
                await sandbox.until(lambda: sandbox.store.commands, timeout=10 * PACE)
    assert reports(logs)["start-up step failed, trying again"] == 1


# Gateway failures


@pytest.mark.parametrize("trouble", ["broken", "closed", "asked to reconnect", "frozen", "session invalid"])
async def test_a_burst_through_a_troubled_gateway(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, trouble: str
) -> None:
    gateway = sandbox.gateway

    async def strike() -> None:
        match trouble:
            case "broken":
                await gateway.drop()
            case "closed":
                await gateway.drop(4000)
            case "asked to reconnect":
                gateway.reconnect()
            case "frozen":
                gateway.freeze()
            case "session invalid":
                gateway.invalidate(resumable=False)

    async with start(heartbeat_seconds=HURRIED_HEARTBEAT):
        board, crowd = await three_teams(guild)
        resumed, identified = gateway.resumed, gateway.identified

        await burst(crowd, between=lambda number: strike() if number in (10, 25) else None)

        assert_consistent(crowd, board, await until_recovered(sandbox, database, board))
        lost = trouble == "session invalid"
        with sped_up(PACE):
            await sandbox.until(lambda: gateway.identified > identified if lost else gateway.resumed > resumed)


async def test_reactions_told_twice_and_mixed_between_members(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    async with start(heartbeat_seconds=HURRIED_HEARTBEAT):
        board, crowd = await three_teams(guild)
        sandbox.gateway.disturb(duplicates=0.3, rng=random.Random(3))

        await burst(crowd)

        assert_consistent(crowd, board, await until_recovered(sandbox, database, board))


async def test_a_reaction_told_of_while_it_is_being_taken_away_is_no_new_wish(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    heard: list[Dispatch] = []
    sandbox.world.listeners.append(heard.append)
    async with start(heartbeat_seconds=HURRIED_HEARTBEAT):
        board, crowd = await three_teams(guild)
    for emoji in EMOJIS[:2]:
        await crowd.act(PlannedReaction(crowd.members[0], "puts", emoji))
    late = next(event for event in reversed(heard) if event.name == "MESSAGE_REACTION_ADD")

    slow = sandbox.faults.slow(1.0, route=TAKE)
    async with start(heartbeat_seconds=HURRIED_HEARTBEAT):
        await sandbox.until(lambda: slow.met)
        sandbox.gateway.publish(late)

        assert_consistent(crowd, board, await until_recovered(sandbox, database, board))


async def test_reactions_during_an_outage_of_the_server_are_found(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    async with start(heartbeat_seconds=HURRIED_HEARTBEAT):
        board, crowd = await three_teams(guild)
        await sandbox.set_unavailable(guild)
        await burst(crowd)

        await sandbox.set_unavailable(guild, unavailable=False)

        assert_consistent(crowd, board, await until_recovered(sandbox, database, board))


# Missing permissions


async def test_a_channel_closed_to_the_bot_for_a_while(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, logs: list[Log]
) -> None:
    async with start(heartbeat_seconds=HURRIED_HEARTBEAT):
        board, crowd = await three_teams(guild)
        channel = guild.channel("raid-signups")
        await crowd.act(PlannedReaction(crowd.members[0], "puts", EMOJIS[0]))
        guild.deny(channel, "VIEW_CHANNEL")
        await burst(crowd)
        await pass_time(sandbox, MINUTE)

        guild.allow(channel, "VIEW_CHANNEL")

        assert_consistent(crowd, board, await until_recovered(sandbox, database, board, pace=100.0))
        assert all(times == 1 for times in reports(logs).values()), reports(logs)


async def test_closed_dms_keep_nobody_else_from_being_reminded(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    async with start(dm_batch=5):
        board = await post_raid(guild, seats=11)
        members = [guild.add_member(f"member{number}") for number in range(11)]
        for member in members:
            await member.react(board, "✅")
        await database_facts.until_settled(database, board)
        for member in members[:10]:
            member.close_dms()

        sandbox.advance(timedelta(hours=2, minutes=51))

        await guild.until(lambda: "begins soon" in dm_text(members[10]))
        end = await database_facts.until_settled(database, board)
        assert Counter(row.state for row in end.outbox if ":remind-participants:" in row.cause) == {
            "refused": 10,
            "sent": 1,
        }
        assert len(members[10].dms) == 1


# Disk failures


async def test_a_database_that_is_full_for_a_while(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, logs: list[Log]
) -> None:
    async with start(heartbeat_seconds=HURRIED_HEARTBEAT) as bot:
        board, crowd = await three_teams(guild, size=60)
        lies = watch_for_lies(sandbox, crowd, board, database)
        await limit_pages(bot, more=2)

        await burst(crowd)
        await sandbox.until(lambda: bot.state.db.outage)
        await pass_time(sandbox, MINUTE)
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
        assert {row.state for row in end.outbox} == {"sent"}
        assert crowd.unexplained() == []
        assert lies == set()
        assert reports(logs) == {"database cannot be written": 1}


async def limit_pages(bot: RaidBot, *, more: int | None) -> None:
    """Limit the database's growth to `more` pages; None lifts the limit."""

    def limit(connection: Any) -> None:
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
