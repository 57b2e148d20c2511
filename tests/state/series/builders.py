"""Small series for tests."""

from dataclasses import replace
from datetime import date, datetime, time

from raidbot.raids.model import ChannelId, MemberId, RoleKey, Source
from raidbot.raids.schedules import edits
from raidbot.raids.schedules.model import Count, DatesOff, Pause, PostingHour, Schedule
from raidbot.raids.schedules.rules import RecurrenceId, Rule, Weekly
from raidbot.raids.series import rules
from raidbot.raids.series.model import OldBoards, RosterMode, Series, Trouble, TroubleCode, Turn
from raidbot.state import Cause
from tests.raids.builders import ALICE, BOB, CREATOR, GUILD, MANAGER, NOW

TEMPLATE = "wow-10"
BY_MANAGER = Cause(Source.COMMAND, MANAGER)
LONDON = "Europe/London"
FIRST, SECOND = RecurrenceId(date(2026, 3, 19)), RecurrenceId(date(2026, 3, 26))
TANK, HEALER = RoleKey("tank"), RoleKey("healer")


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


def everything() -> Series:
    """Return a series whose every field has a value."""
    schedule = replace(
        weekly("2026-03-19T20:00"),
        end=Count(30),
        posting=PostingHour(time(18), 2, 60),
        dates_off=(DatesOff(date(2026, 12, 24), date(2027, 1, 1)),),
        pause=Pause(NOW),
        number=3,
    )
    schedule = edits.move(edits.skip(schedule, FIRST), SECOND, datetime.fromisoformat("2026-03-28T21:30"))
    turns = (
        Turn(template=TEMPLATE, strategy="Standard", title="A *title*", leader=BOB, length_minutes=90),
        Turn(template="key", teams=3, team_size=5, subject="Boss", counts=False, description="Bring\nfood"),
    )
    one = replace(
        series(schedule),
        rotation=turns,
        channel=ChannelId(5),
        leader=ALICE,
        mention=6,
        roster=RosterMode.COPY,
        old_boards=OldBoards.DELETE,
        failures=2,
        trouble=Trouble(TroubleCode.LACKING, "Send Messages, Embed Links"),
    )
    one = rules.change_single(one, SECOND, leader=BOB, title="Alt run", note="No consumables", length_minutes=60)
    one = rules.join(rules.join(one, ALICE, TANK, now=NOW), BOB, HEALER, now=NOW)
    return rules.stay_away(one, BOB, SECOND)
