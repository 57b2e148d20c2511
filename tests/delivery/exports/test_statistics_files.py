"""Tables and JSON lines of a server's figures: what is in them, and that all figures follow from the lines."""

import json
import re
import sqlite3
import zipfile
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from raidbot.db.database import Database
from raidbot.delivery.exports.csv_table import Dialect
from raidbot.delivery.exports.export_file import ExportFile, ExportTooLarge
from raidbot.delivery.exports.statistics_files import StatisticsFiles
from raidbot.raids.model import GuildId, Presence
from raidbot.raids.statistics.day_spans import span
from tests.delivery.exports.history import ELSEWHERE, NO_SHOW, PRESENT, add_history, add_raid, code_of
from tests.delivery.exports.tables import live_cells, read
from tests.raids.builders import ALICE, BOB, GUILD, NOW
from tests.suite.new_database import put_new

BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
SCHEMA = Path(__file__).parents[3] / "docs/exports.md"
MEGABYTE = 1024 * 1024


@pytest.fixture
async def db(database: Path) -> AsyncIterator[Database]:
    put_new(database)
    opened = await Database.open(database)
    yield opened
    await opened.close()


def files_of(
    db: Database,
    guild: GuildId = GUILD,
    *,
    since: str | None = None,
    until: str | None = None,
    zone: ZoneInfo = BERLIN,
    limit: int = MEGABYTE,
    dialect: Dialect | None = None,
) -> StatisticsFiles:
    return StatisticsFiles(db, guild, span(since, until, zone), now=NOW, limit=limit, dialect=dialect or Dialect())


def rows_of(table: bytes, separator: str = ",") -> list[dict[str, str]]:
    head, *rows = read(table, separator)
    return [dict(zip(head, row, strict=True)) for row in rows]


async def lines_of(files: StatisticsFiles) -> list[dict[str, object]]:
    made = await files.everything()
    assert made is not None
    return [json.loads(line) for line in made.content.decode().splitlines()]


async def test_members_have_their_own_figures_and_the_opening_balance_apart(db: Database) -> None:
    """Rows T07, T16 and T23: cancelled raids are in no figure, former members have a line, few raids have no rate."""
    await db.write(add_history)

    made = await files_of(db).members()

    assert made is not None
    rows = rows_of(made.content)
    carol, alice, forgotten, bob = rows
    assert (made.members, made.carried) == (4, 1)
    assert alice == {
        "Member ID": f"<@{ALICE}>",
        "Name": "'=Alice;'=1",
        "Raids come to": "5",
        "Present": "4",
        "Late": "1",
        "No-shows": "1",
        "Excused": "0",
        "Called off": "0",
        "Benched": "0",
        "Rate": "0.8333",
        "From opening balance: raids": "0",
        "From opening balance: no-shows": "0",
        "Favourite role": "Healer",
        "Last raid": "2026-02-21 13:00",
    }
    assert (carol["Raids come to"], carol["No-shows"], carol["Rate"], carol["Favourite role"]) == (
        "8",
        "2",
        "0.8",
        "Healer",
    )
    assert [carol[f"From opening balance: {what}"] for what in ("raids", "no-shows")] == ["10", "2"]
    assert (forgotten["Name"], forgotten["Member ID"]) == ("former member", "former member 8123456789012345678")
    assert (forgotten["Raids come to"], forgotten["Rate"]) == ("3", "")  # below five raids
    assert (bob["Excused"], bob["Raids come to"], bob["Last raid"], bob["Favourite role"]) == ("3", "0", "", "")
    assert live_cells(made.content) == []


async def test_decimal_commas_come_with_semicolons(db: Database) -> None:
    await db.write(add_history)

    made = await files_of(db, dialect=Dialect(";", ",")).members()

    assert made is not None
    assert [row["Rate"] for row in rows_of(made.content, ";")] == ["0,8", "0,8333", "", ""]


