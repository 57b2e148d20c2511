"""Files, code names, links and the examples of docs/testing.md that the documentation names exist."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
ABOUT_CODE = [
    page
    for page in PAGES
    if page.parent.name == "decisions" or page.name in ("CONTRIBUTING.md", "architecture.md", "testing.md")
]
"""Pages whose names in backticks are names in the code."""
CODE_FOLDERS = ("raidbot", "discord_sandbox", "tests", "bench", ".ci")
FOLDERS = (*CODE_FOLDERS, "deploy", "docs", "requirements")
ELSEWHERE = {"NNNN_what", "default_permissions", "venv"}
"""Placeholders, and names of Discord that the code does not use."""

FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"^```python\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
PATH = re.compile(r"[\w.-]+(/[\w.-]+)+|[\w./-]+/")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{3,}")


def _id(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _prose(page: Path) -> str:
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def _words(page: Path) -> list[str]:
    """List the words in backticks, without the test name behind a file."""
    return [word.split("::")[0] for code in CODE.findall(_prose(page)) for word in code.split()]


def _anchor(heading: str) -> str:
    """The anchor GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _leads_somewhere(page: Path, target: str) -> bool:
    """True for addresses on the web, and for files and headings that exist."""
    if "://" in target:
        return True
    file, _, anchor = target.partition("#")
    found = (page.parent / file).resolve() if file else page
    if not found.exists():
        return False
    return not anchor or anchor in map(_anchor, HEADING.findall(found.read_text(encoding="utf-8")))


@cache
def _sources() -> dict[Path, str]:
    files = [ROOT / "Makefile", ROOT / "pyproject.toml"]
    for folder in CODE_FOLDERS:
        files += [path for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".sql", ".toml", "")]
    texts = {path: path.read_text(encoding="utf-8") for path in files if path.is_file()}
    del texts[Path(__file__)]
    return texts


@cache
def _names() -> frozenset[str]:
    return frozenset(name for text in _sources().values() for name in NAME.findall(text))


def _looks_like_a_file(word: str) -> bool:
    folder, slash, _ = word.partition("/")
    return bool(slash) and folder in FOLDERS and "NNNN" not in word and PATH.fullmatch(word) is not None


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_every_file_it_names_exists(page: Path) -> None:
    assert [word for word in _words(page) if _looks_like_a_file(word) and not (ROOT / word).exists()] == []


@pytest.mark.parametrize("page", ABOUT_CODE, ids=_id)
def test_every_name_of_the_code_exists(page: Path) -> None:
    words = [word for word in _words(page) if not _looks_like_a_file(word)]

    assert sorted({name for word in words for name in NAME.findall(word)} - _names() - ELSEWHERE) == []


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [target for target in LINK.findall(_prose(page)) if not _leads_somewhere(page, target)] == []


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = sorted(path.name for path in folder.glob("[0-9]*.md"))
    listed = LINK.findall((folder / "README.md").read_text(encoding="utf-8"))

    assert listed == pages
    numbers = [int(name[:2]) for name in pages]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(set(numbers)) == len(numbers)


def test_the_examples_of_testing_are_in_the_suite() -> None:
    examples = EXAMPLE.findall((ROOT / "docs" / "testing.md").read_text(encoding="utf-8"))
    suite = [text for path, text in _sources().items() if "tests" in path.parts]

    assert len(examples) > 5
    assert [example for example in examples if not any(example in text for text in suite)] == []
