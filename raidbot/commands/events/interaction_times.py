"""Count the interactions, and note when each came."""

from discord.ext import commands

from raidbot.commands.ui import log_context
from raidbot.commands.ui.interaction import Interaction
from raidbot.utils.metrics import interactions as metrics


class InteractionTimes(commands.Cog):
    """Hears every interaction; `ops.watching.requests` hears of its first answer."""

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        labels = log_context.labels_of(interaction)
        if labels is not None:
            metrics.RECEIVED.labels(*labels).inc()
            metrics.TIMES.came(interaction.id, labels[0])
