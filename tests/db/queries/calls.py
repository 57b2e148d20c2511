"""A call of every function of raidbot/db that asks for rows or writes them, in a database with a long history.

`test_plans.py` looks at the plan of every statement that they execute, and fails if one of raidbot/db is missing.
"""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

from raidbot.db import (
    absences,
    audit,
    closed_dms,
    damaged_raids,
    drafts,
    guilds,
    health,
    heard_reactions,
    imported,
    job_runs,
    outbox,
    outbox_endings,
    past_players,
    raid_history,
    raid_listings,
    raid_queries,
    raids,
    refused_forms,
    reminders,
    rosters,
    standing,
    threads,
    undo,
    unreadable,
)
from raidbot.db.cells import SetAside
from raidbot.raids.audit.entry import AuditAction, Entry
from raidbot.raids.events import Cancelled, Change, Event, Joint, Left, Reminded, Reminder
from raidbot.raids.model import (
    Ask,
    Attendance,
    CancelReason,
    ChannelId,
    GuildId,
    Kind,
    MemberId,
    MessageId,
    Presence,
    Raid,
    RaidCode,
    RaidId,
    Source,
)
from raidbot.raids.permissions import Grants
from raidbot.raids.reminders.choices import Choices
from raidbot.raids.reminders.leads import ReminderLead
from raidbot.raids.rosters import manager_edits
from raidbot.raids.settings import GuildSettings
from tests.db.queries.announcement_calls import announcement_calls, default_calls, picture_calls, template_calls
from tests.db.queries.feed_calls import feed_calls
from tests.db.queries.forgetting_calls import aging_calls, forgetting_calls
from tests.db.queries.long_history import FIRST_MEMBER, FIRST_MESSAGE
from tests.db.queries.outbox_calls import message, outbox_calls, overview_calls
from tests.db.queries.series_calls import occurrence_calls, series_calls
from tests.db.queries.statistics_calls import activity_calls, export_calls, leaderboard_calls, statistics_calls
from tests.db.queries.unreached_calls import signup_text_calls, unreached_calls
from tests.raids.builders import CHANNEL, GUILD, MANAGER, NOW, TANK, roles, unposted_raid

Call = Callable[[sqlite3.Connection], object]

OTHER = GuildId(GUILD + 1)
MEMBER = MemberId(FIRST_MEMBER + 5)
LONG_AGO = NOW - timedelta(days=30)
_TEXT = "never"


def calls(raid: RaidId) -> Iterator[tuple[str, Call]]:
    """Yield every call with its name; `raid` is an open raid of the long history."""
    for module, found in (
        ("absences", _absences(raid)),
        ("activity", activity_calls()),
        ("activity_defaults", default_calls()),
        ("announcements", announcement_calls(raid)),
        ("audit", _audit(raid)),
        ("calendar_feeds", feed_calls(MEMBER)),
        ("closed_dms", _closed_dms()),
        ("reminders", _reminders(raid)),
        ("damaged_raids", _damaged_raids(raid)),
        ("drafts", _drafts(raid)),
        ("exported", export_calls(raid)),
        ("aging", aging_calls(MEMBER)),
        ("forgetting", forgetting_calls(raid, MEMBER)),
        ("guilds", _guilds()),
        ("heard_reactions", _heard_reactions(raid)),
        ("health", _health()),
        ("imported", _imported(raid)),
        ("job_runs", _job_runs()),
        ("leaderboards", leaderboard_calls(MEMBER)),
        ("outbox", outbox_calls()),
        ("pictures", picture_calls()),
        ("outbox_endings", _outbox_endings(raid)),
        ("raid_listings", _raid_listings()),
        ("raid_queries", _raid_queries(raid)),
        ("raids", _raids(raid)),
        ("refused_forms", _refused_forms()),
        ("rosters", _rosters(raid)),
        ("series", series_calls()),
        ("series_occurrences", occurrence_calls(raid)),
        ("standing", iter([("standing", partial(standing.standing, now=NOW))])),
        ("statistics", statistics_calls(MEMBER)),
        ("signup_texts", signup_text_calls(raid, MEMBER)),
        ("templates", template_calls()),
        ("threads", _threads(raid)),
        ("undo", _undo(raid)),
        ("unreached", unreached_calls(raid, MEMBER)),
    ):
        for name, call in found:
            yield f"{module}.{name}", call


