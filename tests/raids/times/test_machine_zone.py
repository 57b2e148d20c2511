"""The zone of the machine that the bot runs on plays no part."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from raidbot.raids.times.parse import parse_time

NOW = datetime(2030, 3, 29, 23, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(params=["UTC", "Asia/Kolkata", "Pacific/Kiritimati", "America/New_York"])
def machine_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("machine_zone")
@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("tomorrow 20:00", datetime(2030, 3, 31, 18, tzinfo=UTC)),  # the night in which the clocks go forward
        ("today 20:00", datetime(2030, 3, 30, 19, tzinfo=UTC)),
        ("2030-10-27 20:00", datetime(2030, 10, 27, 19, tzinfo=UTC)),
        ("in 2 hours", datetime(2030, 3, 30, 1, 30, tzinfo=UTC)),
    ],
)
def test_the_machine_s_zone_changes_no_time(typed: str, instant: datetime) -> None:
    assert parse_time(typed, zone=BERLIN, now=NOW, locale="en-GB").instant == instant
