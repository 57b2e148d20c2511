"""The answer of /privacy forget says until when automatic backups of before are kept."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from raidbot.commands.privacy.views import forget_panel
from raidbot.ops.backups.names import Backup
from raidbot.ops.backups.rotation import expired, gone_at


def backup(at: datetime) -> Backup:
    return Backup(path=Path(at.isoformat()), made_at=at, is_automatic=True)


@pytest.mark.parametrize("weekday", range(7))
def test_the_day_that_is_said_is_the_first_without_them(weekday: int) -> None:
    began = datetime(2026, 6, 1, 9, tzinfo=UTC)
    asked = datetime(2026, 11, 30, 15, tzinfo=UTC) + timedelta(days=weekday)
    kept: list[Backup] = []
    said, last = None, began
    for day in range(300):
        at = began + timedelta(days=day)
        kept.append(backup(at))
        gone = expired(kept, at)
        kept = [one for one in kept if one not in gone]
        if said is None and at + timedelta(days=1) > asked:
            said = gone_at(kept, asked)
        if any(one.made_at <= asked for one in kept):
            last = at

    assert said is not None
    assert timedelta(0) < said - last <= timedelta(days=2)  # the next backup removes the last of them
    assert timedelta(weeks=1) < said - asked <= timedelta(weeks=6)


def test_backups_of_a_clock_that_was_wrong_and_those_of_people_do_not_count() -> None:
    now = datetime(2026, 11, 30, 15, tzinfo=UTC)
    own = Backup(path=Path("own"), made_at=now - timedelta(days=1), is_automatic=False)

    assert gone_at([backup(now + timedelta(days=900)), own], now) == gone_at([], now)


def test_the_answer_promises_no_end_of_backups_that_nobody_rotates() -> None:
    rotated, left = (
        str(forget_panel(is_silent=False, backups_gone_at=at).description)
        for at in (datetime(2027, 1, 1, tzinfo=UTC), None)
    )

    assert "Automatic backups hold you until <t:1798761600:D>" in rotated
    assert "No automatic backups are made" in left
    assert "until <t:" not in left
