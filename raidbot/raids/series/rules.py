"""Changes of a series. A plain field is changed with `dataclasses.replace`; `checked` looks at every result.

A rule takes a series and returns the changed one. Edits of its schedule are in `raids/schedules/edits.py`; apply them
with `on_schedule`.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import date, datetime

from raidbot.raids.details import MAX_TITLE_LENGTH
from raidbot.raids.model import MemberId, RoleKey
from raidbot.raids.schedules import edits, sequences
from raidbot.raids.schedules.edits import NotPlanned
from raidbot.raids.schedules.model import DatesOff, Schedule, check_dates_off
from raidbot.raids.schedules.rules import RecurrenceId
from raidbot.raids.series.model import (
    MAX_NAME_LENGTH,
    MAX_NOTE_LENGTH,
    MAX_SINGLES,
    MAX_STANDING,
    MAX_TURNS,
    Series,
    SeriesId,
    SingleChange,
    StandingPlace,
)
from raidbot.raids.templates.model import MAX_DESCRIPTION_LENGTH
from raidbot.utils.clean_text import clean_line, is_blank
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip
from raidbot.utils.words import Name, Text, count, say

_MAX_DATES_OFF = 100
_MAX_LENGTH_MINUTES = 7 * 24 * 60


class NoSuchSeries(Refusal):
    def __init__(self, text: str = "") -> None:
        super().__init__(
            say("No series “{text}” here. Choose one from the list as you type.", text=Name(clip(text, 40)))
            if text
            else say("This series was deleted.")
        )


class NotAPlace(Refusal):
    """A standing place that cannot be had, or is not there."""


# The whole


def checked(series: Series) -> Series:
    """Return the series with tidied texts. Raises Refusal for what cannot be stored or posted."""
    name = clean_line(series.name)
    if is_blank(name):
        raise Refusal(say("Give the series a name."))
    _check_length(say("Name"), name, MAX_NAME_LENGTH)
    if not series.rotation:
        raise Refusal(say("Choose what to post."))
    if len(series.rotation) > MAX_TURNS:
        raise Refusal(
            count("At most {n} template takes turns.", "At most {n} templates take turns.", MAX_TURNS),
        )
    for turn in series.rotation:
        _check_length(say("Title"), turn.title, MAX_TITLE_LENGTH)
        _check_length(say("Description"), turn.description, MAX_DESCRIPTION_LENGTH)
        _check_minutes(turn.length_minutes)
    if len(series.singles) > MAX_SINGLES:
        raise Refusal(say("This series has too many single changes. Drop old ones first."))
    for single in series.singles:
        _check_length(say("Title"), single.title, MAX_TITLE_LENGTH)
        _check_length(say("Note"), single.note, MAX_NOTE_LENGTH)
        _check_minutes(single.length_minutes)
    return replace(series, name=name)


def on_schedule(series: Series, edit: Callable[[Schedule], Schedule]) -> Series:
    """Apply an edit of the schedule, such as `partial(edits.skip, id_=id_)`. Raises what it raises."""
    return replace(series, schedule=edit(series.schedule))


def pause(series: Series, until: date | None = None) -> Series:
    """Pause until the beginning of a date in the series' zone, or until `revive`."""
    return on_schedule(series, lambda schedule: edits.pause(schedule, until))


def revive(series: Series, *, now: datetime) -> Series:
    """End a pause, and try again what was stopped after failures."""
    return replace(series, schedule=edits.resume(series.schedule, now=now), failures=0)


# One occurrence


def change_single(
    series: Series,
    id_: RecurrenceId,
    *,
    leader: MemberId | None = None,
    title: str | None = None,
    note: str | None = None,
    strategy: str | None = None,
    length_minutes: int | None = None,
) -> Series:
    """Set all changes of an occurrence besides its time; None leaves that to the series. Raises NotPlanned."""
    if sequences.find(series.schedule, id_) is None:
        raise NotPlanned(id_)
    single = SingleChange(
        id=id_, leader=leader, title=title, note=note, strategy=strategy, length_minutes=length_minutes
    )
    others = _without(series.singles, id_)
    kept = others if single.is_empty else (*others, single)
    return replace(series, singles=tuple(sorted(kept, key=_by_date)))


