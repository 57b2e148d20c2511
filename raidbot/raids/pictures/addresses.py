"""Addresses of pictures as members type them. Discord shows them; the bot never asks for one."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from raidbot.raids.model import Picture
from raidbot.utils.clean_text import clean_line, is_blank
from raidbot.utils.errors import Refusal
from raidbot.utils.words import Name, Text, render, say

MAX_ADDRESS_LENGTH = 2048  # https://discord.com/developers/docs/resources/message#embed-object
MAX_PICTURE_TEXT_LENGTH = 200
_DISCORDS_FILES = ("cdn.discordapp.com", "media.discordapp.net")
_FOR_A_WHILE = "/ephemeral-attachments/"
_KEPT = "/attachments/"
_UNSAFE = frozenset('<>"\\^`{|}')


class PictureRefused(Refusal):
    """A picture that is not taken."""


class NotAnAddress(PictureRefused):
    pass


class TooLongText(PictureRefused):
    def __init__(self, length: int) -> None:
        super().__init__(
            say(
                "The description of the picture has {length} characters; at most {most} are possible.",
                length=length,
                most=MAX_PICTURE_TEXT_LENGTH,
            )
        )


def accept_address(text: str) -> str:
    """Return the address as an embed takes it. Raises NotAnAddress.

    A link to a file of a Discord message goes without the parameters that expire: Discord renews those it shows.
    """
    address = text.strip()
    if problem := _problem(address):
        raise NotAnAddress(problem)
    parts = urlsplit(address)
    if parts.hostname in _DISCORDS_FILES and parts.path.startswith(_KEPT):
        return f"https://{parts.hostname}{parts.path}"
    return address


def described(picture: Picture, *, is_large: bool, text: str) -> Picture:
    """Return the picture with another size and description. Raises TooLongText."""
    words = clean_line(text)
    if len(words) > MAX_PICTURE_TEXT_LENGTH:
        raise TooLongText(len(words))
    return replace(picture, is_large=is_large, text="" if is_blank(words) else words)


def tidy_picture(picture: Picture | None) -> Picture | None:
    """Return a template's picture as a raid has it; an address that is none stays, for `wrong_picture` to report."""
    if picture is None or picture.url is None:
        return None
    try:
        return replace(picture, url=accept_address(picture.url), text=clean_line(picture.text))
    except NotAnAddress:
        return picture


def wrong_picture(picture: Picture | None) -> Iterator[str]:
    """Yield a sentence for all that is wrong with a template's picture."""
    if picture is None or picture.url is None:
        return
    if problem := _problem(picture.url.strip()):
        yield f"The picture: {render(problem)}"
    if len(picture.text) > MAX_PICTURE_TEXT_LENGTH:
        yield str(TooLongText(len(picture.text)))


def _problem(address: str) -> Text | None:
    """Say what is wrong with the address, or return None."""
    if len(address) > MAX_ADDRESS_LENGTH:
        return say(
            "The address has {length} characters; at most {most} are possible.",
            length=len(address),
            most=MAX_ADDRESS_LENGTH,
        )
    try:
        parts = urlsplit(address)
        host, is_https, _ = parts.hostname or "", parts.scheme == "https", parts.port
    except ValueError:
        return _NOT_WELL_FORMED
    if not is_https or not host:
        return _NOT_WELL_FORMED
    if not address.isprintable() or any(character.isspace() or character in _UNSAFE for character in address):
        return say("The address has a character that no address has, such as a space. Copy it again.")
    if "@" in parts.netloc:
        return say("The address has a user name in it, which everybody could read. Use one without.")
    if "." not in host.strip("."):
        return say("{host} is no place on the internet. Use the address of the picture itself.", host=Name(host))
    if host in _DISCORDS_FILES and parts.path.startswith(_FOR_A_WHILE):
        return say("Discord deletes that file soon. Choose the file itself with `image` instead.")
    return None


_NOT_WELL_FORMED = say("A picture’s address starts with https://, such as https://example.org/raid.png.")
