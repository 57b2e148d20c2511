"""Small series for tests."""

from datetime import datetime

from raidbot.raids.model import MemberId, Source
from raidbot.raids.schedules.model import Schedule
from raidbot.raids.schedules.rules import Rule, Weekly
from raidbot.raids.series.model import Series, Turn
from raidbot.state import Cause
from tests.raids.builders import CREATOR, GUILD, MANAGER, NOW

TEMPLATE = "wow-mythic-raid"
BY_MANAGER = Cause(Source.COMMAND, MANAGER)
LONDON = "Europe/London"


def weekly(start: str = "2026-03-19T20:00", rule: Rule | None = None, zone: str = LONDON) -> Schedule:
    return Schedule(zone=zone, start=datetime.fromisoformat(start), rule=rule or Weekly((3,)))


def series(
    schedule: Schedule | None = None, *, name: str = "Raid night", template: str = TEMPLATE, leader: int | None = None
) -> Series:
    return Series(
        guild=GUILD,
        name=name,
        schedule=schedule or weekly(),
        rotation=(Turn(template=template),),
        creator=CREATOR,
        leader=None if leader is None else MemberId(leader),
        created_at=NOW,
        looked_at=NOW,
    )
