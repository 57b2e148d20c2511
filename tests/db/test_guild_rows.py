import sqlite3
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest

from raidbot.db import drafts, guilds
from raidbot.db import raids as rows
from raidbot.raids.model import ChannelId, GuildId, Kind
from raidbot.raids.permissions import Grants
from raidbot.raids.reminders.leads import ReminderLead
from raidbot.raids.setting_kinds import (
    Channel,
    Flag,
    LeadTimes,
    Moment,
    Noted,
    NumberChoice,
    RoleChoice,
    Setting,
    Switch,
    WordChoice,
)
from raidbot.raids.settings import SETTINGS, GuildSettings
from tests.raids.builders import ALICE, BOB, GUILD, NOW, unposted_raid

DEFAULTS = GuildSettings(guild=GUILD)
COLUMNS = {name: setting for name, setting in SETTINGS.items() if setting.has_column}


def other(name: str, setting: Setting) -> object:
    """Return a value for the field that is not its default."""
    default = getattr(DEFAULTS, name)
    match setting:
        case Switch() | Flag():
            return not default
        case NumberChoice():
            return next(number for number in setting.numbers if number not in (0, default))
        case WordChoice():
            return next(word for word in setting.texts if word != default)
        case RoleChoice() | Channel():
            return 11
        case LeadTimes():
            return (ReminderLead(days=2), ReminderLead(90))
        case Noted():
            return not default
        case Moment():
            return datetime(2030, 1, 1, tzinfo=UTC)
        case _:
            return "Europe/Berlin"


CHANGED = replace(
    DEFAULTS.with_fields({name: other(name, setting) for name, setting in COLUMNS.items()}),
    channels={Kind.RAID: ChannelId(1), Kind.MUSEUM: ChannelId(2)},
    signup_roles={Kind.KEY: frozenset({5, 6}), Kind.RAID: frozenset({7})},
    grants=Grants(frozenset({8}), {"create": frozenset({9}), "raid.close": frozenset({9, 10})}),
)


def test_a_server_never_seen_has_the_defaults(tx: sqlite3.Connection) -> None:
    assert guilds.settings(tx, GUILD) == DEFAULTS


def test_every_setting_has_its_column(tx: sqlite3.Connection) -> None:
    rows = tx.execute("PRAGMA table_info(guilds)").fetchall()

    assert {name for _, name, *_ in rows} == {"id", *COLUMNS}


def test_a_column_added_later_begins_with_the_default(tx: sqlite3.Connection) -> None:
    for _, name, _, is_needed, default, _ in tx.execute("PRAGMA table_info(guilds)").fetchall():
        if name in COLUMNS and (default is not None or not is_needed):
            (value,) = tx.execute(f"SELECT {default or 'NULL'}").fetchone()
            assert COLUMNS[name].from_row(value) == getattr(DEFAULTS, name), name


def test_who_leads_is_known_per_server_and_role(tx: sqlite3.Connection) -> None:
    guilds.note_leaders(tx, GUILD, 11, came={ALICE, BOB}, gone=())
    guilds.note_leaders(tx, GuildId(8), 12, came={ALICE}, gone=())

    guilds.note_leaders(tx, GUILD, 11, came=(), gone={BOB})
    guilds.note_leaders(tx, GuildId(8), 13, came=(), gone={ALICE})

    assert guilds.leaders(tx, GUILD, 11) == {ALICE}
    assert guilds.leaders(tx, GUILD, 12) == set()
    assert guilds.leaders(tx, GuildId(8), 12) == {ALICE}


def test_every_setting_survives_there_and_back(tx: sqlite3.Connection) -> None:
    for field in fields(GuildSettings):
        assert field.name == "guild" or getattr(CHANGED, field.name) != getattr(DEFAULTS, field.name), field.name

    guilds.save_settings(tx, DEFAULTS, CHANGED)
    assert guilds.settings(tx, GUILD) == CHANGED
    assert guilds.settings(tx, GuildId(8)) == GuildSettings(guild=GuildId(8))

    guilds.save_settings(tx, CHANGED, DEFAULTS)
    assert guilds.settings(tx, GUILD) == DEFAULTS


