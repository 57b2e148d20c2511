"""The allowed imports, read from the syntax trees. docs/architecture.md shows the same order."""

import ast
import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from itertools import islice
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("architecture")  # one worker parses everything once

ROOT = Path(__file__).parent.parent
PACKAGES = ("raidbot", "discord_sandbox")
ALL_PACKAGES = (*PACKAGES, "bench", "tests")

ORDER = ("utils", "raids", "db", "series", "state", "delivery", "jobs", "commands", "bot", "top")
"""Each may import what stands to its left."""
TOP = ("cli", "maintenance", "check", "process", "demo", "__main__")
"""Programs that start everything; these may import each other."""
BESIDE = {
    "config": {"utils"},
    "pictures": {"utils"},
    "ops": {"utils", "raids", "db", "series", "state", "delivery"},
    "web": {"utils", "raids", "db", "series", "state", "delivery", "ops"},
    "discord_sandbox": set[str](),
}
BESIDE_IMPORTED_BY = {
    "config": {"top"},
    "pictures": {"commands"},
    "ops": {"bot", "web", "top"},
    "web": {"top"},
    "discord_sandbox": {"top"},
}
SHARED_FOLDERS = {
    "ui": {"ui"},
    "limits": {"ui", "limits"},
    "posting": {"ui", "posting"},
    "announcements": {"ui", "posting", "announcements"},
}
"""Of raidbot/commands; each with the folders it may import. A family may import these and itself."""
FAMILIES = {path.parent.name for path in (ROOT / "raidbot" / "commands").glob("*/__init__.py")} - SHARED_FOLDERS.keys()
"""The other folders of raidbot/commands, each with the commands of one subject."""
SHARED_MODULES = {
    "raidbot.commands.signups.service",
    "raidbot.commands.signups.gate",
}
"""Of the families, what all of them may import."""
TALKS_TO_DISCORD = {"delivery", "jobs", "commands", "bot", "ops", "top"}
HOLDS_SQL = {"db", "ops"}
THE_PACKAGE_ITSELF = "raidbot.raids.times.zone_data"
"""All that raidbot/__init__.py imports: which time zones there are is settled before anything else runs."""
MAX_NAMES_IN_BOT = 24
"""Names of our own that raidbot/bot.py imports: parts, cogs and jobs are listed in modules of their own."""
IMPURE = {"aiohttp", "aiosqlite", "asyncio", "discord", "os", "socket", "sqlite3", "structlog", "subprocess", "time"}
SQL = re.compile(r"\b(SELECT .+ FROM|INSERT (OR \w+ )?INTO|UPDATE \w+ SET|DELETE FROM|CREATE TABLE)\b", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One file of the package; `name` is dotted and begins with its package."""

    name: str
    tree: ast.Module
    is_package: bool = False

    @property
    def place(self) -> str:
        return _place(self.name)

    def imports(self) -> Iterator[str]:
        """Dotted names of all that is imported when the program runs."""
        yield from _imports(self.tree, self.name)

    def all_imports(self) -> Iterator[str]:
        """Dotted names of all that is imported anywhere in the file, for type checkers and in functions too."""
        inside = f"{self.name}.__init__" if self.is_package else self.name
        for node in ast.walk(self.tree):
            yield from _named(node, inside)


def _place(dotted: str) -> str:
    package, *parts = dotted.split(".")
    if package != "raidbot":
        return package
    first = parts[0] if parts else ""
    return "top" if first in TOP else first


def _imports(node: ast.AST, module: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
                for other in child.orelse:
                    yield from _imports(other, module)
            case ast.Import() | ast.ImportFrom():
                yield from _named(child, module)
            case _:
                yield from _imports(child, module)


def _named(node: ast.AST, module: str) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (name.name for name in names)
        case ast.ImportFrom(module=source, names=names, level=level):
            base = ".".join(module.split(".")[:-level]) if level else ""
            origin = ".".join(part for part in (base, source) if part)
            yield from (f"{origin}.{name.name}" for name in names)


def may_import(who: str, what: str) -> bool:
    if who == what or what not in {*ORDER, *BESIDE}:
        return True  # itself, or a name in raidbot/__init__.py
    if who == "":
        return False
    if what in BESIDE_IMPORTED_BY:
        return who in BESIDE_IMPORTED_BY[what]
    if who in BESIDE:
        return what in BESIDE[who]
    return ORDER.index(what) < ORDER.index(who)


def faults(module: Module) -> list[str]:
    """Every way in which a module leaves its place."""
    found = [*_wrong_imports(module), *_wrong_families(module), *_wrong_sql(module)]
    if module.place == "raids":
        found += _impurities(module)
    return [f"{module.name} {fault}" for fault in found]


def _wrong_imports(module: Module) -> Iterator[str]:
    for imported in module.imports():
        top = imported.split(".")[0]
        if module.name == "raidbot" and imported == THE_PACKAGE_ITSELF:
            continue
        if top in ("raidbot", "discord_sandbox") and not may_import(module.place, _place(imported)):
            yield f"may not import {imported}"
        if top in ("discord", "tests") and (top == "tests" or module.place not in TALKS_TO_DISCORD):
            yield f"may not import {top}"


def _wrong_families(module: Module) -> Iterator[str]:
    """Imports across the folders of raidbot/commands, those for type checkers included."""
    own = _folder_of_commands(module.name)
    if own is None:
        return
    for imported in module.all_imports():
        folder = _folder_of_commands(imported)
        is_shared = own in FAMILIES and any(f"{imported}.".startswith(f"{one}.") for one in SHARED_MODULES)
        if folder is not None and folder not in SHARED_FOLDERS.get(own, {own, *SHARED_FOLDERS}) and not is_shared:
            yield f"may not import {imported}"


def _folder_of_commands(dotted: str) -> str | None:
    folder = dotted.removeprefix("raidbot.commands.").split(".")[0]
    return folder if dotted.startswith("raidbot.commands.") and folder in {*FAMILIES, *SHARED_FOLDERS} else None


def _wrong_sql(module: Module) -> Iterator[str]:
    if module.place in HOLDS_SQL:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value):
            yield f"holds SQL in line {node.lineno}"


def _impurities(module: Module) -> Iterator[str]:
    for imported in module.imports():
        if imported.split(".")[0] in IMPURE:
            yield f"may not import {imported}"
    for node in ast.walk(module.tree):
        match node:
            case ast.AsyncFunctionDef(name=name):
                yield f"has an async function, {name}"
            case ast.Call(func=ast.Attribute(attr="now" | "utcnow" | "today") as reader):
                yield f"reads the clock in line {reader.lineno}"
            case ast.Call(func=ast.Name(id="open" | "print" | "input" as name)):
                yield f"calls {name} in line {node.lineno}"


def cycle(among: Iterable[Module]) -> list[str]:
    """Modules of which each imports the one before it, the first also the last; empty if there is no such cycle."""
    known = {module.name: module for module in among}
    graph = {name: {*_resolved(module, known)} - {name} for name, module in known.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def _resolved(module: Module, known: Container[str]) -> Iterator[str]:
    """The modules that are imported; a name in a module counts as that module."""
    for imported in module.all_imports():
        parts = imported.split(".")
        prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
        yield from islice((prefix for prefix in prefixes if prefix in known), 1)


def modules(packages: Iterable[str] = PACKAGES) -> list[Module]:
    return [_module(path) for package in packages for path in sorted((ROOT / package).rglob("*.py"))]


@cache
def _module(path: Path) -> Module:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return Module(name=_dotted(path), tree=tree, is_package=path.name == "__init__.py")


@pytest.fixture(scope="module", autouse=True)
def _parsed_once() -> Iterator[None]:
    """Forget the syntax trees after the last test: they are large."""
    yield
    _module.cache_clear()


def _dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_every_module_stays_in_its_place() -> None:
    assert [fault for module in modules() for fault in faults(module)] == []


def test_every_module_has_a_place() -> None:
    known = {*ORDER, *BESIDE, ""}

    assert [module.name for module in modules() if module.place not in known] == []


def test_what_families_share_is_there() -> None:
    assert {module.name for module in modules()} >= SHARED_MODULES
    assert all((ROOT / "raidbot" / "commands" / folder / "__init__.py").exists() for folder in SHARED_FOLDERS)
    assert len(FAMILIES) > 5


@pytest.mark.parametrize(
    ("name", "source", "fault"),
    [
        ("raidbot", "from raidbot.db import raids", "may not import raidbot.db.raids"),
        ("raidbot.raids.x", "import sqlite3", "may not import sqlite3"),
        ("raidbot.raids.x", "from raidbot.db import raids", "may not import raidbot.db.raids"),
        ("raidbot.raids.x", "async def join(): ...", "has an async function, join"),
        ("raidbot.raids.x", "at = datetime.now(UTC)", "reads the clock in line 1"),
        ("raidbot.raids.x", "def f():\n    import raidbot.state", "may not import raidbot.state"),
        ("raidbot.raids.x", "from ..db import raids", "may not import raidbot.db.raids"),
        ("raidbot.state", "import discord", "may not import discord"),
        ("raidbot.commands.x", "q = 'SELECT 1 FROM raids'", "holds SQL in line 1"),
        ("raidbot.jobs.x", "import raidbot.ops.metrics", "may not import raidbot.ops.metrics"),
        ("raidbot.ops.x", "from raidbot.jobs import heartbeat", "may not import raidbot.jobs.heartbeat"),
        ("discord_sandbox.x", "from raidbot.utils import clock", "may not import raidbot.utils.clock"),
        ("raidbot.bot", "from discord_sandbox import Sandbox", "may not import discord_sandbox.Sandbox"),
        ("raidbot.bot", "from raidbot.cli import main", "may not import raidbot.cli.main"),
        ("raidbot.bot", "from raidbot.config import Settings", "may not import raidbot.config.Settings"),
        ("raidbot.bot", "from raidbot.web import server", "may not import raidbot.web.server"),
        ("raidbot.web.x", "from raidbot.commands import cogs", "may not import raidbot.commands.cogs"),
        ("raidbot.web.x", "import discord", "may not import discord"),
        ("raidbot.pictures.x", "from raidbot.raids.model import Raid", "may not import raidbot.raids.model.Raid"),
        ("raidbot.pictures.x", "import discord", "may not import discord"),
    ],
)
def test_what_leaves_its_place_is_found(name: str, source: str, fault: str) -> None:
    assert f"{name} {fault}" in faults(Module(name=name, tree=ast.parse(source)))


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("raidbot.commands.x", "from raidbot.state import State\nimport discord"),
        ("raidbot.commands.x", "if TYPE_CHECKING:\n    from raidbot.bot import RaidBot"),
        ("raidbot.demo", "from discord_sandbox import Sandbox\nfrom raidbot.process import run"),
        ("discord_sandbox.x", "from discord_sandbox.store import Store"),
        ("raidbot.db.x", "q = 'SELECT 1 FROM raids'"),
    ],
)
def test_what_keeps_its_place_is_let_be(name: str, source: str) -> None:
    assert faults(Module(name=name, tree=ast.parse(source))) == []


def test_the_client_knows_few_parts() -> None:
    (bot,) = (module for module in modules() if module.name == "raidbot.bot")
    own = sorted(name for name in bot.all_imports() if name.startswith("raidbot."))

    assert own[MAX_NAMES_IN_BOT:] == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert cycle(modules(ALL_PACKAGES)) == []


@pytest.mark.parametrize(
    "back",
    [
        "import made.up.a",
        "from made.up.a import Name",
        "from .a import Name",
        "from . import a",
        "if TYPE_CHECKING:\n    from made.up import a",
        "def late():\n    from made.up.a import Name",
    ],
)
def test_a_circle_is_found(back: str) -> None:
    a, b, c = "from made.up.b import Name", "from made.up import c", back
    sources = {"made.up": "import os", "made.up.a": a, "made.up.b": b, "made.up.c": c, "made.up.d": a}
    among = [Module(name=name, tree=ast.parse(source)) for name, source in sources.items()]

    assert sorted(set(cycle(among))) == ["made.up.a", "made.up.b", "made.up.c"]


def test_a_circle_through_a_package_is_found() -> None:
    package = Module(name="made", tree=ast.parse("from .a import Name"), is_package=True)

    assert cycle([package, Module(name="made.a", tree=ast.parse("import os"))]) == []
    assert cycle([package, Module(name="made.a", tree=ast.parse("from made import Name"))]) != []


@pytest.mark.parametrize(
    ("name", "source", "imported"),
    [
        ("raid.x", "from raidbot.commands.create.views import look", "create.views.look"),
        ("raid.x", "from raidbot.commands import create", "create"),
        ("raid.x", "from ..create import views", "create.views"),
        ("raid.x", "if TYPE_CHECKING:\n    import raidbot.commands.create.views", "create.views"),
        ("raid.x", "from raidbot.commands.signups import cog", "signups.cog"),
        ("ui.x", "from raidbot.commands.posting import channels", "posting.channels"),
        ("ui.x", "from raidbot.commands.signups import gate", "signups.gate"),
        ("posting.x", "from raidbot.commands.signups import gate", "signups.gate"),
    ],
)
def test_a_family_that_imports_another_is_found(name: str, source: str, imported: str) -> None:
    module = Module(name=f"raidbot.commands.{name}", tree=ast.parse(source))

    assert faults(module) == [f"{module.name} may not import raidbot.commands.{imported}"]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("raid.x", "from raidbot.commands.raid import views"),
        ("raid.x", "from raidbot.commands.signups.gate import Gate"),
        ("raid.x", "from raidbot.commands.signups import service"),
        ("raid.x", "from raidbot.commands.posting.channels import said"),
        ("posting.x", "from raidbot.commands.ui import permissions"),
        ("x", "from raidbot.commands.raid.cog import RaidPanel"),
    ],
)
def test_what_families_share_is_let_be(name: str, source: str) -> None:
    assert faults(Module(name=f"raidbot.commands.{name}", tree=ast.parse(source))) == []


def test_the_documentation_shows_the_same_order() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")

    assert " ← ".join((*ORDER[:-1], " / ".join(TOP))) in text
