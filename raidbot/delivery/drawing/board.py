"""The content of a posted message: an embed, the bot's own reactions, and controls."""

import hashlib
import json
from dataclasses import dataclass

import discord

from raidbot.delivery.drawing.components import Rows


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    value: str
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """The content of a board. `reactions` are the emoji that the bot itself puts on the message.

    `mention_role` is mentioned above the embed when the message is posted. Edits leave that line alone, so they notify
    nobody and it stays; therefore the fingerprint leaves it out.
    """

    title: str
    description: str
    colour: int
    fields: tuple[Field, ...]
    footer: str
    reactions: tuple[str, ...]
    controls: Rows = ()
    mention_role: int | None = None

    @property
    def content(self) -> str | None:
        return None if self.mention_role is None else f"<@&{self.mention_role}>"

    @property
    def mentions(self) -> discord.AllowedMentions:
        """Those whom the posted message notifies: the role, and nobody else whatever its texts say."""
        roles = [] if self.mention_role is None else [discord.Object(self.mention_role)]
        return discord.AllowedMentions(everyone=False, users=False, roles=roles, replied_user=False)

    def embed(self) -> discord.Embed:
        embed = discord.Embed(title=self.title, description=self.description, colour=self.colour)
        for field in self.fields:
            embed.add_field(name=field.name, value=field.value, inline=field.inline)
        return embed.set_footer(text=self.footer)

    @property
    def fingerprint(self) -> str:
        """A hash that is equal for boards with the same content, reactions and controls."""
        parts = [self.embed().to_dict(), self.reactions, *([repr(self.controls)] if self.controls else [])]
        shown = json.dumps(parts, sort_keys=True)
        return hashlib.sha256(shown.encode()).hexdigest()
