"""The command line, called through `main`."""

import os
import re
from pathlib import Path

import pytest

from raidbot import __version__, process
from raidbot.cli import main

TOKEN = "a-token.that.must-not-be-seen"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Change to an empty working directory, with no setting but a token."""
    for name in list(os.environ):
        if name.startswith(("RAIDBOT_", "DISCORD_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])

    assert ended.value.code == 0
    assert capsys.readouterr().out == f"RaidBot {__version__}\n"


COMMANDS = (
    *("run", "check", "demo", "import", "backup", "restore", "export-server", "import-server"),
    *("purge", "when", "help"),
)


def test_alone_it_prints_its_help_and_says_by_its_code_that_it_did_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    code = main([])

    printed = capsys.readouterr()
    assert code == process.WRONG_SETTINGS == 2
    assert printed.out.startswith("usage: raidbot")
    assert [name for name in COMMANDS if not re.search(rf"^    {name}\s", printed.out, re.MULTILINE)] == []
    assert printed.err == ""


def test_help_explains_all_commands_or_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help"]) == 0
    everything = capsys.readouterr().out
    assert main(["help", "check"]) == 0
    one = capsys.readouterr().out

    assert everything.startswith("usage: raidbot")
    assert "usage: raidbot check" in one
    assert "--offline" in one


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does_with_an_example(capsys: pytest.CaptureFixture[str], name: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])

    lines = capsys.readouterr().out.splitlines()
    described = lines[lines.index("") + 1]
    assert ended.value.code == 0
    assert described[0].isupper()
    assert lines[-1].startswith(f"Example: raidbot {name}")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chekc"], "There is no command “chekc”. Did you mean “check”? `raidbot --help` lists all commands."),
        (["fly"], "There is no command “fly”. `raidbot --help` lists all commands."),
        (["help", "wen"], "There is no command “wen”. Did you mean “when”?"),
        (
            ["check", "--ofline"],
            "`raidbot check` has no option “--ofline”. Did you mean “--offline”? `raidbot check --help` explains it.",
        ),
        (
            ["--jsn=1", "check"],
            "`raidbot check` has no option “--jsn=1”. Did you mean “--json”? `raidbot check --help`",
        ),
        (["run", "fast"], "`raidbot run` has no argument “fast”. `raidbot run --help` explains it."),
        (["check", "--off"], "`raidbot check` has no option “--off”. Did you mean “--offline”?"),
        (["--verison"], "`raidbot` has no option “--verison”. Did you mean “--version”? `raidbot --help` explains it."),
        (["--offline"], "`raidbot` has no option “--offline”. `raidbot --help` explains it."),
        (["restore"], "`raidbot restore` needs FILE. Example: raidbot restore before-the-move.db"),
        (["when"], "`raidbot when` needs TEXT. Example: raidbot when "),
        (
            ["export-server", "abc"],
            "`raidbot export-server`: ID “abc” is not a server's id, a number of 17 to 19 digits.",
        ),
        (
            ["check", "--member", "me"],
            "`raidbot check`: --member “me” is not a whole number. Example: raidbot check --",
        ),
        (["demo", "--port"], "`raidbot demo`: --port needs a value. Example: raidbot demo"),
        (["when", "now", "--now", "soon"], "`raidbot when`: --now “soon” is not a moment such as 2026-03-20T19:00."),
    ],
)
def test_a_mistyped_command_line_says_what_is_near(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    code = main(arguments)

    printed = capsys.readouterr()
    assert code == process.WRONG_SETTINGS
    assert printed.err.startswith(said)
    assert printed.out == ""


def test_when_tells_what_a_time_means(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["when", "friday", "8pm", "--zone", "Europe/Berlin", "--now", "2026-03-26T12:00"])

    assert code == 0
    assert capsys.readouterr().out.splitlines() == [
        "“friday 8pm” means",
        "  Friday 27 March 2026, 20:00 Europe/Berlin (UTC+01:00)",
        "  2026-03-27 19:00 UTC, 1 d 7 h from now",
    ]


def test_when_tells_what_it_assumed(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["when", "03/04 20:00", "--locale", "de", "--now", "2026-03-26T12:00+01:00"])

    lines = capsys.readouterr().out.splitlines()
    assert code == 0
    assert "Friday 3 April 2026" in lines[1]
    assert lines[-1].startswith("  assumed: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["blorp"], "blorp"), (["yesterday 8pm"], "is in the past"), (["friday 8pm", "--zone", "Mars/Base"], "Mars/Base")],
)
def test_when_refuses_in_a_sentence(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    code = main(["when", *arguments])

    printed = capsys.readouterr()
    assert code == 1
    assert printed.out == ""
    assert said in printed.err


def test_when_refuses_an_unreadable_now(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["when", "friday 8pm", "--now", "soon"])

    assert code == 2
    assert "“soon” is not a moment such as" in capsys.readouterr().err
