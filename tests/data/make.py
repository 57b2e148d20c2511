"""Make a small database with a row in every table, by today's code: `python -m tests.data.make FILE`."""

import asyncio
import random
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from raidbot.db import (
    absences,
    activity_defaults,
    announcements,
    calendar_feeds,
    closed_dms,
    drafts,
    heard_reactions,
    imported,
    job_runs,
    outbox,
    pictures,
    refused_forms,
    reminders,
    series_occurrences,
    signup_texts,
    threads,
)
from raidbot.db.database import Database
from raidbot.db.forgetting import jobs
from raidbot.db.guilds import note_fact
from raidbot.db.heard_reactions import Heard, HeardReaction
from raidbot.db.job_runs import JobRun
from raidbot.db.refused_forms import FormKey
from raidbot.raids import lifecycle
from raidbot.raids.announcements.model import Announcement, Moment, Owner, OwnerKind, Ping
from raidbot.raids.events import Cause, Joint, Reminded, Reminder
from raidbot.raids.feeds.model import Feed, FeedKind, hash_of
from raidbot.raids.messages.kinds import MessageKind
from raidbot.raids.model import (
    ChannelId,
    CloseReason,
    GuildId,
    Kind,
    MemberId,
    MessageId,
    Presence,
    Raid,
    RaidId,
    RoleKey,
    Source,
)
from raidbot.raids.permissions import Grants
from raidbot.raids.reminders.choices import Choices
from raidbot.raids.reminders.leads import ReminderLead
from raidbot.raids.rosters import attendance, manager_edits, signups, substitutes
from raidbot.raids.schedules.model import DatesOff, Lead
from raidbot.raids.schedules.occurrences import occurrences
from raidbot.raids.series import rules
from raidbot.raids.settings import GuildSettings
from raidbot.raids.templates import catalogue
from raidbot.state import Rule, State
from tests.db.queries.unreached_calls import note_unreached
from tests.raids.builders import (
    ALICE,
    BOB,
    CAROL,
    CHANNEL,
    DAVE,
    ERIN,
    GUILD,
    HEALER,
    MANAGER,
    NOW,
    START,
    TANK,
    roles,
    unposted_raid,
)
from tests.state.series.builders import everything as everything_of_a_series

OPEN, CLOSED, IMPORTED = "Molten Core", "Zul'Gurub", "Old Keep – Größe 😀"
OF_A_SERIES = "Raid night"
"""Since version 16."""
NAMES = {ALICE: "Alice", BOB: "Bob", CAROL: "Carol", DAVE: "Dave", ERIN: "Erin"}
BY_MANAGER = Cause(Source.COMMAND, MANAGER, can_be_undone=True)
LEADER_ROLE = 501
THREAD = ChannelId(7_300)


async def fill(db: Database) -> None:
    state = State(db, lambda: NOW, codes=random.Random(1))
    await state.change_settings(GUILD, _settings, BY_MANAGER)
    await state.learn_names(GUILD, NAMES)
    await state.learn_roles(GUILD, {ALICE: [LEADER_ROLE], BOB: []})
    await state.change_templates(GUILD, _templates, BY_MANAGER)
    await _open_raid(state)
    await _closed_raid(state)
    taken_over = await _new_raid(state, unposted_raid(Kind.MUSEUM, roles(museum=5), title=IMPORTED))
    museum = RoleKey("museum")
    for step in (
        partial(signups.join, member=ALICE, key=museum, now=NOW, source=Source.BUTTON),
        partial(signups.leave, member=ALICE, now=NOW),
    ):
        await state.change(taken_over, step, Cause(Source.BUTTON, ALICE))
    await db.write(partial(_beside_raids, imported_raid=taken_over))
    await db.write(_reminders)
    await db.write(_outbox)
    await db.write(_operations)
    await _series(state)


