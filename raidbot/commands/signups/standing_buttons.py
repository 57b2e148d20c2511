"""The button below a direct message about a standing place: miss the next date, and keep the place.

A DM has no guild, so the `custom_id` holds the series' id. It goes on with the later part of a series that was cut.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.router import Press, UnknownPanel, number_of
from raidbot.raids.labels import bold, coded
from raidbot.raids.model import MemberId, Raid, Source
from raidbot.raids.rosters import signups
from raidbot.raids.schedules.occurrences import Occurrence, raids
from raidbot.raids.series import rules
from raidbot.raids.series.messages import AWAY
from raidbot.raids.series.model import OccurrenceState, Series, SeriesId
from raidbot.raids.series.rules import NoSuchSeries, NotAPlace
from raidbot.state import Cause, State
from raidbot.utils.errors import Refusal
from raidbot.utils.words import Instant, Name, Text, day_in_words, render, say

_HISTORY = 100


class NoDateAhead(Refusal):
    def __init__(self, series: Series) -> None:
        super().__init__(say("No raid of {series} is planned.", series=Name(series.name)))


class AwayAlready(Refusal):
    def __init__(self, day: Text) -> None:
        super().__init__(say("You already miss {day}. Use `/recurring` to come after all.", day=day))


class NotInNextRaid(Refusal):
    def __init__(self, raid: Raid) -> None:
        super().__init__(
            say("You have no place in {raid}, which starts {at}.", raid=coded(raid), at=Instant(raid.starts_at))
        )


class StandingButtons:
    """`serves` returns True for guilds the bot works in."""

    def __init__(self, state: State, *, serves: Callable[[int], bool]) -> None:
        self._state = state
        self._serves = serves

    async def press(self, press: Press) -> None:
        match press.parts:
            case (action, series) if action == AWAY:
                said = await self._miss_next(SeriesId(number_of(series)), permissions.member_id(press.interaction))
                await responses.send_ephemeral(press.interaction, render(said))
            case _:
                raise UnknownPanel

    async def _miss_next(self, pressed: SeriesId, member: MemberId) -> Text:
        """Let the place rest on the next date, or leave its raid if it is posted. Raises Refusal."""
        series, following = await self._next(pressed, member)
        raid = await self._posted(series, following)
        cause = Cause(Source.BUTTON, member)
        if raid is not None:
            await self._leave(raid, member, cause)
            return say(
                "You left {raid}, which starts {at}. Your place stays.", raid=coded(raid), at=Instant(raid.starts_at)
            )
        day = day_in_words(following.starts_at.astimezone(series.schedule.place))
        held = series.standing_of(member)
        if held is not None and following.id in held.not_on:
            raise AwayAlready(day)
        await self._state.series.change(series.id, partial(rules.stay_away, member=member, id_=following.id), cause)
        raid = await self._posted(series, following)
        if raid is not None:  # the clock posted it meanwhile
            with suppress(Refusal):
                await self._leave(raid, member, cause)
        return say("You’re not coming to {series} on {day}. Your place stays.", series=bold(series.name), day=day)

    async def _next(self, pressed: SeriesId, member: MemberId) -> tuple[Series, Occurrence]:
        """Return the series with the member's next date. Raises NoSuchSeries, NotAPlace or NoDateAhead."""
        parts = await self._state.series.parts_with_place(pressed, member)
        found: list[tuple[Series, Occurrence]] = []
        for part in parts:
            off = await self._state.series.dates_off(part.guild)
            ahead = next(raids(part.schedule, after=self._state.now(), dates_off=off), None)
            if ahead is not None and self._serves(part.guild):
                found.append((part, ahead))
        if found:
            return min(found, key=lambda one: one[1].starts_at)
        if parts:
            raise NoDateAhead(parts[-1])
        raise NotAPlace(say("You have no standing place in {series}.", series=Name((await self._series(pressed)).name)))

    async def _series(self, pressed: SeriesId) -> Series:
        """Raises NoSuchSeries, also for a series of a guild that the bot does not work in."""
        series = await self._state.series.get(pressed)
        if not self._serves(series.guild):
            raise NoSuchSeries
        return series

    async def _posted(self, series: Series, one: Occurrence) -> Raid | None:
        """Return the raid of an occurrence, if it is posted."""
        for past in await self._state.series.occurrences(series.id, limit=_HISTORY):
            if past.id == one.id and past.state is OccurrenceState.POSTED and past.raid is not None:
                async for raid in self._state.raids([past.raid]):
                    return raid
        return None

    async def _leave(self, raid: Raid, member: MemberId, cause: Cause) -> None:
        try:
            await self._state.change(raid.id, partial(signups.leave, member=member, now=self._state.now()), cause)
        except signups.NotSignedUp:
            raise NotInNextRaid(raid) from None
