"""Files of pictures: whose they are, how many a server may have, and when they are deleted."""

import sqlite3
from datetime import timedelta

import pytest

from raidbot.db import pictures
from raidbot.db import raids as rows
from raidbot.raids.model import GuildId, Picture, changed
from raidbot.raids.pictures import files
from raidbot.raids.pictures.files import NoRoomForPictures, NotAPicture
from tests.raids.builders import GUILD, NOW, START, roles, unposted_raid

GIF = b"GIF89a and the rest"
ELSEWHERE = GuildId(GUILD + 1)


def test_a_file_is_read_by_its_own_server_only(tx: sqlite3.Connection) -> None:
    picture = pictures.add(tx, GUILD, GIF, NOW)

    assert picture.stored is not None
    assert picture == Picture(stored=picture.stored, file_type="gif")
    assert pictures.load(tx, GUILD, picture.stored) == GIF
    assert pictures.load(tx, ELSEWHERE, picture.stored) is None


def test_what_is_no_picture_is_not_stored(tx: sqlite3.Connection) -> None:
    with pytest.raises(NotAPicture):
        pictures.add(tx, GUILD, b"<svg/>", NOW)


def test_each_server_has_its_own_limit(tx: sqlite3.Connection) -> None:
    large = b"GIF89a" + bytes(files.MAX_FILE_BYTES - 6)
    for _ in range(files.MAX_STORED_BYTES // files.MAX_FILE_BYTES):
        pictures.add(tx, GUILD, large, NOW)

    with pytest.raises(NoRoomForPictures):
        pictures.add(tx, GUILD, GIF, NOW)
    pictures.add(tx, ELSEWHERE, GIF, NOW)


def test_files_that_no_draft_or_upcoming_raid_needs_are_found_in_turn(tx: sqlite3.Connection) -> None:
    added = [pictures.add(tx, GUILD, GIF, NOW - timedelta(days=9)) for _ in range(4)]
    fresh = pictures.add(tx, GUILD, GIF, NOW)
    ids = [one.stored or 0 for one in added]
    raid = unposted_raid(of=roles(tank=1))
    rows.insert(tx, changed(raid, picture=added[0]))
    rows.insert(tx, changed(raid, picture=added[1], starts_at=START - timedelta(days=30), code="OLD234"))
    rows.insert(tx, changed(raid, picture=Picture(url="https://example.org/a.png"), code="URL234"))
    before, started = NOW - timedelta(days=1), START - timedelta(days=7)

    first, last = pictures.unused(tx, after=0, before=before, started_before=started, window=3)
    second, end = pictures.unused(tx, after=last or 0, before=before, started_before=started, window=3)

    assert (first, last) == (ids[1:3], ids[2])
    assert (second, end) == (ids[3:], None)
    pictures.touch(tx, GUILD, ids[2], NOW)
    pictures.delete(tx, [*first, *second], before=before)
    left = [one for (one,) in tx.execute("SELECT id FROM pictures ORDER BY id")]
    assert left == [ids[0], ids[2], fresh.stored]
