"""Attendance in words: of one member in a raid, of everybody in a raid, and summed up."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from raidbot.raids.model import MemberId, Presence, Raid
from raidbot.raids.rosters.attendance import in_order
from raidbot.raids.statistics.phrases import carried_line
from raidbot.raids.statistics.rates import percent
from raidbot.raids.statistics.tally import Tally
from raidbot.utils.text import FORMER_MEMBER, clip, escape
from raidbot.utils.words import Raw, Text, count, lines, paragraph, say

_ICONS = {
    Presence.PRESENT: "✅",
    Presence.LATE: "🕒",
    Presence.NO_SHOW: "🚫",
    Presence.EXCUSED: "✉️",
    Presence.CALLED_OFF: "↩️",
    Presence.BENCHED: "🪑",
}
_MAX_NAME_LENGTH = 32


def in_words(presence: Presence) -> str:
    return f"{_ICONS[presence]} {presence}"


def by_presence(raid: Raid, names: Mapping[MemberId, str] | None, *, limit: int) -> list[str]:
    """Return a line for each attendance that there is: its number, and with `names` as many of them as fit.

    The lines have at most `limit` characters in all.
    """
    found: dict[Presence, list[MemberId]] = {presence: [] for presence in Presence}
    for row in in_order(raid):
        found[row.presence].append(row.member)
    listed = [(presence, members) for presence, members in found.items() if members]
    said: list[tuple[Presence, str]] = []
    for number, (presence, members) in enumerate(sorted(listed, key=lambda one: len(one[1]))):
        room = (limit - sum(len(line) + 1 for _, line in said)) // (len(listed) - number) - 1
        said.append((presence, _line(presence, members, names, room)))
    return [line for _, line in sorted(said, key=lambda one: list(Presence).index(one[0]))]


def _line(presence: Presence, members: Collection[MemberId], names: Mapping[MemberId, str] | None, room: int) -> str:
    head = f"{_ICONS[presence]} **{presence.capitalize()}: {len(members)}**"
    if names is None:
        return head
    shown, more = "", f", +{len(members)} more"
    for number, name in enumerate(_names(members, names)):
        longer = f"{shown}, {name}" if number else f" · {name}"
        if len(head) + len(longer) + len(more) > room:
            return f"{head}{shown}, +{len(members) - number} more" if number else head
        shown = longer
    return head + shown


def _names(members: Iterable[MemberId], names: Mapping[MemberId, str]) -> Iterator[str]:
    for member in members:
        yield escape(clip(names.get(member, FORMER_MEMBER), _MAX_NAME_LENGTH))


def uncounted(raid: Raid) -> Text | None:
    """Return the sentence that the raid is in no figure, if that is so."""
    return None if raid.counts else say("⚠️ This raid does not count: it stays listed, and no figure includes it.")


def figures(tally: Tally) -> Text:
    """Return what a member's attendance comes to; a rate only of as many raids as it takes."""
    nothing = not any((tally.expected, tally.excused, tally.called_off, tally.benched))
    if nothing:
        return say("No raid that counts has gone by yet.")
    return lines(_came(tally), _besides(tally), carried_line(tally))


def _came(tally: Tally) -> Text | None:
    if not tally.expected:
        return None
    if tally.rate is None:
        came = count("Came to {came} of {n} raid.", "Came to {came} of {n} raids.", tally.expected, came=tally.came)
    else:
        came = count(
            "Came to {came} of {n} raid ({rate}).",
            "Came to {came} of {n} raids ({rate}).",
            tally.expected,
            came=tally.came,
            rate=Raw(percent(tally.came, tally.expected)),
        )
    late = say("Came late to {late} of them.", late=tally.late) if tally.late else None
    missed = count("Missed {n} raid.", "Missed {n} raids.", tally.no_shows) if tally.no_shows else None
    return paragraph(came, late, missed)


def _besides(tally: Tally) -> Text | None:
    said = (
        count("Excused from {n} raid.", "Excused from {n} raids.", tally.excused) if tally.excused else None,
        count("Called off {n} raid.", "Called off {n} raids.", tally.called_off) if tally.called_off else None,
        count("Benched in {n} raid.", "Benched in {n} raids.", tally.benched) if tally.benched else None,
    )
    return None if said == (None, None, None) else paragraph(*said)
