"""The content of a posted message: an embed, the bot's own reactions, and controls."""

import hashlib
import json
from dataclasses import dataclass

import discord

from raidbot.delivery.drawing.components import Rows
from raidbot.delivery.drawing.text_fit import units
from raidbot.raids.model import Picture
from raidbot.raids.templates.model import MAX_EMBED_LENGTH
from raidbot.utils.text import escape

FILE_MARK = "@"
"""Stands in a fingerprint before the number of the file that the message has."""
_MAX_DESCRIPTION_LENGTH = 4096


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
    picture: Picture | None = None

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
        embed.set_footer(text=self.footer)
        if self.picture is not None:
            _show(self.picture, embed)
        return embed

    @property
    def file(self) -> int | None:
        """The stored file that the message has to have."""
        return None if self.picture is None else self.picture.stored

    @property
    def fingerprint(self) -> str:
        """A hash that is equal for boards with the same content, reactions and controls, and the number of the file."""
        parts = [self.embed().to_dict(), self.reactions, *([repr(self.controls)] if self.controls else [])]
        shown = json.dumps(parts, sort_keys=True)
        drawn = hashlib.sha256(shown.encode()).hexdigest()
        return drawn if self.file is None else f"{drawn}{FILE_MARK}{self.file}"


def _show(picture: Picture, embed: discord.Embed) -> None:
    """Show the picture and, if there is room, its description: embeds have no alternative text."""
    if picture.is_large:
        embed.set_image(url=picture.address)
    else:
        embed.set_thumbnail(url=picture.address)
    caption = f"\n🖼️ {escape(picture.text)}" if picture.text else ""
    described = f"{embed.description or ''}{caption}"
    if _units(embed) + units(caption) <= MAX_EMBED_LENGTH and units(described) <= _MAX_DESCRIPTION_LENGTH:
        embed.description = described


def _units(embed: discord.Embed) -> int:
    texts = [embed.title, embed.description, embed.footer.text]
    for field in embed.fields:
        texts += [field.name, field.value]
    return sum(units(text) for text in texts if text)
