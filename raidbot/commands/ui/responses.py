"""Answering an interaction: what only the person sees, and panels that are edited in place."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord

from raidbot.utils.text import clip

_MAX_CONTENT_LENGTH = 2000
_AUTO_DEFER_SECONDS = 1.5
"""Seconds after which a press is acknowledged though its answer is not ready: Discord waits three."""

Row = tuple[discord.ui.Item[Any], ...]


async def send_ephemeral(interaction: discord.Interaction[Any], text: str) -> None:
    """Say it to the person alone, whether or not the interaction was answered already."""
    content = clip(text, _MAX_CONTENT_LENGTH)
    async with _response_lock(interaction):
        if not interaction.response.is_done():
            await interaction.response.send_message(content, ephemeral=True)
            return
    await interaction.followup.send(content, ephemeral=True)


async def defer(interaction: discord.Interaction[Any]) -> None:
    """Let the person of a command wait; `show` then fills the answer in, which only they see."""
    await interaction.response.defer(ephemeral=True, thinking=True)


@asynccontextmanager
async def auto_defer(interaction: discord.Interaction[Any]) -> AsyncIterator[None]:
    """While this lasts, a press that is not answered soon is acknowledged in time."""
    timer = asyncio.create_task(_acknowledge_later(interaction))
    try:
        yield
    finally:
        timer.cancel()


async def edit_response(
    interaction: discord.Interaction[Any],
    text: str = "",
    *,
    embeds: tuple[discord.Embed, ...] = (),
    rows: tuple[Row, ...] = (),
) -> None:
    """Make the panel, or the taken command's answer, exactly this."""
    content, view = clip(text, _MAX_CONTENT_LENGTH) or None, panel_view(rows) if rows else None
    async with _response_lock(interaction):
        if not interaction.response.is_done():
            await interaction.response.edit_message(content=content, embeds=list(embeds), view=view)
            return
    await interaction.edit_original_response(content=content, embeds=list(embeds), view=view)


async def send_file(interaction: discord.Interaction[Any], text: str, file: discord.File) -> None:
    """Fill the taken command's answer in with a file."""
    await interaction.edit_original_response(content=clip(text, _MAX_CONTENT_LENGTH), attachments=[file])


async def open_modal(interaction: discord.Interaction[Any], form: discord.ui.Modal) -> None:
    """Open a form, which Discord takes as a first answer only."""
    async with _response_lock(interaction):
        if not interaction.response.is_done():
            await interaction.response.send_modal(form)
            return
    await interaction.followup.send("It took me too long to open the form. Press again.", ephemeral=True)


def panel_view(rows: tuple[Row, ...]) -> discord.ui.View:
    """The items row by row, remembered by nobody: every click goes by its `custom_id` to `ui.router`."""
    view = discord.ui.View(timeout=None)
    for number, row in enumerate(rows):
        for item in row:
            item.row = number
            view.add_item(item)
    view.stop()
    return view


async def _acknowledge_later(interaction: discord.Interaction[Any]) -> None:
    await asyncio.sleep(_AUTO_DEFER_SECONDS)
    async with _response_lock(interaction):
        if not interaction.response.is_done():
            await interaction.response.defer()


def _response_lock(interaction: discord.Interaction[Any]) -> asyncio.Lock:
    """Discord takes one first answer: whoever gives it holds this meanwhile."""
    lock = interaction.extras.setdefault("turn", asyncio.Lock())
    assert isinstance(lock, asyncio.Lock)  # noqa: S101
    return lock
