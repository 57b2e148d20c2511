"""docs/operating.md: its commands, settings, numbers and sentences are the bot's. `make deploy-check` follows it."""

import re
import subprocess
import sys
from collections.abc import Iterator

import yaml

from raidbot import process
from raidbot.config import Settings, variable
from tests.deploy import dockerfile
from tests.deploy.checks import COMPOSE, UNIT
from tests.deploy.dockerfile import ROOT

PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROSE = FENCE.sub("", PAGE)
QUOTED_ELSEWHERE = {"ok", "The application did not respond"}


def typed() -> Iterator[str]:
    """All commands of the page, without `sudo` and comments."""
    lines = [line for block in FENCE.findall(PAGE) for line in block.splitlines()]
    spans = [span for span in re.findall(r"`([^`\n]+)`", PROSE) if " " in span]
    for line in (*lines, *spans):
        yield re.sub(r"^sudo ", "", line.split(" #")[0].strip())


def test_every_subcommand_exists() -> None:
    named = {
        match[1]
        for line in typed()
        if (match := re.match(r"(?:\.venv/bin/|docker .* run --rm )?raidbot ([a-z-]+)", line))
    }
    done = subprocess.run(
        [sys.executable, "-m", "raidbot", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert {"check", "run", "backup", "restore"} <= named
    assert {name for name in named if not re.search(rf"^ +{name}\b", done.stdout, re.MULTILINE)} == set()


def test_every_setting_exists() -> None:
    known = {variable(name) for name in Settings.model_fields} | {"DISCORD_TOKEN"}

    assert set(re.findall(r"\b(?:RAIDBOT|DISCORD)_[A-Z_]+\b", PAGE)) <= known


def test_compose_is_told_which_file_and_a_service_that_exists() -> None:
    lines = [line for line in typed() if line.startswith("docker compose")]
    services = set(yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"])

    assert len(lines) > 10
    assert [line for line in lines if "--file deploy/compose.yaml" not in line] == []
    named = {match[1] for line in lines if (match := re.search(r" (?:run --rm|exec|stop|logs --follow) (\w+)", line))}
    assert named <= services


def test_every_installation_is_by_hash() -> None:
    installs = [line for line in typed() if "pip install" in line]

    assert len(installs) == 9
    for line in installs:
        assert "--require-hashes" in line or line.endswith("--no-deps --no-build-isolation ."), line


def test_its_places_are_those_of_the_unit_and_the_image() -> None:
    unit = UNIT.read_text(encoding="utf-8")
    names = dict(dockerfile.variables(dockerfile.instructions()))

    for setting in ("User=raidbot", "WorkingDirectory=/var/lib/raidbot", "EnvironmentFile=/etc/raidbot/raidbot.env"):
        assert f"\n{setting}\n" in unit
    assert "ExecStart=/opt/raidbot/bin/raidbot run" in unit
    assert names["RAIDBOT_DATABASE"] == "/data/raidbot.db"
    assert f"RAIDBOT_WEB_PORT={names['RAIDBOT_WEB_PORT']}" in PAGE
    assert set(re.findall(r"127\.0\.0\.1:(\d+)", PAGE)) == {names["RAIDBOT_WEB_PORT"], "9090"}


def test_it_names_every_exit_code() -> None:
    codes = {
        value for name, value in vars(process).items() if name[0].isalpha() and name.isupper() and type(value) is int
    }
    table = PROSE.split("its exit code says")[1]

    assert codes == {int(code) for code in re.findall(r"^\| (\d) \|", table, re.MULTILINE)}


def test_the_sentences_that_it_quotes_are_the_bot_s() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "raidbot").rglob("*.py")))
    source = re.sub(r'"\s*\n\s*f?"', "", source)
    quoted = [part.strip(" .,") for text in re.findall(r"“([^”]+)”", PROSE) for part in text.split("…")]

    assert [part for part in quoted if len(part) > 3 and part not in source and part not in QUOTED_ELSEWHERE] == []


def test_an_ordinary_user_may_run_the_program_of_the_service_only_through_root() -> None:
    script = (ROOT / "deploy" / "raidbot").read_text(encoding="utf-8")

    assert script.startswith("#!/bin/sh\n")
    assert "runuser -u raidbot" in script
    assert "cd /var/lib/raidbot && exec /opt/raidbot/bin/raidbot" in script
