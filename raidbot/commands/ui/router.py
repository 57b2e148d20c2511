"""Route clicks, choices and forms to their panel by `custom_id` alone, so that panels survive a restart."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import discord
from discord.ext import commands
from structlog.contextvars import bound_contextvars

from raidbot.commands.ui import log_context
from raidbot.commands.ui.errors import report_error
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.responses import auto_defer
from raidbot.utils.errors import Refusal
from raidbot.utils.metrics import interactions as metrics


class UnknownPanel(Refusal):
    def __init__(self) -> None:
        super().__init__("This panel is from an older version of the bot. Use the command again.")


@dataclass(frozen=True, slots=True)
class Press:
    """A click, a choice or a submitted form.

    `parts` are those of the `custom_id` after the panel's name; `values` the chosen options; `fields` a form's inputs.
    """

    interaction: Interaction
    parts: tuple[str, ...]
    values: tuple[str, ...]
    fields: Mapping[str, str]

    @property
    def chosen(self) -> str:
        """The first chosen option, or "" if there is none."""
        return next(iter(self.values), "")


_MAX_ID = 2**63 - 1  # the largest id that the database and discord.py accept
_MAX_DIGITS = len(str(_MAX_ID))

Panel = Callable[[Press], Awaitable[None]]


def address(panel: str, *parts: object) -> str:
    """Return a `custom_id` that `Router` routes to the panel. Discord accepts at most 100 characters."""
    return ":".join([panel, *map(str, parts)])


def number_of(text: str) -> int:
    """Parse a number from a `custom_id` or a chosen id. Raises UnknownPanel if it is not within 0 to 2**63 - 1."""
    if not text.isdecimal() or len(text) > _MAX_DIGITS or int(text) > _MAX_ID:
        raise UnknownPanel
    return int(text)


def member_of(text: str) -> int:
    """Parse a member's id, or below zero the stand-in of a former member. Raises UnknownPanel."""
    return -number_of(text[1:]) if text.startswith("-") else number_of(text)


def page_number(text: str) -> int:
    """Parse a button's page number, counted from 0. Raises UnknownPanel."""
    if text == "-1":  # the disabled “Previous page” button of the first page
        return 0
    if not text.isdecimal() or len(text) > 6:
        raise UnknownPanel
    return int(text)


class Router(commands.Cog):
    """Routes every press to the panel registered under its name.

    `admit` answers a press that comes too fast, of which the form's inputs are given, and returns False. `check` raises
    Refusal where no press is allowed at all. `answered` is called after each other answer.
    """

    def __init__(
        self,
        panels: Mapping[str, Panel],
        *,
        admit: Callable[[Interaction, Mapping[str, str]], Awaitable[bool]],
        check: Callable[[Interaction], None],
        answered: Callable[[Interaction], Awaitable[None]],
    ) -> None:
        self.panels = dict(panels)
        metrics.ASKED.declare(panels)
        self._admit = admit
        self._check = check
        self._answered = answered

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        if interaction.type not in (discord.InteractionType.component, discord.InteractionType.modal_submit):
            return
        with bound_contextvars(**log_context.of_interaction(interaction)):
            if not await self._admit(interaction, _fields({**(interaction.data or {})})):
                return
            await self._answer(interaction)
            await self._answered(interaction)

    async def _answer(self, interaction: Interaction) -> None:
        async with auto_defer(interaction):
            try:
                await self._route(interaction)
            except Exception as error:  # noqa: BLE001 - `report_error` answers and logs everything
                await report_error(interaction, error)

    async def _route(self, interaction: Interaction) -> None:
        self._check(interaction)
        sent: dict[str, Any] = dict(interaction.data or {})
        name, *parts = str(sent["custom_id"]).split(":")
        panel = self.panels.get(name)
        if panel is None:
            raise UnknownPanel
        await panel(Press(interaction, tuple(parts), tuple(sent.get("values", ())), _fields(sent)))


class Fields(dict[str, str]):
    """A form's inputs by `custom_id`. A missing one raises UnknownPanel."""

    def __missing__(self, key: str) -> str:
        raise UnknownPanel


def _fields(sent: dict[str, Any]) -> Fields:
    """Return the inputs, from action rows or from labels."""
    found = Fields()
    for row in sent.get("components", ()):
        for field in row.get("components") or [row.get("component", {})]:
            if "custom_id" in field:
                found[field["custom_id"]] = str(field.get("value", ""))
    return found
