"""The purpose of each message: it decides how urgent the message is, and when it is no longer owed."""

from enum import StrEnum

from raidbot.raids import events as ev


class Purpose(StrEnum):
    PROMOTION = "promotion"
    REQUEST = "request"
    REMINDER = "reminder"
    CHANGE = "change"
    COURTESY = "courtesy"


def purpose_of(event: ev.Event) -> Purpose:
    match event:
        case ev.Promoted():
            return Purpose.PROMOTION
        case ev.SubstituteAsked():
            return Purpose.REQUEST
        case ev.Reminded():
            return Purpose.REMINDER
        case ev.Waitlisted() | ev.Moved() | ev.WaitEnded() | ev.Filled():
            return Purpose.COURTESY
        case _:
            return Purpose.CHANGE
