"""The entries of a feed: only what everybody on the server may see of a raid, and the reader's own place in it."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain, count, islice

from raidbot.raids.feeds.model import PLANNED_SHOWN, Certainty, Entry
from raidbot.raids.labels import footer
from raidbot.raids.model import ChannelId, GuildId, MemberId, Raid, Status
from raidbot.raids.schedules.model import DatesOff
from raidbot.raids.schedules.occurrences import Occurrence, raids
from raidbot.raids.schedules.rules import RecurrenceId
from raidbot.raids.series.model import RosterMode, Series, StandingPlace
from raidbot.raids.series.planning import plan_raid
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.utils.clean_text import clean_name
from raidbot.utils.errors import Refusal
from raidbot.utils.text import isolated

MAX_NAME_LENGTH = 300
_CANCELLED = "Cancelled: "


def uid_of(raid: Raid) -> str:
    """Return what calendars know the raid by, for ever; that of a series has the one of its planned occurrence."""
    return _uid(raid.planned_as or raid.code, raid.guild)


def unused_name(name: str, taken: Collection[str]) -> str:
    """Return the name of a planned occurrence, changed if a raid has it.

    Where a series was cut, its first part may go on after all, with dates that were posted before the cut.
    """
    others = (f"{name}-{number}" for number in count(2))
    return next(one for one in chain((name,), others) if one not in taken)


def raid_entry(raid: Raid, reader: MemberId | None, *, changed_at: datetime) -> Entry:
    """Return the raid's entry, with the place of the reader if there is one."""
    title, certainty = clean_name(raid.name, MAX_NAME_LENGTH), Certainty.CONFIRMED
    if raid.status is Status.CANCELLED:
        title, certainty = _CANCELLED + title, Certainty.CANCELLED
    elif reader is not None and raid.seat_of(reader) is None:
        certainty = Certainty.TENTATIVE
    places = () if reader is None else places_of(raid, reader)
    return Entry(
        uid=uid_of(raid),
        sequence=raid.version,
        changed_at=changed_at,
        starts_at=raid.starts_at,
        ends_at=_end(raid),
        title=title,
        details=(*places, footer(raid), *([raid.link] if raid.link else [])),
        link=raid.link,
        certainty=certainty,
    )


def places_of(raid: Raid, reader: MemberId) -> Iterator[str]:
    """Yield a line for the reader's seat, and one for each place in line."""
    seat = raid.seat_of(reader)
    if seat is not None:
        yield f"Your role: {_named(raid.role(seat.role).name)}"
    for wait in raid.waits_of(reader):
        yield f"You wait for {_named(raid.role(wait.role).name)}, number {raid.position_of(wait)} in line"


def planned_entries(
    series: Series,
    catalogue: Catalogue,
    reader: MemberId | None,
    *,
    posted: frozenset[RecurrenceId],
    taken: Collection[str],
    dates_off: tuple[DatesOff, ...],
    now: datetime,
) -> Iterator[Entry]:
    """Yield entries for the next dates of the series that are not posted; for a reader, those they have a place on.

    `taken` are names of occurrences that raids have.
    """
    standing = None if reader is None else series.standing_of(reader)
    if series.is_stopped or (reader is not None and (standing is None or series.roster is RosterMode.EMPTY)):
        return
    ahead = raids(series.schedule, after=now + timedelta(microseconds=1), dates_off=dates_off)
    for one in islice(_unposted(ahead, posted), PLANNED_SHOWN):
        if standing is None or one.id not in standing.not_on:
            name = unused_name(series.occurrence_name(one.id), taken)
            yield _planned_entry(series, one, name, catalogue, standing, now=now)


def _unposted(ahead: Iterable[Occurrence], posted: frozenset[RecurrenceId]) -> Iterator[Occurrence]:
    return (one for one in ahead if one.id not in posted)


def _planned_entry(
    series: Series, one: Occurrence, name: str, catalogue: Catalogue, standing: StandingPlace | None, *, now: datetime
) -> Entry:
    title, ends_at, role = series.name, None, None
    try:
        raid = plan_raid(series, one, catalogue, channel=ChannelId(0), now=now)
    except Refusal:  # it cannot be posted as it is, which is told elsewhere
        pass
    else:
        title, ends_at = raid.name, _end(raid)
        role = next((known.name for known in raid.roles if standing and known.key == standing.role), None)
    details = ([f"Your role: {_named(role)}"] if role else []) + ["Planned. Signups are not open yet."]
    return Entry(
        uid=_uid(name, series.guild),
        sequence=series.revision,
        changed_at=series.changed_at or series.created_at,
        starts_at=one.starts_at,
        ends_at=ends_at,
        title=clean_name(title, MAX_NAME_LENGTH),
        details=tuple(details),
        link=None,
        certainty=Certainty.TENTATIVE,
    )


def _uid(name: str, guild: GuildId) -> str:
    return f"{name}.{guild}@raidbot"


def _end(raid: Raid) -> datetime | None:
    return None if raid.length_minutes is None else raid.starts_at + timedelta(minutes=raid.length_minutes)


def _named(name: str) -> str:
    return isolated(clean_name(name, MAX_NAME_LENGTH))
