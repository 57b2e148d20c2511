"""How large folders, files and functions may be, and what else the whole repository keeps to."""

import ast
import io
import re
import shutil
import subprocess
import tokenize
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

pytestmark = pytest.mark.xdist_group("code limits")  # one worker parses everything once

ROOT = Path(__file__).parent.parent
PACKAGES = ("raidbot", "discord_sandbox", "bench", "tests")

MAX_FILES_PER_FOLDER = 16
LARGE_FOLDERS = {"raidbot/db", "discord_sandbox"}
"""One module per table, and one per thing that Discord has: more would hide them."""
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
"""From the first decorator to the last line."""

PLAIN_FOLDERS = ("raidbot", "discord_sandbox", "bench", "tests")
"""Folders whose docstrings begin with no question word."""
QUESTION_WORD = re.compile(r"(What|Who|Which|Whether|Where|Whatever|Whoever)\b")

SUBJECTS_SINCE = "f10c0ec18eb9a178102f186d3e15b7b21f23f38e"
"""The last commit whose subject may be longer."""
MAX_SUBJECT_LENGTH = 72

MAX_SUPPRESSIONS = 147
MAX_ANY = 521
"""As many as there are: whoever needs one more takes one away."""
SUPPRESSION = re.compile(r"#\s*(noqa|type:\s*ignore|pragma)\b")


class Source(NamedTuple):
    """A Python file; `path` is from the root of the repository."""

    path: str
    text: str


class Counts(NamedTuple):
    suppressions: int
    any_names: int


def sources() -> list[Source]:
    paths = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return [Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths]


@cache
def _nodes(source: Source) -> list[ast.stmt]:
    """All statements. Expressions are most of a tree, and hold none."""
    found: list[ast.stmt] = []
    inside: list[ast.AST] = [ast.parse(source.text)]
    while inside:
        node = inside.pop()
        if isinstance(node, ast.stmt):
            found.append(node)
        for block in ("body", "handlers", "orelse", "finalbody", "cases"):
            inside += getattr(node, block, ())
    return found


@pytest.fixture(scope="module", autouse=True)
def _parsed_once() -> Iterator[None]:
    """Forget the statements after the last test: they are large."""
    yield
    _nodes.cache_clear()


def long_functions(source: Source) -> Iterator[str]:
    for node in _nodes(source):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            length = (node.end_lineno or first) - first + 1
            if length > MAX_FUNCTION_LINES:
                yield f"{source.path} {node.name}: {length} lines"


def questions(source: Source) -> Iterator[str]:
    """Docstrings, also those of constants, that begin with a question word."""
    for node in _nodes(source):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))) if QUESTION_WORD.match(text.lstrip()):
                yield f"{source.path}:{node.lineno}"


def counts(text: str) -> Counts:
    """Comments that suppress a check, and occurrences of the name `Any`; strings do not count."""
    if "Any" not in text and not SUPPRESSION.search(text):
        return Counts(0, 0)  # tokens are slow to find
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    comments = (token.string for token in tokens if token.type == tokenize.COMMENT)
    names = [token.string for token in tokens if token.type == tokenize.NAME]
    return Counts(sum(len(SUPPRESSION.findall(comment)) for comment in comments), names.count("Any"))


def ignored_in(pyproject: str) -> int:
    """Rules that ruff and mypy are told not to check, each once for every pattern of files."""
    tools = tomllib.loads(pyproject)["tool"]
    lint, mypy = tools["ruff"]["lint"], tools["mypy"]
    per_file = sum(len(rules) for rules in lint.get("per-file-ignores", {}).values())
    lenient = [table for table in (mypy, *mypy.get("overrides", ())) for key in table if _is_lenient(key, table[key])]
    return len(lint.get("ignore", ())) + len(lint.get("extend-ignore", ())) + per_file + len(lenient)


def _is_lenient(key: str, value: object) -> bool:
    loosened = key.startswith(("disallow_", "warn_", "strict")) and value is False
    return loosened or (key.startswith(("ignore_", "disable_", "allow_", "follow_imports")) and value is not False)


