"""Copies of raids."""

from dataclasses import replace
from datetime import timedelta

from raidbot.raids.model import MemberId, Status, changed
from tests.raids.builders import NOW, raid


def test_a_copy_has_the_new_fields_and_leaves_the_raid_as_it_was() -> None:
    before, equal = raid(tank=1, healer=2), raid(tank=1, healer=2)
    later = NOW + timedelta(days=9)

    after = changed(before, version=7, status=Status.CLOSED, closed_by=MemberId(3), starts_at=later)

    assert after == replace(before, version=7, status=Status.CLOSED, closed_by=MemberId(3), starts_at=later)
    assert before == equal != after


def test_what_does_not_change_is_the_same_raid() -> None:
    before = raid(tank=1)

    assert before.without_seat(MemberId(1)) is before
    assert before.without_waits(MemberId(1)) is before
    assert before.without_mark(MemberId(1), before.roles[0].key) is before
