"""One press on a raid's panel: who pressed what, on which raid, and what they are shown then."""

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
from raidbot.db import history, outbox, undo
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
    """`raid` is as it was when the press arrived; `rest` follows the action in the `custom_id`."""

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
        """What the `custom_id` says there. Raises UnknownPanel if it says nothing."""
        if number >= len(self.rest):
            raise UnknownPanel
        return self.rest[number]

    async def ask(self, action: str, title: str, *fields: Field) -> None:
        """Open a form that comes back to `action`, with what was typed before if it was refused."""
        marks = self.rest[-1] if self.rest else None
        await form_retry.open_form(self.interaction, views.to(self.raid, action), title, *fields, marks=marks)

    def said(self, *keys: str) -> dict[str, str]:
        """The fields of the form that the person changed; `keys` in the form's order. Raises UnknownPanel."""
        return changed(self.press.fields, self.part(0), *keys)

    async def change(self, rule: Rule, names: Mapping[MemberId, str] | None = None) -> Change:
        """Do it to the raid as it is now; it can be undone for a while. Raises what the rule raises."""
        cause = replace(permissions.cause_of(self.interaction), can_be_undone=True)
        return await self.state.change(self.raid.id, rule, cause, names=names)

    async def change_for_good(self, rule: Rule, names: Mapping[MemberId, str] | None = None) -> Change:
        """As `change`, but what was done before it stays what can be undone."""
        return await self.state.change(self.raid.id, rule, permissions.cause_of(self.interaction), names=names)

    def seeing(self, raid: Raid, page: int = 0) -> "PanelContext":
        """The same visit to the raid as it is after a change, on a page of its list."""
        return replace(self, raid=raid, rest=(str(page),))

    async def home(self, text: str = "") -> None:
        """Show the panel with the raid as it is now, and a sentence above."""
        await show_panel(self.state, self.interaction, await self.state.raid(self.raid.id), text)

    async def page(self, text: str, *rows: responses.Row, embeds: tuple[discord.Embed, ...] = ()) -> None:
        """Show something else in the panel's place."""
        await responses.edit_response(self.interaction, text, embeds=embeds, rows=rows)


@dataclass(frozen=True, slots=True)
class Action:
    """What a press does. Whoever lacks all of `permissions` is refused before it begins.

    If the form it reads is refused, `again` is the action that opens it again, with everything that was typed.
    `page` shows, with a sentence above, where the person stays after any other refusal; without one it is the panel.
    """

    permissions: tuple[Permission, ...]
    do: Callable[[PanelContext], Awaitable[None]]
    again: str | None = None
    page: Callable[[PanelContext, str], Awaitable[None]] | None = None


async def refuse(context: PanelContext, action: Action, refusal: Refusal) -> None:
    """Say it above the page or the panel of the raid as it is now, or above what was typed."""
    if action.again is not None and context.press.fields:
        await _show_typed(context, action.again, refusal)
        return
    if action.page is not None and not isinstance(refusal, RaidOver):
        now = replace(context, raid=await context.state.raid(context.raid.id))
        with contextlib.suppress(Refusal):  # the page itself is refused: there is none to stay on
            await action.page(now, str(refusal))
            return
    await context.home(str(refusal))


async def _show_typed(context: PanelContext, again: str, refusal: Refusal) -> None:
    """Nothing was saved; what was typed stands on the panel, from where the form takes it again."""
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
    changes = await state.db.read(partial(history.latest, raid=raid.id, limit=_SHOWN_CHANGES))
    step = await state.db.read(partial(undo.last, raid=raid))
    recent = step if step is not None and step.is_recent(state.now()) else None
    concerned = dict.fromkeys((*raid.members(), *raid.asked()))
    unreachable = await state.db.read(partial(outbox.without_dms, members=concerned))
    data = PanelData(raid, await state.names(raid), changes, recent, unreachable)
    await responses.edit_response(interaction, text, embeds=(views.embed(data),), rows=views.rows(data))
