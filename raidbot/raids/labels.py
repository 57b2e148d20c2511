"""Raids and roles as they are named in sentences, lists and titles.

A Text is an argument of `say`; in an f-string it is rendered.
"""

from datetime import datetime
from typing import Protocol

from raidbot.raids.model import MemberId, Raid, Role, RoleKey, Seat, Status
from raidbot.utils.text import clip, isolated
from raidbot.utils.words import Code, Listed, Name, Raw, Text, say

STATUS_ICONS = {Status.POSTING: "⏳", Status.OPEN: "🟢", Status.CLOSED: "🔒", Status.CANCELLED: "❌"}
_MAX_ROLE_LENGTH = 60


class Coded(Protocol):
    """A raid, or what a list knows of one."""

    @property
    def name(self) -> str: ...

    @property
    def code(self) -> str: ...


def quoted(name: str) -> Text:
    return say("“{name}”", name=Name(name))


def bold(name: str) -> Text:
    return say("**{name}**", name=Name(name))


def bold_role(raid: Raid, key: RoleKey) -> Text:
    return bold(raid.role(key).name)


def bold_seat(raid: Raid, member: MemberId, key: RoleKey) -> Text:
    """Return the role, with what the member plays in it if they have that seat: **Tank** · Blood."""
    held = raid.seat_of(member)
    if held is None or held.role != key or not held.spec:
        return bold_role(raid, key)
    return say("{role} · {spec}", role=bold_role(raid, key), spec=Name(held.spec))


def role_mention(role: int) -> Raw:
    return Raw(f"<@&{role}>")


def channel_mention(channel: int) -> Raw:
    return Raw(f"<#{channel}>")


def clock_time(at: datetime) -> Raw:
    """Return the time of day of a wall clock: 20:00."""
    return Raw(f"{at:%H:%M}")


def coded(raid: Coded) -> Text:
    """Return “Molten Core” (`AB12CD`)."""
    return say("“{name}” (`{code}`)", name=Name(raid.name), code=Code(raid.code))


def plainly_coded(raid: Coded) -> Text:
    """Return “Molten Core” (AB12CD)."""
    return say("“{name}” ({code})", name=Name(raid.name), code=Code(raid.code))


def bold_coded(raid: Coded) -> Text:
    """Return **Molten Core** (`AB12CD`)."""
    return say("**{name}** (`{code}`)", name=Name(raid.name), code=Code(raid.code))


def lacking_in_channel(raid: Raid, lacking: tuple[str, ...]) -> Text | None:
    """Return the sentence that names the permissions which the bot lacks in the raid's channel, if there are any."""
    if not lacking:
        return None
    permissions = Listed(tuple(bold(name) for name in lacking), "and")
    return say("I lack {permissions} in {channel}.", permissions=permissions, channel=Raw(f"<#{raid.channel}>"))


def footer(raid: Coded) -> str:
    return f"Raid {raid.code}"


def named_by_footer(footer: str) -> str:
    """Return the end of a board's footer, which names its thing and is the same in every style: “raid k7qx2m”."""
    return footer.rpartition(" · ")[2].casefold()


def linked(text: str, link: str | None) -> str:
    """Return the text as a link, if there is one."""
    return f"[{text}]({link})" if link else text


def thread_name(raid: Coded, limit: int) -> str:
    """Return the raid's name with its code, because a guild may play the same raid every week."""
    code = f" - {raid.code}"
    return clip(isolated(raid.name), limit - len(code)) + code


def choice(raid: Coded, when: str, limit: int) -> str:
    """Return “code — name — time”, with the name cut so that all of it has at most `limit` characters."""
    room = limit - len(f"{raid.code} —  — {when}")
    return f"{raid.code} — {clip(isolated(raid.name), room)} — {when}"


def role_choice(raid: Raid, role: Role) -> str:
    """Return the role's number and name with the members who sit and wait: “2. Healer (1/2, 3 waiting)”."""
    taken, waiting = len(raid.seated(role.key)), len(raid.waitlist(role.key))
    also = f", {waiting} waiting" if waiting else ""
    return f"{raid.roles.index(role) + 1}. {clip(isolated(role.name), _MAX_ROLE_LENGTH)} ({taken}/{role.seats}{also})"


def seat(raid: Raid, held: Seat) -> str:
    """Return the role's name and what is played in it, with the side in parentheses: “Tank · Blood (Left)”."""
    played = f"{isolated(raid.role(held.role).name)}{f' · {isolated(held.spec)}' if held.spec else ''}"
    return f"{played}{f' ({isolated(held.side)})' if held.side else ''}"
