"""A raid's next events by the clock: reminders and closing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from raidbot.demo import upcoming
from raidbot.raids import lifecycle
from raidbot.raids.announcements.model import Announcement, Moment
from raidbot.raids.drafts import Draft, plan
from raidbot.raids.model import ChannelId, CloseReason, GuildId, MemberId, Raid, RaidCode, Source, Status
from raidbot.raids.rosters import signups
from raidbot.raids.schedules.model import Lead, Schedule
from raidbot.raids.schedules.rules import Weekly
from raidbot.raids.series.model import MAX_FAILURES
from raidbot.raids.settings import GuildSettings
from raidbot.raids.templates.catalogue import untouched
from tests.state.series.builders import series

NOW = datetime(2026, 3, 18, 18, tzinfo=UTC)
START = NOW + timedelta(hours=3)
SETTINGS = GuildSettings(guild=GuildId(1), full_close_minutes=60)


def dungeon() -> Raid:
    draft = Draft(activity="dungeon-5", starts_at=START, zone="Europe/Berlin")
    planned = plan(draft, untouched(), guild=GuildId(1), creator=MemberId(1), channel=ChannelId(1), now=NOW)
    return replace(planned, code=RaidCode("K7QX2M"), status=Status.OPEN)


def full() -> Raid:
    raid = dungeon()
    roles = [role.key for role in raid.roles for _ in range(role.seats)]
    for member, role in enumerate(roles, start=1):
        raid = signups.join(raid, MemberId(member), role, now=NOW, source=Source.REACTION).raid
    return raid


def minutes_before(raid: Raid, settings: GuildSettings = SETTINGS, *, now: datetime = NOW) -> list[int]:
    return sorted(
        ((START - due.at) // timedelta(minutes=1) for due in upcoming.upcoming(raid, settings, now=now)), reverse=True
    )


def joined(raid: Raid) -> Raid:
    return signups.join(raid, MemberId(1), raid.roles[0].key, now=NOW, source=Source.REACTION).raid


def test_an_open_raid_has_its_reminders_and_its_start_ahead() -> None:
    assert minutes_before(dungeon()) == [30, 0]
    assert minutes_before(joined(dungeon())) == [30, 10, 0]
    assert minutes_before(replace(joined(dungeon()), created_at=START - timedelta(minutes=40))) == [20, 10, 0]


def test_a_full_raid_closes_earlier() -> None:
    assert minutes_before(full()) == [60, 30, 10, 0]
    assert minutes_before(full(), replace(SETTINGS, full_close_minutes=0)) == [30, 10, 0]


def test_what_is_done_or_not_wanted_is_not_ahead() -> None:
    closed = lifecycle.close(joined(dungeon()), reason=CloseReason.MANUAL, by=None, now=NOW).raid

    assert minutes_before(closed) == [30, 10]
    assert minutes_before(replace(closed, reminded_until=START - timedelta(minutes=30))) == [10]
    assert minutes_before(closed, replace(SETTINGS, member_leads=())) == [30]
    assert minutes_before(replace(dungeon(), status=Status.CANCELLED)) == []
    assert minutes_before(dungeon(), now=START) == []


def test_the_next_raid_of_a_series_is_ahead_unless_it_is_stopped() -> None:
    weekly = series(
        Schedule(zone="UTC", start=datetime.fromisoformat("2026-03-20T20:00"), rule=Weekly((4,)), posting=Lead(days=1))
    )
    stopped = replace(weekly, failures=MAX_FAILURES)

    assert [due.at for due in upcoming.posting(weekly, now=NOW)] == [datetime(2026, 3, 19, 20, tzinfo=UTC)]
    assert list(upcoming.posting(stopped, now=NOW)) == []


def test_announcements_of_a_raid_are_ahead_unless_it_is_cancelled() -> None:
    announcements = (Announcement(moment=Moment(minutes=-15)), Announcement(moment=Moment(minutes=5)))
    cancelled = replace(dungeon(), status=Status.CANCELLED)

    assert [due.at for due in upcoming.announced(dungeon(), announcements)] == [
        START - timedelta(minutes=15),
        START + timedelta(minutes=5),
    ]
    assert list(upcoming.announced(cancelled, announcements)) == []