def restore(series: Series, id_: RecurrenceId) -> Series:
    """Drop every single change of an occurrence: skip, move and the rest."""
    return replace(series, schedule=edits.restore(series.schedule, id_), singles=_without(series.singles, id_))


def _without(singles: Iterable[SingleChange], id_: RecurrenceId) -> tuple[SingleChange, ...]:
    return tuple(one for one in singles if one.id != id_)


def _by_date(single: SingleChange) -> RecurrenceId:
    return single.id


# Standing places


def join(series: Series, member: MemberId, role: RoleKey, *, now: datetime) -> Series:
    """Give a member a standing place. Another role keeps their order. Raises NotAPlace when too many have one."""
    held = series.standing_of(member)
    if held is not None:
        return _with_place(series, replace(held, role=role, is_role_gone=False))
    if len(series.standing) >= MAX_STANDING:
        raise NotAPlace(
            count(
                "At most {n} member has a standing place.", "At most {n} members have a standing place.", MAX_STANDING
            )
        )
    place = max((one.place for one in series.standing), default=0) + 1
    return replace(series, standing=(*series.standing, StandingPlace(member=member, role=role, since=now, place=place)))


def leave(series: Series, member: MemberId) -> Series:
    """End a standing place. Raises NotAPlace for a member without one."""
    held = _held(series, member)
    return replace(series, standing=tuple(one for one in series.standing if one is not held))


def stay_away(series: Series, member: MemberId, id_: RecurrenceId, *, away: bool = True) -> Series:
    """Let a standing place rest on one occurrence, or no longer. Raises NotAPlace."""
    held = _held(series, member)
    not_on = held.not_on | {id_} if away else held.not_on - {id_}
    return _with_place(series, replace(held, not_on=not_on))


def note_roles(series: Series, roles: Collection[RoleKey]) -> Series:
    """Note which standing places have none of these roles, which are all that the series' templates have."""
    noted = (replace(one, is_role_gone=one.role not in roles) for one in series.standing)
    return replace(series, standing=tuple(noted))


def end_absent(series: Series, absent: Collection[MemberId]) -> Series:
    """End the standing places of these members, if they have one."""
    return replace(series, standing=tuple(one for one in series.standing if one.member not in absent))


def _with_place(series: Series, changed: StandingPlace) -> Series:
    return replace(series, standing=tuple(changed if one.member == changed.member else one for one in series.standing))


def _held(series: Series, member: MemberId) -> StandingPlace:
    held = series.standing_of(member)
    if held is None:
        raise NotAPlace(say("You have no standing place in {series}.", series=Name(series.name)))
    return held


# All later


def split(series: Series, id_: RecurrenceId) -> tuple[Series | None, Series]:
    """Cut a series before an occurrence; return the part before, or None, and the later one without an id.

    Both keep what hangs on their dates, and the standing places. Raises NotPlanned.
    """
    parts = edits.split(series.schedule, id_)
    if parts.before is None:
        return None, series
    before, later = replace(series, schedule=parts.before), replace(series, schedule=parts.later)
    return (
        replace(before, singles=_planned(before)),
        replace(later, id=SeriesId(0), singles=_planned(later)),
    )


def _planned(series: Series) -> tuple[SingleChange, ...]:
    return tuple(one for one in series.singles if sequences.find(series.schedule, one.id) is not None)


# Dates off of all series of a server


def add_dates_off(found: tuple[DatesOff, ...], off: DatesOff) -> tuple[DatesOff, ...]:
    """Raises NotASchedule if these are too many days, or Refusal for too many ranges."""
    after = tuple(sorted({*found, off}))
    check_dates_off(after)
    if len(after) > _MAX_DATES_OFF:
        raise Refusal(say("There are too many dates off. Remove old ones first."))
    return after


def remove_dates_off(found: tuple[DatesOff, ...], off: DatesOff) -> tuple[DatesOff, ...]:
    return tuple(one for one in found if one != off)


def _check_length(what: Text, text: str | None, most: int) -> None:
    if text is not None and len(text) > most:
        raise Refusal(say("{what}: use at most {most} characters.", what=what, most=most))


def _check_minutes(minutes: int | None) -> None:
    if minutes is not None and not 1 <= minutes <= _MAX_LENGTH_MINUTES:
        raise Refusal(say("Use a length between 1 minute and 7 days."))
