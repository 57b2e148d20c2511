"""Raids as calendar files and feeds (RFC 5545)."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from icalendar import Calendar, Event, vDuration, vText
from icalendar.enums import STATUS

from raidbot.raids.feeds.entries import MAX_NAME_LENGTH, places_of, uid_of
from raidbot.raids.feeds.model import Certainty, Entry
from raidbot.raids.labels import footer
from raidbot.raids.model import MemberId, Raid, Status
from raidbot.raids.templates.model import spoken_length
from raidbot.utils.clean_text import clean_name
from raidbot.utils.text import isolated

_MAKER = "-//RaidBot//Raids//EN"
_LOOK_AGAIN = timedelta(hours=1)
"""Time after which a program is asked to fetch a feed again."""


def calendar(raids: Iterable[Raid], *, server: str, reader: MemberId, now: datetime) -> bytes:
    """Return a file that adds the guild's raids to the reader's calendar, or updates those added earlier."""
    where = clean_name(server, MAX_NAME_LENGTH)
    made = _named(f"Raids of {isolated(where)}")
    made.method = "PUBLISH"
    for raid in raids:
        made.add_component(_event(raid, reader, now, where=where))
    file: bytes = made.to_ical()
    return file


def feed(entries: Iterable[Entry], *, server: str, mine: bool) -> bytes:
    """Return a feed of a server's raids. The same entries give the same bytes, whenever it is made."""
    where = clean_name(server, MAX_NAME_LENGTH)
    whose = "My raids" if mine else "Raids"
    made = _named(f"{whose} of {isolated(where)}")
    made["refresh-interval"] = vDuration(_LOOK_AGAIN, params={"VALUE": "DURATION"})
    made["x-published-ttl"] = vDuration(_LOOK_AGAIN)
    for entry in entries:
        made.add_component(_entry(entry, where=where))
    file: bytes = made.to_ical()
    return file


def _named(name: str) -> Calendar:
    made = Calendar.new(prodid=_MAKER)
    made["name"] = made["x-wr-calname"] = vText(name)  # the library would not escape it
    del made["uid"]  # a new uid in each file would make every file a new calendar
    return made


def _entry(entry: Entry, *, where: str) -> Event:
    return Event.new(
        uid=entry.uid,
        sequence=entry.sequence,
        stamp=entry.changed_at,
        start=entry.starts_at,
        end=entry.ends_at,
        summary=entry.title,
        description="\n".join(entry.details),
        location=where,
        url=entry.link,
        status=_STATUSES[entry.certainty],
    )


_STATUSES = {
    Certainty.CONFIRMED: STATUS.CONFIRMED,
    Certainty.TENTATIVE: STATUS.TENTATIVE,
    Certainty.CANCELLED: STATUS.CANCELLED,
}


def _event(raid: Raid, reader: MemberId, now: datetime, *, where: str) -> Event:
    """Return the raid's event; without a length it has only a start. The version serves as the sequence number."""
    length = raid.length_minutes
    return Event.new(
        uid=uid_of(raid),
        sequence=raid.version,
        stamp=now,
        start=raid.starts_at,
        end=None if length is None else raid.starts_at + timedelta(minutes=length),
        summary=clean_name(raid.name, MAX_NAME_LENGTH),
        description="\n".join(_said(raid, reader)),
        location=where,
        url=raid.link,
        status=_status(raid, reader),
    )


def _status(raid: Raid, reader: MemberId) -> STATUS:
    if raid.status is Status.CANCELLED:
        return STATUS.CANCELLED
    waits = raid.seat_of(reader) is None and raid.waits_of(reader)
    return STATUS.TENTATIVE if waits else STATUS.CONFIRMED


def _said(raid: Raid, reader: MemberId) -> Iterator[str]:
    yield from places_of(raid, reader)
    if raid.length_minutes is not None:
        yield f"Length: {spoken_length(raid.length_minutes)}"
    yield from (clean_name(line, 4000) for line in raid.description.splitlines() if line.strip())
    yield footer(raid)
    if raid.link:
        yield raid.link
