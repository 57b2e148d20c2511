"""Raids that were posted for a series, and the refusal to change what is posted already."""

from raidbot.raids.model import Raid, Status
from raidbot.raids.schedules.rules import RecurrenceId
from raidbot.raids.series.model import OccurrenceState, Series
from raidbot.state import State
from raidbot.utils.errors import Refusal
from raidbot.utils.words import Code, say

_HISTORY = 100


class PostedAlready(Refusal):
    """The occurrence is this raid, which has a panel of its own."""

    def __init__(self, raid: Raid) -> None:
        super().__init__(
            say("This date is posted already, as `{code}`. Change or cancel it with `/raid`.", code=Code(raid.code))
        )


async def posted_ahead(state: State, series: Series) -> list[Raid]:
    """Return the series' raids that are posted, not cancelled, and begin later, soonest first."""
    now = state.now()
    past = await state.series.occurrences(series.id, limit=_HISTORY)
    found = [one.raid for one in past if one.state is OccurrenceState.POSTED and one.raid is not None]
    ahead = [raid async for raid in state.raids(found) if raid.starts_at > now and raid.status is not Status.CANCELLED]
    return sorted(ahead, key=lambda raid: raid.starts_at)


async def check_not_posted(state: State, series: Series, id_: RecurrenceId) -> None:
    """Raise PostedAlready for an occurrence that is posted and whose raid can still be looked up."""
    for one in await state.series.occurrences(series.id, limit=_HISTORY):
        if one.id == id_ and one.state is OccurrenceState.POSTED and one.raid is not None:
            async for raid in state.raids([one.raid]):
                raise PostedAlready(raid)
