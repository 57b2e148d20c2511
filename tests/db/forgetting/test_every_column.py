"""Export and forgetting know the same columns of the same tables, all that name members."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from raidbot.db.forgetting import erasing, exporting, jobs, registered
from raidbot.db.forgetting.erasing import Whom
from raidbot.db.forgetting.registered import NOWHERE
from raidbot.db.privacy import REGISTRY, Scope, Table
from raidbot.raids.model import GuildId, MemberId, RaidId
from tests.data.make import make
from tests.raids.builders import GUILD, NOW

WHO, NAME, STAND_IN = MemberId(345_678_901_234_567_890), "Xanthippe", -77
TEXT = f'[{WHO}, "<@{WHO}> and <@!{WHO}>, raid:1:{WHO}"]'
OTHER = MemberId(345_678_901_234_567_891)
COLUMNS = [
    (table, column)
    for table in REGISTRY
    for column in (*table.ids, *table.texts, *table.typed)
    if table.name != registered.JOBS
]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a row in every table."""
    path = tmp_path_factory.mktemp("whole") / "raidbot.db"
    make(path)
    return path


@pytest.fixture
def tx(whole: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        with closing(sqlite3.connect(whole)) as source:
            source.backup(connection)
        yield connection


def sql(*parts: str) -> str:
    return " ".join(parts)


def everything(tx: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    tables = (table.name for table in REGISTRY)
    return {table: tx.execute(sql("SELECT * FROM", table, "ORDER BY 1, 2")).fetchall() for table in tables}


def put(tx: sqlite3.Connection, table: Table, column: str, value: object) -> None:
    """Let one row of the table, of the guild, hold the value in this column."""
    keys = registered.key_columns(tx, table)
    ours = {"guild": "guild = :guild", "raid": "raid IN (SELECT id FROM raids WHERE guild = :guild)"}
    ours["series"] = "series IN (SELECT id FROM series WHERE guild = :guild)"
    where = ours.get(table.scope.value, "1")
    row = tx.execute(sql("SELECT", ", ".join(keys), "FROM", table.name, "WHERE", where), {"guild": GUILD}).fetchone()
    assert row is not None, f"{table.name} has no row"
    is_key = " AND ".join(f"{key} = ?" for key in keys)
    tx.execute(sql("UPDATE", table.name, "SET", column, "= ? WHERE", is_key), (value, *row))


def forget(tx: sqlite3.Connection, names: frozenset[str] = frozenset({NAME})) -> None:
    """Do in one go what the bot does step by step."""
    for guild in (GUILD, NOWHERE):
        whom = Whom(guild=guild, member=WHO, stand_in=STAND_IN, names=names)
        for raid in registered.raids(tx, guild, WHO):
            erasing.from_raid(tx, whom, raid)
        for table in registered.of_no_raid():
            erasing.from_rows(tx, table, erasing.keys(tx, table, whom), whom)


def where_named(tx: sqlite3.Connection, *needles: str) -> list[str]:
    """Return every column of every table that holds one of these somewhere, also those that nobody registered."""
    found = []
    for (table,) in tx.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
        for row in tx.execute(f"PRAGMA table_info({table})").fetchall():
            for needle in needles:
                count = sql("SELECT count(*) FROM", table, "WHERE instr(CAST(", row[1], "AS TEXT), ?) > 0")
                if tx.execute(count, (needle,)).fetchone()[0]:
                    found.append(f"{table}.{row[1]}")
    return found


def exported(tx: sqlite3.Connection) -> set[str]:
    return set(exporting.of_guild(tx, WHO, GUILD)) | set(exporting.of_guild(tx, WHO, NOWHERE))


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=[f"{table.name}.{column}" for table, column in COLUMNS])
def test_what_is_exported_is_what_is_forgotten(tx: sqlite3.Connection, table: Table, column: str) -> None:
    put(tx, table, column, WHO if column in table.ids else TEXT)
    assert exported(tx) == {table.name}
    if table.scope is not Scope.EVERYWHERE:
        assert registered.guilds(tx, table, WHO) == {GUILD}

    forget(tx)

    assert where_named(tx, str(WHO)) == []
    assert exported(tx) == set()
    assert tx.execute("PRAGMA foreign_key_check").fetchall() == []


def test_somebody_in_every_table_is_in_none_after_it(tx: sqlite3.Connection) -> None:
    for table, column in COLUMNS:
        put(tx, table, column, WHO if column in table.ids else TEXT)
    tx.execute("INSERT OR REPLACE INTO members VALUES (?, ?, ?)", (GUILD, WHO, NAME))
    tx.execute("UPDATE heard_reactions SET name = ? WHERE member = ?", (NAME, WHO))
    said = f'{{"content": "{NAME} left"}}'
    tx.execute("UPDATE outbox SET payload = ? WHERE id = (SELECT max(id) FROM outbox)", (said,))
    assert exported(tx) == {table.name for table, _ in COLUMNS}

    forget(tx)

    assert where_named(tx, str(WHO), NAME) == []
    assert exported(tx) == set()


def test_nobody_else_is_touched(tx: sqlite3.Connection) -> None:
    before = everything(tx)
    tx.execute("INSERT INTO members VALUES (?, ?, ?)", (GUILD, WHO, NAME))
    longer = f"1{WHO}"
    tx.execute("UPDATE raids SET description = ? WHERE id = 1", (f"<@{OTHER}> {longer}",))

    forget(tx)

    assert tx.execute("SELECT description FROM raids WHERE id = 1").fetchone() == (f"<@{OTHER}> {longer}",)
    tx.execute("UPDATE raids SET description = ? WHERE id = 1", (before["raids"][0][7],))
    assert everything(tx) == before


def test_an_export_names_nobody_else(tx: sqlite3.Connection) -> None:
    for table, column in COLUMNS:
        put(tx, table, column, WHO if column in table.ids else f'[{WHO}, {OTHER}, "<@{OTHER}> {NAME}", "{OTHER}"]')
    for table in REGISTRY:  # whoever else stands in a row
        for column in table.ids:
            query = sql("UPDATE OR IGNORE", table.name, "SET", column, "= ? WHERE", column, "IN (13, 14, 15)")
            tx.execute(query, (OTHER,))
    tx.execute("INSERT OR REPLACE INTO members VALUES (?, ?, ?)", (GUILD, OTHER, NAME))

    found = [str(exporting.of_guild(tx, WHO, guild)) for guild in (GUILD, NOWHERE)]

    assert [NAME in said or str(OTHER) in said for said in found] == [False, False]
    assert "another member" in found[0]
    assert "'you'" in found[0]


def test_a_channel_is_no_member(tx: sqlite3.Connection) -> None:
    channel = 345_678_901_234_567_892
    tx.execute("UPDATE raids SET channel = ?, creator = ?", (channel, WHO))
    post = "INSERT INTO outbox (guild, kind, target, payload, dedupe, due_at, state, attempts)"
    tx.execute(sql(post, "VALUES (?, 'post', ?, ?, 'said', 0, 'sent', 1)"), (GUILD, channel, TEXT))

    said = exporting.of_guild(tx, WHO, GUILD)

    assert {row["channel"] for row in said["raids"]} == {str(channel)}
    assert str(channel) in [row["target"] for row in said["outbox"]]


def test_totals_stay(tx: sqlite3.Connection) -> None:
    for table in ("seats", "attendance", "opening_balances"):
        tx.execute(sql("UPDATE", table, "SET member = ? WHERE member = 11"), (WHO,))

    def totals() -> list[object]:
        return [
            tx.execute(sql("SELECT count(*), count(DISTINCT member),", facts, "FROM", table)).fetchall()
            for table, facts in (
                ("attendance", "count(DISTINCT presence)"),
                ("seats", "sum(place)"),
                ("opening_balances", "sum(raids)"),
            )
        ]

    before = totals()
    forget(tx)

    assert totals() == before
    assert tx.execute("SELECT count(*) FROM attendance WHERE member = ?", (STAND_IN,)).fetchone()[0] > 0


def test_stand_ins_say_nothing(tx: sqlite3.Connection) -> None:
    jobs.ask(tx, WHO, [GUILD, GuildId(8_000)], now=NOW)
    jobs.ask(tx, OTHER, [GUILD], now=NOW)
    first = {whom.stand_in for whom, _ in jobs.pending(tx)}
    tx.execute("DELETE FROM forgetting")
    jobs.ask(tx, WHO, [GUILD], now=NOW)

    assert len(first) == 4  # with the one that the database has
    assert {whom.stand_in for whom, _ in jobs.pending(tx)}.isdisjoint(first)
    assert all(one < 0 for one in first)


def test_a_raid_to_come_has_no_leader_and_one_gone_by_a_stand_in(tx: sqlite3.Connection) -> None:
    tx.execute("UPDATE raids SET leader = ?, creator = ?", (WHO, WHO))
    tx.execute("UPDATE raids SET begun = 1, status = 'closed', closed_at = 1 WHERE id = 2")

    forget(tx)

    assert tx.execute("SELECT creator, leader FROM raids WHERE id IN (1, 2) ORDER BY id").fetchall() == [
        (STAND_IN, None),
        (STAND_IN, STAND_IN),
    ]
    assert registered.raids(tx, GUILD, STAND_IN) == [RaidId(1), RaidId(2), RaidId(3), RaidId(4)]


def test_whoever_asks_again_meanwhile_is_forgotten_again(tx: sqlite3.Connection) -> None:
    tx.execute("DELETE FROM forgetting")
    jobs.ask(tx, WHO, [GUILD], now=NOW)
    ((whom, at),) = jobs.pending(tx)
    jobs.ask(tx, WHO, [GUILD], now=NOW)

    jobs.note_forgotten(tx, whom, jobs.Forgotten(guild=GUILD, tag="tag", at=at))

    ((again, later),) = jobs.pending(tx)
    assert (again.stand_in, later) == (whom.stand_in, at + 1)
    jobs.note_forgotten(tx, again, jobs.Forgotten(guild=GUILD, tag="tag", at=later))
    assert jobs.pending(tx) == []


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=[f"{table.name}.{column}" for table, column in COLUMNS])
def test_a_restored_backup_tells_whom_it_names_also_in_texts(tx: sqlite3.Connection, table: Table, column: str) -> None:
    put(tx, table, column, WHO if column in table.ids else TEXT)

    lines = [jobs.Forgotten(guild=guild, tag="tag", at=1) for guild in (GUILD, NOWHERE)]
    assert WHO in jobs.members(tx, lines)


def test_somebody_whose_id_is_part_of_another_is_not_exported_for_it(tx: sqlite3.Connection) -> None:
    tx.execute("UPDATE raids SET description = ? WHERE id = 1", (f"<@1{WHO}>",))
    assert exported(tx) == set()