async def test_every_raid_is_listed_and_says_whether_it_is_summed(db: Database) -> None:
    await db.write(add_history)

    made = await files_of(db).raids({})

    assert made is not None
    rows = rows_of(made.content)
    statuses = [(row["Status"], row["Counted"]) for row in rows[6:]]
    assert [(row["Status"], row["Counted"]) for row in rows[:6]] == [("took place", "yes")] * 6
    assert statuses == [
        ("took place", "no"),
        ("did not take place", "no"),
        ("cancelled", "no"),
        ("signups closed", "no"),
        ("open", "no"),
    ]
    assert (rows[0]["Starts (server time)"], rows[0]["Starts (UTC)"]) == ("2026-02-16 13:00", "2026-02-16 12:00")
    assert (rows[0]["Raid"], rows[0]["Seats"], rows[0]["Late"]) == (f"#{code_of(0)}", "10", "1")
    assert rows[0]["Raiders who came"] == "2"
    assert made.raids == 11


async def test_a_deleted_template_keeps_its_name(db: Database) -> None:
    """Row T24: a raid of a template that is gone goes by its title."""
    await db.write(partial(add_raid, number=1, starts_at=NOW, presences={}, template="kept", title="Friday"))
    await db.write(partial(add_raid, number=2, starts_at=NOW, presences={}, template="gone", title="Old evening"))

    made = await files_of(db).raids({"kept": "Molten Core"})

    assert made is not None
    assert [row["Template"] for row in rows_of(made.content)] == ["Molten Core", "Old evening"]


async def test_a_span_is_of_days_by_the_server_s_clocks_and_leaves_opening_balances_out(db: Database) -> None:
    """Rows T11 and T14: 28 February 15:30 in UTC is March in Tokyo, and nothing else is."""
    for number, at in enumerate(("02-28T14:59", "02-28T15:00", "03-31T14:59", "03-31T15:00"), start=50):
        starts_at = datetime.fromisoformat(f"2025-{at}:00+00:00")
        await db.write(partial(add_raid, number=number, starts_at=starts_at, presences={ALICE: PRESENT}))
    await db.write(add_history)

    for since in ("2025-03", "2025-03-01"):
        files = files_of(db, since=since, until="2025-03", zone=TOKYO)
        raids, members = await files.raids({}), await files.members()
        assert raids is not None
        assert members is not None
        starts = [row["Starts (server time)"] for row in rows_of(raids.content)]
        assert starts == ["2025-03-01 00:00", "2025-03-31 23:59"]
        assert [(row["Raids come to"], row["Member ID"]) for row in rows_of(members.content)] == [("2", f"<@{ALICE}>")]
        assert not any(line["type"] == "opening_balance" for line in await lines_of(files))


async def test_nothing_of_another_server_is_in_any_file(db: Database) -> None:
    await db.write(add_history)

    here, there = files_of(db), files_of(db, ELSEWHERE)

    for made in (await here.members(), await here.raids({}), await here.everything()):
        assert made is not None
        assert b"Elsewhere" not in made.content
        assert b"Dave" not in made.content
    members = await there.members()
    assert members is not None
    assert [row["Raids come to"] for row in rows_of(members.content)] == ["70", "1", "0"]


async def test_without_raids_and_balances_there_is_no_file(db: Database) -> None:
    await db.write(add_history)

    for files in (files_of(db, GuildId(GUILD + 9)), files_of(db, since="2031")):
        assert (await files.members(), await files.raids({}), await files.everything()) == (None, None, None)


async def test_all_figures_follow_from_the_lines(db: Database) -> None:
    """Row T05 among others: who waited has a line, and is no part of those who came."""
    await db.write(add_history)
    members = await files_of(db).members()
    lines = await lines_of(files_of(db))

    counted = {line["raid"] for line in lines if line["type"] == "raid" and line["counted"]}
    numbers: dict[object, Counter[object]] = {}
    for line in lines:
        if line["type"] == "attendance" and line["raid"] in counted:
            numbers.setdefault(line["member"], Counter())[line["presence"]] += 1
        if line["type"] == "opening_balance":
            brought, missed = int(str(line["raids"])), int(str(line["no_shows"]))
            numbers.setdefault(line["member"], Counter()).update({"present": brought - missed, "no-show": missed})

    assert members is not None
    said = {
        re.sub(r"<@(\d+)>|former member (\d+)", lambda found: found[1] or f"-{found[2]}", row["Member ID"]): (
            *(int(row[title]) for title in ("Present", "Late", "No-shows", "Excused", "Called off", "Benched")),
        )
        for row in rows_of(members.content)
    }
    assert said == {member: tuple(of[presence] for presence in Presence) for member, of in numbers.items()}
    assert lines[-1] == {"type": "end", "raids": 11, "attendance": 18, "opening_balances": 1, "members": 4}
    assert [line["type"] for line in lines].count("attendance") == 18


