"""The words for audit entries of series."""

from collections.abc import Callable, Iterator, Mapping

from raidbot.raids.audit.arguments import elements, number, part, parts, text
from raidbot.raids.audit.entry import Argument, Arguments, AuditAction
from raidbot.raids.schedules import words as schedule_words
from raidbot.raids.schedules.rules import RecurrenceId
from raidbot.raids.series.brought import Noted, Remark, describe
from raidbot.raids.series.model import Trouble, TroubleCode
from raidbot.raids.series.serialization import UnreadableSeriesError, schedule_from_json
from raidbot.raids.series.words import OLD_BOARDS, ROSTERS, describe_trouble
from raidbot.utils.words import Length, Mention, Name, Raw, Text, count, day_in_words, render, say

Values = tuple[str | None, str | None]

TITLES = {
    AuditAction.SERIES_CREATED: "series created",
    AuditAction.SERIES_DELETED: "series deleted",
    AuditAction.SERIES_CHANGED: "series changed",
    AuditAction.SERIES_DATE_CHANGED: "one date of a series changed",
    AuditAction.SERIES_DATES_OFF: "dates off for all series",
    AuditAction.SERIES_MISSED: "raids of a series not posted",
    AuditAction.SERIES_FAILED: "series can’t be posted",
    AuditAction.SERIES_STOPPED: "series stopped",
    AuditAction.SERIES_BROUGHT: "series taken over from the old bot",
    AuditAction.SERIES_NOT_BROUGHT: "series of the old bot not taken over",
    AuditAction.STANDING_BEGUN: "standing place",
    AuditAction.STANDING_ENDED: "standing place ended",
    AuditAction.STANDING_RESTS: "standing place rests",
    AuditAction.STANDING_ROLE_GONE: "role of a standing place is gone",
}
_FIELDS = {
    "name": say("name"),
    "schedule": say("schedule"),
    "template": say("template"),
    "channel": say("channel"),
    "leader": say("leader"),
    "mention": say("role to notify"),
    "roster": say("roster"),
    "old_boards": say("old boards"),
    "stopped": say("posting"),
}


def changed_title(given: Arguments) -> str:
    """Return the title of an entry about a field: “series schedule changed”."""
    field = text(given, "field") or ""
    return render(say("series {field} changed", field=_FIELDS.get(field, say("field"))))


def _created(given: Arguments) -> Values:
    return None, _joined(_name(given), _schedule(given.get("schedule")))


def _deleted(given: Arguments) -> Values:
    return text(given, "name"), None


def _changed(given: Arguments) -> Values:
    field = text(given, "field") or ""
    was, becomes = (_value(field, given.get(side)) for side in ("before", "after"))
    return was, becomes if field == "name" else _joined(_name(given), becomes)


def _value(field: str, value: Argument) -> str | None:
    match field, value:
        case "stopped", int():
            return render(say("stopped"))
        case "stopped", _:
            return render(say("goes on"))
        case _, None:
            return None
        case "schedule", _:
            return _schedule(value)
        case "channel", int(id_):
            return f"<#{id_}>"
        case "mention", int(id_):
            return f"<@&{id_}>"
        case "leader", int(id_):
            return render(say("{member}", member=Mention(id_)))
        case "roster", str(code) if code in ROSTERS:
            return render(ROSTERS[code])
        case "old_boards", str(code) if code in OLD_BOARDS:
            return render(OLD_BOARDS[code])
        case "template", _:
            return ", ".join(str(one) for one in elements(value))
        case _:
            return str(value)


def _schedule(value: Argument) -> str | None:
    try:
        return render(schedule_words.describe(schedule_from_json(value)))
    except UnreadableSeriesError:
        return None


def _date_changed(given: Arguments) -> Values:
    was, becomes = (_date_values(part(given, side)) for side in ("before", "after"))
    return was, _joined(_name(given), _day(text(given, "date")), becomes or render(say("as planned")))


def _date_values(values: Mapping[str, Argument]) -> str | None:
    found = [render(one) for one in _said(values)]
    return ", ".join(found) or None


