"""Refuse interactions of somebody who asks faster than anybody reads, before they cost anything."""

import asyncio
import math

import discord

from raidbot.commands.limits import rates
from raidbot.commands.limits.rates import Rate
from raidbot.commands.ui import log_context
from raidbot.commands.ui.interaction import Interaction
from raidbot.delivery.drawing.components import PANEL as BOARD_PANEL
from raidbot.utils.errors import Refusal
from raidbot.utils.rate_limiter import SlidingWindow
from raidbot.utils.words import count

_MAX_TRACKED = 10_000

SignupWindow = SlidingWindow[tuple[int, int]]
"""Counts reactions and presses on boards, by (guild, member)."""


class AskedTooFast(Refusal):
    """`seconds` says how long to wait."""

    def __init__(self, seconds: float) -> None:
        wait = max(math.ceil(seconds), 1)
        super().__init__(
            count(
                "That was faster than I can follow. Try again in {n} second.",
                "That was faster than I can follow. Try again in {n} seconds.",
                wait,
            )
        )


class InteractionLimits:
    """Counts interactions of each person, by what they ask for and in all. Nothing here asks Discord or the database.

    `signups` allows `signup_limit` in `signup_seconds`, and counts reactions, too: however somebody signs up, it is one
    limit. Without `counts_commands` nothing else is limited.
    """

    def __init__(self, signup_limit: int, signup_seconds: float, *, counts_commands: bool) -> None:
        self.signups: SignupWindow = SlidingWindow(signup_limit, signup_seconds)
        self._counts_commands = counts_commands
        self._windows: dict[Rate, SlidingWindow[tuple[int, str]]] = {}

    def check(self, interaction: Interaction) -> None:
        """Count an interaction. Raises AskedTooFast, and then counts nothing. Autocomplete is free."""
        if interaction.type is discord.InteractionType.autocomplete:
            return
        if (wait := self._wait(interaction)) > 0:
            raise AskedTooFast(wait)

    def _wait(self, interaction: Interaction) -> float:
        """Return the seconds to wait; if there are none, the interaction was counted."""
        now, person = asyncio.get_running_loop().time(), interaction.user.id
        panel = _panel(interaction)
        if panel == BOARD_PANEL:
            return self.signups.hit((interaction.guild_id or 0, person), now).retry_after
        if not self._counts_commands:
            return 0.0
        rate, name = _rate(interaction, panel)
        factor = rates.MANAGER_FACTOR if _is_manager(interaction) else 1
        each, everything = self._window(rate, factor), self._window(rates.ALL, factor)
        wait = max(each.wait((person, name), now), everything.wait((person, ""), now))
        if wait == 0:
            each.hit((person, name), now)
            everything.hit((person, ""), now)
        return wait

    def _window(self, rate: Rate, factor: int) -> SlidingWindow[tuple[int, str]]:
        wider = Rate(rate.limit * factor, rate.seconds)
        if wider not in self._windows:
            self._windows[wider] = SlidingWindow(wider.limit, wider.seconds, _MAX_TRACKED)
        return self._windows[wider]


def _panel(interaction: Interaction) -> str:
    """Return the name of the pressed panel; "" for a command."""
    sent: dict[str, object] = {**(interaction.data or {})}
    return str(sent.get("custom_id", "")).split(":")[0]


def _rate(interaction: Interaction, panel: str) -> tuple[Rate, str]:
    """Return the rate of what is asked for, and the name under which it is counted."""
    match interaction.type:
        case discord.InteractionType.modal_submit:
            return rates.FORM, f"form {panel}"
        case discord.InteractionType.component:
            return rates.PANEL, f"panel {panel}"
        case _:
            name = log_context.asked(interaction)
            return rates.command_rate(name), f"command {name}"


def _is_manager(interaction: Interaction) -> bool:
    guild, granted = interaction.guild, interaction.permissions
    return guild is not None and (
        granted.manage_guild or granted.administrator or guild.owner_id == interaction.user.id
    )
