"""The words for members whom no direct message reaches: one message that names them, and a line on the panel."""

from collections.abc import Sequence

from raidbot.raids.labels import bold_coded
from raidbot.raids.model import MemberId, Raid, Status
from raidbot.raids.purposes import Purpose
from raidbot.utils.words import Instant, Listed, Mention, Raw, Text, lines, paragraph, say


def mention_text(raid: Raid, purpose: Purpose, cause: str, members: Sequence[MemberId]) -> Text:
    """Return the message that names the members. It says nothing that is only theirs to know."""
    who = Listed(tuple(Mention(member) for member in members), "and")
    first = paragraph(say("{members}: I can’t send you direct messages.", members=who), _news(raid, purpose, cause))
    return lines(first, Raw(raid.link) if raid.link else None)


def what_was_missed(purpose: Purpose, cause: str) -> Text:
    """Return the message in a few words, such as “the new time”."""
    match purpose, cause:
        case Purpose.REMINDER, _:
            return say("a reminder")
        case _, "timechanged":
            return say("the new time")
        case _, "cancelled":
            return say("the cancellation")
        case Purpose.PROMOTION, _:
            return say("their new seat")
        case _:
            return say("a change")


def _news(raid: Raid, purpose: Purpose, cause: str) -> Text:
    name, start, in_time = bold_coded(raid), Instant(raid.starts_at), Instant(raid.starts_at, "R")
    if raid.status is Status.CANCELLED:
        return say("{raid} ({start}) is cancelled.", raid=name, start=start)
    if purpose is Purpose.REMINDER:
        return say("{raid} starts {in_time}.", raid=name, in_time=in_time)
    if cause == "timechanged":
        return say("{raid} has a new time: {start} ({in_time}).", raid=name, start=start, in_time=in_time)
    return say("There is news for you about {raid}: look at its board.", raid=name)
