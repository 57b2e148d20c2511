"""Discord fails, is slow or unreachable: nothing is lost, each is reported once, and the bot recovers by itself."""

import random
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.faults import Silence
from discord_sandbox.world import Dispatch
from tests.chaos import cases
from tests.conftest import Start
from tests.e2e import database_facts
from tests.e2e.crowd import PlannedReaction
from tests.e2e.fast_loop import sped_up
from tests.e2e.outages.outage_steps import (
    EMOJIS,
    HURRIED_HEARTBEAT_SECONDS,
    MINUTE_SECONDS,
    SPEEDUP,
    Log,
    assert_consistent,
    burst,
    failing,
    pass_time,
    reports,
    three_teams,
    until_recovered,
)
from tests.raid_boards import board_text, dm_text, post_raid

BOARD = "/channels/{channel_id}/messages/{message_id}"
EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
SEND = "POST /channels/{channel_id}/messages"
TAKE = "DELETE /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/{user_id}"
COMMANDS = "/applications/{application_id}/commands"

pytestmark = pytest.mark.usefixtures("no_heartbeats")


# REST API failures


@pytest.mark.chaos
@pytest.mark.parametrize("status", cases([500, 503, 429], short=[503, 429]))
async def test_edits_failing_for_a_minute_lose_nothing(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, logs: list[Log], status: int
) -> None:
    async with start(heartbeat_seconds=HURRIED_HEARTBEAT_SECONDS):
        board, crowd = await three_teams(guild)
        with failing(sandbox.faults.answer(status, route=EDIT)):
            await burst(crowd)
            await pass_time(sandbox, MINUTE_SECONDS)

        assert_consistent(crowd, board, await until_recovered(sandbox, database, board))
        assert all(times == 1 for times in reports(logs).values()), reports(logs)


async def test_edits_never_answered_for_a_minute_lose_nothing(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, logs: list[Log]
) -> None:
    async with start(heartbeat_seconds=HURRIED_HEARTBEAT_SECONDS):
        board, crowd = await three_teams(guild)
        with failing(sandbox.faults.silence(Silence.HANG, route=EDIT)):
            await burst(crowd)
            await pass_time(sandbox, 2 * MINUTE_SECONDS)

        assert_consistent(crowd, board, await until_recovered(sandbox, database, board))
        assert all(times == 1 for times in reports(logs).values()), reports(logs)


@pytest.mark.chaos
@pytest.mark.parametrize("status", cases([500, 503], short=[503]))
async def test_nothing_answered_for_a_minute_loses_nothing(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, logs: list[Log], status: int
) -> None:
    async with start(heartbeat_seconds=HURRIED_HEARTBEAT_SECONDS):
        board, crowd = await three_teams(guild)
        with failing(sandbox.faults.answer(status)):
            await burst(crowd)
            while not reports(logs)["discord unreachable, calls wait: board edits"]:
                await pass_time(sandbox, 10.0)
            await pass_time(sandbox, MINUTE_SECONDS)

        assert_consistent(crowd, board, await until_recovered(sandbox, database, board, pace=100.0))
        assert all(times == 1 for times in reports(logs).values()), reports(logs)


@pytest.mark.parametrize("silent", [False, True])
async def test_messages_that_were_sent_but_not_acknowledged_arrive_once(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, silent: bool
) -> None:
    async with start(heartbeat_seconds=HURRIED_HEARTBEAT_SECONDS):
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


@pytest.mark.chaos
@pytest.mark.parametrize("status", cases([403, 500, 503], short=[403, 503]))
async def test_failing_registration_of_commands_stops_nothing_else(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, logs: list[Log], status: int
) -> None:
    async with start(heartbeat_seconds=HURRIED_HEARTBEAT_SECONDS):
        board, crowd = await three_teams(guild)
    with database_facts.open_writable(database) as connection:
        connection.execute("DELETE FROM facts WHERE name LIKE 'commands%'")
    sandbox.store.commands.clear()

    with failing(sandbox.faults.answer(status, route=f"PUT {COMMANDS}")) as fault:
        async with start(wait_for_commands=False, heartbeat_seconds=HURRIED_HEARTBEAT_SECONDS):
            await burst(crowd)
            assert_consistent(crowd, board, await until_recovered(sandbox, database, board))
            await pass_time(sandbox, MINUTE_SECONDS)
            assert not sandbox.store.commands
            fault.lift()

            with sped_up(SPEEDUP):
                await sandbox.until(lambda: sandbox.store.commands, timeout=10 * SPEEDUP)
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

    async with start(heartbeat_seconds=HURRIED_HEARTBEAT_SECONDS):
        board, crowd = await three_teams(guild)
        resumed, identified = gateway.resumed, gateway.identified

        await burst(crowd, between=lambda number: strike() if number in (10, 25) else None)

        assert_consistent(crowd, board, await until_recovered(sandbox, database, board))
        lost = trouble == "session invalid"
        with sped_up(SPEEDUP):
            await sandbox.until(
                lambda: gateway.identified > identified if lost else gateway.resumed > resumed, timeout=10 * SPEEDUP
            )


