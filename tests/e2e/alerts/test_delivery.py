"""Alerts find their way: past closed direct messages, an outage of Discord, and a database that cannot be written."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.bot import RaidBot
from raidbot.delivery.discord_api import Family
from raidbot.ops.alerts.model import Thresholds
from raidbot.raids.model import MemberId
from raidbot.utils.circuit_breaker import Circuit
from tests.conftest import Start
from tests.delivery.harness import until
from tests.e2e import database_facts
from tests.e2e.alerts.alert_steps import (
    MINUTE,
    SPED_UP,
    a_few_looks,
    add_owner,
    heard,
    options,
    receiving,
)
from tests.e2e.fast_loop import sped_up
from tests.raid_boards import post_raid

MUCH = Thresholds(memory_megabytes=1)
"""With it there is trouble at once."""


async def test_without_direct_messages_the_webhook_and_the_log_have_it(guild: SandboxGuild, start: Start) -> None:
    owner = add_owner(guild)
    owner.close_dms()
    with capture_logs() as logs:
        async with receiving() as receiver, start(**options(owner, limits=MUCH, webhook=receiver.url)):
            await until(receiver.has)
            await a_few_looks()

    assert receiver.text.count("**Much memory:**") == 1
    assert len(receiver.bodies) == 1
    undelivered = [entry for entry in logs if entry["event"] == "alert not delivered"]
    assert [(entry["by"], entry["why"]) for entry in undelivered] == [("Direct message", "direct messages are closed")]
    assert "**Much memory:**" in undelivered[0]["text"]


async def test_what_nobody_takes_is_sent_again_and_starts_no_cooldown(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    owner = add_owner(guild)
    owner.close_dms()
    with capture_logs() as logs:
        async with start(**options(owner, limits=MUCH)):
            for _ in range(3):
                await a_few_looks()
                sandbox.advance(MINUTE)
    events = [entry["event"] for entry in logs]
    assert events.count("alert not delivered") == 1
    owner.open_dms()

    async with start(**options(owner, limits=MUCH)):
        await guild.until(lambda: heard(owner, "**Much memory:**"))
        await a_few_looks()

    assert heard(owner, "Since <t:") == 1
    assert len(owner.dms) == 1


async def test_a_webhook_of_a_private_network_is_refused(guild: SandboxGuild, start: Start) -> None:
    owner = add_owner(guild)
    async with receiving() as receiver:
        with capture_logs() as logs:
            async with start(**options(owner, limits=MUCH, webhook=receiver.url, webhook_private=False)):
                await guild.until(lambda: heard(owner, "**Much memory:**"))
                await a_few_looks()

    assert receiver.bodies == []
    (entry,) = [entry for entry in logs if entry["event"] == "alert not delivered"]
    assert entry["by"] == "Webhook"
    assert "its address is not public" in entry["why"]
    assert receiver.url not in str(logs)


async def test_an_owner_who_does_not_exist_is_named_in_the_log(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    chosen = replace(options(add_owner(guild), limits=MUCH)["alerts"], owner=MemberId(123_456_789_012_345_678))
    sandbox.faults.refuse(10013, route="POST /users/@me/channels")
    with capture_logs() as logs:
        async with start(alerts=chosen):
            await a_few_looks()

    assert [entry["why"] for entry in logs if entry["event"] == "alert not delivered"] == [
        "there is no user with the id of `RAIDBOT_OWNER_ID`"
    ]


async def test_without_owner_and_webhook_the_log_has_it_once(guild: SandboxGuild, start: Start) -> None:
    with capture_logs() as logs:
        for _ in range(2):
            async with start(**options(None, limits=MUCH)):
                await a_few_looks()

    assert [entry["alert"] for entry in logs if entry["event"] == "alert"] == ["memory"]


@pytest.fixture
def no_heartbeats(sandbox: Sandbox) -> None:
    """Turn heartbeats off: discord.py sends them by the machine's clock, too late while the loop is sped up."""
    sandbox.gateway.heartbeat_interval = 100_000.0


OUT = (Family.BOARDS, Family.READS)


async def is_open(bot: RaidBot, calls: Family) -> bool:
    return bot.api.circuits.states()[calls].circuit is not Circuit.CLOSED


@pytest.mark.usefixtures("no_heartbeats")
async def test_an_outage_of_discord_is_told_after_it_in_one_message(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    owner, alice = add_owner(guild), guild.add_member("alice")
    async with start(**options(owner, pace=SPED_UP)) as bot:
        board = await post_raid(guild)
        fault = sandbox.faults.answer(503)
        await alice.react(board, "✅")
        with sped_up(100.0):
            for calls in OUT:
                await until(partial(is_open, bot, calls), timeout=3000)
        assert owner.dms == []
        fault.lift()
        with sped_up(30.0):
            sandbox.advance(10 * MINUTE)
            for calls in OUT:
                await guild.until(partial(heard, owner, f"answers again** ({calls})"), timeout=3000)
        await a_few_looks()

    assert [heard(owner, f"does not answer** ({calls})") for calls in OUT] == [1, 1]
    assert [heard(owner, f"answers again** ({calls})") for calls in OUT] == [1, 1]
    first, *_ = owner.dms
    assert first.content.count("does not answer") == 2


@pytest.mark.usefixtures("no_heartbeats")
async def test_the_webhook_tells_of_an_outage_while_it_lasts(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    owner, alice = add_owner(guild), guild.add_member("alice")
    async with receiving() as receiver, start(**options(owner, pace=SPED_UP, webhook=receiver.url)):
        board = await post_raid(guild)
        fault = sandbox.faults.answer(503)
        await alice.react(board, "✅")
        with sped_up(100.0):
            await until(partial(receiver.has, "(board edits)"), timeout=3000)
        assert owner.dms == []
        fault.lift()
        with sped_up(30.0):
            await until(partial(receiver.has, "again** (board edits)"), timeout=3000)


async def test_what_was_told_before_cannot_be_read_is_said_once(
    guild: SandboxGuild, start: Start, database: Path
) -> None:
    owner = add_owner(guild)
    async with start():
        pass
    with database_facts.open_writable(database) as connection:
        connection.execute("ALTER TABLE alerts RENAME TO elsewhere")
    with capture_logs() as logs:
        async with start(**options(owner, limits=MUCH)):
            await guild.until(lambda: heard(owner, "**Much memory:**"))
            await a_few_looks()

    assert [entry["event"] for entry in logs].count("what was told before cannot be read") == 1
    assert len(owner.dms) == 1
