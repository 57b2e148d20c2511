"""Guilds' own templates and their overrides of the others."""

import json
from pathlib import Path
from typing import Any

import pytest

from raidbot.ops.importer.legacy_database import NotALegacyDatabase
from tests.ops.importer.handwritten_database import GUILD, HandwrittenDatabase, template

GROUPS = json.loads(template(("1️⃣", "Tank"), ("2️⃣", "Healer")))["roleGroups"]


def own(old: HandwrittenDatabase, key: str = "custom-mb3k2-7f0q", **cells: Any) -> None:
    usual = {"id": key, "guild_id": str(GUILD), "name": "Duel", "role_groups": json.dumps(GROUPS)}
    old.insert_row("custom_templates", **usual | cells)


def override(old: HandwrittenDatabase, template_id: Any, **cells: Any) -> None:
    old.insert_row("template_overrides", **{"guild_id": str(GUILD), "template_id": template_id} | cells)


def file_of(folder: Path, *templates: dict[str, Any]) -> Path:
    path = folder / "raid_templates.json"
    path.write_text(json.dumps({"raids": templates}), encoding="utf-8")
    return path


def test_an_own_template_is_complete(old: HandwrittenDatabase) -> None:
    own(old, emoji="⚔️", description="To the end.", color="#ff8800")

    old.run_import()

    found = old.templates().entry("custom-mb3k2-7f0q").template
    assert (found.title, found.description, found.colour, found.lengths) == (
        "⚔️ Duel",
        "To the end.",
        0xFF8800,
        (90, 180),
    )
    assert [(role.name, role.emoji, role.seats, role.group) for role in found.roles] == [
        ("Tank", "1️⃣", 1, "Front"),
        ("Healer", "2️⃣", 1, "Front"),
    ]


def test_a_copy_of_the_voracious_void_keeps_its_strategies(old: HandwrittenDatabase) -> None:
    groups = json.loads(template(("1️⃣", "Storm 1"), ("4️⃣", "Jade"), group="VANGAURD"))["roleGroups"]
    own(old, name="Voracious Void Copy", description="As triple storm.", role_groups=json.dumps(groups))

    old.run_import()

    found = old.templates().entry("custom-mb3k2-7f0q").template
    assert [one.name for one in found.strategies] == ["triple storm", "2 myth 1 storm"]
    assert [role.name for role in found.played_as(found.strategies[1]).roles] == ["Myth 1", "Jade"]
    assert found.strategies[1].description == "As 2 myth 1 storm."


def test_names_that_are_taken_are_counted_up(old: HandwrittenDatabase) -> None:
    for number, name in enumerate(("Museum", "Key", "Duel", "Duel")):
        own(old, f"custom-{number}", name=name)

    old.run_import()

    names = [entry.template.name for entry in old.templates().entries if entry.is_own]
    assert names == ["Museum 2", "Key 2", "Duel", "Duel 2"]
    assert "something else is called “Museum” already" in old.repair_lines()


@pytest.mark.parametrize(
    "groups",
    [None, "[]", json.dumps([{"name": "All", "roles": [{"emoji": "1️⃣", "name": "N" * 80, "slots": 50}] * 30}])],
)
def test_one_that_no_board_can_be_made_from_is_kept_aside(old: HandwrittenDatabase, groups: str | None) -> None:
    own(old, role_groups=groups)

    report = old.run_import()

    assert not old.templates().has("custom-mb3k2-7f0q")
    assert old.all("SELECT source, key FROM moved_rows") == [("custom_templates", "id custom-mb3k2-7f0q")]
    assert any("Discord would not take a board made from" in line.sentence for line in report.notes)
    assert report.tables["custom_templates"].kept == 1


@pytest.mark.parametrize("groups", ["[{", b"\xff"])
def test_one_that_cannot_be_read_is_left(old: HandwrittenDatabase, groups: Any) -> None:
    own(old, role_groups=groups)

    old.run_import()

    assert "custom_templates id custom-mb3k2-7f0q: its content is no" in old.loss_lines()


def test_what_is_about_no_server_is_left(old: HandwrittenDatabase) -> None:
    override(old, "raid-0", guild_id="overrides", name="Void Night")
    override(old, "raid-0", guild_id=None, name="Void Night")

    old.run_import()

    assert "its server is no id of Discord’s: 'overrides'" in old.loss_lines()
    assert "it names no server" in old.loss_lines()


def test_what_a_server_changed_is_taken_and_nothing_else(old: HandwrittenDatabase) -> None:
    override(old, "raid-2", name="Polaris Night", emoji="🌙", description="Dark.", color="3498db", disabled=1)
    override(old, "raid-0", color="?")
    override(old, "raid-9", name="Who knows")

    report = old.run_import()

    changed = old.templates().entry("polaris")
    assert (changed.template.title, changed.template.description, changed.enabled) == (
        "🌙 Polaris Night",
        "Dark.",
        False,
    )
    assert changed.template.colour == 0x3498DB
    assert changed.original is not None
    assert changed.template.roles == changed.original.roles
    assert "the colour '?' is none" in old.repair_lines()
    assert report.tables["template_overrides"].kept == 1


def test_the_old_bots_own_file_gives_the_real_roles(old: HandwrittenDatabase, tmp_path: Path) -> None:
    lemuria = {"name": "The Ghastly Conspiracy Raid", "color": "#112233", "roleGroups": GROUPS}
    other = {"name": "Sky Fortress", "roleGroups": GROUPS}
    old.insert_row("guilds", id=str(GUILD))
    override(old, "raid-0", name="Lemuria Night")
    old.insert_raid(template_data=None, template_slug="lemuria")

    raid = old.import_only_raid(templates=file_of(tmp_path, lemuria, other))

    changed = old.templates().entry("lemuria").template
    assert (changed.name, changed.colour, [role.name for role in changed.roles]) == (
        "Lemuria Night",
        0x112233,
        ["Tank", "Healer"],
    )
    assert changed.roles[0].key == "vanguard-1"
    assert len(changed.sides) == 4
    assert old.templates().entry("custom-sky-fortress").template.name == "Sky Fortress"
    assert [role.name for role in raid.roles] == ["Tank", "Healer"]
    assert "it has the one of the old bot’s file" in old.repair_lines()


def test_the_old_bots_own_file_may_be_a_bare_list(old: HandwrittenDatabase, tmp_path: Path) -> None:
    path = tmp_path / "raid_templates.json"
    path.write_text(json.dumps([{"name": "Sky Fortress", "roleGroups": GROUPS}]))
    old.insert_row("guilds", id=str(GUILD))

    old.run_import(templates=path)

    assert old.templates().has("custom-sky-fortress")


@pytest.mark.parametrize("content", ["{}", '{"raids": {}}', "7"])
def test_a_file_that_is_no_list_of_templates_is_refused(old: HandwrittenDatabase, tmp_path: Path, content: str) -> None:
    path = tmp_path / "raid_templates.json"
    path.write_text(content)

    with pytest.raises(NotALegacyDatabase, match="is no list of templates"):
        old.run_import(templates=path)


def test_what_the_server_has_here_stays(old: HandwrittenDatabase, tmp_path: Path) -> None:
    file = file_of(tmp_path, {"name": "The Voracious Void Raid", "roleGroups": GROUPS})
    own(old)
    override(old, "raid-0", name="Void Night")
    old.insert_row("guilds", id=str(GUILD))
    old.run_import(templates=file)
    before = old.templates()

    report = old.run_import(templates=file)

    assert old.templates() == before
    assert report.tables["custom_templates"].unchanged == report.tables["template_overrides"].unchanged == 1