async def test_counted_is_what_the_description_says(db: Database) -> None:
    """Computed from status, counts and ends_at, it is the same."""
    await db.write(add_history)

    head, *lines = await lines_of(files_of(db))

    for raid in (line for line in lines if line["type"] == "raid"):
        over = str(raid["ends_at"]) <= str(head["exported_at"])
        assert raid["counted"] == (raid["status"] == "closed" and raid["counts"] and over)
        assert raid["starts_at_local"] == datetime.fromisoformat(str(raid["starts_at"])).astimezone(BERLIN).isoformat()


async def test_every_field_is_described(db: Database) -> None:
    await db.write(add_history)
    sections = re.split(r"^### `(\w+)`", SCHEMA.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    described = {
        name: set(re.findall(r"^\| `([\w.]+)` \|", text, flags=re.MULTILINE))
        for name, text in zip(sections[::2], sections[1::2], strict=True)
    }

    for line in await lines_of(files_of(db)):
        assert described[str(line["type"])] == line.keys(), line["type"]


async def test_hostile_words_are_letters_in_lines_and_tables(db: Database) -> None:
    """Row K09 among others: braces and percent signs."""
    hostile = '=1\u202e@everyone\u200b](x) ";=2\n{"type":"end"}\u2028 {foo} {0} %s 100%\x85'
    await db.write(lambda tx: add_raid(tx, 1, NOW - timedelta(days=1), {ALICE: PRESENT}, title=hostile))

    everything, raids = await files_of(db).everything(), await files_of(db).raids({})

    assert everything is not None
    assert raids is not None
    found = [json.loads(line) for line in everything.content.decode().splitlines()]
    assert [line["title"] for line in found if line["type"] == "raid"] == [hostile]
    assert live_cells(raids.content) == []
    assert "'=1\u202e@everyone" in rows_of(raids.content)[0]["Title"]


async def test_what_is_too_large_is_packed_and_what_is_too_large_even_then_is_refused(db: Database) -> None:
    await db.write(add_history)
    plain = await files_of(db).everything()
    assert plain is not None

    packed = await files_of(db, limit=len(plain.content) - 1).everything()

    assert packed is not None
    assert packed.name == f"{plain.name}.zip"
    assert len(packed.content) < len(plain.content)
    with zipfile.ZipFile(BytesIO(packed.content)) as archive:
        assert archive.namelist() == [plain.name]
        assert archive.read(plain.name) == plain.content
    with pytest.raises(ExportTooLarge, match="Choose a shorter time"):
        await files_of(db, limit=100).everything()


def test_a_file_of_exactly_the_limit_is_not_packed() -> None:
    file = ExportFile("a.csv", 10, datetime(2026, 3, 18, tzinfo=UTC))
    file.add(b"12345")
    file.add(b"67890")

    assert file.finished() == ("a.csv", b"1234567890")


async def test_a_raid_that_cannot_be_read_is_left_out(db: Database) -> None:
    await db.write(add_history)

    def damage(tx: sqlite3.Connection) -> None:
        tx.execute("UPDATE raids SET starts_at = -5 WHERE code = ?", (code_of(3),))
        tx.execute("UPDATE opening_balances SET roles = '[]'")

    await db.write(damage)

    made, balances = await files_of(db).raids({}), await lines_of(files_of(db))

    assert made is not None
    assert made.raids == 10
    assert [line["roles"] for line in balances if line["type"] == "opening_balance"] == [{}]


async def test_who_never_came_is_in_the_table_too(db: Database) -> None:
    await db.write(lambda tx: add_raid(tx, 1, NOW - timedelta(days=1), {BOB: NO_SHOW}))

    made = await files_of(db).members()

    assert made is not None
    assert [(row["Name"], row["No-shows"]) for row in rows_of(made.content)] == [("former member", "1")]
