import asyncio
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from raidbot.raids.audit.settings_entries import settings_entries
from raidbot.raids.audit.words import words
from raidbot.raids.model import ChannelId, Kind
from raidbot.raids.permissions import Grants
from raidbot.raids.reminders.leads import ReminderLead
from raidbot.raids.settings import GuildSettings, SignupStyle
from raidbot.state import State
from raidbot.utils.errors import Refusal
from tests.db.audit.rows_in_words import rows_in_words
from tests.raids.builders import GUILD, MANAGER
from tests.state.state_helpers import BY_MANAGER


async def test_two_managers_changing_settings_at_once_both_win(state: State) -> None:
    await asyncio.gather(
        state.change_settings(GUILD, lambda settings: replace(settings, zone="Asia/Tokyo"), BY_MANAGER),
        state.change_settings(
            GUILD, lambda settings: replace(settings, channels={Kind.RAID: ChannelId(5)}), BY_MANAGER
        ),
        state.settings(GUILD),
    )

    expected = GuildSettings(guild=GUILD, zone="Asia/Tokyo", channels={Kind.RAID: ChannelId(5)})
    assert await state.settings(GUILD) == expected
    assert await State(state.db, state.clock).settings(GUILD) == expected


async def test_settings_are_audited_with_what_was_before(state: State) -> None:
    heard: list[tuple[str, str]] = []
    state.listen_to_settings(lambda before, after: heard.append((before.zone, after.zone)))
    grants = Grants(frozenset({8}), {"raid.close": frozenset({10, 9})})

    await state.change_settings(GUILD, lambda settings: replace(settings, zone="Asia/Tokyo"), BY_MANAGER)
    await state.change_settings(GUILD, lambda settings: replace(settings, zone="Asia/Tokyo"), BY_MANAGER)
    await state.change_settings(
        GUILD, lambda settings: replace(settings, channels={Kind.RAID: ChannelId(5)}, grants=grants), BY_MANAGER
    )

    rows = await state.db.read(rows_in_words)
    assert [(row.actor, row.source, row.action, row.before, row.after) for row in rows] == [
        (MANAGER, "command", "time zone changed", "America/New_York", "Asia/Tokyo"),
        (MANAGER, "command", "raid channel changed", None, "<#5>"),
        (MANAGER, "command", "admin roles changed", None, "<@&8>"),
        (MANAGER, "command", "roles for raid.close changed", None, "<@&9>, <@&10>"),
    ]
    assert heard == [("America/New_York", "Asia/Tokyo"), ("Asia/Tokyo", "Asia/Tokyo")]


async def test_settings_are_audited_in_the_words_of_their_panel(state: State) -> None:
    first = GuildSettings(guild=GUILD)
    second = GuildSettings(
        guild=GUILD,
        zone="Asia/Tokyo",
        leader_leads=(),
        member_leads=(ReminderLead(days=1), ReminderLead(60)),
        leads_since=datetime(2030, 1, 1, tzinfo=UTC),
        remind_waiting=True,
        full_close_minutes=60,
        threads=True,
        thread_members=True,
        refusal_notices_in_thread=True,
        signup_style=SignupStyle.BUTTONS,
        leader_role=7,
        channels={Kind.KEY: ChannelId(5)},
        audit_channel=ChannelId(6),
        debug_channel=ChannelId(6),
        audit_days=7,
        signup_roles={Kind.KEY: frozenset({8})},
        grants=Grants(frozenset({GUILD})),
    )

    told = map(words, settings_entries(first, second))
    said = {one.title.removesuffix(" changed"): (one.before, one.after) for one in told}

    assert said == {
        "time zone": ("America/New_York", "Asia/Tokyo"),
        "reminders to creator and leader": ("30 minutes before", "off"),
        "reminders to participants": ("10 minutes before", "1 day and 1 hour before"),
        "reminders to people waiting": ("off", "on"),
        "closing of full raids": ("at their start", "1 hour before"),
        "discussion threads": ("off", "archived after 1 day"),
        "members in threads": ("off", "on"),
        "refusals in threads": ("off", "on"),
        "signing up": ("reactions", "buttons"),
        "leader role": (None, "<@&7>"),
        "key channel": (None, "<#5>"),
        "audit log": (None, "<#6>"),
        "live log": (None, "<#6>"),
        "keeping of the audit": ("180 days", "7 days"),
        "key signup roles": (None, "<@&8>"),
        "admin roles": (None, "@everyone"),
    }


async def test_a_refused_setting_stays_as_it_was(state: State) -> None:
    def refuse(_: GuildSettings) -> GuildSettings:
        raise Refusal("No.")

    with pytest.raises(Refusal, match="No"):
        await state.change_settings(GUILD, refuse, BY_MANAGER)
    with pytest.raises(sqlite3.IntegrityError):
        await state.change_settings(GUILD, lambda settings: replace(settings, thread_archive_minutes=7), BY_MANAGER)

    assert await state.settings(GUILD) == GuildSettings(guild=GUILD)
