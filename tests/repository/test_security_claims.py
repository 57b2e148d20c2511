"""Each claim of docs/security.md names tests that exist and are not skipped anywhere."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "security.md"
CLAIM = re.compile(r"^\| (?!claim \||---)(?P<claim>[^|]+) \| (?P<tests>.+) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py::test_\w+)`")
SKIPS = {"skip", "skipif", "xfail", "importorskip"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def claims() -> dict[str, list[str]]:
    """Each claim with its tests."""
    page = PAGE.read_text(encoding="utf-8")
    return {found["claim"]: TEST.findall(found["tests"]) for found in CLAIM.finditer(page)}


def test_every_claim_names_tests() -> None:
    rows = claims()

    assert len(rows) > 40
    assert [claim for claim, tests in rows.items() if not tests] == []
    named = re.findall(r"tests/[\w/.:]+", "".join(found["tests"] for found in CLAIM.finditer(PAGE.read_text("utf-8"))))
    assert named == [test for tests in rows.values() for test in tests]


@pytest.mark.parametrize("test", sorted({test for tests in claims().values() for test in tests}))
def test_a_test_of_a_claim_is_there_and_always_runs(test: str) -> None:
    file, _, name = test.partition("::")

    assert (ROOT / file).is_file(), file
    assert name in functions(ROOT / file), f"{file} has no {name}"
    assert list(skips(ROOT / file, name)) == []


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def functions(file: Path) -> dict[str, Function]:
    return {node.name: node for node in tree(file).body if isinstance(node, Function)}


def skips(file: Path, name: str) -> Iterator[str]:
    """The places that skip a test: marks of it and its module, and what it, its helpers and its fixtures call."""
    for statement in tree(file).body:
        if isinstance(statement, ast.Assign) and "pytestmark" in ast.dump(statement.targets[0]):
            yield from (f"{file.name}: {word}" for word in words(statement.value) & SKIPS)
    seen: set[tuple[Path, str]] = set()
    waiting = [(file, name)]
    while waiting:
        place, called = waiting.pop()
        if (place, called) in seen:
            continue
        seen.add((place, called))
        function = functions(place)[called]
        yield from (f"{place.name} {called}: {word}" for word in attributes(function) & SKIPS)
        for used in words(function):
            waiting += [(one, used) for one in (place, *conftests(place)) if used in functions(one)][:1]


def conftests(file: Path) -> Iterator[Path]:
    """The files whose fixtures a test of this file may use, nearest first."""
    for folder in file.parents:
        if (folder / "conftest.py").is_file():
            yield folder / "conftest.py"
        if folder == ROOT / "tests":
            return


def words(node: ast.AST) -> set[str]:
    """All names in a piece of code, those of arguments too: a fixture is one."""
    found = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    found |= {part.arg for part in ast.walk(node) if isinstance(part, ast.arg)}
    return found | attributes(node)


def attributes(node: ast.AST) -> set[str]:
    return {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}


def test_a_skip_is_found_wherever_it_is(tmp_path: Path) -> None:
    file = tmp_path / "test_a.py"
    file.write_text(
        "import pytest\n"
        "@pytest.mark.skipif(True, reason='')\ndef test_marked(): pass\n"
        "def test_called(): pytest.skip('')\n"
        "@pytest.fixture\ndef tool(): pytest.skip('')\n"
        "def test_by_fixture(tool): pass\n"
        "def helper(): pytest.importorskip('a')\n"
        "def test_by_helper(): helper()\n"
        "def test_runs(): assert True\n",
        encoding="utf-8",
    )

    found = {name: bool(list(skips(file, name))) for name in functions(file) if name.startswith("test_")}

    assert found == {
        "test_marked": True,
        "test_called": True,
        "test_by_fixture": True,
        "test_by_helper": True,
        "test_runs": False,
    }
