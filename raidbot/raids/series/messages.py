"""Direct messages about series: a standing place that begins, rests or ends, and a series that can't be posted."""

from collections.abc import Iterator
from dataclasses import dataclass

from raidbot.raids.events import Cause
from raidbot.raids.labels import bold
from raidbot.raids.model import MemberId, Source
from raidbot.raids.notifications import Button
from raidbot.raids.schedules.rules import Weekly
from raidbot.raids.series.model import MAX_FAILURES, Series, Trouble
from raidbot.raids.series.words import describe_trouble
from raidbot.utils.words import Code, Text, count, paragraph, say

STANDING = "standing"
"""The first part of the address of a button under a message about a standing place."""
AWAY = "away"
"""The reply that misses the next date; the series' id follows."""


@dataclass(frozen=True, slots=True)
class News:
    """A message to a member; `about` differs for messages that may be caused within the same second."""

    member: MemberId
    about: str
    text: Text
    buttons: tuple[Button, ...] = ()


def news(before: Series | None, after: Series, cause: Cause) -> tuple[News, ...]:
    """Return who hears by direct message of a change of a series, and what; whoever reads the answer does not."""
    return tuple(one for one in _news(before, after, cause) if one.member != cause.answered)


def trouble_begins(series: Series, trouble: Trouble) -> Text:
    """Return what the creator of a series is told at the first failure."""
    again = count(
        "I’ll try again, and stop after {n} attempt.", "I’ll try again, and stop after {n} attempts.", MAX_FAILURES
    )
    cannot = say("I can’t post the next raid of {series} (`{code}`).", series=bold(series.name), code=Code(series.code))
    return paragraph(cannot, describe_trouble(trouble), again)


def _news(before: Series | None, after: Series, cause: Cause) -> Iterator[News]:
    was = {} if before is None else {one.member: one for one in before.standing}
    for place in after.standing:
        held = was.pop(place.member, None)
        if held is None:
            yield News(place.member, "begins", _begins(after), (_miss_next(after),))
        elif place.is_role_gone and not held.is_role_gone:
            yield News(place.member, "role", _role_gone(after))
    if cause.source is not Source.RECONCILE:  # they left the server
        for member in was:
            yield News(member, "ends", _ended_by_absence(after) if cause.source is Source.CLOCK else _ended(after))


def _begins(series: Series) -> Text:
    return paragraph(
        say("You have a standing place in {series}.", series=bold(series.name)),
        say("Each time it’s posted, I sign you up in your role. Use `/recurring leave` to give it up."),
    )


def _miss_next(series: Series) -> Button:
    rule = series.schedule.rule
    is_once_a_week = isinstance(rule, Weekly) and len(rule.weekdays) == 1 and rule.interval == 1
    label = say("Not this week") if is_once_a_week else say("Not the next time")
    return Button(label, f"{STANDING}:{AWAY}:{series.id}")


def _role_gone(series: Series) -> Text:
    return say(
        "Your role in {series} is gone, so your standing place rests. Choose another one with `/recurring join`.",
        series=bold(series.name),
    )


def _ended_by_absence(series: Series) -> Text:
    return say(
        "Your standing place in {series} ended, because you were marked as absent for three weeks."
        " Use `/recurring join` to come every time again.",
        series=bold(series.name),
    )


def _ended(series: Series) -> Text:
    return say(
        "A raid leader ended your standing place in {series}. Raids that are posted already keep you.",
        series=bold(series.name),
    )
