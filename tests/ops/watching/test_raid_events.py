"""Events of raids are counted by what they are."""

from typing import get_args

from raidbot.ops.watching import raid_events
from raidbot.raids import events as ev
from raidbot.raids.events import Change, Reminded, Reminder, ReminderMissed
from raidbot.utils.metrics import raids as metrics
from raidbot.utils.metrics.reading import Increase
from tests.raids.builders import ALICE, BOB, TANK, raid

NOT_COUNTED = {
    ev.WaitEnded: "an event beside it is counted",
    ev.SideTaken: "no place changes hands",
    ev.SpecChosen: "no place changes hands",
    ev.PlaceRestored: "an undo, seldom",
    ev.SubstituteAsked: "a question",
    ev.AskDeclined: "an answer",
    ev.AskUndelivered: "counted as a message",
    ev.AskEnded: "an event beside it is counted",
    ev.Began: "the clock says so",
    ev.NotBegun: "the clock was wrong",
}


def test_every_event_of_a_roster_and_of_a_life_is_counted_or_left_out_for_a_reason() -> None:
    kinds = {*get_args(ev.Signup), *get_args(ev.RosterEdit), *get_args(ev.Substitution), *get_args(ev.Lifecycle)}
    counted = raid_events.COUNTED

    assert kinds - counted == NOT_COUNTED.keys()
    assert counted <= kinds


def test_reminders_are_counted_once_for_each_member() -> None:
    due, missed = (Increase(metrics.REMINDERS, 600, outcome=outcome) for outcome in ("due", "missed"))
    due.look(0)
    missed.look(0)

    raid_events.committed(raid(tank=1), Change(raid(tank=1), (Reminded(Reminder.PARTICIPANTS, (ALICE, BOB)),)))
    raid_events.committed(raid(tank=1), Change(raid(tank=1), (ReminderMissed(Reminder.CREATOR, (ALICE,)),)))

    assert (due.look(1), missed.look(1)) == (2, 1)


def test_promotions_are_no_signups_of_the_promoted() -> None:
    promoted, signups = Increase(metrics.PROMOTIONS, 600), Increase(metrics.SIGNUPS, 600)
    promoted.look(0)
    signups.look(0)

    raid_events.committed(raid(tank=1), Change(raid(tank=1), (ev.Left(ALICE, TANK), ev.Promoted(BOB, TANK))))

    assert (promoted.look(1), signups.look(1)) == (1, 1)
