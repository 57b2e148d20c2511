"""The circuit breaker around Discord: what counts, what waits, what is told."""

import asyncio

import discord
import pytest
from structlog.testing import capture_logs

from discord_sandbox.faults import Silence
from raidbot.delivery.discord_api import Line, LineDown, NoAnswer, give_up_silent_requests
from raidbot.utils.circuit_breaker import CircuitBreaker
from tests.delivery.harness import Stage

CHANNEL = "GET /channels/{}"


def asking(line: Line, stage: Stage, channel: int | None = None) -> "asyncio.Future[object]":
    return asyncio.ensure_future(line.call(lambda: stage.client.fetch_channel(channel or stage.channel.id)))


async def test_while_discord_fails_nothing_is_called_and_one_probe_ends_it(stage: Stage) -> None:
    line = Line(CircuitBreaker(failures=2, open_seconds=0.2))
    fault = stage.sandbox.faults.answer(503, route=CHANNEL)

    with capture_logs() as logs:
        for _ in range(2):
            with pytest.raises(NoAnswer) as none:
                await asking(line, stage)
            assert none.value.asked
        before = stage.count(CHANNEL)
        for _ in range(5):
            with pytest.raises(LineDown) as down:
                await asking(line, stage)
            assert 0 < down.value.retry_in <= 0.2
            assert not down.value.asked
        assert stage.count(CHANNEL) == before

        fault.lift()
        await asyncio.sleep(line.down_for)
        outcomes = await asyncio.gather(*(asking(line, stage) for _ in range(3)), return_exceptions=True)
        await asking(line, stage)

    assert sum(isinstance(outcome, LineDown) for outcome in outcomes) == 2
    assert stage.count(CHANNEL) == before + 2
    assert [entry["event"] for entry in logs] == [
        "discord does not answer, calls wait",
        "discord answers again",
    ]


async def test_a_refusal_is_an_answer(stage: Stage) -> None:
    line = Line(CircuitBreaker(failures=2, open_seconds=60))

    for _ in range(5):
        with pytest.raises(discord.NotFound):
            await asking(line, stage, 123456789012345678)

    assert line.down_for == 0


@pytest.mark.parametrize("kind", [Silence.HANG, Silence.RESET])
async def test_silence_and_broken_connections_count(stage: Stage, kind: Silence) -> None:
    line = Line(CircuitBreaker(failures=1, open_seconds=60))
    give_up_silent_requests(stage.client, 0.2)
    stage.sandbox.faults.silence(kind, route=CHANNEL)

    with pytest.raises(NoAnswer):
        await asking(line, stage)

    assert line.down_for > 0


async def test_a_cancelled_probe_lets_the_next_one_try(stage: Stage) -> None:
    line = Line(CircuitBreaker(failures=1, open_seconds=0.05))
    failing = stage.sandbox.faults.answer(503, route=CHANNEL)
    with pytest.raises(NoAnswer):
        await asking(line, stage)
    failing.lift()
    hanging = stage.sandbox.faults.silence(Silence.HANG, route=CHANNEL)
    await asyncio.sleep(line.down_for)
    probe = asking(line, stage)
    await stage.sandbox.until(lambda: hanging.met)

    probe.cancel()
    await asyncio.gather(probe, return_exceptions=True)
    hanging.lift()

    await asking(line, stage)


async def test_a_limit_longer_than_the_client_waits_says_when_to_come_back(stage: Stage) -> None:
    line = Line(CircuitBreaker(failures=1, open_seconds=60))
    stage.client.http.max_ratelimit_timeout = 30.0
    stage.sandbox.faults.answer(429, route=CHANNEL, calls=1, retry_after=40.0)

    with pytest.raises(NoAnswer) as none:
        await asking(line, stage)

    assert none.value.retry_in == pytest.approx(40.0, abs=1)
    assert line.down_for == 0


async def test_waiting_out_global_limits_is_not_cut_short_and_leaves_the_client_alive(stage: Stage) -> None:
    line = Line(CircuitBreaker(failures=1, open_seconds=60))
    give_up_silent_requests(stage.client, 0.25)
    stage.sandbox.faults.answer(429, route=CHANNEL, calls=3, retry_after=0.2, everywhere=True)

    await asyncio.gather(asking(line, stage), asking(line, stage))

    assert line.down_for == 0
    await line.call(lambda: stage.client.fetch_guild(stage.guild.id))
