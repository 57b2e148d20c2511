"""/stats: figures made of attendance."""

from discord.ext import commands

from raidbot.commands.stats.export import ExportCommand
from raidbot.state import State


class Stats(ExportCommand, commands.GroupCog, group_name="stats", group_description="Figures of raids gone by"):
    def __init__(self, state: State) -> None:
        self._state = state