def _damaged_raids(raid: RaidId) -> Iterator[tuple[str, Call]]:
    yield "reported", damaged_raids.reported
    yield "is_paused", partial(damaged_raids.is_paused, raid=raid)
    yield "note_paused", partial(damaged_raids.note_paused, raid=raid)
    yield "note_mended", partial(damaged_raids.note_mended, raid=raid)
    yield "open_board", partial(damaged_raids.open_board, raid=raid)
    yield "heads", partial(damaged_raids.heads, raid=raid)


def _job_runs() -> Iterator[tuple[str, Call]]:
    yield "save", partial(job_runs.save, runs=[job_runs.JobRun(job="closing", ran_at=NOW)])
    yield "all_runs", job_runs.all_runs


def _audit(raid: RaidId) -> Iterator[tuple[str, Call]]:
    entries = [Entry(AuditAction.CLOSED, MEMBER, {})]
    yield (
        "record",
        partial(audit.record, entries=entries, guild=GUILD, raid=raid, at=NOW, actor=MANAGER, source=Source.CLOCK),
    )
    yield (
        "record_once",
        partial(audit.record_once, entry=entries[0], guild=GUILD, raid=raid, at=NOW, source=Source.CLOCK),
    )
    yield "has", partial(audit.has, raid=raid, action=AuditAction.CREATED)
    for feed in audit.Feed:
        yield f"due_guilds ({feed.name})", partial(audit.due_guilds, feed=feed, count=20, until=NOW)
        yield f"pending ({feed.name})", partial(audit.pending, feed=feed, guild=GUILD, limit=20)
        yield f"queue_report ({feed.name})", partial(_queue_report, feed=feed)
        yield f"clear_pending ({feed.name})", partial(audit.clear_pending, feed=feed, guild=GUILD)
    yield "prune", partial(audit.prune, now=NOW, days=10_000)
    yield "latest", audit.latest
    yield "active_since", partial(audit.active_since, since=NOW - timedelta(minutes=10))
    yield from overview_calls()


def _queue_report(tx: sqlite3.Connection, feed: audit.Feed) -> None:
    record = audit.Record(
        id=1, at=NOW, actor=None, source=Source.CLOCK, entry=Entry(AuditAction.CLOSED, None, {}), raid=None
    )
    report = replace(message(f"report {feed}"), entries={feed: [1]})
    audit.queue_report(tx, feed, [record], report)
    (row,) = tx.execute("SELECT id FROM outbox WHERE dedupe = ?", (report.dedupe,)).fetchone()
    audit.owe_again(tx, row)


def _closed_dms() -> Iterator[tuple[str, Call]]:
    yield "close_dms", partial(closed_dms.close_dms, member=MEMBER, now=NOW)
    yield "without_dms", partial(closed_dms.without_dms, members=[MEMBER])
    yield "dms_closed_since", partial(closed_dms.dms_closed_since, member=MEMBER)
    yield "all_silent", closed_dms.all_silent
    yield "silent_since", partial(closed_dms.silent_since, member=MEMBER)
    yield "note_sign_of_life", partial(closed_dms.note_sign_of_life, member=MEMBER)
    yield "is_untold", partial(closed_dms.is_untold, member=MEMBER)
    yield "note_told", partial(closed_dms.note_told, member=MEMBER)
    yield "open_dms", partial(closed_dms.open_dms, member=MEMBER)


def _reminders(raid: RaidId) -> Iterator[tuple[str, Call]]:
    faults: list[SetAside] = []
    chosen = Choices((ReminderLead(60),), NOW)
    yield "save_choices", partial(reminders.save_choices, guild=GUILD, member=MEMBER, chosen=chosen)
    yield "choices", partial(reminders.choices, guild=GUILD, member=MEMBER, faults=faults)
    yield "own_leads", partial(reminders.own_leads, guild=GUILD, faults=faults)
    yield "save_choices (none)", partial(reminders.save_choices, guild=GUILD, member=MEMBER, chosen=Choices())
    yield "silence", partial(reminders.silence, guild=GUILD, tag="m_0")
    yield "is_silenced", partial(reminders.is_silenced, guild=GUILD, tag="m_0")
    yield "unsilence", partial(reminders.unsilence, guild=GUILD, tag="m_0")
    joint = Joint(MEMBER, raid, 0, NOW, NOW)
    reminded = Reminded(Reminder.PARTICIPANTS, (MEMBER,), (joint,))
    yield "note_joint", partial(reminders.note_joint, events=[reminded], now=NOW)
    yield "named", partial(reminders.named, raid=raid, revision=0)


