"""Read the body of a request as Discord does: JSON, or a form with `payload_json`, fields and files."""

import json
import re
from collections.abc import Iterable

from aiohttp import web

from discord_sandbox.api_errors import ApiError, invalid, refused
from discord_sandbox.store import Attachment, Json, Store

JSON = "application/json"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
"""Content types that the routes of messages and interaction callbacks accept, too."""
FIELDS = ("content", "nonce", "tts", "username", "avatar_url")
"""Fields of a message that a form may hold without `payload_json`."""
MAX_DEPTH = 64
"""Levels of nesting. No body of Discord's has as many; where Discord draws the line is not known."""
_FILE = re.compile(r"files\[(\d{1,3})\]")

Files = dict[int, Attachment]


async def read_body(request: web.Request, store: Store, *, forms: bool, max_file_bytes: int) -> tuple[object, Files]:
    """Return the body and the uploaded files by number; None for an empty body.

    Raises ApiError: 50109 for broken JSON, 50035 for another content type, 40005 for a body or a file that is too
    large, code 0 for a form that cannot be read.
    """
    accepted = (JSON, *FORMS) if forms else (JSON,)
    if not request.body_exists:
        return None, {}
    try:
        if forms and request.content_type in FORMS:
            body, files = _form((await request.post()).items(), store)
            if any(len(file.content) > max_file_bytes for file in files.values()):
                raise refused(40005)
            return body, files
        raw = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise refused(40005) from None
    except ValueError:
        raise ApiError(400, 0, "400: Bad Request") from None
    if not raw:
        return None, {}
    if request.content_type not in accepted:
        listed = ", ".join(f"'{one}'" for one in accepted)
        expected = f'Expected "Content-Type" header to be one of {{{listed}}}.'
        raise invalid("", "CONTENT_TYPE_INVALID", expected)
    return parsed(raw), {}


def _form(entries: Iterable[tuple[str, str | bytes | bytearray | web.FileField]], store: Store) -> tuple[object, Files]:
    """Return the body and the files of a form. With `payload_json`, its other fields are ignored."""
    fields: Json = {}
    uploaded: list[tuple[str, web.FileField]] = []
    for name, value in entries:
        if not isinstance(value, web.FileField):
            fields[name] = value if isinstance(value, str) else value.decode(errors="replace")
        elif name == "payload_json":
            fields[name] = value.file.read()
        else:
            uploaded.append((name, value))
    if "payload_json" in fields:
        return parsed(fields["payload_json"]), _numbered(uploaded, store)
    body = {name: fields[name] for name in FIELDS if name in fields}
    if "tts" in body:
        body["tts"] = body["tts"].lower() in ("true", "1")
    return body, _numbered(uploaded, store)


def _numbered(uploaded: list[tuple[str, web.FileField]], store: Store) -> Files:
    """Number files as their fields say (`files[0]`); those in other fields get the numbers that are free."""
    files: Files = {}
    for name, value in sorted(uploaded, key=lambda entry: _FILE.fullmatch(entry[0]) is None):
        found = _FILE.fullmatch(name)
        number = int(found[1]) if found else next(number for number in range(len(uploaded)) if number not in files)
        files[number] = Attachment(
            id=store.next_id(),
            filename=value.filename,
            content_type=value.content_type,
            content=value.file.read(),
        )
    return files


def parsed(raw: bytes | str) -> object:
    """Return decoded JSON. Raises ApiError 50109."""
    try:
        value: object = json.loads(raw, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise refused(50109) from None
    if _is_deeper(value, MAX_DEPTH):
        raise refused(50109)
    return value


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _is_deeper(value: object, most: int) -> bool:
    level = [value]
    for _ in range(most):
        lists = [one for one in level if isinstance(one, list)]
        objects = [one for one in level if isinstance(one, dict)]
        level = [inner for one in lists for inner in one] + [inner for one in objects for inner in one.values()]
        if not level:
            return False
    return True
