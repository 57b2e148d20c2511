"""Addresses and files that are taken or refused, and rules that change a raid's picture."""

import pytest

from raidbot.raids import events as ev
from raidbot.raids.model import Picture, PictureLoss, Status, changed
from raidbot.raids.pictures.addresses import (
    MAX_PICTURE_TEXT_LENGTH,
    NotAnAddress,
    TooLongText,
    accept_address,
    described,
    tidy_picture,
    wrong_picture,
)
from raidbot.raids.pictures.files import MAX_FILE_BYTES, NotAPicture, TooLargePicture, file_type_of
from raidbot.raids.pictures.rules import change_picture, lose_picture
from raidbot.raids.rosters.signups import RaidOver
from tests.raids.builders import open_raid, roles

MAP = Picture(url="https://example.org/map.png")
FILE = Picture(stored=7, file_type="png")


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/raid.png",
        "https://example.org:8443/a/b.webp?size=2&x=%20#top",
        "https://bücher.example/raid.png",
    ],
)
def test_an_address_is_taken_as_it_is(address: str) -> None:
    assert accept_address(f"  {address}\n") == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "raid.png",
        "http://example.org/raid.png",
        "ftp://example.org/raid.png",
        "attachment://picture-7.png",
        "javascript:alert(1)",
        "https://",
        "https:///raid.png",
        "https://localhost/raid.png",
        "https://ann@example.org/raid.png",
        "https://ann:secret@example.org/raid.png",
        "https://example.org/my raid.png",
        "https://example.org/\u200braid.png",
        "https://example.org/a\u202eb.png",
        "https://example.org/a\x00b.png",
        "https://example.org/<a>.png",
        "https://example.org:port/raid.png",
        "https://[::1/raid.png",
        "https://example.org/" + "a" * 2048,
        "https://cdn.discordapp.com/ephemeral-attachments/1/2/raid.png?ex=1",
    ],
)
def test_anything_else_is_refused_with_what_to_do(address: str) -> None:
    with pytest.raises(NotAnAddress) as refusal:
        accept_address(address)

    assert str(refusal.value).endswith(".")


def test_a_link_to_a_file_on_discord_goes_without_what_expires() -> None:
    link = "https://cdn.discordapp.com/attachments/1/2/raid.png"

    assert accept_address(f"{link}?ex=65&is=64&hm=ab") == link


@pytest.mark.parametrize(
    ("content", "file_type"),
    [
        (b"\x89PNG\r\n\x1a\n...", "png"),
        (b"\xff\xd8\xff\xe0...", "jpg"),
        (b"GIF87a...", "gif"),
        (b"GIF89a...", "gif"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "webp"),
    ],
)
def test_a_file_is_told_by_its_first_bytes(content: bytes, file_type: str) -> None:
    assert file_type_of(content) == file_type


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"%PDF-1.7", b"RIFF\x10\x00\x00\x00WAVEfmt ", b"MZ\x90"])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPicture):
        file_type_of(content)


def test_a_large_file_is_refused() -> None:
    with pytest.raises(TooLargePicture, match="at most 5 MiB"):
        file_type_of(b"GIF89a" + bytes(MAX_FILE_BYTES))


def test_a_description_is_one_line_of_limited_length() -> None:
    assert described(MAP, is_large=True, text=" A\n map ") == Picture(url=MAP.url, is_large=True, text="A map")
    with pytest.raises(TooLongText):
        described(MAP, is_large=False, text="a" * (MAX_PICTURE_TEXT_LENGTH + 1))


def test_templates_have_addresses_only_and_every_fault_is_named() -> None:
    assert tidy_picture(FILE) is None
    assert tidy_picture(Picture(url=" https://example.org/a.png ", text=" A ")) == Picture(
        url="https://example.org/a.png", text="A"
    )
    assert len(list(wrong_picture(Picture(url="http://example.org", text="a" * 201)))) == 2


def test_a_raid_shows_another_picture_or_none() -> None:
    raid = open_raid(of=roles(tank=1))

    shown = change_picture(raid, MAP)
    removed = change_picture(shown.raid, None)

    assert (shown.raid.picture, shown.events) == (MAP, (ev.PictureChanged(None, MAP),))
    assert (removed.raid.picture, removed.events) == (None, (ev.PictureChanged(MAP, None),))
    assert change_picture(raid, None).events == ()
    with pytest.raises(RaidOver):
        change_picture(changed(raid, status=Status.CANCELLED), MAP)


def test_only_the_picture_that_was_refused_is_lost() -> None:
    raid = changed(open_raid(of=roles(tank=1)), picture=FILE)

    assert lose_picture(raid, MAP, PictureLoss.REFUSED).events == ()
    lost = lose_picture(raid, FILE, PictureLoss.TOO_LARGE)
    assert (lost.raid.picture, lost.events) == (None, (ev.PictureLost(PictureLoss.TOO_LARGE),))
