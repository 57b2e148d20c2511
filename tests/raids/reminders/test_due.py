"""The instants at which reminders are due, and to whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from raidbot.raids import events as ev
from raidbot.raids import lifecycle
from raidbot.raids.events import Reminder
from raidbot.raids.model import CancelReason, CloseReason, MemberId, Raid
from raidbot.raids.reminders.due import OwnLeads, Wishes, due, joint_with, next_time, note_missed, remind
from raidbot.raids.reminders.leads import Leads, ReminderLead
from raidbot.raids.rosters import signups
from raidbot.raids.settings import GuildSettings
from tests.raids.builders import (
    ALICE,
    BOB,
    CREATOR,
    EVERY_KIND,
    GUILD,
    HEALER,
    MANAGER,
    NOW,
    START,
    TANK,
    joined,
    raid,
    unposted_raid,
)

DEFAULTS = GuildSettings(guild=GUILD)
DAY, HOUR, TEN = ReminderLead(days=1), ReminderLead(60), ReminderLead(10)
LONG_AGO = START - timedelta(days=90)


def wishes(*leads: ReminderLead, own: dict[MemberId, OwnLeads] | None = None, **more: object) -> Wishes:
    """Return the wishes of a server with these leads for participants, and none for the creator."""
    settings = DEFAULTS.with_fields({"leader_leads": (), "member_leads": leads} | more)
    return Wishes(settings=settings, own=own or {})


def before_start(**lead: int) -> datetime:
    return START - timedelta(**lead)


def old(board: Raid) -> Raid:
    """Return the raid, made long before its start."""
    return replace(board, created_at=LONG_AGO)


def seated(*members: MemberId, since: datetime = LONG_AGO, **seats: int) -> Raid:
    board = old(raid(**(seats or {"tank": 3})))
    for member in members:
        board = signups.react(board, member, TANK, now=since).raid
    return board


def whom(board: Raid, now: datetime, wanted: Wishes | None = None) -> list[tuple[MemberId, Reminder]]:
    found = due(board, wanted or Wishes(settings=DEFAULTS), now=now)
    return list(dict.fromkeys((one.member, one.which) for one in found))


def sent(board: Raid, now: datetime, wanted: Wishes) -> Raid:
    return remind(board, due(board, wanted, now=now), now=now).raid


@pytest.mark.parametrize("board", EVERY_KIND, ids=lambda board: board.kind)
def test_the_creator_is_reminded_half_an_hour_and_participants_ten_minutes_before(board: Raid) -> None:
    board = joined(board, board.roles[0].key, ALICE)
    wanted = Wishes(settings=DEFAULTS)

    assert whom(board, before_start(minutes=30, seconds=1)) == []
    assert whom(board, before_start(minutes=30)) == [(CREATOR, Reminder.CREATOR)]
    board = sent(board, before_start(minutes=30), wanted)
    assert whom(board, before_start(minutes=10, seconds=1)) == []
    assert whom(board, before_start(minutes=10)) == [(ALICE, Reminder.PARTICIPANTS)]
    assert whom(sent(board, before_start(minutes=10), wanted), before_start(minutes=1)) == []


def test_after_downtime_both_are_late_but_not_after_the_start() -> None:
    board = seated(ALICE)

    assert whom(board, before_start(seconds=1)) == [(CREATOR, Reminder.CREATOR), (ALICE, Reminder.PARTICIPANTS)]
    assert whom(board, START) == []


@pytest.mark.parametrize(("ahead", "creator", "participants"), [(120, 90, 110), (30, 15, 20), (16, 8, 8), (8, 4, 4)])
def test_a_raid_put_up_at_short_notice_reminds_halfway(ahead: int, creator: int, participants: int) -> None:
    board = replace(joined(raid(tank=1), TANK, ALICE), created_at=NOW, starts_at=NOW + timedelta(minutes=ahead))

    def due_after(member: MemberId) -> int:
        minutes = (minute for minute in range(ahead) if member in dict(whom(board, NOW + timedelta(minutes=minute))))
        return next(minutes)

    assert due_after(CREATOR) == creator
    assert due_after(ALICE) == participants


def test_only_the_shortest_lead_is_due_halfway_and_longer_ones_not_at_all() -> None:
    board = replace(joined(raid(tank=1), TANK, ALICE), created_at=NOW, starts_at=NOW + timedelta(minutes=16))
    wanted = wishes(DAY, HOUR, TEN)

    assert next_time(board, wanted, after=NOW) == NOW + timedelta(minutes=8)
    assert next_time(board, wanted, after=NOW + timedelta(minutes=8)) is None


def test_of_several_leads_that_are_overdue_at_once_one_message_goes_out() -> None:
    board, wanted = seated(ALICE), wishes(DAY, HOUR, TEN)

    change = remind(board, due(board, wanted, now=before_start(minutes=5)), now=before_start(minutes=5))

    assert change.events == (ev.Reminded(Reminder.PARTICIPANTS, (ALICE,)),)
    assert whom(change.raid, before_start(minutes=4), wanted) == []


def test_who_joins_after_a_lead_gets_the_next_one_only() -> None:
    board, wanted = seated(ALICE, since=before_start(hours=3)), wishes(DAY, TEN)

    assert whom(board, before_start(hours=2), wanted) == []
    assert whom(board, before_start(minutes=10), wanted) == [(ALICE, Reminder.PARTICIPANTS)]


def test_who_leaves_and_comes_back_after_a_reminder_gets_no_second_one_for_it() -> None:
    board, wanted = sent(seated(ALICE), before_start(days=1), wishes(DAY, TEN)), wishes(DAY, TEN)
    board = signups.leave(board, ALICE, now=before_start(hours=5)).raid
    board = signups.react(board, ALICE, TANK, now=before_start(hours=4)).raid

    assert whom(board, before_start(hours=1), wanted) == []
    assert whom(board, before_start(minutes=10), wanted) == [(ALICE, Reminder.PARTICIPANTS)]


def test_who_waits_is_reminded_only_if_the_server_says_so_and_who_is_promoted_in_any_case() -> None:
    board = seated(ALICE, BOB, tank=1)
    promoted = signups.leave(board, ALICE, now=before_start(minutes=12)).raid

    assert whom(board, before_start(days=1), wishes(DAY, TEN)) == [(ALICE, Reminder.PARTICIPANTS)]
    assert dict(whom(board, before_start(days=1), wishes(DAY, TEN, remind_waiting=True))).keys() == {ALICE, BOB}
    assert whom(promoted, before_start(minutes=11), wishes(DAY, TEN)) == []
    assert whom(promoted, before_start(minutes=10), wishes(DAY, TEN)) == [(BOB, Reminder.PARTICIPANTS)]


def test_own_leads_replace_those_of_the_server_also_with_none() -> None:
    own = {ALICE: OwnLeads((HOUR,), LONG_AGO), BOB: OwnLeads((), LONG_AGO), CREATOR: OwnLeads((), LONG_AGO)}
    board = seated(ALICE, BOB, MANAGER)
    wanted = Wishes(settings=DEFAULTS, own=own)

    assert whom(board, before_start(minutes=60), wanted) == [(ALICE, Reminder.PARTICIPANTS)]
    assert whom(sent(board, before_start(minutes=60), wanted), before_start(minutes=5), wanted) == [
        (MANAGER, Reminder.PARTICIPANTS)
    ]


def test_leads_chosen_after_their_instant_remind_nobody_anew() -> None:
    chosen = before_start(hours=4)
    board = seated(ALICE, BOB)
    wanted = wishes(DAY, TEN, leads_since=chosen, own={BOB: OwnLeads((DAY, HOUR), chosen)})

    assert whom(board, before_start(hours=3), wanted) == []
    assert whom(board, before_start(hours=1), wanted) == [(BOB, Reminder.PARTICIPANTS)]


def test_a_lead_far_ahead_is_due_to_the_second() -> None:
    board = replace(seated(ALICE), created_at=START - timedelta(days=60))
    wanted = wishes(ReminderLead(days=14))

    assert next_time(board, wanted, after=START - timedelta(days=60)) == before_start(days=14)
    assert whom(board, before_start(days=14, seconds=1), wanted) == []
    assert whom(board, before_start(days=14), wanted) == [(ALICE, Reminder.PARTICIPANTS)]


@pytest.mark.parametrize(
    ("leads", "expected"),
    [
        ((ReminderLead(days=1),), datetime(2027, 3, 14, 1, tzinfo=UTC)),  # 20:00 in New York, 23 hours before
        ((ReminderLead(24 * 60),), datetime(2027, 3, 14, 0, tzinfo=UTC)),
    ],
)
def test_days_are_calendar_days_of_the_raids_zone_and_hours_are_elapsed(leads: Leads, expected: datetime) -> None:
    start = datetime(2027, 3, 15, 0, tzinfo=UTC)  # Sunday 14 March, 20:00, the day on which clocks change
    board = replace(seated(ALICE), starts_at=start, zone="America/New_York")

    assert next_time(board, wishes(*leads), after=LONG_AGO) == expected


def test_another_time_owes_all_again_and_reopening_does_not() -> None:
    board = sent(seated(ALICE), before_start(minutes=5), Wishes(settings=DEFAULTS))
    shut = lifecycle.close(board, reason=CloseReason.MANUAL, by=MANAGER, now=NOW).raid

    moved = lifecycle.change_time(board, START + timedelta(hours=1), "UTC", now=before_start(minutes=4)).raid
    reopened = lifecycle.reopen(shut, by=MANAGER, now=NOW).raid

    assert len(whom(moved, START + timedelta(minutes=55))) == 2
    assert whom(reopened, before_start(minutes=4)) == []


def test_a_raid_moved_just_before_a_lead_is_silent_at_the_old_one() -> None:
    later, wanted = START + timedelta(days=30), wishes(DAY, TEN)
    moved = lifecycle.change_time(seated(ALICE), later, "UTC", now=before_start(days=1, minutes=5)).raid

    assert next_time(moved, wanted, after=LONG_AGO) == later - timedelta(days=1)
    again = sent(moved, later - timedelta(days=1), wanted)
    assert next_time(again, wanted, after=LONG_AGO) == later - timedelta(minutes=10)


def missed(board: Raid, settings: GuildSettings = DEFAULTS) -> tuple[ev.Event, ...]:
    """Return what is noted when the raid begins, besides its beginning."""
    change = lifecycle.close(board, reason=CloseReason.AT_START, by=None, now=START)
    return note_missed(board, change, Wishes(settings=settings)).events[1:]


def test_reminders_that_nobody_got_are_noted_with_the_start() -> None:
    board = joined(raid(tank=2), TANK, ALICE)
    late = signups.react(board, BOB, TANK, now=before_start(seconds=20)).raid
    creator, alice = ev.ReminderMissed(Reminder.CREATOR, (CREATOR,)), ev.ReminderMissed(Reminder.PARTICIPANTS, (ALICE,))

    assert missed(board) == (creator, alice)
    assert missed(late) == (creator, alice)
    assert missed(raid(tank=2)) == (creator,)
    assert missed(sent(board, before_start(minutes=30), Wishes(settings=DEFAULTS))) == (alice,)
    assert missed(board, replace(DEFAULTS, leader_leads=(), member_leads=())) == ()
    assert missed(replace(raid(tank=1), created_at=before_start(seconds=30))) == ()


def test_a_raid_that_began_before_notes_nothing_again() -> None:
    assert missed(replace(joined(raid(tank=2), TANK, ALICE), begun=True)) == ()


def test_closed_raids_remind_and_cancelled_or_unposted_ones_do_not() -> None:
    shut = lifecycle.close(seated(ALICE), reason=CloseReason.FULL, by=None, now=NOW).raid
    cancelled = lifecycle.cancel(shut, reason=CancelReason.MANUAL, by=MANAGER, now=NOW).raid

    assert len(whom(shut, before_start(minutes=5))) == 2
    assert whom(cancelled, before_start(minutes=5)) == []
    assert whom(unposted_raid(), before_start(minutes=5)) == []


def test_a_server_may_switch_each_off() -> None:
    board, late = seated(ALICE), before_start(minutes=5)

    assert whom(board, late, wishes(TEN)) == [(ALICE, Reminder.PARTICIPANTS)]
    assert whom(board, late, Wishes(settings=replace(DEFAULTS, member_leads=()))) == [(CREATOR, Reminder.CREATOR)]
    assert whom(board, late, wishes()) == []


def later_by(minutes: int, *members: MemberId) -> Raid:
    return replace(seated(*members), starts_at=START + timedelta(minutes=minutes))


def test_a_message_about_one_raid_stands_for_the_next_reminder_of_another_close_by() -> None:
    wanted, now, other = wishes(DAY, TEN), before_start(minutes=10), later_by(10, ALICE)
    other = sent(other, before_start(hours=1), wanted)

    joint = joint_with(other, wanted, ALICE, now=now)

    assert joint == ev.Joint(ALICE, other.id, 0, other.starts_at, START)
    assert due(other, wanted, now=START, named={ALICE: START}) == ()
    assert joint_with(other, wanted, ALICE, now=now, named={ALICE: START}) is None
    assert joint_with(other, wanted, BOB, now=now) is None


def test_a_message_long_before_a_reminder_does_not_stand_for_it() -> None:
    other = later_by(10, ALICE)

    assert joint_with(other, wishes(TEN), ALICE, now=before_start(minutes=30)) is None


def test_who_is_reminded_names_the_present_role_only_once() -> None:
    board = joined(raid(tank=1, healer=1), HEALER, ALICE)
    board = signups.join(board, ALICE, TANK, now=NOW, source=board.seats[0].source).raid

    assert dict(whom(board, before_start(minutes=5))).keys() == {CREATOR, ALICE}
    assert len(whom(board, before_start(minutes=5), wishes(TEN))) == 1
