from datetime import UTC, datetime, timedelta

from raidbot.utils.clock import OffsetClock, utc_now

NOON = datetime(2026, 3, 18, 12, tzinfo=UTC)


def test_the_machine_s_time_is_aware_utc() -> None:
    assert utc_now().tzinfo is UTC


def test_an_offset_clock_runs_ahead_of_its_base() -> None:
    clock = OffsetClock(lambda: NOON, offset=timedelta(hours=1))

    assert clock() == NOON + timedelta(hours=1)


def test_advancing_adds_up() -> None:
    clock = OffsetClock(lambda: NOON)

    clock.advance(timedelta(minutes=5))
    clock.advance(timedelta(days=1))

    assert clock() == NOON + timedelta(days=1, minutes=5)
    assert clock().tzinfo is UTC
