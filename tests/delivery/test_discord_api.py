"""The circuit breaker around Discord: failures that count, calls that wait, and retry times."""

import asyncio
from functools import partial

import discord
import pytest
from structlog.testing import capture_logs

from discord_sandbox.faults import PROXY_PAGE, Silence
from raidbot.delivery.discord_api import CircuitOpen, DiscordApi, Family, NoResponse, NotNow
from raidbot.delivery.discord_internals import clear_ratelimits_rarely, set_request_timeout
from raidbot.utils.circuit_breaker import CircuitBreaker
from tests.delivery.harness import DeliveryWorld

READS = Family.READS
CHANNEL = "GET /channels/{}"


def asking(api: DiscordApi, world: DeliveryWorld, channel: int | None = None) -> "asyncio.Future[object]":
    return asyncio.ensure_future(api.call(lambda: world.client.fetch_channel(channel or world.channel.id), READS))


async def test_while_discord_fails_nothing_is_called_and_one_probe_ends_it(world: DeliveryWorld) -> None:
    api = DiscordApi(partial(CircuitBreaker, failures=2, open_seconds=0.2))
    fault = world.sandbox.faults.answer(503, route=CHANNEL)

    with capture_logs() as logs:
        for _ in range(2):
            with pytest.raises(NoResponse) as none:
                await asking(api, world)
            assert none.value.may_have_succeeded
        before = world.count(CHANNEL)
        for _ in range(5):
            with pytest.raises(CircuitOpen) as down:
                await asking(api, world)
            assert 0 < down.value.retry_in <= 0.22
            assert not down.value.may_have_succeeded
        assert world.count(CHANNEL) == before

        fault.lift()
        await asyncio.sleep(api.down_for(READS))
        outcomes = await asyncio.gather(*(asking(api, world) for _ in range(3)), return_exceptions=True)
        await asking(api, world)

    assert sum(isinstance(outcome, CircuitOpen) for outcome in outcomes) == 2
    assert world.count(CHANNEL) == before + 2
    assert [entry["event"] for entry in logs] == [
        "discord unreachable, calls wait",
        "discord reachable again",
    ]


async def test_failures_of_one_family_hold_up_no_other(world: DeliveryWorld) -> None:
    api = DiscordApi(partial(CircuitBreaker, failures=1, open_seconds=60))
    world.sandbox.faults.answer(503, route=CHANNEL)
    with pytest.raises(NoResponse):
        await asking(api, world)

    await api.call(lambda: world.client.fetch_guild(world.guild.id), Family.THREADS)

    assert api.down_for(READS) > 0
    assert api.down_for(Family.THREADS) == 0
    assert api.is_down


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 429])
@pytest.mark.parametrize("text", ["", PROXY_PAGE])
async def test_a_proxy_s_refusal_says_nothing_about_the_request(world: DeliveryWorld, status: int, text: str) -> None:
    api = DiscordApi(partial(CircuitBreaker, failures=2, open_seconds=60))
    world.sandbox.faults.page(status, text, route=CHANNEL)

    for _ in range(2):
        with pytest.raises(NotNow):
            await asking(api, world)

    assert api.down_for(READS) > 0


@pytest.mark.parametrize("code", [20026, 40003])
async def test_a_refusal_about_the_bot_is_not_final(world: DeliveryWorld, code: int) -> None:
    api = DiscordApi(partial(CircuitBreaker, failures=1, open_seconds=60))
    world.sandbox.faults.refuse(code, route=CHANNEL)

    with pytest.raises(NotNow) as refusal:
        await asking(api, world)

    assert refusal.value.code == code
    assert refusal.value.retry_in >= 60
    assert api.down_for(READS) == 0


async def test_a_refusal_is_an_answer(world: DeliveryWorld) -> None:
    api = DiscordApi(partial(CircuitBreaker, failures=2, open_seconds=60))

    for _ in range(5):
        with pytest.raises(discord.NotFound):
            await asking(api, world, 123456789012345678)

    assert api.down_for(READS) == 0


@pytest.mark.parametrize("kind", [Silence.HANG, Silence.RESET])
async def test_silence_and_broken_connections_count(world: DeliveryWorld, kind: Silence) -> None:
    api = DiscordApi(partial(CircuitBreaker, failures=1, open_seconds=60))
    set_request_timeout(world.client, 0.2)
    world.sandbox.faults.silence(kind, route=CHANNEL)

    with pytest.raises(NoResponse):
        await asking(api, world)

    assert api.down_for(READS) > 0


async def test_a_cancelled_probe_lets_the_next_one_try(world: DeliveryWorld) -> None:
    api = DiscordApi(partial(CircuitBreaker, failures=1, open_seconds=0.05))
    failing = world.sandbox.faults.answer(503, route=CHANNEL)
    with pytest.raises(NoResponse):
        await asking(api, world)
    failing.lift()
    hanging = world.sandbox.faults.silence(Silence.HANG, route=CHANNEL)
    await asyncio.sleep(api.down_for(READS))
    probe = asking(api, world)
    await world.sandbox.until(lambda: hanging.met)

    probe.cancel()
    await asyncio.gather(probe, return_exceptions=True)
    hanging.lift()

    await asking(api, world)


async def test_a_limit_longer_than_the_client_waits_says_when_to_come_back(world: DeliveryWorld) -> None:
    api = DiscordApi(partial(CircuitBreaker, failures=1, open_seconds=60))
    world.client.http.max_ratelimit_timeout = 30.0
    world.sandbox.faults.answer(429, route=CHANNEL, calls=1, retry_after=40.0)

    with pytest.raises(NoResponse) as none:
        await asking(api, world)

    assert none.value.retry_in == pytest.approx(40.0, abs=1)
    assert api.down_for(READS) == 0


async def test_waiting_out_global_limits_is_not_cut_short_and_leaves_the_client_alive(world: DeliveryWorld) -> None:
    api = DiscordApi(partial(CircuitBreaker, failures=1, open_seconds=60))
    set_request_timeout(world.client, 0.25)
    world.sandbox.faults.answer(429, route=CHANNEL, calls=3, retry_after=0.2, everywhere=True)

    await asyncio.gather(asking(api, world), asking(api, world))

    assert api.down_for(READS) == 0
    await api.call(lambda: world.client.fetch_guild(world.guild.id), READS)


@pytest.mark.parametrize(("every", "at_least", "at_most"), [(60.0, 0, 300), (0.0, 256, 100_000)])
async def test_limits_to_forget_are_looked_for_now_and_then(
    world: DeliveryWorld, monkeypatch: pytest.MonkeyPatch, every: float, at_least: int, at_most: int
) -> None:
    api, looks = DiscordApi(), 0
    is_inactive = discord.http.Ratelimit.is_inactive

    def counted(limit: discord.http.Ratelimit) -> bool:
        nonlocal looks
        looks += 1
        return is_inactive(limit)

    monkeypatch.setattr(discord.http.Ratelimit, "is_inactive", counted)
    clear_ratelimits_rarely(world.client, every)

    for number in range(300):
        with pytest.raises(discord.NotFound):
            await asking(api, world, 123456789012345678 + number)

    assert at_least <= looks <= at_most
