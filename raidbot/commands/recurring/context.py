"""The context of a press on the panel of a series, and the panel shown in response."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from raidbot.commands.posting.post_waiter import PostWaiter
from raidbot.commands.recurring import views
from raidbot.commands.recurring.views import NO_CODE, SeriesView
from raidbot.commands.ui import permissions
from raidbot.commands.ui.components import Controls, page_of
from raidbot.commands.ui.panel_context import PanelContext
from raidbot.commands.ui.router import UnknownPanel
from raidbot.jobs.series_poster import SeriesPoster
from raidbot.raids.permissions import allowed, held_in
from raidbot.raids.schedules.rules import RecurrenceId
from raidbot.raids.series.model import Series
from raidbot.raids.series.rules import NoSuchSeries
from raidbot.utils.errors import Refusal

_HISTORY = 100
LABELS = {
    "when": "When is this raid?",
    "title": "Title, only on this date",
    "note": "Note, only on this date",
    "length": "Length in hours, only on this date",
    "until": "Pause until (blank: until somebody resumes)",
    "days": "Dates off",
    "extra": "When is the extra raid?",
    "end": "When does it end?",
}


@dataclass(frozen=True, slots=True)
class SeriesContext(PanelContext):
    """`code` is a series', or `NO_CODE` for the list. `found` is as it was when the press arrived."""

    code: str
    found: Series | None
    poster: SeriesPoster
    post_waiter: PostWaiter

    labels: ClassVar[Mapping[str, str]] = LABELS
    gone: ClassVar[tuple[type[Refusal], ...]] = (NoSuchSeries,)

    @property
    def controls(self) -> Controls:
        return views.controls(self.code)

    @property
    def series(self) -> Series:
        """The series. Raises NoSuchSeries."""
        if self.found is None:
            raise NoSuchSeries
        return self.found

    @property
    def locale(self) -> str:
        return str(self.interaction.locale)

    async def reloaded(self) -> Self:
        try:
            return replace(self, found=await self.state.series.find(self.guild, self.code))
        except NoSuchSeries:
            return replace(self, found=None)

    def for_series(self, series: Series) -> Self:
        return replace(self, code=series.code, found=series, rest=())

    async def change(self, rule: Callable[[Series], Series]) -> Self:
        """Apply the rule to the series as it is now. Raises what the rule raises, and NoSuchSeries."""
        after = await self.state.series.change(self.series.id, rule, permissions.cause_of(self.interaction))
        return replace(self, found=after)

    async def view(self) -> SeriesView:
        series = self.series
        return SeriesView(
            series=series,
            of_server=await self.state.series.dates_off(self.guild),
            catalogue=await self.state.templates(self.guild),
            past=await self.state.series.occurrences(series.id, limit=_HISTORY),
            now=self.state.now(),
        )

    async def home(self, text: str = "") -> None:
        """Show the series as it is now, or the list if it is gone."""
        now = await self.reloaded()
        if now.found is None:
            await self.list(0, text)
            return
        view = await now.view()
        asker, grants = permissions.asker_of(self.interaction), await permissions.grants_of(self.interaction)
        manages = any(allowed(asker, permission, grants) for permission in held_in("recurring"))
        rows = views.series_rows(view) if manages else views.member_rows(view)
        await self.page(text, *rows, embeds=(views.series_embed(view),))

    async def list(self, page: int, text: str = "") -> None:
        found = sorted(await self.state.series.of(self.guild), key=lambda one: one.name.casefold())
        shown = [await self.for_series(series).view() for series in page_of(found, page, views.LIST_PAGE).items]
        embed = views.list_embed(permissions.guild_of(self.interaction).name, found, page, shown)
        await self.page(text, *views.list_rows(found, page), embeds=(embed,))

    def date(self, text: str) -> RecurrenceId:
        """Return the identity of a date in a `custom_id` or a menu. Raises UnknownPanel."""
        try:
            return RecurrenceId.parse(text)
        except ValueError:
            raise UnknownPanel from None


def is_series(code: str) -> bool:
    return code != NO_CODE
