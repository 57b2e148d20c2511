"""The context of a press on a raid's panel, and the panel shown in response."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar, Self

from raidbot.commands.posting import pictures
from raidbot.commands.posting.post_waiter import PostWaiter
from raidbot.commands.raid import views
from raidbot.commands.raid.views import PanelData
from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.components import Controls
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.panel_context import PanelContext
from raidbot.commands.ui.time_forms import DEADLINE_LABEL, SIGNUP_TEXT_LABEL, WHEN_LABEL
from raidbot.db import closed_dms, outbox, raid_history, series_occurrences, undo, unreached
from raidbot.db.series import UnreadableSeries
from raidbot.raids.events import Change
from raidbot.raids.model import MemberId, Raid
from raidbot.raids.rosters.signups import RaidOver
from raidbot.raids.series.model import Series
from raidbot.raids.series.rules import NoSuchSeries
from raidbot.state import Rule, State
from raidbot.utils.errors import Refusal

_SHOWN_CHANGES = 6
LENGTH_LABEL = "How long does it take?"
SEATS_LABEL = "How many seats?"
NOTE_LABEL = "Why?"
LABELS = {
    "title": "Title",
    "subject": "Boss or dungeon",
    "description": "Description",
    "signup_text": SIGNUP_TEXT_LABEL,
    "when": WHEN_LABEL,
    "closes": DEADLINE_LABEL,
    **pictures.LABELS,
    "length": LENGTH_LABEL,
    "seats": SEATS_LABEL,
    "note": NOTE_LABEL,
}


@dataclass(frozen=True, slots=True)
class RaidContext(PanelContext):
    """`raid` is as it was when the press arrived."""

    raid: Raid
    post_waiter: PostWaiter

    labels: ClassVar[Mapping[str, str]] = LABELS
    gone: ClassVar[tuple[type[Refusal], ...]] = (RaidOver,)

    @property
    def controls(self) -> Controls:
        return views.controls(self.raid)

    async def reloaded(self) -> Self:
        return replace(self, raid=await self.state.raid(self.raid.id))

    async def change(self, rule: Rule, names: Mapping[MemberId, str] | None = None) -> Change:
        """Apply the rule to the raid as it is now, as a step that can be undone. Raises what the rule raises."""
        cause = replace(permissions.cause_of(self.interaction), can_be_undone=True)
        return await self.state.change(self.raid.id, rule, cause, names=names)

    async def change_for_good(self, rule: Rule, names: Mapping[MemberId, str] | None = None) -> Change:
        """Like `change`, but without an undo step: the step before it stays the one to undo."""
        return await self.state.change(self.raid.id, rule, permissions.cause_of(self.interaction), names=names)

    def seeing(self, raid: Raid, page: int = 0) -> Self:
        """Return this context with the raid as it is after a change, on a page of its list (counted from 0)."""
        return replace(self, raid=raid, rest=(str(page),))

    async def home(self, text: str = "") -> None:
        """Show the panel with the raid as it is now, and `text` above it."""
        await show_panel(self.state, self.interaction, (await self.reloaded()).raid, text)


async def show_panel(state: State, interaction: Interaction, raid: Raid, text: str = "") -> None:
    changes = await state.db.read(partial(raid_history.latest, raid=raid.id, limit=_SHOWN_CHANGES))
    step = await state.db.read(partial(undo.last, raid=raid, now=state.now()))
    concerned = dict.fromkeys((*raid.members(), *raid.asked()))
    unreachable = await state.db.read(partial(closed_dms.without_dms, members=concerned))
    undelivered = await state.db.read(partial(outbox.undelivered, raid=raid.id))
    lacking = await state.db.read(partial(raid_history.lacking, raid=raid.id)) if raid.shows_signups else {}
    missed = await state.db.read(partial(unreached.of_raid, raid=raid.id))
    names, series = await state.names(raid), await _series_of(state, raid)
    data = PanelData(
        raid,
        names,
        changes,
        step,
        unreachable,
        undelivered,
        state.now(),
        lacking,
        missed,
        series,
        await permissions.held_of(interaction, raid),
    )
    await responses.edit_response(interaction, text, embeds=(views.embed(data),), rows=views.rows(data))


async def _series_of(state: State, raid: Raid) -> Series | None:
    """Return the series that the raid belongs to; None if it was deleted or cannot be read."""
    series = await state.db.read(partial(series_occurrences.series_of, raid=raid))
    if series is None:
        return None
    try:
        return await state.series.get(series)
    except (NoSuchSeries, UnreadableSeries):
        return None
