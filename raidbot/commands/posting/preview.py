"""The parts of a raid that a preview shows, so that what is posted is what was confirmed."""

import json
from collections.abc import Mapping
from dataclasses import astuple

from raidbot.raids.deadlines.deadline import deadline_text
from raidbot.raids.model import Raid, Role
from raidbot.raids.settings import SignupStyle
from raidbot.utils.ids import fingerprint
from raidbot.utils.words import Listed, Text, render, say

Parts = Mapping[str, str]
"""A fingerprint of each part of a preview, by the part's name."""

_WORDS: dict[str, Text] = {
    "kind": say("what it is"),
    "channel": say("the channel"),
    "time": say("the time"),
    "name": say("the name"),
    "description": say("the description"),
    "look": say("the emoji or the colour"),
    "picture": say("the picture"),
    "roles": say("the roles"),
    "sides": say("the sides"),
    "strategy": say("the strategy"),
    "length": say("the length"),
    "deadline": say("the signup deadline"),
    "signup text": say("the sign-up text"),
    "counts": say("whether it counts"),
    "leader": say("the leader"),
    "mention": say("whom it pings"),
    "style": say("how members sign up"),
    "people": say("who keeps their seat"),
}

_SOMETIMES = {"mention", "picture"}
"""Parts of those raids only that have them: else previews of versions that knew no such part could not be confirmed."""


def parts_of(raid: Raid, style: SignupStyle) -> Parts:
    """Return the parts of what the preview of a planned raid shows."""
    shown: dict[str, object] = {
        "kind": (raid.kind, raid.template),
        "channel": raid.channel,
        "time": (raid.starts_at.isoformat(), raid.zone),
        "name": (raid.title, raid.subject),
        "description": raid.description,
        "look": (raid.emoji, raid.colour),
        "roles": [_told(role) for role in raid.roles],
        "sides": raid.sides,
        "strategy": raid.strategy,
        "length": raid.length_minutes,
        "deadline": deadline_text(raid.signup_lead),
        "signup text": raid.signup_text,
        "counts": raid.counts,
        "leader": raid.leader,
        "style": style,
        "people": [(seat.member, seat.role, seat.side) for seat in raid.seats],
    }
    sometimes = {"mention": raid.mention_role, "picture": None if raid.picture is None else astuple(raid.picture)}
    shown |= {name: value for name, value in sometimes.items() if value is not None}
    return {name: fingerprint(json.dumps(value)) for name, value in shown.items()}


def _told(role: Role) -> tuple[object, ...]:
    """Return what the preview shows of a role; like `_SOMETIMES`, specialisations only where there are some."""
    *told, specs = astuple(role)
    return (*told, specs) if specs else tuple(told)


def mark_of(parts: Parts) -> str:
    """Return one fingerprint for all parts, for the button that confirms them."""
    return fingerprint(json.dumps(sorted(parts.items())))


def changes(seen: Parts, now: Parts) -> str:
    """Say what changed since the preview whose parts are `seen`; these are empty for a preview that nobody knows."""
    known = {*seen, *_SOMETIMES} if seen else set()
    changed = [words for name, words in _WORDS.items() if name in known and seen.get(name) != now.get(name)]
    if not changed:
        return render(say("This preview is out of date, so nothing was posted. Check the new one and confirm again."))
    listed = Listed(tuple(changed), "and")
    return render(
        say("Nothing was posted, because {parts} changed since the preview. Check it and confirm again.", parts=listed)
    )
