"""Templates as JSON files, for /templates export and import."""

import asyncio
import io
import re
from collections.abc import Iterable

import aiohttp
import discord

from raidbot.commands.templates.context import TemplateContext, server_emoji
from raidbot.commands.templates.views import NO_KEY
from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.panel_context import Action
from raidbot.raids.permissions import Permission, check
from raidbot.raids.templates.catalogue import Catalogue, Entry
from raidbot.raids.templates.file_format import MAX_FILE_BYTES, FileEntry, TooLargeFile, kib, read, write
from raidbot.raids.templates.importing import ImportSummary, check_emoji, import_templates, needed_for, summarise
from raidbot.state import State
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip, escape

_DOWNLOAD_TIMEOUT_SECONDS = 20.0
_MAX_NAMES_LENGTH = 500


class NoDownload(Refusal):
    def __init__(self) -> None:
        super().__init__("Discord does not hand me the file right now. Try again later.")


async def send_export(interaction: Interaction, entries: Iterable[Entry], name: str) -> None:
    """Send the templates as a file in the deferred response."""
    filed = [FileEntry(entry.template, entry.enabled) for entry in entries]
    content = (await asyncio.to_thread(write, filed)).encode()
    await responses.send_file(interaction, _what_for(len(content)), discord.File(io.BytesIO(content), filename=name))


def _what_for(size: int) -> str:
    if size <= MAX_FILE_BYTES:
        return "`/templates import` takes this file in, on any server."
    return (
        f"This file has {kib(size)} KiB, and `/templates import` takes {kib(MAX_FILE_BYTES)} KiB at once."
        " To take templates to another server, export them one by one."
    )


def file_name(entry: Entry) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", entry.template.name.casefold()).strip("-")
    return f"{slug[:40] or 'template'}.json"


async def import_file(state: State, interaction: Interaction, file: discord.Attachment) -> str:
    """Import the file into the guild's templates and return lines on what was added, changed and left.

    Raises Refusal for anything wrong with the file, or Lacking for what the member may not do; nothing is changed then.
    """
    filed = await asyncio.to_thread(read, await _download(file))  # a large file takes long to parse
    guild = permissions.guild_id(interaction)
    ids = (await server_emoji(interaction)).ids
    before = await state.templates(guild)
    check_emoji(before, filed, ids)
    asker, grants = permissions.asker_of(interaction), await permissions.grants_of(interaction)

    def rule(catalogue: Catalogue) -> Catalogue:
        imported = import_templates(catalogue, filed, state.new_template_key)
        check(asker, *needed_for(catalogue, imported), grants=grants)
        return imported

    after = await state.change_templates(guild, rule, permissions.cause_of(interaction))
    return _told(summarise(before, after, filed))


async def _download(file: discord.Attachment) -> bytes:
    if file.size > MAX_FILE_BYTES:
        raise TooLargeFile(file.size)
    try:
        async with asyncio.timeout(_DOWNLOAD_TIMEOUT_SECONDS):
            return await file.read()
    except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError):
        raise NoDownload from None


def _told(told: ImportSummary) -> str:
    parts = (("Added", told.added), ("Changed", told.changed), ("Left as they were", told.left))
    return "\n".join(
        f"**{what} ({len(names)}):** {clip(', '.join(map(escape, names)), _MAX_NAMES_LENGTH)}"
        for what, names in parts
        if names
    )


async def _export(context: TemplateContext) -> None:
    await responses.defer(context.interaction)
    entry = None if context.key == NO_KEY else context.entry
    entries = context.catalogue.entries if entry is None else (entry,)
    await send_export(context.interaction, entries, file_name(entry) if entry else "templates.json")


ACTIONS = {"export": Action((Permission.TEMPLATES_EXPORT,), _export)}
