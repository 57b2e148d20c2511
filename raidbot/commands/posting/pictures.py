"""Pictures in commands and forms: take one from Discord or as an address, show it in a preview, describe it.

Nothing is requested but the file that an interaction names, from Discord. Addresses are for Discord to show.
"""

import asyncio
from collections.abc import Mapping
from functools import partial

import aiohttp
import discord

from raidbot.commands.ui import permissions
from raidbot.commands.ui.forms import Field
from raidbot.commands.ui.interaction import Interaction
from raidbot.db import pictures
from raidbot.delivery.boards.uploads.shown_picture import files_of
from raidbot.delivery.channel_permissions import TO_UPLOAD, missing_permissions
from raidbot.raids.model import Picture, Raid, changed
from raidbot.raids.pictures.addresses import (
    MAX_ADDRESS_LENGTH,
    MAX_PICTURE_TEXT_LENGTH,
    PictureRefused,
    accept_address,
    described,
)
from raidbot.raids.pictures.files import check_size, file_type_of
from raidbot.state import State
from raidbot.utils.words import Raw, render, say

LABELS = {
    "picture": "Picture: its address, or nothing for none",
    "picture_text": "What it shows, for those who can’t see it",
    "picture_size": "Small or large?",
}
KEYS = tuple(LABELS)
"""The keys of the form's fields, in its order."""
FORM_TITLE = "Picture"
_UPLOADED = "uploaded file"
_DOWNLOAD_TIMEOUT_SECONDS = 20.0
_SIZES = {False: "small", True: "large"}


class NoPictureDownload(PictureRefused):
    def __init__(self) -> None:
        super().__init__(say("Discord doesn’t hand me the picture right now. Try again later, or use an address."))


class FileOrAddress(PictureRefused):
    def __init__(self) -> None:
        super().__init__(say("A raid has one picture. Give `image` or `image_url`, not both."))


class NotASize(PictureRefused):
    def __init__(self) -> None:
        super().__init__(say("Write small (beside the title) or large (below the text)."))


async def take(
    state: State, interaction: Interaction, image: discord.Attachment | None, image_url: str | None
) -> Picture | None:
    """Return the picture of a command's options, whose file is stored then, or None. Raises PictureRefused.

    The file comes from Discord, with its type and size checked; it is told by its content.
    """
    if image is not None and image_url is not None:
        raise FileOrAddress
    if image_url is not None:
        return Picture(url=accept_address(image_url))
    if image is None:
        return None
    check_size(image.size)
    content = await _download(image)
    file_type_of(content)
    add = partial(pictures.add, guild=permissions.guild_id(interaction), content=content, now=state.now())
    return await state.db.write(add)


async def _download(image: discord.Attachment) -> bytes:
    try:
        async with asyncio.timeout(_DOWNLOAD_TIMEOUT_SECONDS):
            return await image.read()
    except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError):
        raise NoPictureDownload from None


def fields_of(picture: Picture | None) -> tuple[Field, ...]:
    """Return the fields of the form about a picture."""
    shown = picture or Picture()
    address = _UPLOADED if shown.stored is not None else shown.url or ""
    return (
        Field("picture", LABELS["picture"], address, "https://…", max_length=MAX_ADDRESS_LENGTH, required=False),
        Field(
            "picture_text",
            LABELS["picture_text"],
            shown.text,
            "A map of the first boss",
            max_length=MAX_PICTURE_TEXT_LENGTH,
            required=False,
        ),
        Field("picture_size", LABELS["picture_size"], _SIZES[shown.is_large], "small or large", max_length=20),
    )


def typed(said: Mapping[str, str], picture: Picture | None) -> Picture | None:
    """Return the picture after the form about `picture`, or None. Raises PictureRefused.

    `said` are the changed fields.
    """
    shown = picture or Picture()
    if "picture" in said and said["picture"].strip().casefold() != _UPLOADED:
        address = said["picture"].strip()
        if not address:
            return None
        shown = Picture(url=accept_address(address), is_large=shown.is_large, text=shown.text)
    if shown.is_blank:
        return None
    is_large = _size(said["picture_size"]) if "picture_size" in said else shown.is_large
    return described(shown, is_large=is_large, text=said.get("picture_text", shown.text))


def _size(text: str) -> bool:
    """Return True for a large picture."""
    for is_large, word in _SIZES.items():
        if text.strip() and word.startswith(text.strip().casefold()):
            return is_large
    raise NotASize


async def without_lost_file(state: State, plan: Raid) -> Raid:
    """Return the raid to post, without a picture whose file is gone: that of a raid which was over long ago."""
    picture = plan.picture
    if picture is None or picture.stored is None:
        return plan
    has = partial(pictures.has, guild=plan.guild, picture=picture.stored)
    return plan if await state.db.read(has) else changed(plan, picture=None)


async def preview_files(state: State, raid: Raid) -> tuple[discord.File, ...]:
    """Return the file that the preview of a raid shows; none if it is gone or the picture is an address."""
    if raid.picture is None or raid.picture.stored is None:
        return ()
    content = await state.db.read(partial(pictures.load, guild=raid.guild, picture=raid.picture.stored))
    return () if content is None else tuple(files_of(raid.picture, content))


def warning(raid: Raid, channel: discord.TextChannel) -> str:
    """Say what the bot lacks to upload the raid's picture in the channel, or return ""."""
    if raid.picture is None or raid.picture.stored is None:
        return ""
    lacking = missing_permissions(channel, TO_UPLOAD)
    if not lacking:
        return ""
    where, name = Raw(channel.mention), Raw(f"**{lacking[0]}**")
    return render(say("⚠️ The raid goes up without its picture: I lack {name} in {channel}.", name=name, channel=where))


async def keep_file(state: State, raid: Raid) -> None:
    """Keep the file of a raid that is about to be copied or to get another picture, which may be undone."""
    if raid.picture is not None and raid.picture.stored is not None:
        touch = partial(pictures.touch, guild=raid.guild, picture=raid.picture.stored, now=state.now())
        await state.db.write(touch)