def _drafts(raid: RaidId) -> Iterator[tuple[str, Call]]:
    yield "add", partial(drafts.add, guild=GUILD, member=MEMBER, payload={}, now=NOW)
    yield "load", lambda tx: drafts.load(tx, drafts.add(tx, GUILD, MEMBER, {}, NOW), GUILD, MEMBER)
    yield "save", lambda tx: drafts.save(tx, drafts.add(tx, GUILD, MEMBER, {}, NOW), {})
    yield "use", lambda tx: drafts.use(tx, drafts.add(tx, GUILD, MEMBER, {}, NOW), raid)
    yield "take", lambda tx: drafts.take(tx, drafts.add(tx, GUILD, MEMBER, {}, NOW))
    yield "discard", partial(drafts.discard, draft=drafts.DraftId(0))
    yield "prune", partial(drafts.prune, before=LONG_AGO)


def _guilds() -> Iterator[tuple[str, Call]]:
    none = GuildSettings(guild=GUILD)
    chosen = replace(
        none,
        zone="Asia/Tokyo",
        channels={Kind.RAID: CHANNEL},
        signup_roles={Kind.RAID: frozenset({1})},
        grants=Grants(admins=frozenset({1}), roles={"raid": frozenset({1})}),
    )
    yield "save_settings", partial(guilds.save_settings, before=none, after=chosen)
    yield "settings", partial(guilds.settings, guild=GUILD)
    yield "save_settings (back)", partial(guilds.save_settings, before=chosen, after=none)
    yield "save_names", partial(guilds.save_names, guild=GUILD, names=[(MEMBER, "Alice")])
    yield "names", partial(guilds.names, guild=GUILD, members=[MEMBER])
    yield "note_leaders", partial(guilds.note_leaders, guild=GUILD, role=1, came=[MEMBER], gone=[MANAGER])
    yield "leaders", partial(guilds.leaders, guild=GUILD, role=1)
    yield "note_fact", partial(guilds.note_fact, name=_TEXT, value=_TEXT)
    yield "fact", partial(guilds.fact, name=_TEXT)


def _health() -> Iterator[tuple[str, Call]]:
    yield "damages", health.damages
    yield "dangling", health.dangling


def _heard_reactions(raid: RaidId) -> Iterator[tuple[str, Call]]:
    heard = heard_reactions.HeardReaction(
        what=heard_reactions.Heard.ADDED, kind="raid", thing=raid, guild=GUILD, member=MEMBER, emoji=_TEXT
    )
    yield "keep", partial(heard_reactions.keep, reactions=[heard])
    yield "kept", heard_reactions.kept
    yield "delete", partial(heard_reactions.delete, until=1)


def _imported(raid: RaidId) -> Iterator[tuple[str, Call]]:
    balance = imported.Balance(guild=GUILD, member=MEMBER)
    yield "note", partial(imported.note, raid=raid, compared=False)
    yield "uncompared", imported.uncompared
    yield "is_uncompared", partial(imported.is_uncompared, raid=raid)
    yield "note_compared", partial(imported.note_compared, raid=raid)
    yield "keep", partial(imported.keep, source=_TEXT, key=_TEXT, guild=GUILD, payload="{}")
    yield "waiting", partial(imported.waiting, source=_TEXT)
    yield "waiting_row", partial(imported.waiting_row, source=_TEXT, key=_TEXT)
    yield "settle", partial(imported.settle, source=_TEXT, key=_TEXT, fate=_TEXT, used=False)
    yield "raid_of_message", partial(imported.raid_of_message, guild=GUILD, message=1)
    yield "raids_ahead", partial(imported.raids_ahead, guild=GUILD, template=_TEXT, after=NOW)
    yield "series_names", partial(imported.series_names, guild=GUILD)
    yield "give_to_series", partial(imported.give_to_series, raid=raid, series=1)
    yield "open_balance", partial(imported.open_balance, balance=balance)
    yield "has_balance", partial(imported.has_balance, guild=GUILD, member=MEMBER)


def _outbox_endings(raid: RaidId) -> Iterator[tuple[str, Call]]:
    yield "end_obsolete (cancelled)", partial(_end_obsolete, raid=raid, event=Cancelled(CancelReason.MANUAL, None))
    yield "end_obsolete (seats)", partial(_end_obsolete, raid=raid, event=Left(MEMBER, TANK))


