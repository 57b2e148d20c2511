"""Direct messages about series: a standing place that begins or ends, and a series that can't be posted."""

from raidbot.raids.labels import bold
from raidbot.raids.model import MemberId
from raidbot.raids.series.model import MAX_FAILURES, Series, Trouble
from raidbot.raids.series.words import describe_trouble
from raidbot.utils.words import Code, Text, count, paragraph, say


def news(before: Series | None, after: Series, *, answered: MemberId | None) -> dict[MemberId, Text]:
    """Return who hears by direct message of a change of a series, and what; `answered` reads it in an answer."""
    was = set() if before is None else {one.member for one in before.standing}
    new = (one.member for one in after.standing if one.member not in was)
    return {member: _begins(after) for member in new if member != answered}


def trouble_begins(series: Series, trouble: Trouble) -> Text:
    """Return what the creator of a series is told at the first failure."""
    again = count("I try again, and stop after {n} attempt.", "I try again, and stop after {n} attempts.", MAX_FAILURES)
    cannot = say("I can’t post the next raid of {series} (`{code}`).", series=bold(series.name), code=Code(series.code))
    return paragraph(cannot, describe_trouble(trouble), again)


def _begins(series: Series) -> Text:
    return paragraph(
        say("You have a standing place in {series}.", series=bold(series.name)),
        say("Each time it’s posted, I sign you up in your role. Use `/recurring` to skip a date or to leave."),
    )
