"""A second reader of calendars, as strict as RFC 5545, that shares nothing with the library that writes them."""

import re
from datetime import UTC, datetime

_LINE = re.compile(r"([A-Z0-9-]+)((?:;[A-Z0-9-]+=(?:\"[^\"]*\"|[^\";:,]*))*):(.*)", re.DOTALL)
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]")
_TEXT = re.compile(r"(?:[^\\,;]|\\[\\,;nN])*")
_TEXTS = {"SUMMARY", "DESCRIPTION", "LOCATION", "UID", "NAME", "X-WR-CALNAME"}

Properties = dict[str, str]


def parsed(calendar: bytes) -> tuple[Properties, list[Properties]]:
    """Return the properties of the calendar, and those of each event. Raises AssertionError for anything irregular."""
    stack: list[str] = []
    whole: Properties = {}
    events: list[Properties] = []
    for line in _lines(calendar):
        found = _LINE.fullmatch(line)
        assert found, line
        name, _, value = found.groups()
        if name == "BEGIN":
            stack.append(value)
            assert stack in (["VCALENDAR"], ["VCALENDAR", "VEVENT"])
            if value == "VEVENT":
                events.append({})
        elif name == "END":
            assert stack.pop() == value
        else:
            of = events[-1] if stack == ["VCALENDAR", "VEVENT"] else whole
            assert name not in of, f"{name} twice"
            of[name] = _text(value) if name in _TEXTS else value
    assert stack == []
    for event in events:
        assert {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "SEQUENCE", "STATUS"} <= event.keys()
    return whole, events


def instant(value: str) -> datetime:
    """Return an instant, which has to be in UTC."""
    return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _lines(calendar: bytes) -> list[str]:
    """Return the unfolded lines."""
    assert calendar.endswith(b"\r\n")
    unfolded: list[str] = []
    for line in calendar[:-2].split(b"\r\n"):
        assert 0 < len(line) <= 75, line
        text = line.decode()  # raises if a character is broken in two
        assert not _CONTROL.search(text), line
        if text.startswith((" ", "\t")):
            unfolded[-1] += text[1:]
        else:
            unfolded.append(text)
    return unfolded


def _text(value: str) -> str:
    assert _TEXT.fullmatch(value), value
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)
