"""The file format for moving templates between guilds, described in `docs/templates.md`."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from raidbot.raids.templates.model import Template, check, tidy
from raidbot.raids.templates.serialization import MAX_FAULTS, NotATemplate, from_json, to_json
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip, escape, fit_lines, whole

FORMAT = "raidbot-templates"
VERSION = 1
MAX_FILE_BYTES = 1024 * 1024
MAX_TEMPLATES = 200
_KNOWN = ("format", "version", "templates")
_MAX_FAULT_LENGTH = 300
_MAX_SHOWN_LENGTH = 1800  # of a message's 2000, https://discord.com/developers/docs/resources/message#create-message


class FileRefused(Refusal):
    """`faults` are sentences that begin with the path of the faulty value."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        shown = fit_lines(
            [f"- {escape(clip(fault, _MAX_FAULT_LENGTH))}" for fault in self.faults],
            _MAX_SHOWN_LENGTH,
            "- and {n} more",
        )
        super().__init__(f"Nothing was imported, because of this in the file:\n{shown}")


class NotOurFile(Refusal):
    def __init__(self) -> None:
        super().__init__(f"This is not a file of templates: it has to be JSON and to begin with “format”: “{FORMAT}”.")


class TooLargeFile(Refusal):
    def __init__(self, size: int) -> None:
        super().__init__(f"The file has {kib(size)} KiB; at most {kib(MAX_FILE_BYTES)} KiB are read.")


def kib(size: int) -> int:
    """Convert bytes to whole KiB, rounded up."""
    return -(-size // 1024)


class NewerFile(Refusal):
    def __init__(self, version: int) -> None:
        super().__init__(
            f"The file is of version {version}; this bot reads version {VERSION}. It was made by a newer RaidBot."
        )


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A template as read from or written to a file; its key is empty if the file gives none."""

    template: Template
    is_enabled: bool = True


def write(filed: Iterable[FileEntry]) -> str:
    templates = [to_json(one.template) | {"enabled": one.is_enabled} for one in filed]
    return json.dumps({"format": FORMAT, "version": VERSION, "templates": templates}, ensure_ascii=False, indent=2)


def read(content: bytes) -> tuple[FileEntry, ...]:
    """Parse a file; all its templates must be valid.

    Raises NotOurFile, TooLargeFile, NewerFile, or FileRefused with every fault.
    """
    if len(content) > MAX_FILE_BYTES:
        raise TooLargeFile(len(content))
    given = _parsed(content)
    _check_version(given)
    faults = [f"{whole(name)}: is not known. Known are {', '.join(_KNOWN)}." for name in given if name not in _KNOWN]
    entries = given.get("templates")
    if not isinstance(entries, list) or not 1 <= len(entries) <= MAX_TEMPLATES:
        raise FileRefused([*faults, f"templates: has to be a list of 1 to {MAX_TEMPLATES} templates."])
    found = [
        _filed(entry, f"templates[{number}]", faults)
        for number, entry in enumerate(entries)
        if len(faults) < MAX_FAULTS
    ]
    faults += _repeated(found)
    if faults:
        raise FileRefused(faults)
    return tuple(one for one in found if one is not None)


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        given = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_said_once)
    except (ValueError, RecursionError) as error:
        if isinstance(error, _SaidTwice):
            raise FileRefused([f"{error}: stands twice in one object."]) from None
        raise NotOurFile from None
    if not isinstance(given, dict) or given.get("format") != FORMAT:
        raise NotOurFile
    return given


class _SaidTwice(ValueError):  # noqa: N818 - named for what happened
    """A JSON object has the same name twice."""


def _said_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _SaidTwice(clip(whole(name), 40))
        found[name] = value
    return found


def _check_version(given: dict[str, Any]) -> None:
    version = given.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise FileRefused([f"version: has to be {VERSION}."])
    if version > VERSION:
        raise NewerFile(version)


def _filed(entry: Any, path: str, faults: list[str]) -> FileEntry | None:
    """Return the template at the path, or None; adds what is wrong with it to `faults`."""
    is_enabled = True
    if isinstance(entry, dict):
        entry = dict(entry)
        is_enabled = entry.pop("enabled", True)
        if not isinstance(is_enabled, bool):
            faults.append(f"{path}.enabled: has to be true or false.")
        entry.setdefault("key", "")
        entry["roles"] = _with_keys(entry.get("roles"))
        if entry["roles"] is None:
            del entry["roles"]
    try:
        template = tidy(from_json(entry, path))
    except NotATemplate as refusal:
        faults += refusal.faults
        return None
    faults += [f"{path}: {reason}" for reason in check(replace(template, key=template.key or "new"))]
    return FileEntry(template, is_enabled)


def _with_keys(roles: Any) -> Any:
    """Add missing keys to roles, which hand-written files may leave out; strategies cannot refer to such roles."""
    if not isinstance(roles, list):
        return roles
    taken = {role["key"] for role in roles if isinstance(role, dict) and isinstance(role.get("key"), str)}
    free = (key for number in count(1) if (key := f"role-{number}") not in taken)
    return [role | {"key": next(free)} if isinstance(role, dict) and "key" not in role else role for role in roles]


def _repeated(found: list[FileEntry | None]) -> list[str]:
    first: dict[str, int] = {}
    faults = []
    for number, one in enumerate(found):
        if one is not None:
            names = (one.template.name.casefold(), *([f"key {one.template.key}"] if one.template.key else []))
            earlier = [first[name] for name in names if name in first]
            if earlier:
                faults.append(f"templates[{number}]: has the key or the name of templates[{earlier[0]}].")
            first |= {name: number for name in names if name not in first}
    return faults
