"""Upload the files of pictures with messages, and let things go without a picture that Discord does not take."""

import io
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import discord

from raidbot.delivery.boards.snapshot import Snapshot
from raidbot.delivery.channel_permissions import TO_SEND, missing_permissions
from raidbot.raids.model import Picture, PictureLoss

_TOO_LARGE = 40005
_LACKING_PERMISSION = 50013
_INVALID_FORM = 50035
_ABOUT_PICTURES = re.compile(r"\b(?:image|thumbnail|attachments|files)\b")


class PictureGone(Exception):  # noqa: N818 - a fact about the file; the thing goes without its picture by now
    pass


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A thing's picture. `load` returns the content of its file, or None if that is gone.

    `lose` lets the thing go without this picture from now on.
    """

    picture: Picture
    load: Callable[[], Awaitable[bytes | None]]
    lose: Callable[[PictureLoss], Awaitable[object]]


Attachments = Callable[[], list[discord.File]]
"""Makes the attachments of a message anew for each attempt to send it; MISSING says nothing of them."""


async def to_send(shown: ShownPicture | None) -> Attachments:
    """Return the attachments of a new message. Raises PictureGone."""
    if shown is None or shown.picture.stored is None:
        return _nothing
    content = await shown.load()
    if content is None:
        await shown.lose(PictureLoss.GONE)
        raise PictureGone
    return partial(files_of, shown.picture, content)


async def to_edit(shown: ShownPicture | None, message: Snapshot) -> Attachments:
    """Return the attachments of a message that showed `message`. Raises PictureGone.

    Discord keeps files that an edit does not mention. One that no embed shows any more would stand below the message.
    """
    wanted = None if shown is None else shown.picture.stored
    if message.fingerprint and wanted == message.file:
        return _nothing
    return list if wanted is None else await to_send(shown)


def files_of(picture: Picture, content: bytes) -> list[discord.File]:
    return [discord.File(io.BytesIO(content), picture.file_name, description=picture.text or None)]


def _nothing() -> list[discord.File]:
    missing: list[discord.File] = discord.utils.MISSING
    return missing


def is_about_pictures(refusal: discord.HTTPException) -> bool:
    return refusal.code == _INVALID_FORM and _ABOUT_PICTURES.search(refusal.text) is not None


async def lose_refused(shown: ShownPicture | None, refusal: discord.HTTPException, channel: object) -> bool:
    """Let the thing go without its picture if that is why Discord refused; return True if so."""
    why = None if shown is None else _why(shown.picture, refusal, channel)
    if shown is None or why is None:
        return False
    await shown.lose(why)
    return True


def _why(picture: Picture, refusal: discord.HTTPException, channel: object) -> PictureLoss | None:
    if picture.stored is not None:
        if refusal.status == 413 or refusal.code == _TOO_LARGE:
            return PictureLoss.TOO_LARGE
        if refusal.code == _LACKING_PERMISSION and _may_send(channel):
            return PictureLoss.NOT_ALLOWED
    return PictureLoss.REFUSED if is_about_pictures(refusal) else None


def _may_send(channel: object) -> bool:
    """Return False if the bot may not even send a message there."""
    return not isinstance(channel, discord.TextChannel) or not missing_permissions(channel, TO_SEND)
