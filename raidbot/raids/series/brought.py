"""The fate of a recurring raid of the Node.js bot: taken over with remarks, or not, and why."""

from dataclasses import dataclass, replace
from enum import StrEnum

from raidbot.utils.words import Name, Text, say


class Remark(StrEnum):
    """Something that was put right, or the reason why nothing could be. Rows hold it."""

    # Reasons for not taking a series over
    NO_SERVER = "no-server"
    NO_CREATOR = "no-creator"
    NO_TEMPLATE = "no-template"
    NO_RULE = "no-rule"
    NO_WEEKDAY = "no-weekday"
    NO_TIME = "no-time"
    NO_ZONE = "no-zone"
    NO_HOURS = "no-hours"
    TOO_MANY = "too-many"
    UNREADABLE = "unreadable"
    REFUSED = "refused"
    # What was put right
    ZONE_NAMED = "zone-named"
    ZONE_OF_SERVER = "zone-of-server"
    TIME_AS_PLANNED = "time-as-planned"
    TIME_READ = "time-read"
    POSTED_AT_START = "posted-at-start"
    POSTED_DAILY = "posted-daily"
    POSTING_UNREADABLE = "posting-unreadable"
    ANCHOR = "anchor"
    CHANNEL = "channel"
    MENTION = "mention"
    LENGTH = "length"
    STRATEGY = "strategy"
    FLAG = "flag"
    DATE_CANCELLED = "date-cancelled"


@dataclass(frozen=True, slots=True)
class Noted:
    """A remark about one row; `detail` is what the row says there, or what was made of it."""

    remark: Remark
    detail: str = ""


class TakeOverError(Exception):
    """A series cannot be taken over; `noted` gives the reason."""

    def __init__(self, remark: Remark, detail: str = "") -> None:
        super().__init__(remark)
        self.noted = Noted(remark, detail)


_ANY = Name("")
"""Stands for the detail of a remark."""
_SENTENCES = {
    Remark.NO_SERVER: say("Nothing says on which server it is: {detail}", detail=_ANY),
    Remark.NO_CREATOR: say("Nothing says who made it: {detail}", detail=_ANY),
    Remark.NO_TEMPLATE: say("Its template “{detail}” was deleted or disabled.", detail=_ANY),
    Remark.NO_RULE: say("It repeats in an unknown way: {detail}", detail=_ANY),
    Remark.NO_WEEKDAY: say("Nothing says on which weekday it is: {detail}", detail=_ANY),
    Remark.NO_TIME: say("Nothing says at what time it is: {detail}", detail=_ANY),
    Remark.NO_ZONE: say("Nobody knows its time zone: {detail}", detail=_ANY),
    Remark.NO_HOURS: say("It can’t repeat every so many hours: {detail}", detail=_ANY),
    Remark.TOO_MANY: say("The server has {detail} series already.", detail=_ANY),
    Remark.UNREADABLE: say("Its row can’t be read: {detail}", detail=_ANY),
    Remark.REFUSED: say("{detail}", detail=_ANY),
    Remark.ZONE_NAMED: say("Time zone: {detail}, which follows daylight saving time.", detail=_ANY),
    Remark.ZONE_OF_SERVER: say(
        "Nobody knows its time zone {detail}, so dates are those of the server’s zone.", detail=_ANY
    ),
    Remark.TIME_AS_PLANNED: say("Its time could not be read, so it stays as it was planned: {detail}", detail=_ANY),
    Remark.TIME_READ: say("Its time is read as {detail}.", detail=_ANY),
    Remark.POSTED_AT_START: say("It was posted when the raid began. Now it is posted {detail} before.", detail=_ANY),
    Remark.POSTED_DAILY: say("It is posted at {detail} for each of its raids, and not once a week.", detail=_ANY),
    Remark.POSTING_UNREADABLE: say(
        "Its posting time could not be read ({detail}), so it is posted 24 hours before.", detail=_ANY
    ),
    Remark.ANCHOR: say("Nothing said when it is next, so its hours are counted from {detail}.", detail=_ANY),
    Remark.CHANNEL: say("Its channel could not be read ({detail}). It is posted in the one for its kind.", detail=_ANY),
    Remark.MENTION: say("The role to notify could not be read ({detail}), so nobody is notified.", detail=_ANY),
    Remark.LENGTH: say("Its length could not be read ({detail}). It is that of the template.", detail=_ANY),
    Remark.STRATEGY: say("Its strategy is {detail}.", detail=_ANY),
    Remark.FLAG: say("Whether {detail} could not be read. Taken as no.", detail=_ANY),
    Remark.DATE_CANCELLED: say(
        "The raid of {detail} was posted and taken down before, so that date is skipped.", detail=_ANY
    ),
}


def describe(noted: Noted) -> Text:
    """Return a remark as a sentence."""
    sentence = _SENTENCES[noted.remark]
    return replace(sentence, arguments=(("detail", Name(noted.detail)),)) if sentence.arguments else sentence


def in_plain_text(noted: Noted) -> str:
    """Return a remark for the importer's report, where nothing is Markdown."""
    return _SENTENCES[noted.remark].msgid.format(detail=noted.detail)