async def _series(state: State) -> None:
    """A series with everything, of which one raid is posted, and dates off for all."""
    one = await state.series.create(everything_of_a_series(), BY_MANAGER)
    occurrence = next(occurrences(one.schedule, after=NOW))
    raid = await state.create(
        replace(unposted_raid(title=OF_A_SERIES), series=one.id, mention_role=506),
        Cause(Source.CLOCK),
        within=lambda tx, raid: series_occurrences.claim(tx, one.id, occurrence, raid),
    )
    await state.change(raid.id, partial(lifecycle.posted, message=MessageId(9_000 + raid.id)), Cause(Source.CLOCK))
    off = DatesOff(NOW.date(), NOW.date())
    await state.series.change_dates_off(GUILD, partial(rules.add_dates_off, off=off), BY_MANAGER)


def _settings(before: GuildSettings) -> GuildSettings:
    return replace(
        before,
        zone="Europe/Berlin",
        threads=True,
        thread_members=True,
        leader_role=LEADER_ROLE,
        channels={Kind.RAID: CHANNEL, Kind.KEY: ChannelId(7_101)},
        audit_channel=ChannelId(7_102),
        signup_roles={Kind.RAID: frozenset({502, 503})},
        grants=Grants(admins=frozenset({504}), roles={"raid": frozenset({505})}),
    )


def _templates(before: catalogue.Catalogue) -> catalogue.Catalogue:
    first, second, *_ = before.entries
    changed = catalogue.edit(before, first.key, lambda template: replace(template, description="Bring potions."))
    own = catalogue.duplicate(changed, first.key, catalogue.new_key(random.Random(2)))
    return catalogue.set_enabled(own, second.key, enabled=False)


async def _new_raid(state: State, plan: Raid, thread: ChannelId | None = None) -> RaidId:
    raid = await state.create(plan, BY_MANAGER)
    board = MessageId(9_000 + raid.id)
    await state.change(raid.id, partial(lifecycle.posted, message=board, thread=thread), Cause(Source.CLOCK))
    return raid.id


async def _open_raid(state: State) -> None:
    """Alice and Bob tank, he forced and on a side; Carol waits; Dave heals and waits to tank; Erin is asked to heal."""
    plan = replace(
        unposted_raid(of=roles(tank=1, healer=2), title=OPEN),
        sides=("left", "right"),
        leader=ALICE,
        signup_lead=Lead(days=1),
        signup_text="Bring flasks.",
    )
    raid = await _new_raid(state, plan, THREAD)
    steps: tuple[Rule, ...] = (
        partial(signups.react, member=ALICE, key=TANK, now=NOW),
        partial(signups.react, member=CAROL, key=TANK, now=NOW),
        partial(signups.react, member=DAVE, key=HEALER, now=NOW),
        partial(signups.react, member=DAVE, key=TANK, now=NOW),
        partial(substitutes.ask, key=HEALER, members=[ERIN], by=MANAGER, now=NOW),
    )
    for step in steps:
        await state.change(raid, step, Cause(Source.REACTION))
    forced = partial(manager_edits.assign_with_side, member=BOB, key=TANK, side="left", now=NOW, force=True)
    await state.change(raid, forced, BY_MANAGER)
    await state.db.write(partial(threads.note_added, raid=raid, member=ALICE))
    await state.db.write(partial(signup_texts.note, raid=raid, members=[ALICE]))
    await state.db.write(partial(note_unreached, raid=raid, member=DAVE))


async def _closed_raid(state: State) -> None:
    """Alice came, and Bob did not."""
    raid = await _new_raid(state, unposted_raid(of=roles(tank=2), title=CLOSED))
    for member in (ALICE, BOB):
        await state.change(raid, partial(signups.react, member=member, key=RoleKey("tank"), now=NOW), BY_MANAGER)
    await state.change(raid, partial(lifecycle.close, reason=CloseReason.MANUAL, by=MANAGER, now=NOW), BY_MANAGER)
    missing = partial(
        attendance.mark, presence=Presence.NO_SHOW, chosen=[BOB], among=[ALICE, BOB], by=MANAGER, now=START
    )
    await state.change(raid, missing, BY_MANAGER)


