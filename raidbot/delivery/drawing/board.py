"""The content of a posted message: an embed, the bot's own reactions, and controls."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

import discord

from raidbot.delivery.drawing.components import Rows


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    value: str
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """The content of a board. `reactions` are the emoji that the bot itself puts on the message."""

    title: str
    description: str
    colour: int
    fields: tuple[Field, ...]
    footer: str
    timestamp: datetime
    reactions: tuple[str, ...]
    controls: Rows = ()

    def embed(self) -> discord.Embed:
        embed = discord.Embed(
            title=self.title, description=self.description, colour=self.colour, timestamp=self.timestamp
        )
        for field in self.fields:
            embed.add_field(name=field.name, value=field.value, inline=field.inline)
        return embed.set_footer(text=self.footer)

    @property
    def fingerprint(self) -> str:
        """A hash that is equal for boards with the same content, reactions and controls."""
        parts = [self.embed().to_dict(), self.reactions, *([repr(self.controls)] if self.controls else [])]
        shown = json.dumps(parts, sort_keys=True)
        return hashlib.sha256(shown.encode()).hexdigest()