def _end_obsolete(tx: sqlite3.Connection, raid: RaidId, event: Event) -> None:
    before = _stored(tx, raid)
    outbox.enqueue(tx, replace(message(f"{event}"), raid=raid))
    outbox_endings.end_obsolete(tx, before, Change(replace(before, seats=()), (event,)), NOW)


def _raid_listings() -> Iterator[tuple[str, Call]]:
    coming = partial(raid_listings.coming, guild=GUILD, now=NOW, page=0, size=8)
    yield "coming", coming
    yield "coming (kind)", partial(coming, kind=Kind.RAID)
    yield "coming (member)", partial(coming, member=MEMBER)
    yield "coming (kind, member)", partial(coming, kind=Kind.RAID, member=MEMBER)
    yield "history", partial(raid_listings.history, guild=GUILD, member=MEMBER, now=NOW, page=0, size=8)
    yield "figures", partial(raid_listings.figures, guild=GUILD, member=MEMBER, now=NOW)
    calendar = partial(raid_listings.for_calendar, guild=GUILD, since=LONG_AGO, limit=500)
    yield "for_calendar", partial(calendar, member=None)
    yield "for_calendar (member)", partial(calendar, member=MEMBER)


def _raid_queries(raid: RaidId) -> Iterator[tuple[str, Call]]:
    yield "id_of", partial(raid_queries.id_of, guild=GUILD, code="C000001")
    yield "closing_candidates", partial(raid_queries.closing_candidates, now=NOW, until=NOW)
    yield "live_ahead", partial(raid_queries.live_ahead, after=NOW)
    yield "live_ahead_in", partial(raid_queries.live_ahead_in, guild=GUILD, after=NOW)
    quarter = timedelta(minutes=15)
    yield "live_around", partial(raid_queries.live_around, guild=GUILD, start=NOW, within=quarter, besides=raid)
    yield "closed", partial(raid_queries.closed, since=LONG_AGO - timedelta(minutes=1), until=LONG_AGO)
    yield "boards", partial(raid_queries.boards, after=NOW - timedelta(days=14))
    yield "in_channel", partial(raid_queries.in_channel, guild=GUILD, channel=CHANNEL, after=NOW)
    yield "with_thread", partial(raid_queries.with_thread, guild=GUILD, thread=ChannelId(FIRST_MESSAGE - raid))
    yield "coming_with_member", partial(raid_queries.coming_with_member, guild=GUILD, member=MEMBER, after=NOW)
    yield "listed", partial(raid_queries.listed, guild=GUILD, now=NOW)
    lately = NOW - timedelta(hours=1)
    yield "lacking_thread", partial(raid_queries.lacking_thread, since=lately, intro="raid:{}:thread-intro")
    yield "guilds_with_coming", partial(raid_queries.guilds_with_coming, after=NOW)
    yield "leading", partial(raid_queries.leading, guild=GUILD, after=NOW)
    yield "with_message", partial(raid_queries.with_message, message=MessageId(1))
    yield "coming_naming", partial(raid_queries.coming_naming, guild=GUILD, member=MEMBER, after=NOW)
    yield "expected", partial(raid_queries.expected, guild=GUILD, after=NOW)
    yield "hosted_count", raid_queries.hosted_count
    yield "open_count", partial(raid_queries.open_count, guild=GUILD, now=NOW)
    yield "unsent_count", partial(raid_queries.unsent_count, guild=GUILD)
    yield "history.latest", partial(raid_history.latest, raid=raid, limit=10)
    yield "history.lacking", partial(raid_history.lacking, raid=raid)
    yield "past_players", lambda tx: past_players.past_players(tx, _stored(tx, raid), TANK, now=NOW)


def _stored(tx: sqlite3.Connection, raid: RaidId) -> Raid:
    found = raids.load(tx, raid)
    assert found is not None
    return found


