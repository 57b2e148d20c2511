"""The eleven achievements, at their edges."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from raidbot.raids.model import Kind, Presence
from raidbot.raids.statistics.achievements import Carried, Night, Record, progress_of, record_of

BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = datetime(2027, 6, 23, 18, tzinfo=UTC)
ROOKIE = {"first_raid"}
TEN = ROOKIE | {"raids_10"}
TWENTY = TEN | {"reliable", "specialist"}


def night(
    role: str = "Tank",
    presence: Presence = Presence.PRESENT,
    *,
    kind: Kind = Kind.RAID,
    at: datetime = WEDNESDAY,
) -> Night:
    return Night(starts_at=at, kind=kind, role=role, presence=presence)


def unlocked(nights: list[Night], carried: Carried | None = None, zone: ZoneInfo = BERLIN) -> set[str]:
    progress = progress_of(record_of(nights, carried or Carried(), zone))
    return {one.achievement.key for one in progress if one.is_unlocked}


def as_roles(number: int, kind: Kind = Kind.RAID) -> list[Night]:
    return [night(f"Role {one}", kind=kind) for one in range(number)]


@pytest.mark.parametrize(
    ("nights", "expected"),
    [
        ([], set()),
        ([night()], ROOKIE),
        ([night(presence=Presence.LATE)], ROOKIE),
        ([night(presence=Presence.NO_SHOW)], set()),
        ([night()] * 9, ROOKIE),
        ([night()] * 10, TEN),
        ([night()] * 19, TEN),
        ([night()] * 20, TWENTY),
        ([*[night()] * 20, night(presence=Presence.NO_SHOW)], TWENTY - {"reliable"}),
        ([night()] * 25, TWENTY | {"raids_25"}),
        ([night()] * 49, TWENTY | {"raids_25"}),
        ([night()] * 50, TWENTY | {"raids_25", "raids_50", "master_specialist"}),
        ([night()] * 100, TWENTY | {"raids_25", "raids_50", "raids_100", "master_specialist"}),
        (as_roles(4), ROOKIE),
        (as_roles(5), ROOKIE | {"flex_5"}),
        (as_roles(10), TEN | {"flex_5", "flex_10"}),
        (as_roles(10, Kind.KEY), TEN),
        ([night("Museum", kind=Kind.MUSEUM)] * 20, TWENTY - {"specialist"}),
    ],
)
def test_what_is_unlocked_by_raids(nights: list[Night], expected: set[str]) -> None:
    assert unlocked(nights) == expected


def test_the_weekend_is_the_one_of_the_servers_zone() -> None:
    friday_night_in_berlin = datetime(2027, 6, 25, 21, 30, tzinfo=UTC)
    nights = [night(at=friday_night_in_berlin + timedelta(weeks=number)) for number in range(10)]

    assert "weekend_warrior" not in unlocked(nights)
    assert "weekend_warrior" in unlocked(nights, zone=ZoneInfo("Asia/Tokyo"))


def test_raids_of_before_the_move_count() -> None:
    roles = {"Tank": 10, "Healer": 5, "Bard": 1, "Scout": 2, "Museum": 40, "Team 2": 40}
    carried = Carried(raids=24, roles=roles, weekend=9)

    before = record_of([], carried, BERLIN)
    after = unlocked([night(at=WEDNESDAY + timedelta(days=3), role="Monk")], carried)

    assert before == Record(came=24, weekend=9, roles={"Tank": 10, "Healer": 5, "Bard": 1, "Scout": 2}, is_carried=True)
    assert after == TEN | {"raids_25", "reliable", "flex_5", "weekend_warrior"}
    assert "reliable" not in unlocked([night()] * 20, Carried(raids=1, no_shows=1))
    assert record_of([], Carried(raids=3, no_shows=9), BERLIN) == Record(no_shows=3, is_carried=True)


def test_progress_says_how_far_it_is() -> None:
    progress = {one.achievement.key: one for one in progress_of(record_of([night()] * 18, Carried(), BERLIN))}

    assert (progress["raids_25"].reached, progress["raids_25"].achievement.goal) == (18, 25)
    assert (progress["raids_10"].reached, progress["flex_5"].reached, progress["specialist"].reached) == (10, 1, 18)
