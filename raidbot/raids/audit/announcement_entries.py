"""Audit entries of announcements and mentions."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from raidbot.raids.announcements.model import Announcement, Moment, PlannedPost
from raidbot.raids.audit.entry import Argument, AuditAction, Entry


class Failure(StrEnum):
    """The reason why an announcement was not posted, or why nobody knows."""

    LATE = "late"
    REFUSED = "refused"
    UNKNOWN = "unknown"


def change_entries(
    before: Iterable[Announcement], after: Iterable[Announcement], *, name: str | None = None
) -> Iterator[Entry]:
    """Yield an entry for each announcement added, changed or removed; `name` names their template or series."""
    about: dict[str, Argument] = {} if name is None else {"of": name}
    was = {one.id: one for one in before}
    for one in after:
        old = was.pop(one.id, None)
        if old is None:
            yield Entry(AuditAction.ANNOUNCEMENT_ADDED, None, {**about, "after": _arguments(one)})
        elif old != one:
            both: dict[str, Argument] = {"before": _arguments(old), "after": _arguments(one)}
            yield Entry(AuditAction.ANNOUNCEMENT_CHANGED, None, about | both)
    for gone in was.values():
        yield Entry(AuditAction.ANNOUNCEMENT_REMOVED, None, {**about, "before": _arguments(gone)})


def posted_entry(post: PlannedPost) -> Entry:
    roles, seated = list(post.roles), int(post.seated)
    arguments: dict[str, Argument] = {"moment": _moment(post.moment), "channel": post.channel}
    return Entry(AuditAction.ANNOUNCED, None, {**arguments, "roles": roles, "seated": seated})


def missed_entry(moments: Iterable[Moment]) -> Entry:
    """Return the one entry about everything that was missed at a raid while the bot was away."""
    return Entry(AuditAction.ANNOUNCEMENTS_MISSED, None, {"moments": [_moment(moment) for moment in moments]})


def failed_entry(post: PlannedPost, failure: Failure, error: str | None) -> Entry:
    arguments: dict[str, Argument] = {"moment": _moment(post.moment), "channel": post.channel, "why": failure.value}
    return Entry(AuditAction.ANNOUNCEMENT_FAILED, None, arguments | ({"error": error} if error else {}))


def unheard_entry(role: int, channel: int) -> Entry:
    return Entry(AuditAction.MENTION_UNHEARD, None, {"role": role, "channel": channel})


def _arguments(one: Announcement) -> dict[str, Argument]:
    return {
        "moment": _moment(one.moment),
        "text": one.text,
        "place": one.place.value,
        "channel": one.channel,
        "ping": one.ping.value,
        "role": one.role,
    }


def _moment(moment: Moment) -> list[Argument]:
    return [moment.days, moment.minutes]
