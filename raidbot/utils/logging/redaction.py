"""Take secrets and members out of a log line, wherever in it they are."""

import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote, urlsplit

HIDDEN = "[hidden]"
# A bot token, or the token in an interaction's or webhook's URL.
_TOKENS = re.compile(r"[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}|(?<=/)((?:webhooks|interactions)/\d+)/[\w.%-]{20,}")
# A member's id in an address of Discord's API, as in warnings of discord.py, or in a mention.
_MEMBERS = re.compile(r"(/(?:members|thread-members|users|reactions/[^/\s]+)/|<@!?)(\d{15,20})\b")
_MIN_PART_LENGTH, _MIN_PATH_LENGTH = 16, 6
"""Shorter parts of a secret address are ordinary words, such as `webhooks`."""

_secrets: dict[str, None] = {}  # process-wide, as logging is; longest first


def hide(secret: str) -> None:
    """Replace this value in every log line from now on; of an address also its path, and its long parts.

    The value is found also as JSON, Python or an address would write it.
    """
    if secret:
        spelled = {spelling for part in (secret, *_parts(secret)) for spelling in _spellings(part)}
        known = sorted({*_secrets, *spelled}, key=len, reverse=True)
        _secrets.clear()
        _secrets.update(dict.fromkeys(known))


def _parts(secret: str) -> Iterator[str]:
    try:
        address = urlsplit(secret)
    except ValueError:
        return
    if not address.scheme or not address.netloc:
        return
    inner = f"{address.path}?{address.query}" if address.query else address.path
    if len(inner) >= _MIN_PATH_LENGTH:
        yield inner
    found = [*address.path.split("/"), *re.split("[&=]", address.query), address.password or ""]
    yield from (part for part in found if len(part) >= _MIN_PART_LENGTH)


def _spellings(secret: str) -> tuple[str, ...]:
    return secret, json.dumps(secret)[1:-1], repr(secret)[1:-1], quote(secret), quote(secret, safe="")


def redacted(line: str, tag: Callable[[int], str]) -> str:
    """Return the line without secrets, and with tags in place of members whose ids its addresses and mentions hold."""
    for secret in _secrets:
        line = line.replace(secret, HIDDEN)
    line = _TOKENS.sub(lambda found: f"{found[1]}/{HIDDEN}" if found[1] else HIDDEN, line)
    return _MEMBERS.sub(lambda found: f"{found[1]}{tag(int(found[2]))}", line)