def _beside_raids(tx: sqlite3.Connection, imported_raid: RaidId) -> None:
    drafts.add(tx, GUILD, MANAGER, {"activity": "dungeon-5"}, NOW)
    chosen = activity_defaults.ActivityDefaults(channel=CHANNEL, mention_role=506, length_minutes=90)
    activity_defaults.note(tx, GUILD, "dungeon-5", chosen, NOW)
    pictures.add(tx, GUILD, b"GIF89a", NOW)
    refused_forms.keep(tx, FormKey(GUILD, MANAGER, MessageId(9_800)), {"title": "", "description": "Bring bread."}, NOW)
    note_fact(tx, "commands", "fingerprint")
    imported.note(tx, imported_raid, compared=False)
    imported.keep(tx, source="polls", key="1", guild=GUILD, payload='{"question": "Friday?"}')
    imported.open_balance(tx, imported.Balance(guild=GUILD, member=ALICE, raids=3, roles={"Tank": 2}))
    closed_dms.close_dms(tx, DAVE, NOW)
    heard = HeardReaction(
        what=Heard.ADDED, kind="raid", thing=imported_raid, guild=GUILD, member=DAVE, emoji="✅", name="Dave"
    )
    heard_reactions.keep(tx, [heard])
    absences.note(tx, GuildId(7_900), NOW)
    feed = Feed(guild=GUILD, member=ALICE, kind=FeedKind.MINE, made_at=NOW)
    calendar_feeds.save(tx, feed, token=hash_of("secret"))
    one = Announcement(moment=Moment(0, -15), text="{title} {in}", ping=Ping.ROLE, role=506)
    jobs.ask(tx, MemberId(9_999_999), [GUILD], now=NOW)
    jobs.note_again(tx, [jobs.Forgotten(guild=GUILD, tag="m_ba9876543210", at=int(NOW.timestamp()))], {})
    jobs.note_old_reactions(tx, GUILD, "m_ba9876543210", since=NOW)
    announcements.change(tx, GUILD, Owner(OwnerKind.TEMPLATE, "test"), lambda _: (one,), BY_MANAGER, NOW)


def _reminders(tx: sqlite3.Connection) -> None:
    """Alice has own leads and wants no requests; Bob was reminded of the open raid together with another."""
    chosen = Choices((ReminderLead(days=1), ReminderLead(30)), NOW, frozenset({MessageKind.REQUESTS}))
    reminders.save_choices(tx, GUILD, ALICE, chosen)
    reminders.silence(tx, GUILD, "m_0123456789ab")
    joint = Joint(BOB, RaidId(1), 0, START, START - timedelta(minutes=10))
    reminders.note_joint(tx, [Reminded(Reminder.PARTICIPANTS, (BOB,), (joint,))], NOW)


def _outbox(tx: sqlite3.Connection) -> None:
    """One message is sent, one is refused, one is claimed; the rest is owed."""
    sent, refused, _ = outbox.claim(tx, kind="dm", limit=3, now=NOW)
    outbox.sent(tx, sent.id, message=9_900, now=NOW + timedelta(seconds=1))
    outbox.refused(tx, refused.id, error="no direct messages", now=NOW + timedelta(seconds=1))


def _operations(tx: sqlite3.Connection) -> None:
    """A job failed twice, of which the owner is not told yet."""
    now = int(NOW.timestamp())
    job_runs.save(tx, [JobRun(job="closing", ran_at=NOW, failed_at=NOW, failures=2)])
    tx.execute("INSERT INTO alerts VALUES ('job', 'closing', ?, NULL, 0, 'It fails.', NULL, NULL, 1)", (now,))


def make(path: Path) -> None:
    asyncio.run(_fill_new(path))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        connection.execute("PRAGMA page_size = 1024")  # small enough for a repository
        connection.execute("VACUUM")
    Path(f"{path}.lock").unlink()


async def _fill_new(path: Path) -> None:
    db = await Database.open(path)
    try:
        await fill(db)
    finally:
        await db.close()


if __name__ == "__main__":
    make(Path(sys.argv[1]))
