"""Answering an interaction: what only the person sees, and panels that are edited in place."""

from typing import Any

import discord

from raidbot.utils.text import clip

_LONGEST = 2000


async def whisper(interaction: discord.Interaction[Any], text: str) -> None:
    """Say it to the person alone, whether or not the interaction was answered already."""
    content = clip(text, _LONGEST)
    if interaction.response.is_done():
        await interaction.followup.send(content, ephemeral=True)
    else:
        await interaction.response.send_message(content, ephemeral=True)


async def take(interaction: discord.Interaction[Any]) -> None:
    """Acknowledge within Discord's three seconds; `show` then fills the answer in."""
    if interaction.type is discord.InteractionType.application_command:
        await interaction.response.defer(ephemeral=True, thinking=True)
    else:
        await interaction.response.defer()


async def show(
    interaction: discord.Interaction[Any],
    text: str = "",
    *,
    embeds: tuple[discord.Embed, ...] = (),
    rows: tuple[tuple[discord.ui.Item[Any], ...], ...] = (),
) -> None:
    """Make the taken interaction's answer exactly this."""
    await interaction.edit_original_response(
        content=clip(text, _LONGEST) or None, embeds=list(embeds), view=panel(rows) if rows else None
    )


def panel(rows: tuple[tuple[discord.ui.Item[Any], ...], ...]) -> discord.ui.View:
    """The items row by row, remembered by nobody: every click goes by its `custom_id` to `ui.router`."""
    view = discord.ui.View(timeout=None)
    for number, row in enumerate(rows):
        for item in row:
            item.row = number
            view.add_item(item)
    view.stop()
    return view
