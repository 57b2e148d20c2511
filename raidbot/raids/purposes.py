"""The purpose of each message: it decides how urgent the message is, and when it is no longer owed."""

from enum import IntEnum, StrEnum

from raidbot.raids import events as ev


class Purpose(StrEnum):
    PROMOTION = "promotion"
    REQUEST = "request"
    REMINDER = "reminder"
    CHANGE = "change"
    COURTESY = "courtesy"

    @property
    def urgency(self) -> "Urgency":
        match self:
            case Purpose.PROMOTION | Purpose.REQUEST | Purpose.REMINDER:
                return Urgency.FIRST
            case Purpose.CHANGE:
                return Urgency.SECOND
            case Purpose.COURTESY:
                return Urgency.LAST


class Urgency(IntEnum):
    """The lowest goes first. The numbers stand in rows of the outbox."""

    FIRST = 0
    SECOND = 1
    LAST = 2


def purpose_of(event: ev.Event) -> Purpose:
    match event:
        case ev.Promoted():
            return Purpose.PROMOTION
        case ev.SubstituteAsked():
            return Purpose.REQUEST
        case ev.Reminded():
            return Purpose.REMINDER
        case ev.Joined() | ev.Waitlisted() | ev.Moved() | ev.WaitEnded() | ev.Filled():
            return Purpose.COURTESY
        case _:
            return Purpose.CHANGE
