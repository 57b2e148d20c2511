"""Respond to an interaction: ephemeral messages, and panels that are edited in place."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeAlias

import discord
import structlog

from raidbot.commands.ui.interaction import Interaction
from raidbot.delivery.discord_api import UNKNOWN_MESSAGE
from raidbot.utils.text import clip

log = structlog.get_logger(__name__)

_MAX_CONTENT_LENGTH = 2000
_AUTO_DEFER_SECONDS = 1.5
"""A press without a response is deferred after this; Discord waits three seconds."""

Item: TypeAlias = discord.ui.Item[discord.ui.View]
Row: TypeAlias = tuple[Item, ...]


async def send_ephemeral(interaction: Interaction, text: str, *, rows: tuple[Row, ...] = ()) -> None:
    """Send an ephemeral message, as a followup if the interaction already has a response."""
    content, view = clip(text, _MAX_CONTENT_LENGTH), panel_view(rows) if rows else discord.utils.MISSING
    async with _response_lock(interaction):
        if not interaction.response.is_done():
            await interaction.response.send_message(content, view=view, ephemeral=True)
            return
    await interaction.followup.send(content, view=view, ephemeral=True)


async def defer(interaction: Interaction, *, public: bool = False) -> None:
    """Defer a new message, ephemeral unless it is `public`; `edit_response` or `send_file` fills it in."""
    await interaction.response.defer(ephemeral=not public, thinking=True)


@asynccontextmanager
async def auto_defer(interaction: Interaction) -> AsyncIterator[None]:
    """Defer the press if the block gives no response within `_AUTO_DEFER_SECONDS`."""
    timer = asyncio.create_task(_acknowledge_later(interaction))
    try:
        yield
    finally:
        timer.cancel()


async def edit_response(
    interaction: Interaction,
    text: str = "",
    *,
    embeds: tuple[discord.Embed, ...] = (),
    rows: tuple[Row, ...] = (),
    files: tuple[discord.File, ...] | None = None,
) -> None:
    """Replace the whole content of the panel, or of the deferred command's response.

    Files that are attached stay unless `files` are given, which replace them, or an embed of the panel shows one:
    it would stand below the new content.
    """
    content, view = clip(text, _MAX_CONTENT_LENGTH) or None, panel_view(rows) if rows else None
    keeps = files is None and not _shows_picture(interaction.message)
    attachments = discord.utils.MISSING if keeps else list(files or ())
    with _unless_dismissed():
        async with _response_lock(interaction):
            if not interaction.response.is_done():
                await interaction.response.edit_message(
                    content=content, embeds=list(embeds), view=view, attachments=attachments
                )
                return
        await interaction.edit_original_response(
            content=content, embeds=list(embeds), view=view, attachments=attachments
        )


def _shows_picture(panel: discord.Message | None) -> bool:
    return panel is not None and any(embed.image or embed.thumbnail for embed in panel.embeds)


async def send_file(interaction: Interaction, text: str, *files: discord.File) -> None:
    """Fill in the deferred command's response with a file or several."""
    with _unless_dismissed():
        await interaction.edit_original_response(content=clip(text, _MAX_CONTENT_LENGTH), attachments=files)


async def open_modal(interaction: Interaction, form: discord.ui.Modal) -> None:
    """Open a form. Discord accepts one only as the first response; if that was given, ask to press again."""
    async with _response_lock(interaction):
        if not interaction.response.is_done():
            await interaction.response.send_modal(form)
            return
    await interaction.followup.send("It took me too long to open the form. Press again.", ephemeral=True)


@contextmanager
def _unless_dismissed() -> Iterator[None]:
    """Accept that the person dismissed the message meanwhile: they do not want to read it."""
    try:
        yield
    except discord.NotFound as refusal:
        if refusal.code != UNKNOWN_MESSAGE:
            raise
        log.info("answer was dismissed")


def panel_view(rows: tuple[Row, ...]) -> discord.ui.View:
    """Return a view of the items row by row. It is stopped: `ui.router` routes every click by its `custom_id`."""
    view = discord.ui.View(timeout=None)
    for number, row in enumerate(rows):
        for item in row:
            item.row = number
            view.add_item(item)
    view.stop()
    return view


async def _acknowledge_later(interaction: Interaction) -> None:
    await asyncio.sleep(_AUTO_DEFER_SECONDS)
    await acknowledge(interaction)


async def acknowledge(interaction: Interaction) -> None:
    """Acknowledge a press before something that may take long, unless it has a response."""
    async with _response_lock(interaction):
        if not interaction.response.is_done():
            await interaction.response.defer()


def _response_lock(interaction: Interaction) -> asyncio.Lock:
    """Return the lock to hold while giving the first response, of which Discord accepts only one."""
    lock = interaction.extras.setdefault("response_lock", asyncio.Lock())
    assert isinstance(lock, asyncio.Lock)  # noqa: S101
    return lock
