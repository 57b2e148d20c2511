"""Schedules and rotations as JSON, for rows and for the audit."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, date, datetime, time
from typing import TypeAlias, assert_never

from raidbot.raids.audit.entry import Argument
from raidbot.raids.model import MemberId
from raidbot.raids.schedules.model import Count, DatesOff, End, Lead, Move, Pause, Posting, PostingHour, Schedule, Until
from raidbot.raids.schedules.rules import (
    Daily,
    EveryHours,
    MonthlyByDate,
    MonthlyByWeekday,
    OnDates,
    RecurrenceId,
    Rule,
    TypedDate,
    Weekly,
)
from raidbot.raids.series.model import Turn
from raidbot.utils.errors import Refusal

Json: TypeAlias = Mapping[str, Argument]


class UnreadableSeriesError(ValueError):
    """Something else than what these functions write."""


def schedule_to_json(schedule: Schedule) -> Json:
    """Return the whole schedule; what has its default is left out."""
    found: dict[str, Argument] = {
        "zone": schedule.zone,
        "start": schedule.start.isoformat(),
        "rule": _rule(schedule.rule),
        "posting": _posting(schedule.posting),
    }
    if schedule.end is not None:
        found["end"] = _end(schedule.end)
    if schedule.pause is not None:
        found["pause"] = {"until": None if schedule.pause.until is None else schedule.pause.until.isoformat()}
    found |= {name: value for name, value in (("number", schedule.number), ("fold", schedule.fold)) if value}
    if schedule.skips:
        found["skips"] = [str(id_) for id_ in sorted(schedule.skips)]
    if schedule.moves:
        found["moves"] = [[str(move.id), move.to.isoformat()] for move in schedule.moves]
    if schedule.dates_off:
        found["dates_off"] = [list(dates_off_to_json(off)) for off in schedule.dates_off]
    return found


def schedule_from_json(stored: object) -> Schedule:
    """Return the schedule. Raises UnreadableSeriesError for anything else."""
    given = _map(stored)
    pause = given.get("pause")
    try:
        return Schedule(
            zone=_text(given.get("zone")),
            start=datetime.fromisoformat(_text(given.get("start"))),
            rule=_rule_from(_map(given.get("rule"))),
            end=_end_from(_map(given["end"])) if "end" in given else None,
            posting=_posting_from(_map(given.get("posting"))),
            skips=frozenset(RecurrenceId.parse(_text(id_)) for id_ in _list(given.get("skips", []))),
            moves=tuple(_move(one) for one in _list(given.get("moves", []))),
            dates_off=tuple(dates_off_from_json(one) for one in _list(given.get("dates_off", []))),
            pause=None if pause is None else Pause(_instant(_map(pause).get("until"))),
            number=_number(given.get("number", 0)),
            fold=_number(given.get("fold", 0)),
        )
    except (Refusal, ValueError, OverflowError) as why:
        raise UnreadableSeriesError(str(why)) from None


def dates_off_to_json(off: DatesOff) -> tuple[str, str]:
    return off.first.isoformat(), off.last.isoformat()


def dates_off_from_json(stored: object) -> DatesOff:
    """Raises UnreadableSeriesError."""
    first, last = _pair(stored)
    try:
        return DatesOff(date.fromisoformat(first), date.fromisoformat(last))
    except (Refusal, ValueError) as why:
        raise UnreadableSeriesError(str(why)) from None


def turn_to_json(turn: Turn) -> Json:
    """Return the turn without what has its default."""
    plain = Turn(template=turn.template)
    names = (field.name for field in fields(Turn))
    return {
        name: getattr(turn, name) for name in names if name == "template" or getattr(turn, name) != getattr(plain, name)
    }


def turn_from_json(stored: object) -> Turn:
    """Return the turn; keys that this version does not know are ignored. Raises UnreadableSeriesError."""
    given = _map(stored)
    plain = Turn(template=_text(given.get("template")))
    leader = _number_or_none(given.get("leader"))
    return Turn(
        template=plain.template,
        strategy=_text_or_none(given.get("strategy")),
        title=_text_or_none(given.get("title")),
        description=_text_or_none(given.get("description")),
        subject=_text_or_none(given.get("subject")),
        length_minutes=_number_or_none(given.get("length_minutes")),
        leader=None if leader is None else MemberId(leader),
        teams=_number_or_none(given.get("teams")),
        team_size=_number(given.get("team_size", plain.team_size)),
        seats=_number(given.get("seats", plain.seats)),
        counts=bool(given.get("counts", plain.counts)),
    )


def _rule(rule: Rule) -> Json:
    match rule:
        case Daily(interval):
            return {"every": "days", "interval": interval}
        case Weekly(weekdays, interval):
            return {"every": "weeks", "interval": interval, "weekdays": list(weekdays)}
        case MonthlyByWeekday(nth, weekday, interval):
            return {"every": "months", "interval": interval, "nth": nth, "weekday": weekday}
        case MonthlyByDate(day, interval):
            return {"every": "months", "interval": interval, "day": day}
        case EveryHours(hours):
            return {"every": "hours", "interval": hours}
        case OnDates(dates):
            return {"every": "dates", "dates": [[str(one.id), one.at.isoformat()] for one in dates]}
        case _:
            assert_never(rule)


def _rule_from(given: Mapping[str, object]) -> Rule:
    every = given.get("every")
    if every == "dates":
        return OnDates(tuple(_typed_date(one) for one in _list(given.get("dates"))))
    interval = _number(given.get("interval"))
    match every:
        case "days":
            return Daily(interval)
        case "weeks":
            return Weekly(tuple(map(_number, _list(given.get("weekdays")))), interval)
        case "months" if "day" in given:
            return MonthlyByDate(_number(given["day"]), interval)
        case "months":
            return MonthlyByWeekday(_number(given.get("nth")), _number(given.get("weekday")), interval)
        case "hours":
            return EveryHours(interval)
    raise UnreadableSeriesError(f"{every!r} is no rule")


def _typed_date(stored: object) -> TypedDate:
    id_, at = _pair(stored)
    return TypedDate(RecurrenceId.parse(id_), datetime.fromisoformat(at))


def _move(stored: object) -> Move:
    id_, to = _pair(stored)
    return Move(RecurrenceId.parse(id_), datetime.fromisoformat(to))


def _posting(posting: Posting) -> Json:
    if isinstance(posting, Lead):
        return {"days": posting.days, "minutes": posting.minutes}
    return {
        "at": posting.at.isoformat("minutes"),
        "weekday": posting.weekday,
        "least_lead_minutes": posting.least_lead_minutes,
    }


def _posting_from(given: Mapping[str, object]) -> Posting:
    if "days" in given:
        return Lead(_number(given["days"]), _number(given.get("minutes")))
    least = _number(given.get("least_lead_minutes"))
    return PostingHour(time.fromisoformat(_text(given.get("at"))), _number_or_none(given.get("weekday")), least)


def _end(end: End) -> Json:
    return {"day": end.day.isoformat()} if isinstance(end, Until) else {"count": end.number}


def _end_from(given: Mapping[str, object]) -> End:
    if "day" in given:
        return Until(date.fromisoformat(_text(given["day"])))
    return Count(_number(given.get("count")))


def _instant(stored: object) -> datetime | None:
    if stored is None:
        return None
    at = datetime.fromisoformat(_text(stored))
    if at.tzinfo is None:
        raise UnreadableSeriesError(f"{at} has no time zone")
    return at.astimezone(UTC)


def _map(stored: object) -> Mapping[str, object]:
    if not isinstance(stored, Mapping):
        raise UnreadableSeriesError(f"{stored!r:.60} is no object")
    return stored


def _list(stored: object) -> list[object]:
    if not isinstance(stored, list):
        raise UnreadableSeriesError(f"{stored!r:.60} is no list")
    return stored


def _pair(stored: object) -> tuple[str, str]:
    match stored:
        case [str(one), str(other)]:
            return one, other
    raise UnreadableSeriesError(f"{stored!r:.60} is no pair")


def _text(stored: object) -> str:
    if not isinstance(stored, str):
        raise UnreadableSeriesError(f"{stored!r:.60} is no text")
    return stored


def _text_or_none(stored: object) -> str | None:
    return None if stored is None else _text(stored)


def _number(stored: object) -> int:
    if not isinstance(stored, int) or isinstance(stored, bool) or abs(stored) >= 2**63:
        raise UnreadableSeriesError(f"{stored!r:.60} is no number")
    return stored


def _number_or_none(stored: object) -> int | None:
    return None if stored is None else _number(stored)
