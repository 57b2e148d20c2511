"""The context and the actions of a press on a raid's panel, and the panel shown in response."""

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import discord

from raidbot.commands.posting.post_waiter import PostWaiter
from raidbot.commands.raid import views
from raidbot.commands.raid.views import PanelData
from raidbot.commands.ui import form_retry, permissions, responses
from raidbot.commands.ui.forms import Field, changed
from raidbot.commands.ui.router import Press, UnknownPanel
from raidbot.db import closed_dms, raid_history, undo
from raidbot.raids.events import Change
from raidbot.raids.model import GuildId, MemberId, Raid
from raidbot.raids.permissions import Permission
from raidbot.raids.rosters.signups import RaidOver
from raidbot.state import Rule, State
from raidbot.utils.errors import Refusal

_SHOWN_CHANGES = 6
LABELS = {
    "title": "Title",
    "subject": "Boss or dungeon",
    "description": "Description",
    "when": "When does it begin?",
}


@dataclass(frozen=True, slots=True)
class PanelContext:
    """`raid` is as it was when the press arrived; `rest` holds the parts of the `custom_id` after the action."""

    state: State
    press: Press
    raid: Raid
    rest: tuple[str, ...]
    post_waiter: PostWaiter

    @property
    def interaction(self) -> discord.Interaction[Any]:
        return self.press.interaction

    @property
    def asker(self) -> MemberId:
        return permissions.member_id(self.interaction)

    @property
    def guild(self) -> GuildId:
        return self.raid.guild

    def part(self, number: int) -> str:
        """Return part `number` of `rest`, counted from 0. Raises UnknownPanel if there is none."""
        if number >= len(self.rest):
            raise UnknownPanel
        return self.rest[number]

    async def ask(self, action: str, title: str, *fields: Field) -> None:
        """Open a form that submits to `action`. After a refusal it is filled in with what was typed."""
        marks = self.rest[-1] if self.rest else None
        await form_retry.open_form(self.interaction, views.custom_id(self.raid, action), title, *fields, marks=marks)

    def changed_fields(self, *keys: str) -> dict[str, str]:
        """Return the form fields that the member changed; `keys` in the form's order. Raises UnknownPanel."""
        return changed(self.press.fields, self.part(0), *keys)

    async def change(self, rule: Rule, names: Mapping[MemberId, str] | None = None) -> Change:
        """Apply the rule to the raid as it is now, as a step that can be undone. Raises what the rule raises."""
        cause = replace(permissions.cause_of(self.interaction), can_be_undone=True)
        return await self.state.change(self.raid.id, rule, cause, names=names)

    async def change_for_good(self, rule: Rule, names: Mapping[MemberId, str] | None = None) -> Change:
        """Like `change`, but without an undo step: the step before it stays the one to undo."""
        return await self.state.change(self.raid.id, rule, permissions.cause_of(self.interaction), names=names)

    def seeing(self, raid: Raid, page: int = 0) -> "PanelContext":
        """Return this context with the raid as it is after a change, on a page of its list (counted from 0)."""
        return replace(self, raid=raid, rest=(str(page),))

    async def home(self, text: str = "") -> None:
        """Show the panel with the raid as it is now, and `text` above it."""
        await show_panel(self.state, self.interaction, await self.state.raid(self.raid.id), text)

    async def page(self, text: str, *rows: responses.Row, embeds: tuple[discord.Embed, ...] = ()) -> None:
        """Replace the panel with a page."""
        await responses.edit_response(self.interaction, text, embeds=embeds, rows=rows)


@dataclass(frozen=True, slots=True)
class Action:
    """The coroutine `do` for a press. Members without any of `permissions` are refused before it runs.

    If a submitted form is refused, the action `again` opens the form again, filled in with what was typed.
    After any other refusal `page` shows a page with the refusal above it; None shows the panel.
    """

    permissions: tuple[Permission, ...]
    do: Callable[[PanelContext], Awaitable[None]]
    again: str | None = None
    page: Callable[[PanelContext, str], Awaitable[None]] | None = None


async def refuse(context: PanelContext, action: Action, refusal: Refusal) -> None:
    """Show the refusal above the page or the panel of the raid as it is now, or above what was typed."""
    if action.again is not None and context.press.fields:
        await _show_typed(context, action.again, refusal)
        return
    if action.page is not None and not isinstance(refusal, RaidOver):
        now = replace(context, raid=await context.state.raid(context.raid.id))
        with contextlib.suppress(Refusal):  # the page is refused, too: show the panel
            await action.page(now, str(refusal))
            return
    await context.home(str(refusal))


async def _show_typed(context: PanelContext, again: str, refusal: Refusal) -> None:
    """Show the refusal above what was typed.

    A button offers to try again, unless the raid is over or the form is outdated.
    """
    raid = context.raid
    is_gone = isinstance(refusal, RaidOver | UnknownPanel)
    buttons = () if is_gone else (views.button(raid, "Try again", again, views.BLUE, *context.rest),)
    shown = form_retry.embeds(context.press.fields, LABELS)
    await context.page(
        form_retry.refusal_text(str(refusal)),
        (*buttons, views.button(raid, "Give up", "panel", views.GREY)),
        embeds=shown,
    )


async def show_panel(state: State, interaction: discord.Interaction[Any], raid: Raid, text: str = "") -> None:
    changes = await state.db.read(partial(raid_history.latest, raid=raid.id, limit=_SHOWN_CHANGES))
    step = await state.db.read(partial(undo.last, raid=raid))
    recent = step if step is not None and step.is_recent(state.now()) else None
    concerned = dict.fromkeys((*raid.members(), *raid.asked()))
    unreachable = await state.db.read(partial(closed_dms.without_dms, members=concerned))
    data = PanelData(raid, await state.names(raid), changes, recent, unreachable, state.now())
    await responses.edit_response(interaction, text, embeds=(views.embed(data),), rows=views.rows(data))