@pytest.mark.parametrize("name", [field.name for field in fields(GuildSettings) if field.name != "guild"])
def test_each_setting_alone_survives(tx: sqlite3.Connection, name: str) -> None:
    wanted = replace(DEFAULTS, **{name: getattr(CHANGED, name)})

    guilds.save_settings(tx, DEFAULTS, wanted)

    assert guilds.settings(tx, GUILD) == wanted


def test_two_managers_with_stale_copies_both_win(tx: sqlite3.Connection) -> None:
    seen = guilds.settings(tx, GUILD)

    guilds.save_settings(tx, seen, replace(seen, zone="Asia/Tokyo", channels={Kind.RAID: ChannelId(1)}))
    guilds.save_settings(
        tx,
        seen,
        replace(seen, threads=True, channels={Kind.KEY: ChannelId(2)}, signup_roles={Kind.KEY: frozenset({5})}),
    )
    guilds.save_settings(tx, seen, replace(seen, signup_roles={Kind.KEY: frozenset({6})}))

    assert guilds.settings(tx, GUILD) == replace(
        DEFAULTS,
        zone="Asia/Tokyo",
        threads=True,
        channels={Kind.RAID: ChannelId(1), Kind.KEY: ChannelId(2)},
        signup_roles={Kind.KEY: frozenset({5, 6})},
    )


def test_kinds_without_their_own_setting_fall_back_to_the_raid_s() -> None:
    assert CHANGED.channel_for(Kind.MUSEUM) == 2
    assert CHANGED.channel_for(Kind.CHALLENGE) == 1
    assert CHANGED.signup_roles_for(Kind.KEY) == {5, 6}
    assert CHANGED.signup_roles_for(Kind.MUSEUM) == {7}
    assert DEFAULTS.channel_for(Kind.RAID) is None
    assert DEFAULTS.signup_roles_for(Kind.KEY) == frozenset()


def test_facts_are_overwritten(tx: sqlite3.Connection) -> None:
    assert guilds.fact(tx, "commands") is None
    guilds.note_fact(tx, "commands", "one")
    guilds.note_fact(tx, "commands", "two")

    assert guilds.fact(tx, "commands") == "two"


def test_a_draft_is_its_maker_s_alone(tx: sqlite3.Connection) -> None:
    draft = drafts.add(tx, GUILD, ALICE, {"title": "Käse 😀"}, NOW)

    assert drafts.load(tx, draft, GUILD, ALICE) == {"title": "Käse 😀"}
    with pytest.raises(drafts.NoSuchDraft):
        drafts.load(tx, draft, GUILD, BOB)
    with pytest.raises(drafts.NoSuchDraft):
        drafts.load(tx, draft, GuildId(8), ALICE)


def test_a_draft_becomes_one_raid(tx: sqlite3.Connection) -> None:
    draft = drafts.add(tx, GUILD, ALICE, {}, NOW)
    raid_id = rows.insert(tx, unposted_raid())

    drafts.save(tx, draft, {"title": "x"})
    drafts.use(tx, draft, raid_id)

    with pytest.raises(drafts.DraftUsed):
        drafts.use(tx, draft, raid_id)
    with pytest.raises(drafts.DraftUsed):
        drafts.save(tx, draft, {})
    with pytest.raises(drafts.DraftUsed):
        drafts.load(tx, draft, GUILD, ALICE)


def test_discarded_and_old_drafts_are_gone(tx: sqlite3.Connection) -> None:
    kept = drafts.add(tx, GUILD, ALICE, {}, NOW)
    old = drafts.add(tx, GUILD, ALICE, {}, NOW - timedelta(days=2))
    discarded = drafts.add(tx, GUILD, ALICE, {}, NOW)

    drafts.discard(tx, discarded)

    assert drafts.prune(tx, before=NOW - timedelta(days=1)) == 1
    assert drafts.load(tx, kept, GUILD, ALICE) == {}
    for gone in (old, discarded):
        with pytest.raises(drafts.NoSuchDraft):
            drafts.load(tx, gone, GUILD, ALICE)
