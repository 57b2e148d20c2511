"""Files of pictures: what is taken, told by their first bytes and not by what they are called."""

from raidbot.raids.pictures.addresses import PictureRefused
from raidbot.utils.words import say

MAX_FILE_BYTES = 5 * 1024 * 1024
"""Half of what Discord takes from bots: https://discord.com/developers/docs/reference#uploading-files"""
MAX_STORED_BYTES = 50 * 1024 * 1024
"""All files of one server together."""
_BEGINNINGS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg", b"GIF87a": "gif", b"GIF89a": "gif"}
_MIB = 1024 * 1024
FILE_TYPES = frozenset({*_BEGINNINGS.values(), "webp"})


class NotAPicture(PictureRefused):
    def __init__(self) -> None:
        super().__init__(say("That file is no picture I can post. Use a PNG, JPEG, GIF or WebP."))


class TooLargePicture(PictureRefused):
    def __init__(self, size: int) -> None:
        super().__init__(
            say(
                "The picture has {size} MiB; at most {most} MiB are possible. Make it smaller, or use an address.",
                size=_mib(size),
                most=MAX_FILE_BYTES // _MIB,
            )
        )


class NoRoomForPictures(PictureRefused):
    def __init__(self) -> None:
        super().__init__(
            say(
                "I keep at most {most} MiB of pictures for a server, and upcoming raids and drafts use them up."
                " Use an address, or wait until some of the raids are over.",
                most=MAX_STORED_BYTES // _MIB,
            )
        )


def check_size(size: int) -> None:
    """Raise TooLargePicture for a file with too many bytes."""
    if size > MAX_FILE_BYTES:
        raise TooLargePicture(size)


def file_type_of(content: bytes) -> str:
    """Return the extension that fits the content. Raises NotAPicture, or TooLargePicture."""
    check_size(len(content))
    for beginning, file_type in _BEGINNINGS.items():
        if content.startswith(beginning):
            return file_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    raise NotAPicture


def _mib(size: int) -> str:
    return f"{max(size / _MIB, 0.1):.1f}"
