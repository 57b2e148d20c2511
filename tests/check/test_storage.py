"""The place of the database: mounts, rights and room."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from raidbot.check import storage
from raidbot.check.findings import Grade
from raidbot.check.storage import Mount
from raidbot.db import rights

MEGABYTE = 1_000_000


def test_mounts_are_read_from_the_system(tmp_path: Path) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(
        "22 27 0:21 / / rw,relatime - overlay overlay rw,lowerdir=/a\n"
        "23 27 8:1 /x /my\\040data/raidbot.db rw shared:1 master:2 - ext4 /dev/sda1 rw\n"
        "broken\n"
    )

    assert storage.mounts(table) == [Mount(Path("/"), "overlay"), Mount(Path("/my data/raidbot.db"), "ext4")]
    assert storage.mounts(tmp_path / "none") == []


def test_a_database_that_is_its_own_mount_is_named_as_a_danger(tmp_path: Path) -> None:
    database = tmp_path / "raidbot.db"

    (finding,) = storage.place(database, [Mount(Path("/"), "overlay"), Mount(database.resolve(), "ext4")])

    assert finding.grade is Grade.WRONG
    assert finding.sentence.startswith(f"Danger: {database} is mounted as a single file.")
    assert f"mount the folder {tmp_path.resolve()} instead" in finding.sentence


def test_a_link_to_a_mounted_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "raidbot.db").touch()
    (tmp_path / "link.db").symlink_to(tmp_path / "raidbot.db")

    (finding,) = storage.place(tmp_path / "link.db", [Mount((tmp_path / "raidbot.db").resolve(), "ext4")])

    assert finding.check == "mount"


@pytest.mark.skipif(shutil.which("unshare") is None or os.name == "nt" or os.geteuid() != 0, reason="only root mounts")
def test_a_real_mount_of_the_file_is_found(tmp_path: Path) -> None:
    inside, outside = tmp_path / "raidbot.db", tmp_path / "outside.db"
    inside.touch()
    outside.touch()
    program = (
        f"from raidbot.check import storage; print(*storage.place(storage.Path({str(inside)!r}), storage.mounts()))"
    )

    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", 'mount --bind "$1" "$2" && exec "$3" -c "$4"', "sh", outside, inside,
         sys.executable, program],
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip

    if done.returncode:
        pytest.skip(f"mounts are not allowed here: {done.stderr}")
    assert "is mounted as a single file" in done.stdout


@pytest.mark.parametrize(
    ("kind", "said"),
    [("nfs4", "network file system (nfs4)"), ("overlay", "is inside the container and is lost with it"), ("ext4", "")],
)
def test_file_systems_that_lose_or_damage_databases_are_named(tmp_path: Path, kind: str, said: str) -> None:
    mounted = [Mount(Path("/"), "btrfs"), Mount(tmp_path.resolve(), kind)]

    found = list(storage.place(tmp_path / "data" / "raidbot.db", mounted))

    assert [said in finding.sentence for finding in found] == ([True] if said else [])
    assert all(finding.grade is Grade.WARNING for finding in found)


@pytest.mark.parametrize(
    ("free", "grade", "said"),
    [
        (121 * MEGABYTE, Grade.OK, "121 MB are free"),
        (119 * MEGABYTE, Grade.WARNING, "Make at least 120 MB free."),
        (4 * MEGABYTE, Grade.WRONG, "The disk is full: 4 MB are free"),
    ],
)
def test_room_is_compared_with_the_database_and_its_log(tmp_path: Path, free: int, grade: Grade, said: str) -> None:
    database = tmp_path / "raidbot.db"
    for path, size in ((database, 30), (tmp_path / "raidbot.db-wal", 10)):
        with path.open("wb") as file:
            file.truncate(size * MEGABYTE)

    (finding,) = storage.room(database, free)

    assert finding.grade is grade
    assert said in finding.sentence
    assert "the database takes 40 MB" in finding.sentence


def test_the_disk_of_a_folder_that_is_not_there_yet_is_looked_at(tmp_path: Path) -> None:
    (finding,) = storage.room(tmp_path / "data" / "new" / "raidbot.db")

    assert f"on the disk of {tmp_path.resolve()}" in finding.sentence


def test_a_writable_folder_hinders_nothing_and_nothing_is_made(tmp_path: Path) -> None:
    assert rights.hindrance(tmp_path / "data" / "raidbot.db") is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("beside", "owner_of_all", "said"),
    [
        ((), True, "Run: sudo chown -R 12345 {folder}"),
        (("raidbot.db", "raidbot.db-wal", "backups"), True, "Run: sudo chown -R 12345 {folder}"),
        (("passwd",), True, "a folder of its own: sudo install -d -o 12345 {folder}/raidbot"),
        (("raidbot.db",), False, "Run: sudo chown -R 12345 {folder}/raidbot.db*"),
    ],
)
@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root gives files away")
def test_the_command_gives_the_bot_its_own_files_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, beside: tuple[str, ...], owner_of_all: bool, said: str
) -> None:
    for name in beside:
        (tmp_path / name).touch()
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    monkeypatch.setattr(os, "access", lambda path, _mode: not owner_of_all and path == tmp_path)

    sentence = rights.hindrance(tmp_path / "raidbot.db")

    assert sentence is not None
    assert "It belongs to root, and RaidBot runs as user 12345." in sentence
    assert said.format(folder=tmp_path) in sentence


def test_a_missing_folder_is_to_be_made_for_the_bot_and_nothing_above_it_given_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)

    sentence = rights.hindrance(tmp_path / "data" / "raidbot.db")

    assert sentence is not None
    assert sentence.endswith(f"Run: sudo install -d -o 12345 {tmp_path / 'data'}")


def test_its_own_folder_without_rights_is_to_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    assert stat.S_ISDIR(tmp_path.stat().st_mode)

    sentence = rights.hindrance(tmp_path / "raidbot.db")

    assert sentence is not None
    assert sentence.endswith(f"but without the rights. Run: chmod u+rwx {tmp_path}")
