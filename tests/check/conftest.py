"""An empty working directory with a token, and a way to run the check in it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from raidbot.cli import main

TOKEN = "a-token.that.must-not-be-seen"
Check = Callable[..., tuple[int, str]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Change to an empty working directory, with no setting but a token."""
    for name in list(os.environ):
        if name.startswith(("RAIDBOT_", "DISCORD_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Check:
    """Run `raidbot check --offline` and return its exit code and output."""

    def checking(*arguments: str) -> tuple[int, str]:
        code = main(["check", "--offline", *arguments])
        return code, capsys.readouterr().out

    return checking
