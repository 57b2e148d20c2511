"""A press on a panel with what it is about, the actions of a panel, and running them."""

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Generic, Self, TypeVar

import discord

from raidbot.commands.ui import form_retry, log_context, permissions, responses
from raidbot.commands.ui.components import BLUE, Button, Controls
from raidbot.commands.ui.forms import Field, changed
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.router import Press, UnknownPanel
from raidbot.raids.model import GuildId, MemberId, Raid
from raidbot.raids.permissions import NotAllowed, Permission
from raidbot.state import State
from raidbot.utils.errors import Refusal
from raidbot.utils.metrics import interactions as metrics


@dataclass(frozen=True, slots=True)
class PanelContext(ABC):
    """Each family derives its own, with the subject of its panel as it was when the press arrived.

    `rest` holds the parts of the `custom_id` after those that name the action and the subject.
    """

    state: State
    press: Press
    rest: tuple[str, ...]

    labels: ClassVar[Mapping[str, str]]
    """The labels of form fields by their keys."""
    gone: ClassVar[tuple[type[Refusal], ...]]
    """Refusals that say that the panel's subject, or a part of it, is gone: trying again is pointless."""

    @property
    @abstractmethod
    def controls(self) -> Controls:
        """The buttons and menus of this panel."""

    @abstractmethod
    async def reloaded(self) -> Self:
        """Return this context with its subject as it is now."""

    @abstractmethod
    async def home(self, text: str = "") -> None:
        """Show the panel as it is now, with `text` above it."""

    @property
    def interaction(self) -> Interaction:
        return self.press.interaction

    @property
    def asker(self) -> MemberId:
        return permissions.member_id(self.interaction)

    @property
    def guild(self) -> GuildId:
        return permissions.guild_id(self.interaction)

    @property
    def back(self) -> Button:
        return self.controls.button("Back", "panel")

    @property
    def chosen(self) -> str:
        """The chosen option. Raises UnknownPanel if there is none."""
        if not self.press.chosen:
            raise UnknownPanel
        return self.press.chosen

    @property
    def marks(self) -> str:
        """The marks (`marks_of`) of the form's fields as it was opened. Raises UnknownPanel."""
        return self.part(-1)

    def part(self, number: int) -> str:
        """Return part `number` of `rest`, from 0, or from the end with -1. Raises UnknownPanel if there is none."""
        try:
            return self.rest[number]
        except IndexError:
            raise UnknownPanel from None

    def changed_fields(self, *keys: str) -> dict[str, str]:
        """Return the form fields that the member changed; `keys` in the form's order. Raises UnknownPanel."""
        return changed(self.press.fields, self.marks, *keys)

    async def ask(self, action: str, title: str, *fields: Field, about: tuple[str, ...] = ()) -> None:
        """Open a form that submits to `action`. After a refusal it is filled in with what was typed."""
        marks = self.rest[-1] if self.rest else None
        custom_id = self.controls.custom_id(action, *about)
        await form_retry.open_form(self.state, self.interaction, custom_id, title, *fields, marks=marks)

    async def page(
        self,
        text: str,
        *rows: responses.Row,
        embeds: tuple[discord.Embed, ...] = (),
        files: tuple[discord.File, ...] | None = None,
    ) -> None:
        """Replace the panel with a page."""
        await responses.edit_response(self.interaction, text, embeds=embeds, rows=rows, files=files)


C = TypeVar("C", bound=PanelContext)


@dataclass(frozen=True, slots=True)
class Action(Generic[C]):
    """The coroutine `do` for a press. It needs any one of `permissions`, if there are any, and all of `also`.

    If a submitted form is refused, the action `again` opens the form again, filled in with what was typed.
    After any other refusal `page` shows a page with the refusal above it; None shows the panel.
    """

    permissions: tuple[Permission, ...]
    do: Callable[[C], Awaitable[None]]
    again: str | None = None
    page: Callable[[C, str], Awaitable[None]] | None = None
    also: tuple[Permission, ...] = ()


async def run_action(context: C, action: Action[C], raid: Raid | None = None) -> None:
    """Check the permissions and run the action; show why it is refused.

    Raises NotAllowed, and UnknownRaid for a raid of another guild.
    """
    if context.interaction.message is None:  # a form opened by a command has no panel to edit
        await responses.defer(context.interaction)
    try:
        if action.permissions:
            await permissions.check_any(context.interaction, action.permissions, raid)
        for permission in action.also:
            await permissions.check(context.interaction, permission)
        await action.do(context)
        await form_retry.forget(context.state, context.press)
    except Refusal as refusal:
        if isinstance(refusal, NotAllowed) and (action.again is None or not context.press.fields):
            raise
        await _refuse(context, action, refusal)


async def _refuse(context: C, action: Action[C], refusal: Refusal) -> None:
    """Show the refusal above what was typed, else above the action's page, else above the panel."""
    if labels := log_context.labels_of(context.interaction):
        metrics.REFUSED.labels(labels[0]).inc()
    if action.again is not None and context.press.fields:
        await _show_typed(context, action.again, refusal)
        return
    if action.page is not None and not isinstance(refusal, context.gone):
        with contextlib.suppress(Refusal):  # the page is refused, too: show the panel
            await action.page(await context.reloaded(), str(refusal))
            return
    await context.home(str(refusal))


async def _show_typed(context: PanelContext, again: str, refusal: Refusal) -> None:
    """Show the refusal above what was typed. A button offers to try again, unless the form is outdated."""
    buttons = [context.controls.button("Give up", "panel")]
    if not isinstance(refusal, (UnknownPanel, *context.gone)):
        rest = await form_retry.keep(context.state, context.press, context.rest)
        buttons.insert(0, context.controls.button("Try again", again, BLUE, *rest))
    await context.page(
        form_retry.refusal_text(str(refusal)),
        tuple(buttons),
        embeds=form_retry.embeds(context.press.fields, context.labels),
    )
