"""The context of a press on the panel of a series that is being made or edited. Its draft is a row."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar, Self

from raidbot.commands.posting.activity_panel import LABELS as ACTIVITY_LABELS
from raidbot.commands.posting.activity_panel import ActivityPanel
from raidbot.commands.posting.mentions import members_with
from raidbot.commands.posting.preview import Parts, mark_of
from raidbot.commands.recurring import draft_views
from raidbot.commands.recurring.context import SeriesContext
from raidbot.commands.recurring.draft_views import DRAFT_PANEL, DraftView
from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.components import Controls
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.panel_context import PanelContext
from raidbot.commands.ui.router import address, number_of
from raidbot.db import drafts
from raidbot.db.drafts import DraftId, DraftUsed, NoSuchDraft
from raidbot.raids.model import GuildId, MemberId
from raidbot.raids.series.drafting.draft import SeriesDraft, fitting
from raidbot.raids.series.model import SeriesId
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.state import State
from raidbot.utils.errors import Refusal
from raidbot.utils.words import say

_KIND = "series"
LABELS = {
    "rule": "How often?",
    "time": "At what time?",
    "zone": "Time zone",
    "start": "Counting from (blank: the next date)",
    "posted": "When is it posted?",
    "end": "When does it end?",
    "off": "Dates off",
    "title": "Title (blank: the template’s name)",
    "description": "Description (blank: the template’s)",
    "series": "Name of the series",
    **ACTIVITY_LABELS,
}


class NoSuchSeriesDraft(NoSuchDraft):
    def __init__(self) -> None:
        Refusal.__init__(self, say("This draft is gone. Use `/recurring create` or `/recurring edit` again."))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDraft:
    """A draft with its row. `editing` is the series that it edits, `base` that series' draft as it was opened.

    `seen` are the parts of what the panel showed last.
    """

    id: DraftId
    draft: SeriesDraft
    editing: SeriesId | None = None
    base: SeriesDraft | None = None
    seen: Parts

    def payload(self) -> dict[str, object]:
        return {
            "kind": _KIND,
            "draft": self.draft.to_json(),
            "editing": self.editing,
            "base": None if self.base is None else self.base.to_json(),
            "seen": dict(self.seen),
        }


async def add_draft(
    state: State, interaction: Interaction, draft: SeriesDraft, editing: SeriesId | None = None
) -> StoredDraft:
    """Store a new draft of the member; with `editing` it is that series as it is now."""
    base = None if editing is None else draft
    new = StoredDraft(id=DraftId(0), draft=draft, editing=editing, base=base, seen={})
    add = partial(
        drafts.add,
        guild=permissions.guild_id(interaction),
        member=permissions.member_id(interaction),
        payload=new.payload(),
        now=state.now(),
    )
    return replace(new, id=await state.db.write(add))


async def load_draft(state: State, guild: GuildId, member: MemberId, number: str) -> StoredDraft:
    """Return this member's draft in this guild. Raises NoSuchSeriesDraft."""
    id_ = DraftId(number_of(number))
    try:
        payload = await state.db.read(partial(drafts.load, draft=id_, guild=guild, member=member))
    except (NoSuchDraft, DraftUsed):
        raise NoSuchSeriesDraft from None
    if payload.get("kind") != _KIND:
        raise NoSuchSeriesDraft
    try:
        editing, base = payload.get("editing"), payload.get("base")
        return StoredDraft(
            id=id_,
            draft=SeriesDraft.from_json(payload["draft"]),
            editing=None if editing is None else SeriesId(int(editing)),
            base=None if base is None else SeriesDraft.from_json(base),
            seen=payload.get("seen", {}),
        )
    except (KeyError, TypeError, ValueError):
        raise NoSuchSeriesDraft from None


@dataclass(frozen=True, slots=True)
class DraftContext(PanelContext):
    """`on_series` is the same press as one on the panel of a series, to show what was saved."""

    stored: StoredDraft
    catalogue: Catalogue
    on_series: SeriesContext

    labels: ClassVar[Mapping[str, str]] = LABELS
    gone: ClassVar[tuple[type[Refusal], ...]] = (NoSuchDraft, DraftUsed)

    @property
    def draft(self) -> SeriesDraft:
        return self.stored.draft

    @property
    def controls(self) -> Controls:
        return draft_views.controls(self.stored.id)

    @property
    def locale(self) -> str:
        return str(self.interaction.locale)

    async def reloaded(self) -> Self:
        stored = await load_draft(self.state, self.guild, self.asker, str(self.stored.id))
        return replace(self, stored=stored, catalogue=await self.state.templates(self.guild))

    async def save(self, draft: SeriesDraft, *, base: SeriesDraft | None = None) -> Self:
        """Store the draft, and with `base` the series that it edits as it is now; return the context with it."""
        after = replace(self.stored, draft=draft, base=base or self.stored.base)
        await self.state.db.write(partial(drafts.save, draft=after.id, payload=after.payload()))
        return replace(self, stored=after)

    def turn_panel(self, number: int) -> ActivityPanel:
        """Return the menus for a turn, whose presses come as `what:DRAFT:TURN:action`."""
        controls = Controls(lambda action, *more: address(DRAFT_PANEL, "what", self.stored.id, number, action, *more))
        return draft_views.turn_panel(self.draft, number, self.catalogue, controls)

    async def view(self) -> DraftView:
        """Return what the panel shows now."""
        mention = self.draft.mention
        return DraftView(
            id=self.stored.id,
            draft=fitting(self.draft, self.catalogue),
            catalogue=self.catalogue,
            is_edit=self.stored.editing is not None,
            of_server=await self.state.series.dates_off(self.guild),
            now=self.state.now(),
            reach=None if mention is None else await members_with(self.interaction, mention),
        )

    async def home(self, text: str = "") -> None:
        view = await self.view()
        parts = draft_views.parts(view)
        if parts != self.stored.seen:
            after = replace(self.stored, seen=parts)
            await self.state.db.write(partial(drafts.save, draft=after.id, payload=after.payload()))
        await responses.edit_response(
            self.interaction,
            text,
            embeds=(draft_views.panel(view),),
            rows=draft_views.rows(view, mark=mark_of(parts)),
        )

    async def show(self, draft: SeriesDraft, text: str = "") -> None:
        """Store the changed draft and show the panel."""
        await (await self.save(draft)).home(text)