def _raids(raid: RaidId) -> Iterator[tuple[str, Call]]:
    yield "insert", lambda tx: raids.insert(tx, unposted_raid(code=RaidCode("NEW234")))
    yield "save", partial(_save, raid=raid, rule=lambda before: replace(before, title="Renamed"))
    yield "save (roles)", partial(_save, raid=raid, rule=lambda before: replace(before, roles=roles(tank=2)))
    yield "load", partial(raids.load, raid=raid)
    yield "with_live_boards", partial(raids.with_live_boards, since=NOW - timedelta(days=14))
    yield "load_readable", partial(raids.load_readable, raids=[raid])
    yield "all_ids", raids.all_ids
    yield "unreadable_rows", unreadable.unreadable_rows
    yield "claim_post", partial(raids.claim_post, raid=raid, now=NOW)
    yield "post_claim", partial(raids.post_claim, raid=raid)
    yield "strays", raids.strays
    yield "drop_post_claim", partial(raids.drop_post_claim, raid=raid)
    yield "board_snapshots", partial(raids.board_snapshots, since=NOW - timedelta(days=14))
    yield "board_snapshot", partial(raids.board_snapshot, raid=raid)
    yield "in_posting", raids.in_posting
    yield "cancelled_boards", partial(raids.cancelled_boards, done="gone")
    yield "save_snapshot", partial(raids.save_snapshot, raid=raid, fingerprint=_TEXT)


def _save(tx: sqlite3.Connection, raid: RaidId, rule: Callable[[Raid], Raid]) -> None:
    before = _stored(tx, raid)
    raids.save(tx, before, replace(rule(before), version=before.version + 1))


def _refused_forms() -> Iterator[tuple[str, Call]]:
    key = refused_forms.FormKey(GUILD, MEMBER, MessageId(1))
    yield "keep", partial(refused_forms.keep, key=key, fields={}, now=NOW)
    yield "load", partial(refused_forms.load, key=key)
    yield "delete", partial(refused_forms.delete, key=key)
    yield "prune", partial(refused_forms.prune, before=LONG_AGO)


def _absences(raid: RaidId) -> Iterator[tuple[str, Call]]:
    yield "guilds", absences.guilds
    yield "note", partial(absences.note, guild=GUILD, at=NOW)
    yield "note_long_gone", partial(absences.note_long_gone, guild=OTHER, since=NOW)
    yield "is_absent", partial(absences.is_absent, guild=GUILD)
    yield "before", partial(absences.before, at=NOW)
    yield "end", partial(absences.end, guild=GUILD)
    yield "drop_messages", partial(absences.drop_messages, guild=OTHER, now=NOW)
    yield "raids", partial(absences.raids, guild=GUILD, limit=20)
    yield "delete_raid", partial(absences.delete_raid, raid=RaidId(raid - 1))
    yield "delete_audit", partial(absences.delete_audit, guild=OTHER, limit=20)
    yield "delete_guild", partial(absences.delete_guild, guild=OTHER)


def _rosters(raid: RaidId) -> Iterator[tuple[str, Call]]:
    yield "save", partial(_change_roster, raid=raid)
    yield "marked_raids", partial(rosters.marked_raids, before=LONG_AGO, limit=10)
    yield "with_unwanted_marks", rosters.with_unwanted_marks
    yield "delete_marks", partial(rosters.delete_marks, raid=raid, before=LONG_AGO)


def _change_roster(tx: sqlite3.Connection, raid: RaidId) -> None:
    """Write and delete rows of every table of the roster."""
    before = _stored(tx, raid)
    attendance, ask = Attendance(MEMBER, TANK, Presence.PRESENT), Ask(MEMBER, TANK, MANAGER, NOW)
    full = replace(before, attendance=(attendance,), asks=(ask,))
    rosters.save(tx, before, full)
    rosters.clear(tx, full)
    rosters.insert(tx, raid, full)


def _threads(raid: RaidId) -> Iterator[tuple[str, Call]]:
    yield "note_added", partial(threads.note_added, raid=raid, member=MEMBER)
    yield "added", partial(threads.added, raid=raid)
    yield "lacking_members", threads.lacking_members


def _undo(raid: RaidId) -> Iterator[tuple[str, Call]]:
    yield "note", partial(_note_undo, raid=raid)
    yield "last", lambda tx: undo.last(tx, _stored(tx, raid), now=NOW)
    yield "used", partial(undo.used, raid=raid, version=0)


def _note_undo(tx: sqlite3.Connection, raid: RaidId) -> None:
    before = _stored(tx, raid)
    after = manager_edits.remove(before, before.seats[0].member, now=NOW).raid
    undo.note(tx, before, after, action=AuditAction.REMOVED, actor=MANAGER, at=NOW)
