"""After an outage of Discord what waited goes out in order of urgency, within Discord's limits."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from raidbot.bot import RaidBot
from raidbot.db import outbox
from raidbot.db.outbox import OutboxMessage
from raidbot.delivery.discord_api import CircuitOpen, Family
from raidbot.raids.model import GuildId
from raidbot.raids.purposes import Purpose, Urgency
from raidbot.utils.circuit_breaker import Circuit
from tests.chaos import cases
from tests.conftest import Start
from tests.delivery.harness import until
from tests.raid_boards import board_text, post_raid

CHANNEL = "/channels/{channel_id}"
PURPOSES = (Purpose.COURTESY, Purpose.CHANGE, Purpose.REMINDER)
"""The least urgent first, as they are queued."""


@pytest.mark.parametrize("status", [503, 502])
async def test_a_half_open_circuit_sends_exactly_one_request(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, status: int
) -> None:
    async with start(circuit_open_seconds=0.3) as bot:
        fault = sandbox.faults.answer(503, route=f"GET {CHANNEL}")

        async def ask() -> object:
            channel = guild.channel("raid-signups").id
            return await bot.api.call(lambda: bot.fetch_channel(channel), Family.READS)

        while bot.api.circuits.states()[Family.READS].circuit is Circuit.CLOSED:
            await asyncio.gather(ask(), return_exceptions=True)
        fault.lift()
        slow, failing = (
            sandbox.faults.hold(route=f"GET {CHANNEL}"),
            sandbox.faults.answer(status, route=f"GET {CHANNEL}"),
        )
        await asyncio.sleep(bot.api.down_for(Family.READS))
        before = sandbox.count("GET", CHANNEL)

        asking = asyncio.gather(*(ask() for _ in range(50)), return_exceptions=True)
        await sandbox.until(lambda: slow.met)
        late = await asyncio.gather(*(ask() for _ in range(50)), return_exceptions=True)
        slow.lift()
        outcomes = [*await asking, *late]

        assert sandbox.count("GET", CHANNEL) == before + 1
        assert sum(isinstance(outcome, CircuitOpen) for outcome in outcomes) == 99
        assert bot.api.circuits.states()[Family.READS].circuit is Circuit.OPEN
        failing.lift()
        await asyncio.sleep(bot.api.down_for(Family.READS))
        await ask()
        assert bot.api.circuits.states()[Family.READS].circuit is Circuit.CLOSED


@dataclass(frozen=True, slots=True)
class Drain:
    """An outage: `messages` are owed after `outage` seconds; `options` are those of the bot."""

    limits: str
    messages: int
    outage: float
    options: dict[str, float]


TENTH = Drain(
    "scaled",
    45,
    5.0,
    {"circuit_open_seconds": 1.5, "dm_pause_seconds": 0.12, "dm_opening_seconds": 0.16},
)
"""All ten times as fast as in life, Discord's limits included, and shorter."""
AS_IN_LIFE = Drain(
    "strict",
    300,
    90.0,
    {"circuit_open_seconds": 30.0, "dm_pause_seconds": 1.2, "dm_opening_seconds": 1.6},
)


def owed(members: Sequence[Person], guild: SandboxGuild, bot: RaidBot) -> list[OutboxMessage]:
    """Return a message to each of the members: of each purpose as many."""
    now = bot.state.now()
    return [
        OutboxMessage(
            kind="dm",
            target=member.id,
            payload={"content": f"about {PURPOSES[number % 3]}"},
            dedupe=f"owed:{number}",
            due_at=now,
            guild=GuildId(guild.id),
            purpose=PURPOSES[number % 3],
        )
        for number, member in enumerate(members)
    ]


@pytest.mark.chaos
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("limits", "drain"), [(drain.limits, drain) for drain in cases([TENTH, AS_IN_LIFE], short=[TENTH])]
)
async def test_what_an_outage_held_up_goes_out_in_order_of_urgency_within_the_limits(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, drain: Drain
) -> None:
    members = [guild.add_member(f"member{number:03}") for number in range(drain.messages)]
    async with start(**drain.options) as bot:
        boards = [await post_raid(guild, when=f"in {hours} hours") for hours in range(5, 9)]
        fault = sandbox.faults.answer(503)
        await bot.state.enqueue(owed(members, guild, bot))
        for number, board in enumerate(boards):
            await members[number].react(board, "✅")
        await asyncio.sleep(drain.outage)
        during = len(sandbox.calls)
        fault.lift()

        await guild.until(lambda: all("member00" in board_text(board).lower() for board in boards), timeout=120)
        await until(partial(is_drained, bot), timeout=1000)
        states = bot.api.circuits.states()

    after = sandbox.calls[during:]
    assert sum(sandbox.limits.refused.values()) == 0
    assert {member.name: len(member.dms) for member in members if len(member.dms) != 1} == {}
    assert {state.circuit for state in states.values()} == {Circuit.CLOSED}
    assert states[Family.MESSAGES].opened_at is not None or states[Family.OPENING_DMS].opened_at is not None
    assert during < 150, "calls during the outage"
    seconds = Counter(int((call.at - after[0].at).total_seconds()) for call in after)
    assert max(seconds.values()) <= 30, seconds
    check_order(members)


async def is_drained(bot: RaidBot) -> bool:
    return not {"pending", "claimed"} & (await bot.state.db.read(outbox.counts)).keys()


def check_order(members: Sequence[Person]) -> None:
    """Of five places, less urgent messages have one at most; some may have been under way before."""
    sent = sorted((message.id, message.content) for member in members for message in member.dms)
    urgencies = [Purpose(content.split("about ")[1]).urgency for _, content in sent]
    for urgency in (Urgency.FIRST, Urgency.SECOND):
        last = max(number for number, one in enumerate(urgencies) if one is urgency)
        before = sum(one > urgency for one in urgencies[:last])
        more_urgent = sum(one <= urgency for one in urgencies)
        assert before <= more_urgent / 4 + 10, (urgency, urgencies)
