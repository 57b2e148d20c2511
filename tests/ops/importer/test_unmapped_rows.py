"""Rows that nothing uses yet are kept unchanged."""

import json
from pathlib import Path

import pytest

from raidbot.ops.importer.legacy_database import NotALegacyDatabase
from tests.ops.importer.handwritten_database import ALICE, GUILD, HandwrittenDatabase


def test_rows_of_other_tables_are_kept_whole(old: HandwrittenDatabase) -> None:
    old.insert_row("availability", guild_id=str(GUILD), user_id=str(ALICE), days="Mon-Fri 7-10pm", notes=b"\xff\x00")
    old.execute_script(
        "CREATE TABLE pets (name TEXT, weight REAL); INSERT INTO pets VALUES ('Rex', 9e999), ('Rex', 1.5)"
    )

    report = old.run_import()

    rows = {(source, key): (guild, json.loads(payload)) for source, key, guild, payload in _kept(old)}
    guild, kept = rows["availability", f"guild_id {GUILD}, user_id {ALICE}"]
    assert (guild, kept["days"], kept["notes"]) == (GUILD, "Mon-Fri 7-10pm", {"hex": "ff00"})
    assert rows["pets", "row 1"] == (None, {"name": "Rex", "weight": "inf"})
    assert (report.tables["pets"].kept, report.tables["availability"].kept) == (2, 1)
    assert any(line.table == "pets" and "the table is unknown" in line.sentence for line in report.notes)


def test_analytics_are_kept_server_by_server(old: HandwrittenDatabase, tmp_path: Path) -> None:
    file = tmp_path / "analytics.json"
    file.write_text(json.dumps({"global": {"totalRaids": 3}, "guilds": {str(GUILD): {"totalRaids": 2}, "x": 7}}))

    report = old.run_import(analytics=file)

    assert {(source, key, guild) for source, key, guild, _ in _kept(old)} == {
        ("analytics.json", "global", None),
        ("analytics.json", f"guild {GUILD}", GUILD),
    }
    assert (report.tables["analytics.json"].kept, report.tables["analytics.json"].left) == (2, 1)
    assert any((line.table, line.row) == ("analytics.json", "2 rows") for line in report.notes)
    assert old.run_import(analytics=file).tables["analytics.json"].unchanged == 2


@pytest.mark.parametrize("text", ["{", "", "[" * 100_000])
def test_a_file_that_is_no_json_is_refused_and_nothing_is_taken(
    old: HandwrittenDatabase, tmp_path: Path, text: str
) -> None:
    old.insert_row("guilds", id=str(GUILD))
    file = tmp_path / "analytics.json"
    file.write_text(text)

    with pytest.raises(NotALegacyDatabase, match=r"analytics\.json is no JSON\."):
        old.run_import(analytics=file)

    assert old.all("SELECT count(*) FROM guilds") == [(0,)]


def _kept(old: HandwrittenDatabase) -> list[tuple[str, str, int | None, str]]:
    return old.all("SELECT source, key, guild, payload FROM moved_rows")


def test_analytics_nested_too_deeply_cost_their_server_alone(old: HandwrittenDatabase, tmp_path: Path) -> None:
    file = tmp_path / "analytics.json"
    deep = '{"a":' * 600 + "1" + "}" * 600
    file.write_text(f'{{"global": {{"totalRaids": 1}}, "guilds": {{"{GUILD}": {deep}}}}}', "utf-8")

    report = old.run_import(analytics=file)

    assert (report.tables["analytics.json"].kept, report.tables["analytics.json"].left) == (1, 1)
