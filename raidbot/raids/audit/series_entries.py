"""Audit entries for series: what somebody changed, and what became of its dates."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from raidbot.raids.audit.entry import Argument, AuditAction, Entry
from raidbot.raids.model import MemberId
from raidbot.raids.schedules.model import DatesOff, Schedule
from raidbot.raids.schedules.occurrences import Occurrence
from raidbot.raids.schedules.rules import RecurrenceId
from raidbot.raids.series.brought import Noted
from raidbot.raids.series.model import Series, StandingPlace, Trouble
from raidbot.raids.series.serialization import dates_off_to_json, schedule_to_json

_MAX_DATES = 10


def created(series: Series) -> Entry:
    return Entry(AuditAction.SERIES_CREATED, None, {"name": series.name, "schedule": _plain(series.schedule)})


def deleted(series: Series) -> Entry:
    return Entry(AuditAction.SERIES_DELETED, None, {"name": series.name})


def changes(before: Series, after: Series) -> tuple[Entry, ...]:
    """Return one entry per field, date and standing place that differs."""
    return (*_fields(before, after), *_dates(before, after), *_places(before, after))


def dates_off(before: Iterable[DatesOff], after: Iterable[DatesOff]) -> Entry:
    """Return the entry for the dates off of all series of a server."""
    was, becomes = ([list(dates_off_to_json(off)) for off in side] for side in (before, after))
    return Entry(AuditAction.SERIES_DATES_OFF, None, {"before": was, "after": becomes})


def missed(series: Series, occurrences: Sequence[Occurrence], trouble: Trouble | None) -> Entry:
    """Return the one entry for all occurrences that began before they could be posted."""
    dates = [str(one.id) for one in occurrences[:_MAX_DATES]]
    last = str(occurrences[-1].id)
    found: dict[str, Argument] = {"name": series.name, "number": len(occurrences), "dates": dates, "last": last}
    return Entry(AuditAction.SERIES_MISSED, None, found | _trouble(trouble))


def failed(series: Series, trouble: Trouble) -> Entry:
    return Entry(AuditAction.SERIES_FAILED, None, {"name": series.name, **_trouble(trouble)})


def stopped(series: Series, trouble: Trouble) -> Entry:
    return Entry(AuditAction.SERIES_STOPPED, None, {"name": series.name, **_trouble(trouble)})


def brought(series: Series, remarks: Iterable[Noted]) -> Entry:
    """Return the entry for a series of the old bot that was taken over, with what was put right."""
    found: dict[str, Argument] = {"name": series.name, "schedule": _plain(series.schedule)}
    return Entry(AuditAction.SERIES_BROUGHT, None, found | {"remarks": [[one.remark, one.detail] for one in remarks]})


def not_brought(key: str, reason: Noted) -> Entry:
    """Return the entry for a series of the old bot that was not taken over; `key` is the old bot's name for it."""
    found: dict[str, Argument] = {"name": key, "remarks": [[reason.remark, reason.detail]]}
    return Entry(AuditAction.SERIES_NOT_BROUGHT, None, found)


def _trouble(trouble: Trouble | None) -> dict[str, Argument]:
    if trouble is None:
        return {}
    return {"trouble": trouble.code, "detail": trouble.detail} if trouble.detail else {"trouble": trouble.code}


def _fields(before: Series, after: Series) -> Iterator[Entry]:
    becomes = dict(_values(after))
    for field, was in _values(before):
        if was != becomes[field]:
            given: dict[str, Argument] = {"name": before.name, "field": field, "before": was, "after": becomes[field]}
            yield Entry(AuditAction.SERIES_CHANGED, None, given)


def _values(series: Series) -> Iterator[tuple[str, Argument]]:
    yield "name", series.name
    yield "schedule", _plain(series.schedule)
    yield "template", [turn.title or turn.template for turn in series.rotation]
    yield "channel", series.channel
    yield "leader", series.leader
    yield "mention", series.mention
    yield "roster", series.roster
    yield "old_boards", series.old_boards
    yield "stopped", 1 if series.is_stopped else None


def _plain(schedule: Schedule) -> Argument:
    """Return the schedule without its single changes."""
    return schedule_to_json(replace(schedule, skips=frozenset(), moves=()))


def _dates(before: Series, after: Series) -> Iterator[Entry]:
    was, becomes = _by_date(before), _by_date(after)
    for id_ in sorted(was.keys() | becomes.keys()):
        if was.get(id_) != becomes.get(id_):
            given: dict[str, Argument] = {
                "name": after.name,
                "date": str(id_),
                "before": was.get(id_),
                "after": becomes.get(id_),
            }
            yield Entry(AuditAction.SERIES_DATE_CHANGED, None, given)


def _by_date(series: Series) -> dict[RecurrenceId, dict[str, Argument]]:
    found: dict[RecurrenceId, dict[str, Argument]] = {id_: {"skipped": 1} for id_ in series.schedule.skips}
    for move in series.schedule.moves:
        found.setdefault(move.id, {})["moved_to"] = move.to.isoformat(timespec="minutes")
    for single in series.singles:
        changed: dict[str, Argument] = {
            "leader": single.leader,
            "title": single.title,
            "note": single.note,
            "strategy": single.strategy,
            "length": single.length_minutes,
        }
        found.setdefault(single.id, {}).update({name: value for name, value in changed.items() if value is not None})
    return found


def _places(before: Series, after: Series) -> Iterator[Entry]:
    was, becomes = _by_member(before), _by_member(after)
    for member in dict.fromkeys((*was, *becomes)):
        held, holds = was.get(member), becomes.get(member)
        if held is not None and holds is None:
            yield Entry(AuditAction.STANDING_ENDED, member, {"name": after.name, "role": held.role})
        elif holds is not None and (held is None or held.role != holds.role):
            given: dict[str, Argument] = {"name": after.name, "role": holds.role}
            yield Entry(AuditAction.STANDING_BEGUN, member, given)
        elif held is not None and holds is not None and holds.is_role_gone and not held.is_role_gone:
            yield Entry(AuditAction.STANDING_ROLE_GONE, member, {"name": after.name, "role": holds.role})
        elif held is not None and holds is not None and held.not_on != holds.not_on:
            away, back = ([str(id_) for id_ in sorted(ids)] for ids in (_added(held, holds), _added(holds, held)))
            yield Entry(AuditAction.STANDING_RESTS, member, {"name": after.name, "away": away, "back": back})


def _added(one: StandingPlace, other: StandingPlace) -> frozenset[RecurrenceId]:
    return other.not_on - one.not_on


def _by_member(series: Series) -> dict[MemberId, StandingPlace]:
    return {one.member: one for one in series.standing}