def _said(values: Mapping[str, Argument]) -> Iterator[Text]:
    for name, value in values.items():
        match name, value:
            case "skipped", _:
                yield say("skipped")
            case "moved_to", str():
                yield say("moved to {at}", at=Raw(value.replace("T", " ")))
            case "leader", int():
                yield say("leader {member}", member=Mention(value))
            case "length", int():
                yield say("length {length}", length=Length(value))
            case "title", str():
                yield say("title {text}", text=Name(value))
            case "note", str():
                yield say("note {text}", text=Name(value))
            case "strategy", str():
                yield say("strategy {text}", text=Name(value))


def _dates_off(given: Arguments) -> Values:
    was, becomes = (_ranges(given.get(side)) for side in ("before", "after"))
    return was, becomes


def _ranges(value: Argument) -> str | None:
    found = [" – ".join(dict.fromkeys(str(day) for day in elements(one))) for one in elements(value)]
    return ", ".join(found) or None


def _missed(given: Arguments) -> Values:
    shown = [str(day) for day in parts(given, "dates")]
    total, last = number(given, "number") or len(shown), text(given, "last")
    dates = [*shown, "…", last] if last is not None and total > len(shown) else shown
    why = describe_trouble(_trouble(given)) if "trouble" in given else say("I was away.")
    said = count("{n} date: {dates}. {why}", "{n} dates: {dates}. {why}", total, dates=Raw(", ".join(dates)), why=why)
    return None, _joined(_name(given), render(said))


def _troubled(given: Arguments) -> Values:
    trouble = _trouble(given)
    return None, _joined(_name(given), None if trouble is None else render(describe_trouble(trouble)))


def _brought(given: Arguments) -> Values:
    schedule = _schedule(given.get("schedule")) if "schedule" in given else None
    return None, _joined(_name(given), schedule, *_remarks(given.get("remarks")))


def _remarks(value: Argument) -> Iterator[str]:
    for one in elements(value):
        match one:
            case [str(code), str(detail)] if code in set(Remark):
                yield render(describe(Noted(Remark(code), detail)))


def _place(given: Arguments) -> Values:
    return None, _joined(_name(given), text(given, "role"))


def _place_ended(given: Arguments) -> Values:
    return text(given, "role"), _name(given)


def _rests(given: Arguments) -> Values:
    away, back = ([str(day) for day in parts(given, side)] for side in ("away", "back"))
    said = [
        *([render(say("not on {dates}", dates=Raw(", ".join(away))))] if away else []),
        *([render(say("back on {dates}", dates=Raw(", ".join(back))))] if back else []),
    ]
    return None, _joined(_name(given), *said)


def _trouble(given: Arguments) -> Trouble | None:
    code = text(given, "trouble")
    known = next((one for one in TroubleCode if one == code), None)
    return None if known is None else Trouble(known, text(given, "detail") or "")


def _name(given: Arguments) -> str | None:
    return text(given, "name")


def _day(planned_on: str | None) -> str | None:
    try:
        return render(day_in_words(RecurrenceId.parse(planned_on or "").day))
    except ValueError:
        return planned_on


def _joined(*parts: str | None) -> str:
    return ": ".join(one for one in parts if one)


VALUES: dict[AuditAction, Callable[[Arguments], Values]] = {
    AuditAction.SERIES_CREATED: _created,
    AuditAction.SERIES_DELETED: _deleted,
    AuditAction.SERIES_CHANGED: _changed,
    AuditAction.SERIES_DATE_CHANGED: _date_changed,
    AuditAction.SERIES_DATES_OFF: _dates_off,
    AuditAction.SERIES_MISSED: _missed,
    AuditAction.SERIES_FAILED: _troubled,
    AuditAction.SERIES_STOPPED: _troubled,
    AuditAction.SERIES_BROUGHT: _brought,
    AuditAction.SERIES_NOT_BROUGHT: _brought,
    AuditAction.STANDING_BEGUN: _place,
    AuditAction.STANDING_ENDED: _place_ended,
    AuditAction.STANDING_RESTS: _rests,
    AuditAction.STANDING_ROLE_GONE: _place,
}
