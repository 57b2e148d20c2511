"""Requests for which Discord would ban the bot are counted, and the bot slows down long before."""

import asyncio

import pytest
from structlog.testing import capture_logs

from raidbot.delivery.discord_api import CircuitOpen, DiscordApi, Family
from raidbot.delivery.invalid_requests import InvalidRequests
from tests.delivery.harness import DeliveryWorld


class StubClock:
    """A clock that tests move."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_only_refusals_count_and_only_for_ten_minutes() -> None:
    clock = StubClock()
    invalid = InvalidRequests(clock)

    for status in (200, 401, 403, 404, 429, 500):
        invalid.note(status)
    invalid.note(429, "shared")

    assert invalid.count() == 3
    clock.now = 600.0
    assert invalid.count() == 0


def test_the_log_warns_once_until_it_is_better() -> None:
    clock = StubClock()
    invalid = InvalidRequests(clock, many=10)

    with capture_logs() as logs:
        for _ in range(25):
            invalid.note(403)
        clock.now = 601.0
        assert not invalid.is_many()
        for _ in range(25):
            invalid.note(403)

    assert [(entry["log_level"], entry["refused"]) for entry in logs] == [("warning", 10), ("warning", 10)]


def test_by_default_the_bot_stops_well_before_ten_thousand() -> None:
    clock = StubClock()
    invalid = InvalidRequests(clock)

    while not invalid.blocked_for():
        invalid.note(403)

    assert invalid.count() <= 6_000
    assert 0 < invalid.blocked_for() <= 600
    clock.now = 600.0
    assert invalid.blocked_for() == 0


async def test_calls_stop_before_discord_bans_the_bot(world: DeliveryWorld) -> None:
    invalid = InvalidRequests(many=1_000, too_many=3)
    api = DiscordApi(invalid=invalid)
    for _ in range(3):
        invalid.note(403)

    with pytest.raises(CircuitOpen) as stopped:
        await api.call(lambda: world.client.fetch_channel(world.channel.id), Family.READS)

    assert stopped.value.retry_in > 500


async def test_many_refusals_slow_calls_down(world: DeliveryWorld) -> None:
    invalid = InvalidRequests(many=1)
    api = DiscordApi(invalid=invalid)
    invalid.note(403)

    await asyncio.gather(
        *(api.call(lambda: world.client.fetch_channel(world.channel.id), Family.READS) for _ in range(2))
    )

    first, second = [call.at for call in world.sandbox.calls if call.route == "/channels/{channel_id}"]
    assert (second - first).total_seconds() >= 0.9
