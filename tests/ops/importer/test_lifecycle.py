"""Start, closing and creator of imported raids, whatever the old database says about them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from raidbot.raids.model import CloseReason, Status
from tests.ops.importer.handwritten_database import (
    ALICE,
    BOB,
    CREATOR,
    GUILD,
    MESSAGE,
    NOW,
    HandwrittenDatabase,
    timestamp_after_now,
)

TOMORROW = NOW + timedelta(days=1)


def test_open_signups_of_a_raid_that_has_begun_close_at_its_start(old: HandwrittenDatabase) -> None:
    old.insert_raid(timestamp=timestamp_after_now(-timedelta(days=10)))
    old.insert_signup(ALICE)

    raid = old.import_only_raid()

    assert (raid.status, raid.closed_at, raid.closed_reason) == (
        Status.CLOSED,
        NOW - timedelta(days=10),
        CloseReason.AT_START,
    )
    assert [row.member for row in raid.attendance] == [ALICE]
    assert "its signups were still open although it had begun" in old.repair_lines()
    assert old.all("SELECT count(*) FROM audit") == old.all("SELECT count(*) FROM outbox") == [(0,)]


@pytest.mark.parametrize(
    ("cells", "starts_at"),
    [
        ({"timestamp": timestamp_after_now(timedelta(days=1)) * 1000}, TOMORROW),
        ({"timestamp": str(timestamp_after_now(timedelta(days=1)))}, TOMORROW),
        ({"timestamp": float(timestamp_after_now(timedelta(days=1)))}, TOMORROW),
        (
            {"timestamp": None, "datetime": "tomorrow 8pm", "created_at": timestamp_after_now()},
            datetime(2026, 3, 20, 0, tzinfo=UTC),
        ),
        ({"timestamp": 2**62, "datetime": "2026-03-25 19:00"}, datetime(2026, 3, 25, 23, tzinfo=UTC)),
    ],
)
def test_a_start_is_understood(old: HandwrittenDatabase, cells: dict[str, Any], starts_at: datetime) -> None:
    old.insert_raid(**cells)

    assert old.import_only_raid().starts_at == starts_at


@pytest.mark.parametrize("typed", [None, "", "soon", b"\xff"])
def test_an_open_raid_without_a_start_is_left(old: HandwrittenDatabase, typed: Any) -> None:
    old.insert_raid(timestamp=None, datetime=typed)
    old.insert_signup(ALICE)

    old.run_import()

    assert old.raids() == []
    assert "nothing says when it begins, and its signups are open" in old.loss_lines()
    assert old.report.tables["signups"].left == 1


def test_a_closed_raid_without_a_start_began_when_it_closed(old: HandwrittenDatabase) -> None:
    old.insert_raid(
        timestamp="x", closed_at=timestamp_after_now(-timedelta(days=3)), closed_by=str(BOB), closed_reason="bored"
    )

    raid = old.import_only_raid()

    assert raid.starts_at == NOW - timedelta(days=3)
    assert (raid.closed_by, raid.closed_reason) == (BOB, CloseReason.MANUAL)
    assert "the reason 'bored' for closing is unknown; it is manual now" in old.repair_lines()


def test_a_raid_closed_nobody_knows_when_closed_at_its_start(old: HandwrittenDatabase) -> None:
    old.insert_raid(closed_at="yes", closed_by="admin")

    raid = old.import_only_raid()

    assert raid.closed_at == raid.starts_at == NOW + timedelta(days=2)
    assert raid.closed_reason is CloseReason.AT_START


def test_discord_knows_when_a_raid_was_made(old: HandwrittenDatabase) -> None:
    old.insert_raid(created_at=None)

    made = old.import_only_raid().created_at

    assert made == datetime.fromtimestamp(((MESSAGE >> 22) + 1_420_070_400_000) // 1000, UTC)


def test_what_was_told_is_not_told_again(old: HandwrittenDatabase) -> None:
    old.insert_raid(creator_reminder_sent=1, participant_reminder_sent="?")

    raid = old.import_only_raid()

    assert raid.reminded_until is not None
    assert "participant_reminder_sent is no whole number: '?'" in old.repair_lines()


def test_somebody_has_made_every_raid(old: HandwrittenDatabase) -> None:
    old.insert_raid(creator_id="me", closed_at=timestamp_after_now(), closed_by=str(BOB))
    old.insert_raid(MESSAGE + 1, raid_id="BBB234", creator_id=None)

    raid = old.import_only_raid()

    assert raid.creator == BOB
    assert f"member {BOB} is its creator now" in old.repair_lines()
    assert f"raids message_id {MESSAGE + 1}: nothing says who made it" in old.loss_lines()


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"guild_id": None}, "it has no server"),
        ({"guild_id": "home"}, "its server is no id of Discord’s: 'home'"),
        ({"message_id": "abc"}, "its message is no id of Discord’s: 'abc'"),
        ({"message_id": None}, "it has no message"),
        ({"channel_id": None}, "nothing says in which channel its message is"),
        ({"type": 7}, "it is of an unknown kind: '7'"),
    ],
)
def test_a_raid_nobody_could_find_is_left(old: HandwrittenDatabase, cells: dict[str, Any], sentence: str) -> None:
    old.insert_raid(**cells)

    old.run_import()

    assert old.raids() == []
    assert sentence in old.loss_lines()


def test_a_missing_channel_is_the_one_the_server_uses(old: HandwrittenDatabase) -> None:
    old.insert_row("guilds", id=str(GUILD), raid_channel_id="100000000000000777")
    old.insert_raid(channel_id=None)

    assert old.import_only_raid().channel == 100000000000000777


def test_two_raids_of_one_message_are_one(old: HandwrittenDatabase) -> None:
    cells = "message_id TEXT, raid_id, guild_id, type, channel_id, creator_id, template_slug, template_data"
    old.execute_script(f"DROP TABLE raids; CREATE TABLE raids ({cells}, timestamp INTEGER, created_at INTEGER)")
    old.insert_raid()
    old.insert_raid(raid_id="ZZZ234", creator_id=str(CREATOR))
    old.insert_signup(ALICE)

    raid = old.import_only_raid()

    assert (raid.code, [seat.member for seat in raid.seats]) == ("ABC234", [ALICE])
    assert "another raid has the same message" in old.loss_lines()
    assert old.report.tables["signups"].read == 1