def test_no_folder_has_too_many_files() -> None:
    folders = [Path(source.path).parent.as_posix() for source in sources()]
    large = {folder for folder in folders if folders.count(folder) > MAX_FILES_PER_FOLDER}

    assert large == LARGE_FOLDERS


def test_no_file_is_too_long() -> None:
    lengths = {source.path: len(source.text.splitlines()) for source in sources()}

    assert {path: length for path, length in lengths.items() if length > MAX_FILE_LINES} == {}


def test_no_function_is_too_long() -> None:
    assert [found for source in sources() for found in long_functions(source)] == []


def test_no_docstring_begins_with_a_question_word() -> None:
    plain = [source for source in sources() if any(Path(source.path).is_relative_to(one) for one in PLAIN_FOLDERS)]

    assert [found for source in plain for found in questions(source)] == []


def test_suppressions_and_any_do_not_become_more() -> None:
    each = [counts(source.text) for source in sources()]
    suppressions = ignored_in((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert suppressions + sum(one.suppressions for one in each) <= MAX_SUPPRESSIONS
    assert sum(one.any_names for one in each) <= MAX_ANY


def test_commit_subjects_are_short() -> None:
    if git("merge-base", "--is-ancestor", SUBJECTS_SINCE, "HEAD") is None:
        pytest.skip("the history of the repository is not here")

    subjects = git("log", "--no-merges", "--format=%s", f"{SUBJECTS_SINCE}..HEAD") or ""

    assert [subject for subject in subjects.splitlines() if len(subject) > MAX_SUBJECT_LENGTH] == []


def git(*arguments: str) -> str | None:
    """The output of a git command; None if it failed or there is no git."""
    found = shutil.which("git")
    if found is None:
        return None
    done = subprocess.run([found, "-C", str(ROOT), *arguments], capture_output=True, encoding="utf-8", check=False)
    return done.stdout if done.returncode == 0 else None


@pytest.mark.parametrize(
    ("lines", "is_long"),
    [
        (["def f():", *["    pass"] * 59], False),
        (["def f():", *["    pass"] * 60], True),
        (["@g(", "    1,", ")", "async def f():", *["    pass"] * 56], False),
        (["@g(", "    1,", ")", "async def f():", *["    pass"] * 57], True),
        (["class A:", "    def f(self):", *["        pass"] * 60], True),
    ],
)
def test_a_long_function_is_found(lines: list[str], is_long: bool) -> None:
    assert bool(list(long_functions(Source("a.py", "\n".join(lines))))) is is_long


@pytest.mark.parametrize(
    ("text", "is_question"),
    [
        ('"""What is asked."""', True),
        ('class A:\n    """Whoever asks."""', True),
        ('async def f():\n    """\n    Whether it is.\n    """', True),
        ('A = 1\n"""Where it is."""', True),
        ('"""Whatsoever."""', False),
        ('"""Say what is asked."""', False),
        ('say("What is asked?")', False),
    ],
)
def test_a_question_word_is_found(text: str, is_question: bool) -> None:
    assert bool(list(questions(Source("a.py", text)))) is is_question


def test_suppressions_are_counted_in_comments_and_configuration() -> None:
    hushed = "\n".join(f"a = 1  # {word}" for word in ("noqa: E501", "type: ignore[misc]", "pragma: no cover", "plain"))
    lint = '[tool.ruff.lint]\nignore = ["A", "B"]\n[tool.ruff.lint.per-file-ignores]\n"x" = ["C"]\n"y" = ["C"]\n'
    mypy = "[tool.mypy]\nstrict = true\nwarn_unreachable = false\n[[tool.mypy.overrides]]\nignore_errors = true\n"

    assert counts(f"{hushed}\nb = '# noqa'\n") == Counts(3, 0)
    assert counts("from typing import Any\n\nAnything: Any = 'Any'  # Any\n") == Counts(0, 2)
    assert ignored_in(lint + mypy) == 6
