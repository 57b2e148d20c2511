"""Imported guild settings, and odd cells in them."""

from typing import Any

import pytest

from raidbot.raids.model import Kind
from raidbot.raids.reminders.leads import ReminderLead
from raidbot.raids.settings import GuildSettings
from tests.ops.importer.handwritten_database import GUILD, HandwrittenDatabase


def grant(old: HandwrittenDatabase, command: Any, role: int) -> None:
    old.insert_row("command_permissions", guild_id=str(GUILD), command_name=command, role_id=str(role))


def test_settings_are_taken_in_minutes(old: HandwrittenDatabase) -> None:
    old.insert_row(
        "guilds",
        id=str(GUILD),
        raid_channel_id="11",
        challenge_channel_id="12",
        audit_channel_id="13",
        debug_channel_id="14",
        creator_reminder_seconds=3600,
        participant_reminder_seconds=0,
        auto_close_seconds=28_800,
        creator_reminders_enabled=0,
        raid_leader_role_id="15",
        threads_enabled=1,
        thread_auto_archive_minutes=4320,
        default_timezone="Europe/Berlin",
    )

    old.run_import()

    assert old.settings() == GuildSettings(
        guild=GUILD,  # type: ignore[arg-type]
        zone="Europe/Berlin",
        zone_chosen=True,
        leader_leads=(),
        member_leads=(),
        full_close_minutes=480,
        threads=True,
        thread_archive_minutes=4320,
        channels={Kind.RAID: 11, Kind.CHALLENGE: 12},  # type: ignore[dict-item]
        audit_channel=13,  # type: ignore[arg-type]
        debug_channel=14,  # type: ignore[arg-type]
        leader_role=15,
    )
    assert old.repair_lines() == ""


@pytest.mark.parametrize(
    ("column", "cell", "name", "value"),
    [
        ("creator_reminder_seconds", 1000, "leader_leads", (ReminderLead(17),)),
        ("creator_reminder_seconds", 20, "leader_leads", (ReminderLead(1),)),
        ("participant_reminder_seconds", -60, "member_leads", (ReminderLead(10),)),
        ("participant_reminder_seconds", "soon", "member_leads", (ReminderLead(10),)),
        ("auto_close_seconds", 10**15, "full_close_minutes", 1440),
        ("thread_auto_archive_minutes", 5, "thread_archive_minutes", 60),
        ("thread_auto_archive_minutes", b"\x00", "thread_archive_minutes", 1440),
        ("creator_reminders_enabled", "yes", "leader_leads", (ReminderLead(30),)),
        ("raid_channel_id", "general", "channels", {}),
        ("raid_leader_role_id", b"\xff", "leader_role", None),
        ("default_timezone", "Mars/Base", "zone", "America/New_York"),
        ("default_timezone", b"\xff\xfe", "zone", "America/New_York"),
        ("default_timezone", "PST", "zone", "America/Los_Angeles"),
        ("default_timezone", "London", "zone", "Europe/London"),
    ],
)
def test_an_odd_cell_costs_itself_and_is_named(
    old: HandwrittenDatabase, column: str, cell: Any, name: str, value: Any
) -> None:
    old.insert_row("guilds", **{"id": str(GUILD), "audit_channel_id": "13", column: cell})

    old.run_import()

    assert getattr(old.settings(), name) == value
    assert old.settings().audit_channel == 13
    assert f"guilds id {GUILD}:" in old.repair_lines()


@pytest.mark.parametrize("zone", ["us/eastern", "Etc/GMT+5", "utc", "europe/berlin"])
def test_zones_of_any_spelling_are_one_of_the_zone_database(old: HandwrittenDatabase, zone: str) -> None:
    old.insert_row("guilds", id=str(GUILD), default_timezone=zone)

    old.run_import()

    assert old.settings().zone.casefold() == zone.casefold()
    assert old.settings().tzinfo is not None


def test_museums_have_their_gate_and_their_stray_row_is_no_server(old: HandwrittenDatabase) -> None:
    old.insert_row("guilds", id=str(GUILD))
    old.insert_row("guilds", id=f"{GUILD}:museum")
    old.insert_row("signup_roles", guild_id=str(GUILD), role_id="21")
    old.insert_row("signup_roles", guild_id=f"{GUILD}:museum", role_id="22")

    old.run_import()

    assert old.settings().signup_roles == {Kind.RAID: {21}, Kind.MUSEUM: {22}}
    assert old.all("SELECT count(*) FROM guilds") == [(1,)]
    assert "it is no server" in old.repair_lines()


def test_museums_without_a_gate_stay_open(old: HandwrittenDatabase) -> None:
    old.insert_row("signup_roles", guild_id=str(GUILD), role_id="21")

    report = old.run_import()

    assert old.settings().signup_roles_for(Kind.KEY) == {21}
    assert old.settings().signup_roles_for(Kind.MUSEUM) == {GUILD}  # @everyone has the guild's id
    assert any("museums stay open to everybody" in line.sentence for line in report.notes)


def test_grants_are_taken_and_those_without_a_place_are_kept(old: HandwrittenDatabase) -> None:
    old.insert_row("admin_roles", guild_id=str(GUILD), role_id="31")
    for command, role in (("create", 32), ("create", 33), ("stats", 34), ("stats_others", 35), (None, 36)):
        grant(old, command, role)

    report = old.run_import()

    grants = old.settings().grants
    assert grants.admins == {31}
    assert grants.roles == {"create": frozenset({32, 33}), "raidinfo.others": frozenset({34})}
    assert report.tables["command_permissions"].kept == 2
    assert len(old.all("SELECT * FROM moved_rows WHERE source = 'command_permissions'")) == 2


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"guild_id": "home", "role_id": "1"}, "its server is no id of Discord’s"),
        ({"guild_id": None, "role_id": "1"}, "its server is missing"),
        ({"guild_id": str(GUILD), "role_id": "@everyone"}, "its content is no id of Discord’s"),
        ({"guild_id": str(GUILD), "role_id": None}, "its content names no role"),
    ],
)
def test_a_row_that_names_nobody_is_left(old: HandwrittenDatabase, cells: dict[str, Any], sentence: str) -> None:
    old.insert_row("admin_roles", **cells)

    old.run_import()

    assert sentence in old.loss_lines()


def test_a_server_that_is_here_stays_as_it_is(old: HandwrittenDatabase) -> None:
    old.insert_row("guilds", id=str(GUILD), default_timezone="Europe/Berlin")
    old.run_import()
    old.execute_script("UPDATE guilds SET default_timezone = 'Asia/Tokyo'")
    old.insert_row("admin_roles", guild_id=str(GUILD), role_id="31")

    report = old.run_import()

    assert old.settings().zone == "Europe/Berlin"
    assert old.settings().grants.admins == frozenset()
    assert (report.tables["guilds"].unchanged, report.tables["admin_roles"].unchanged) == (1, 1)
    assert any("the server has settings here already" in line.sentence for line in report.notes)
