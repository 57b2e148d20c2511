"""Audit entries of announcements and mentions in words."""

from collections.abc import Callable

from raidbot.raids.announcements.labels import channel_words, ping_words
from raidbot.raids.announcements.model import Moment, Ping, Place
from raidbot.raids.audit.announcement_entries import Failure
from raidbot.raids.audit.arguments import elements, number, part, parts, text
from raidbot.raids.audit.entry import Argument, Arguments, AuditAction
from raidbot.raids.model import ChannelId
from raidbot.utils.words import render

Values = tuple[str | None, str | None]

TITLES = {
    AuditAction.ANNOUNCEMENT_ADDED: "announcement added",
    AuditAction.ANNOUNCEMENT_CHANGED: "announcement changed",
    AuditAction.ANNOUNCEMENT_REMOVED: "announcement removed",
    AuditAction.ANNOUNCED: "announced",
    AuditAction.ANNOUNCEMENTS_MISSED: "announcements missed while the bot was away",
    AuditAction.ANNOUNCEMENT_FAILED: "announcement not posted",
    AuditAction.MENTION_UNHEARD: "mention notified nobody",
}
_WHY = {
    Failure.LATE: "it would have come too late",
    Failure.REFUSED: "Discord refused it",
    Failure.UNKNOWN: "nobody knows whether it arrived",
}


def _changed(given: Arguments) -> Values:
    of = text(given, "of")
    before, after = (_announcement(part(given, side)) for side in ("before", "after"))
    if of is None:
        return before, after
    return (before, f"{of}: {after}") if after else (f"{of}: {before}", None)


def _announcement(given: Arguments) -> str | None:
    if not given:
        return None
    place, ping = text(given, "place"), text(given, "ping")
    where = channel_words(Place(place or Place.BOARD), _channel(given))
    whom = ping_words(Ping(ping or Ping.NOBODY), number(given, "role"))
    said = text(given, "text")
    return f"{_moment(given.get('moment'))}, {render(where)}, {render(whom)}" + (f": {said}" if said else "")


def _posted(given: Arguments) -> Values:
    whom = [f"<@&{role}>" for role in parts(given, "roles")] + (["the seated"] if number(given, "seated") else [])
    to = f", notifies {', '.join(whom)}" if whom else ""
    return None, f"{_moment(given.get('moment'))} in <#{number(given, 'channel')}>{to}"


def _missed(given: Arguments) -> Values:
    return None, ", ".join(_moment(one) for one in parts(given, "moments"))


def _failed(given: Arguments) -> Values:
    why, error = text(given, "why"), text(given, "error")
    said = _WHY[Failure(why or Failure.UNKNOWN)]
    return None, f"{_moment(given.get('moment'))} in <#{number(given, 'channel')}>: {said}" + (
        f" ({error})" if error else ""
    )


def _unheard(given: Arguments) -> Values:
    role, channel = number(given, "role"), number(given, "channel")
    return None, (
        f"<@&{role}> in <#{channel}>. Give me Mention Everyone there, or let everyone mention the role"
        " (its settings: Allow anyone to @mention this role)."
    )


def _moment(given: Argument) -> str:
    found = [one for one in elements(given) if isinstance(one, int)]
    return render(Moment(*found).words) if len(found) == 2 else ""


def _channel(given: Arguments) -> ChannelId | None:
    found = number(given, "channel")
    return None if found is None else ChannelId(found)


VALUES: dict[AuditAction, Callable[[Arguments], Values]] = {
    AuditAction.ANNOUNCEMENT_ADDED: _changed,
    AuditAction.ANNOUNCEMENT_CHANGED: _changed,
    AuditAction.ANNOUNCEMENT_REMOVED: _changed,
    AuditAction.ANNOUNCED: _posted,
    AuditAction.ANNOUNCEMENTS_MISSED: _missed,
    AuditAction.ANNOUNCEMENT_FAILED: _failed,
    AuditAction.MENTION_UNHEARD: _unheard,
}
