from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from raidbot.raids import events as ev
from raidbot.raids import lifecycle
from raidbot.raids.events import Reminder
from raidbot.raids.model import CancelReason, CloseReason, Raid
from raidbot.raids.reminders import due_reminders, note_missed, remind
from raidbot.raids.rosters import signups
from raidbot.raids.settings import GuildSettings
from tests.raids.builders import (
    ALICE,
    BOB,
    CREATOR,
    EVERY_KIND,
    GUILD,
    MANAGER,
    NOW,
    START,
    TANK,
    joined,
    raid,
    unposted_raid,
)

DEFAULTS = GuildSettings(guild=GUILD)


def before_start(**lead: int) -> datetime:
    return START - timedelta(**lead)


def due(board: Raid, now: datetime, settings: GuildSettings = DEFAULTS) -> tuple[Reminder, ...]:
    return due_reminders(board, settings, now=now)


@pytest.mark.parametrize("board", EVERY_KIND, ids=lambda board: board.kind)
def test_the_creator_is_reminded_half_an_hour_and_participants_ten_minutes_before(board: Raid) -> None:
    assert due(board, before_start(minutes=30, seconds=1)) == ()
    assert due(board, before_start(minutes=30)) == (Reminder.CREATOR,)
    board = remind(board, Reminder.CREATOR).raid
    assert due(board, before_start(minutes=10, seconds=1)) == ()
    assert due(board, before_start(minutes=10)) == (Reminder.PARTICIPANTS,)
    board = remind(joined(board, board.roles[0].key, ALICE), Reminder.PARTICIPANTS).raid
    assert due(board, before_start(minutes=1)) == ()


def test_after_downtime_both_are_late_but_not_after_the_start() -> None:
    assert due(raid(tank=1), before_start(seconds=1)) == (Reminder.CREATOR, Reminder.PARTICIPANTS)
    assert due(raid(tank=1), START) == ()


@pytest.mark.parametrize(("ahead", "creator", "participants"), [(120, 90, 110), (30, 15, 20), (16, 8, 8), (8, 4, 4)])
def test_a_raid_put_up_at_short_notice_reminds_halfway(ahead: int, creator: int, participants: int) -> None:
    board = replace(raid(tank=1), created_at=NOW, starts_at=NOW + timedelta(minutes=ahead))

    def due_after(reminder: Reminder) -> int:
        return next(minute for minute in range(ahead) if reminder in due(board, NOW + timedelta(minutes=minute)))

    assert due_after(Reminder.CREATOR) == creator
    assert due_after(Reminder.PARTICIPANTS) == participants


def missed(board: Raid, settings: GuildSettings = DEFAULTS) -> tuple[ev.Event, ...]:
    """Return what is noted when the raid begins, besides its beginning."""
    change = lifecycle.close(board, reason=CloseReason.AT_START, by=None, now=START)
    return note_missed(board, change, settings).events[1:]


def test_reminders_that_nobody_got_are_noted_with_the_start() -> None:
    board = joined(raid(tank=2), TANK, ALICE)
    late = signups.react(board, BOB, TANK, now=before_start(seconds=20)).raid
    creator, alice = ev.ReminderMissed(Reminder.CREATOR, (CREATOR,)), ev.ReminderMissed(Reminder.PARTICIPANTS, (ALICE,))

    assert missed(board) == (creator, alice)
    assert missed(late) == (creator, alice)
    assert missed(raid(tank=2)) == (creator,)
    assert missed(remind(board, Reminder.CREATOR).raid) == (alice,)
    assert missed(board, replace(DEFAULTS, creator_reminders=False, participant_reminders=False)) == ()
    assert missed(replace(raid(tank=1), created_at=before_start(seconds=30))) == ()


def test_a_raid_that_began_before_notes_nothing_again() -> None:
    board = replace(joined(raid(tank=2), TANK, ALICE), begun=True)

    assert missed(board) == ()


def test_an_empty_roster_does_not_use_the_reminder_up() -> None:
    board = raid(tank=1)

    assert remind(board, Reminder.PARTICIPANTS) == ev.Change(board)
    joined_late = signups.react(board, ALICE, TANK, now=before_start(minutes=5)).raid
    assert remind(joined_late, Reminder.PARTICIPANTS).events == (ev.Reminded(Reminder.PARTICIPANTS, (ALICE,)),)


def test_closed_raids_remind_and_cancelled_or_unposted_ones_do_not() -> None:
    shut = lifecycle.close(raid(tank=1), reason=CloseReason.FULL, by=None, now=NOW).raid
    cancelled = lifecycle.cancel(shut, reason=CancelReason.MANUAL, by=MANAGER, now=NOW).raid

    assert len(due(shut, before_start(minutes=5))) == 2
    assert due(cancelled, before_start(minutes=5)) == ()
    assert due(unposted_raid(), before_start(minutes=5)) == ()
    assert remind(cancelled, Reminder.CREATOR) == ev.Change(cancelled)


def test_a_server_chooses_its_leads_and_may_switch_each_off() -> None:
    late = before_start(minutes=5)
    early = replace(DEFAULTS, creator_reminder_minutes=60, participant_reminder_minutes=0)

    assert due(raid(tank=1), late, replace(DEFAULTS, creator_reminders=False)) == (Reminder.PARTICIPANTS,)
    assert due(raid(tank=1), late, replace(DEFAULTS, participant_reminders=False)) == (Reminder.CREATOR,)
    assert due(raid(tank=1), before_start(hours=1), early) == (Reminder.CREATOR,)
    assert due(raid(tank=1), late, early) == (Reminder.CREATOR,)


def test_a_reminder_names_its_people_once() -> None:
    board = joined(raid(tank=1), TANK, ALICE, BOB)

    creator = remind(board, Reminder.CREATOR)
    participants = remind(creator.raid, Reminder.PARTICIPANTS)

    assert creator.events == (ev.Reminded(Reminder.CREATOR, (CREATOR,)),)
    assert participants.events == (ev.Reminded(Reminder.PARTICIPANTS, (ALICE,)),)
    assert remind(participants.raid, Reminder.CREATOR).events == ()
    assert remind(participants.raid, Reminder.PARTICIPANTS).events == ()


def test_another_time_owes_both_again_and_reopening_does_not() -> None:
    board = joined(raid(tank=1), TANK, ALICE)
    board = remind(remind(board, Reminder.CREATOR).raid, Reminder.PARTICIPANTS).raid
    shut = lifecycle.close(board, reason=CloseReason.MANUAL, by=MANAGER, now=NOW).raid

    moved = lifecycle.change_time(board, START + timedelta(hours=1), "UTC", now=NOW).raid
    reopened = lifecycle.reopen(shut, by=MANAGER, now=NOW).raid

    assert len(due(moved, START + timedelta(minutes=55))) == 2
    assert due(reopened, before_start(minutes=5)) == ()


def test_who_joins_late_is_still_in_the_reminder() -> None:
    board = joined(raid(tank=2), TANK, ALICE)
    board = signups.react(board, BOB, TANK, now=before_start(minutes=11)).raid

    assert remind(board, Reminder.PARTICIPANTS).events == (ev.Reminded(Reminder.PARTICIPANTS, (ALICE, BOB)),)
