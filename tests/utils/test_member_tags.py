"""Members are tagged in the log, the same way as long as the key is there."""

import json
import stat
from pathlib import Path

import pytest
import structlog

from raidbot.utils import logging as logs
from raidbot.utils.member_tags import KEY_BYTES, TAG, ensure_key, key_file, new_key, read_key, tag

KEY = bytes(range(KEY_BYTES))
ALICE, BOB = 1_100_000_000_000_000_001, 1_100_000_000_000_000_002


def test_a_tag_depends_on_member_and_key() -> None:
    assert tag(KEY, ALICE) == tag(KEY, ALICE)
    assert TAG.fullmatch(tag(KEY, ALICE))
    assert len({tag(KEY, ALICE), tag(KEY, BOB), tag(new_key(), ALICE)}) == 3


def test_the_key_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    database = tmp_path / "raidbot.db"
    assert read_key(database) is None

    key = ensure_key(database)

    assert ensure_key(database) == read_key(database) == key
    assert [path.name for path in tmp_path.iterdir()] == ["raidbot.db.key"]
    assert stat.S_IMODE(key_file(database).stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", [b"", b"beef", b"no hex at all", b"\xff\xfe"])
def test_a_damaged_key_is_replaced(tmp_path: Path, damage: bytes) -> None:
    database = tmp_path / "raidbot.db"
    key_file(database).write_bytes(damage)
    key_file(database).with_name("raidbot.db.key.part").write_bytes(b"left by a crash")

    key = ensure_key(database)

    assert read_key(database) == key


def test_members_are_tagged_in_every_field_that_holds_them(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(level="info", json=True)
    logs.tag_members_with(KEY)

    structlog.get_logger().info("x", member=ALICE, members=(ALICE, BOB), actor=None, user="Alice", raid=ALICE)

    logs.flush()
    entry = json.loads(capsys.readouterr().err)
    alice, bob = tag(KEY, ALICE), tag(KEY, BOB)
    assert (entry["member"], entry["members"], entry["actor"]) == (alice, [alice, bob], None)
    assert entry["user"] == "[hidden]"
    assert entry["raid"] == ALICE


def test_what_is_bound_is_tagged_too_and_a_tag_stays(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(level="info", json=True)
    logs.tag_members_with(KEY)

    with structlog.contextvars.bound_contextvars(member=ALICE):
        structlog.get_logger().info("x", actor=tag(KEY, BOB))

    logs.flush()
    entry = json.loads(capsys.readouterr().err)
    assert (entry["member"], entry["actor"]) == (tag(KEY, ALICE), tag(KEY, BOB))
