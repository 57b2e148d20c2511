"""A server's raids, attendance, opening balances and members as JSON lines: one object per line.

docs/exports.md is the description of these objects. Whatever changes their meaning gives `VERSION` a new number.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from raidbot.raids.model import GuildId, MemberId
from raidbot.raids.statistics.day_spans import Span
from raidbot.raids.statistics.exported import ExportedBalance, ExportedRaid

VERSION = 1
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def head_line(guild: GuildId, span: Span, *, now: datetime) -> bytes:
    """Return the first line. `from` and `until` are instants, null for an open end."""
    return _line(
        {
            "type": "export",
            "version": VERSION,
            "server": str(guild),
            "zone": span.zone.key,
            "exported_at": _instant(now),
            "from": _instant(span.start),
            "until": _instant(span.end),
        }
    )


def raid_lines(raids: Iterable[ExportedRaid], zone: ZoneInfo) -> bytes:
    """Return a line per raid, each followed by those of its attendance."""
    return b"".join(line for raid in raids for line in (_raid(raid, zone), *_attendance(raid)))


def balance_lines(balances: Iterable[ExportedBalance]) -> bytes:
    return b"".join(map(_balance, balances))


def member_lines(members: Iterable[MemberId], names: Mapping[MemberId, str]) -> bytes:
    return b"".join(
        _line({"type": "member", "member": str(member), "name": names.get(member) if member > 0 else None})
        for member in members
    )


def _balance(balance: ExportedBalance) -> bytes:
    return _line(
        {
            "type": "opening_balance",
            "member": str(balance.member),
            "raids": balance.raids,
            "no_shows": balance.no_shows,
            "roles": balance.roles,
            "templates": balance.templates,
            "weekdays": {_day(day): number for day, number in balance.weekdays.items()},
            "last_raid_at": _instant(balance.last_raid_at),
        }
    )


def end_line(*, raids: int, attendance: int, opening_balances: int, members: int) -> bytes:
    """Return the last line, by which a reader knows that the file is whole."""
    return _line(
        {
            "type": "end",
            "raids": raids,
            "attendance": attendance,
            "opening_balances": opening_balances,
            "members": members,
        }
    )


def _raid(raid: ExportedRaid, zone: ZoneInfo) -> bytes:
    return _line(
        {
            "type": "raid",
            "raid": raid.code,
            "title": raid.title,
            "subject": raid.subject,
            "kind": raid.kind,
            "template": raid.template,
            "status": raid.status,
            "cancelled_reason": raid.cancelled_reason,
            "not_held": raid.not_held,
            "counts": raid.counts,
            "counted": raid.counted,
            "starts_at": _instant(raid.starts_at),
            "starts_at_local": raid.starts_at.astimezone(zone).isoformat(),
            "ends_at": _instant(raid.ends_at),
            "length_minutes": raid.length_minutes,
            "zone": raid.zone,
            "leader": None if raid.leader is None else str(raid.leader),
            "roles": [{"key": role.key, "name": role.name, "seats": role.seats} for role in raid.roles],
        }
    )


def _attendance(raid: ExportedRaid) -> Iterable[bytes]:
    for row in raid.attendance:
        yield _line(
            {
                "type": "attendance",
                "raid": raid.code,
                "member": str(row.member),
                "role_key": row.key,
                "role": row.role,
                "spec": row.spec,
                "presence": row.presence,
            }
        )


def _line(of: Mapping[str, object]) -> bytes:
    return _encode(of).translate(_LINE_ENDS).encode(errors="replace") + b"\n"


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_LINE_ENDS = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}
"""Allowed in JSON, and taken for the end of a line by many programs."""


def _instant(at: datetime | None) -> str | None:
    return None if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _day(number: str) -> str:
    return _DAYS[int(number)] if number in set("0123456") else number
