"""The interaction that commands and panels get, with the parts of the bot that they may use."""

from typing import TypeAlias

import discord

from raidbot.delivery.members.questions import MemberQuestions
from raidbot.state import State


class BotClient(discord.Client):
    """The client as commands know it. `RaidBot` derives from it, because commands may not import `raidbot.bot`."""

    state: State
    questions: MemberQuestions


Interaction: TypeAlias = discord.Interaction[BotClient]
