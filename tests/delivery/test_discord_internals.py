"""Nothing touches what is private: of another object, of discord.py, of aiosqlite. Read from the syntax trees."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

MAY_TOUCH_PRIVATE = {"raidbot/delivery/discord_internals.py", "raidbot/db/database.py"}
"""The one module for each library."""
DOCUMENTED_MODULES = {"abc", "app_commands", "ext", "ext.commands", "ui", "utils"}
"""Of discord.py; the others are imported by it, not by us."""
UNDOCUMENTED_MODULES = {"client", "gateway", "http", "shard", "state", "types", "webhook"}
"""Submodules of discord.py that are reached as its attributes."""
UNDOCUMENTED_NAMES = {"dispatch", "http", "launch_shard", "launch_shards", "parsers", "warn_dave", "warn_nacl", "ws"}
"""Of discord.py's clients and classes, without an underscore."""
DOCUMENTED_NAMES = {"_exit", "_value_"}
"""`os._exit`, and the value that an enum's `__new__` sets."""


def faults(source: str) -> list[str]:
    """Every private part that the source touches, by line."""
    found = [fault for node in ast.walk(ast.parse(source)) for fault in _faults_of(node)]
    return [f"line {line}: {what}" for line, what in sorted(found)]


def _faults_of(node: ast.AST) -> Iterator[tuple[int, str]]:
    match node:
        case ast.Attribute(value=ast.Name(id="discord"), attr=name) if name in UNDOCUMENTED_MODULES:
            yield node.lineno, f"discord.{name}"
        case ast.Attribute(value=owner, attr=name) if _is_private(name) and not _is_own(owner):
            yield node.lineno, name
        case ast.Attribute(attr=name) if name in UNDOCUMENTED_NAMES:
            yield node.lineno, name
        case ast.Call(
            func=ast.Name(id="getattr" | "setattr" | "delattr" | "hasattr"), args=[_, ast.Constant(name), *_]
        ):
            if _is_private(str(name)) or name in UNDOCUMENTED_NAMES:
                yield node.lineno, str(name)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if name in UNDOCUMENTED_NAMES:
            yield node.lineno, name
        case ast.Import(names=names):
            yield from ((node.lineno, one.name) for one in names if not _is_documented(one.name))
        case ast.ImportFrom(module=str(module), names=names, level=0):
            whole = {"discord": names, "discord.ext": names}.get(module, [])
            hidden = [f"{module}.{one.name}" for one in whole if one.name in UNDOCUMENTED_MODULES]
            private = [one.name for one in names if _is_private(one.name)]
            yield from ((node.lineno, name) for name in (*hidden, *private))
            if not _is_documented(module):
                yield node.lineno, module


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__") and name not in DOCUMENTED_NAMES


def _is_own(owner: ast.expr) -> bool:
    """Return True for `self`, `cls` and `super()`."""
    match owner:
        case ast.Name(id="self" | "cls") | ast.Call(func=ast.Name(id="super")):
            return True
    return False


def _is_documented(module: str) -> bool:
    package, _, inside = module.partition(".")
    return package != "discord" or not inside or inside in DOCUMENTED_MODULES


def test_private_parts_are_touched_in_one_module_for_each_library_only() -> None:
    paths = {path.relative_to(ROOT).as_posix(): path for path in (ROOT / "raidbot").rglob("*.py")}
    touching = {name: found for name, path in paths.items() if (found := faults(path.read_text(encoding="utf-8")))}

    assert {name: found for name, found in touching.items() if name not in MAY_TOUCH_PRIVATE} == {}
    assert touching.keys() == MAY_TOUCH_PRIVATE


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("client._connection.parsers", "_connection"),
        ("client._connection.parsers", "parsers"),
        ("self.client._connection", "_connection"),
        ("client.http.get_member(1, 2)", "http"),
        ("self.dispatch('raw_member_update')", "dispatch"),
        ("async def launch_shards(self): ...", "launch_shards"),
        ("discord.VoiceClient.warn_nacl = False", "warn_nacl"),
        ("getattr(client, '_connection')", "_connection"),
        ("import discord.http", "discord.http"),
        ("from discord.http import Route", "discord.http"),
        ("from discord import gateway", "discord.gateway"),
        ("discord.gateway.DiscordWebSocket", "discord.gateway"),
        ("from raidbot.state import _settings", "_settings"),
    ],
)
def test_a_private_part_is_found(source: str, fault: str) -> None:
    assert f"line 1: {fault}" in faults(source)


@pytest.mark.parametrize(
    "source",
    [
        "self._state.settings",
        "cls._of(1)",
        "super()._stop()",
        "os._exit(1)",
        "from discord.ext import commands",
        "from discord.app_commands import Command",
        "discord.utils.MISSING",
        "client.__class__",
        "from . import panel",
    ],
)
def test_a_public_part_is_let_be(source: str) -> None:
    assert faults(source) == []
