"""Members' choices of messages, and the reminders that were sent together with those of another raid."""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from raidbot.db import cells
from raidbot.db.cells import SetAside
from raidbot.db.timestamps import instant, instant_or_none, seconds, seconds_or_none
from raidbot.raids import events as ev
from raidbot.raids.messages.kinds import MessageKind
from raidbot.raids.model import GuildId, MemberId, RaidId
from raidbot.raids.reminders.choices import Choices
from raidbot.raids.reminders.due import OwnLeads
from raidbot.raids.reminders.leads import MAX_OWN_LEADS, Leads, read_leads, written
from raidbot.utils.errors import Refusal

_KEPT = timedelta(days=1)
_kind = cells.one_of(MessageKind)


def choices(connection: sqlite3.Connection, guild: GuildId, member: int, faults: list[SetAside]) -> Choices:
    """Return what the member chose on this server. What cannot be read is left out and added to `faults`."""
    row = connection.execute(
        "SELECT leads, leads_since, unwanted FROM message_choices WHERE guild = ? AND member = ?", (guild, member)
    ).fetchone()
    if row is None:
        return Choices()
    try:
        return Choices(_leads(row[0]), instant_or_none(row[1]), _unwanted(row[2]))
    except cells.UnreadableCellError as why:
        faults.append(_fault(guild, why))
        return Choices()


def save_choices(tx: sqlite3.Connection, guild: GuildId, member: MemberId, chosen: Choices) -> None:
    if chosen == Choices():
        tx.execute("DELETE FROM message_choices WHERE guild = ? AND member = ?", (guild, member))
        return
    tx.execute(
        "INSERT OR REPLACE INTO message_choices (guild, member, leads, leads_since, unwanted) VALUES (?, ?, ?, ?, ?)",
        (
            guild,
            member,
            None if chosen.leads is None else written(chosen.leads),
            seconds_or_none(chosen.leads_since),
            ",".join(sorted(chosen.unwanted)),
        ),
    )


def own_leads(connection: sqlite3.Connection, guild: GuildId, faults: list[SetAside]) -> dict[MemberId, OwnLeads]:
    """Return the members of the guild with leads of their own. Rows that cannot be read are added to `faults`."""
    found: dict[MemberId, OwnLeads] = {}
    for member, leads, since in connection.execute(
        "SELECT member, leads, leads_since FROM message_choices WHERE guild = ? AND leads IS NOT NULL", (guild,)
    ).fetchall():
        try:
            found[MemberId(cells.snowflake(member))] = OwnLeads(_leads(leads) or (), instant(since))
        except cells.UnreadableCellError as why:
            faults.append(_fault(guild, why))
    return found


def silence(tx: sqlite3.Connection, guild: GuildId, tag: str) -> None:
    """Note that whoever has this keyed tag wants no unasked messages; it names nobody, and outlives forgetting."""
    tx.execute("INSERT OR IGNORE INTO silenced (guild, tag) VALUES (?, ?)", (guild, tag))


def unsilence(tx: sqlite3.Connection, guild: GuildId, tag: str) -> None:
    tx.execute("DELETE FROM silenced WHERE guild = ? AND tag = ?", (guild, tag))


def is_silenced(connection: sqlite3.Connection, guild: GuildId, tag: str) -> bool:
    found = connection.execute("SELECT 1 FROM silenced WHERE guild = ? AND tag = ?", (guild, tag))
    return found.fetchone() is not None


def note_joint(tx: sqlite3.Connection, events: Iterable[ev.Event], now: datetime) -> None:
    """Note the raids that these reminders name besides their own."""
    rows = [
        (one.raid, one.member, one.revision, seconds(one.until))
        for event in events
        if isinstance(event, ev.Reminded)
        for one in event.joint
    ]
    if rows:
        tx.execute("DELETE FROM joint_reminders WHERE until < ?", (seconds(now - _KEPT),))
        tx.executemany(
            "INSERT OR REPLACE INTO joint_reminders (raid, member, revision, until) VALUES (?, ?, ?, ?)", rows
        )


def named(connection: sqlite3.Connection, raid: RaidId, revision: int) -> Mapping[MemberId, datetime]:
    """Return the members whom messages about other raids reminded of this start, and up to which instant."""
    found: dict[MemberId, datetime] = {}
    for member, until in connection.execute(
        "SELECT member, until FROM joint_reminders WHERE raid = ? AND revision = ?", (raid, revision)
    ).fetchall():
        with suppress(cells.UnreadableCellError):  # then they are reminded of this raid, too
            found[MemberId(cells.snowflake(member))] = instant(until)
    return found


def _leads(stored: object) -> Leads | None:
    """Raises UnreadableCellError."""
    if stored is None:
        return None
    try:
        return read_leads(cells.text(stored), limit=MAX_OWN_LEADS)
    except Refusal as why:
        raise cells.UnreadableCellError(f"{cells.shown(stored)} are no leads: {why}") from None


def _unwanted(stored: object) -> frozenset[MessageKind]:
    """Raises UnreadableCellError."""
    return frozenset(_kind(one) for one in cells.text(stored).split(",") if one)


def _fault(guild: GuildId, why: Exception) -> SetAside:
    """Name no member: facts and logs hold it for good."""
    return SetAside(table="message_choices", row=str(guild), why=str(why), guild=guild)
