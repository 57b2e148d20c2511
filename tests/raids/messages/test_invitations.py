"""Messages invite to nothing that would be refused at that time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from raidbot.raids import events as ev
from raidbot.raids.messages.who_hears import BY_DIRECT_MESSAGE
from raidbot.raids.model import CloseReason, Seat, Source, Status
from raidbot.raids.notifications import notices
from raidbot.raids.rosters import signups
from raidbot.utils.words import render
from tests.raids.builders import ALICE, BOB, HEALER, MANAGER, NOW, START, TANK, raid

OPEN = replace(raid(tank=1, healer=2), seats=(Seat(ALICE, TANK, 1, NOW, Source.MANAGER),), leader=MANAGER)
STATES = {
    "open": (OPEN, NOW),
    "closed before the start": (replace(OPEN, status=Status.CLOSED, closed_reason=CloseReason.MANUAL), NOW),
    "begun": (replace(OPEN, status=Status.CLOSED, closed_reason=CloseReason.AT_START, begun=True), START),
    "open for latecomers": (replace(OPEN, begun=True, hold=True), START + timedelta(minutes=1)),
}
EVENTS: dict[type[ev.Event], ev.Event] = {
    ev.Moved: ev.Moved(ALICE, HEALER, TANK),
    ev.Waitlisted: ev.Waitlisted(BOB, TANK, 1),
    ev.Promoted: ev.Promoted(ALICE, TANK),
    ev.WaitEnded: ev.WaitEnded(ALICE, HEALER),
    ev.Left: ev.Left(BOB, TANK, called_off=True),
    ev.Assigned: ev.Assigned(ALICE, TANK, None, False),
    ev.Removed: ev.Removed(BOB, None),
    ev.SentToWait: ev.SentToWait(BOB, TANK, 1, None),
    ev.SideTaken: ev.SideTaken(ALICE, None, "Dragons"),
    ev.PlaceRestored: ev.PlaceRestored(ALICE, TANK, ()),
    ev.SubstituteCame: ev.SubstituteCame(BOB, TANK, None, MANAGER),
    ev.AskDeclined: ev.AskDeclined(BOB, TANK, MANAGER),
    ev.AskUndelivered: ev.AskUndelivered(BOB, TANK, MANAGER),
    ev.AskEnded: ev.AskEnded(BOB, TANK),
    ev.Filled: ev.Filled(),
    ev.Revived: ev.Revived(),
    ev.TimeChanged: ev.TimeChanged(START, START + timedelta(hours=1)),
    ev.LengthChanged: ev.LengthChanged(None, 90),
    ev.LeaderChanged: ev.LeaderChanged(None, ALICE),
    ev.Reminded: ev.Reminded(ev.Reminder.PARTICIPANTS, (ALICE,)),
}
ELSEWHERE = {ev.Posted, ev.Cancelled, ev.SubstituteAsked}
"""Raids are posted and people are asked before the start only, and what is cancelled invites to nothing."""


def test_every_event_that_anybody_hears_of_is_tried() -> None:
    assert set(BY_DIRECT_MESSAGE) == EVENTS.keys() | ELSEWHERE


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("state", STATES)
def test_what_a_message_invites_to_is_not_refused(state: str, kind: type[ev.Event]) -> None:
    now_raid, now = STATES[state]
    for notice in notices(ev.Change(now_raid, (EVENTS[kind],))):
        assert ("press the button" in render(notice.text)) is bool(notice.buttons)
        for button in notice.buttons:
            assert button.address.endswith(":out")
            signups.leave(now_raid, notice.member, now=now)


def test_a_seat_given_after_the_start_comes_without_the_button() -> None:
    now_raid, _ = STATES["begun"]

    (notice,) = notices(ev.Change(now_raid, (EVENTS[ev.Assigned],)))

    assert "The raid has started: if you can’t make it, tell whoever leads it." in render(notice.text)
