"""Raids as calendar files (RFC 5545)."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from icalendar import Calendar, Event
from icalendar.enums import STATUS

from raidbot.raids.labels import footer
from raidbot.raids.model import MemberId, Raid, Status
from raidbot.raids.templates.model import spoken_length
from raidbot.utils.clean_text import clean_name
from raidbot.utils.text import isolated

_MAX_NAME_LENGTH = 300
_MAKER = "-//RaidBot//Raids//EN"


def calendar(raids: Iterable[Raid], *, server: str, reader: MemberId, now: datetime) -> bytes:
    """Return a file that adds the guild's raids to the reader's calendar, or updates those added earlier."""
    where = clean_name(server, _MAX_NAME_LENGTH)
    made = Calendar.new(prodid=_MAKER, method="PUBLISH", name=f"Raids of {isolated(where)}")
    del made["uid"]  # a new uid in each file would make every file a new calendar
    for raid in raids:
        made.add_component(_event(raid, reader, now, where=where))
    file: bytes = made.to_ical()
    return file


def _event(raid: Raid, reader: MemberId, now: datetime, *, where: str) -> Event:
    """Return the raid's event; without a length it has only a start. The version serves as the sequence number."""
    length = raid.length_minutes
    return Event.new(
        uid=f"{raid.code}.{raid.guild}@raidbot",
        sequence=raid.version,
        stamp=now,
        start=raid.starts_at,
        end=None if length is None else raid.starts_at + timedelta(minutes=length),
        summary=clean_name(raid.name, _MAX_NAME_LENGTH),
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
    seat = raid.seat_of(reader)
    if seat is not None:
        yield f"Your role: {isolated(clean_name(raid.role(seat.role).name, _MAX_NAME_LENGTH))}"
    for wait in raid.waits_of(reader):
        name = isolated(clean_name(raid.role(wait.role).name, _MAX_NAME_LENGTH))
        yield f"You wait for {name}, number {raid.position_of(wait)} in line"
    if raid.length_minutes is not None:
        yield f"Length: {spoken_length(raid.length_minutes)}"
    yield from (clean_name(line, 4000) for line in raid.description.splitlines() if line.strip())
    yield footer(raid)
    if raid.link:
        yield raid.link
