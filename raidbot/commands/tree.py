"""The command tree: every command passes its check before it reaches a cog, and its errors are answered here."""

import discord
import structlog
from discord import app_commands

from raidbot.commands.limits.answers import admit
from raidbot.commands.limits.limits import InteractionLimits
from raidbot.commands.ui import log_context
from raidbot.commands.ui.errors import report_error
from raidbot.commands.ui.interaction import BotClient, Interaction
from raidbot.utils.errors import Refusal


class LimitedClient(BotClient):
    """The client as the tree knows it; `RaidBot` derives from it."""

    limits: InteractionLimits

    def check_allowed(self, interaction: Interaction) -> None:
        """Raise Refusal where no command is allowed at all."""
        raise NotImplementedError


class Tree(app_commands.CommandTree[LimitedClient]):
    """Command tree that refuses what comes too fast and guilds that are not allowed; answers with `report_error`."""

    async def interaction_check(self, interaction: discord.Interaction[LimitedClient]) -> bool:
        # Commands and autocomplete run in a task of their own, so the fields end with it.
        structlog.contextvars.bind_contextvars(**log_context.of_interaction(interaction))
        if not await admit(interaction.client.limits, interaction, {}):
            return False
        try:
            interaction.client.check_allowed(interaction)
        except Refusal as refusal:
            await report_error(interaction, refusal)
            return False
        return True

    async def on_error(
        self, interaction: discord.Interaction[LimitedClient], error: app_commands.AppCommandError
    ) -> None:
        await report_error(interaction, error)