async def test_reactions_told_twice_and_mixed_between_members(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    async with start(heartbeat_seconds=HURRIED_HEARTBEAT_SECONDS):
        board, crowd = await three_teams(guild)
        sandbox.gateway.disturb(duplicates=0.3, rng=random.Random(3))

        await burst(crowd)

        assert_consistent(crowd, board, await until_recovered(sandbox, database, board))


async def test_a_reaction_told_of_while_it_is_being_taken_away_is_no_new_wish(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    heard: list[Dispatch] = []
    sandbox.world.listeners.append(heard.append)
    async with start(heartbeat_seconds=HURRIED_HEARTBEAT_SECONDS):
        board, crowd = await three_teams(guild)
    for emoji in EMOJIS[:2]:
        await crowd.act(PlannedReaction(crowd.members[0], "puts", emoji))
    late = next(event for event in reversed(heard) if event.name == "MESSAGE_REACTION_ADD")

    slow = sandbox.faults.slow(1.0, route=TAKE)
    async with start(heartbeat_seconds=HURRIED_HEARTBEAT_SECONDS):
        await sandbox.until(lambda: slow.met)
        sandbox.gateway.publish(late)

        assert_consistent(crowd, board, await until_recovered(sandbox, database, board))


async def test_reactions_during_an_outage_of_the_server_are_found(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    async with start(heartbeat_seconds=HURRIED_HEARTBEAT_SECONDS):
        board, crowd = await three_teams(guild)
        await sandbox.set_unavailable(guild)
        await burst(crowd)

        await sandbox.set_unavailable(guild, unavailable=False)

        assert_consistent(crowd, board, await until_recovered(sandbox, database, board))


async def test_reactions_missed_by_a_lost_session_are_found(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))

        sandbox.gateway.invalidate(resumable=False)
        await bob.react(board, "✅")
        await alice.unreact(board, "✅")

        await sandbox.until(lambda: "Bob" in board_text(board) and "Alice" not in board_text(board), timeout=30)


async def test_a_resumed_session_is_not_compared(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        await sandbox.until(lambda: sandbox.count("GET", BOARD) == 1)

        await sandbox.gateway.drop(4000)
        await alice.react(board, "✅")

        await sandbox.until(lambda: "Alice" in board_text(board), timeout=30)
        assert sandbox.count("GET", BOARD) == 1


# Missing permissions


async def test_a_channel_closed_to_the_bot_for_a_while(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, logs: list[Log]
) -> None:
    async with start(heartbeat_seconds=HURRIED_HEARTBEAT_SECONDS):
        board, crowd = await three_teams(guild)
        channel = guild.channel("raid-signups")
        await crowd.act(PlannedReaction(crowd.members[0], "puts", EMOJIS[0]))
        guild.deny(channel, "VIEW_CHANNEL")
        await burst(crowd)
        await pass_time(sandbox, MINUTE_SECONDS)

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

        await guild.until(lambda: "starts <t:" in dm_text(members[10]))
        end = await database_facts.until_settled(database, board)
        asked = {member.id for member in members}
        reminders = [row for row in end.outbox if ":remind:" in row.cause and row.target in asked]
        assert Counter(row.state for row in reminders) == {"refused": 10, "sent": 1}
        assert len(members[10].dms) == 1


# Shutdown


async def test_closing_takes_less_than_ten_seconds_when_discord_hangs(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild)
        sandbox.faults.silence(Silence.HANG)
        await alice.react(board, "✅")
        await sandbox.until(lambda: sandbox.calls[-1].status is None)
        begun = time.monotonic()

        await bot.close()

        assert time.monotonic() - begun < 8
