"""The Dockerfile: what comes into the image, and what a container of it may do. `make deploy-check` takes its steps."""

import re

import pytest

from raidbot import process
from raidbot.config import Settings, variable
from tests.deploy import dockerfile
from tests.deploy.dockerfile import ROOT

PIN = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)


def test_all_that_it_copies_is_there_and_is_sent() -> None:
    copied = dockerfile.copied()

    assert {"raidbot", "discord_sandbox", "requirements/run.txt"} <= set(copied)
    assert [path for path in copied if not (ROOT / path).exists()] == []
    assert [path for path in copied if not dockerfile.is_sent(path)] == []


def test_secrets_are_not_sent() -> None:
    secrets = [
        ".env", "raidbot.toml", "data/raidbot.db", "data/raidbot.db.key", "data/backups/raidbot.db.auto", "raidbot.db",
        "deploy/raidbot.env", ".git/config", ".venv/bin/python",
    ]  # fmt: skip

    assert [path for path in secrets if dockerfile.is_sent(path)] == []
    assert dockerfile.is_sent("raidbot/db/migrations/0001_initial.sql")


def test_nothing_else_is_sent() -> None:
    here = [path.name for path in ROOT.iterdir()] + [
        f"requirements/{one.name}" for one in (ROOT / "requirements").iterdir()
    ]
    copied = {*dockerfile.copied(), "requirements"}

    assert {path for path in here if dockerfile.is_sent(path)} <= copied
    assert not dockerfile.is_sent("raidbot/__pycache__")


def test_everything_is_installed_by_its_hash() -> None:
    installs = [
        line
        for found in dockerfile.instructions()
        for line in re.findall(r"pip [^&]*(?<!un)install [^&]*", found.value)
    ]

    assert len(installs) == 3
    for line in installs:
        assert "--require-hashes" in line or "--no-index" in line, line
    assert "curl" not in dockerfile.DOCKERFILE.read_text(encoding="utf-8")
    assert "ADD" not in {found.name for found in dockerfile.instructions()}


def test_the_pins_of_the_build_are_those_of_the_suite() -> None:
    tried = dict(PIN.findall((ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")))
    pinned = dict(PIN.findall((ROOT / "requirements" / "build.txt").read_text(encoding="utf-8")))

    assert "hatchling" in pinned
    assert pinned.items() <= tried.items()


def test_it_runs_as_an_ordinary_user_with_a_number() -> None:
    user, group = dockerfile.last("USER").value.split(":")

    assert int(user) == int(group) >= 1000
    made = [found.value for found in dockerfile.instructions() if "/data" in found.value and found.name == "RUN"]
    assert all(f"-o {user} -g {group} /data" in one for one in made)


def test_its_settings_exist() -> None:
    names = dict(dockerfile.variables(dockerfile.instructions()))
    known = {variable(name) for name in Settings.model_fields}

    assert {name for name in names if name.startswith("RAIDBOT_")} <= known
    assert names["RAIDBOT_DATABASE"].startswith(dockerfile.last("VOLUME").value)
    assert dockerfile.last("WORKDIR").value == dockerfile.last("VOLUME").value


def test_a_start_is_not_taken_for_a_failure() -> None:
    """A first start compares boards for a while, but the web server answers from its beginning."""
    options = dict(re.findall(r"--([\w-]+)=(\d+)", dockerfile.last("HEALTHCHECK").value))

    assert int(options["start-period"]) >= 30
    assert int(options["timeout"]) > 5
    assert process.STOP_TIMEOUT_SECONDS < 10


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("FROM a\n# said\nRUN x \\\n    && y\n", [("FROM", "a"), ("RUN", "x && y")]),
        ("RUN x \\\n# said\n    y\n", [("RUN", "x y")]),
    ],
)
def test_instructions_are_read(text: str, read: list[tuple[str, str]]) -> None:
    assert dockerfile.instructions(text) == read
