import json
import logging
from pathlib import Path

import pytest
import structlog

from raidbot.utils import logging as logs

TOKEN = "a-very-secret-token-of-this-test"
BOT_TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA.GabcDE.abcdefghijklmnopqrstuvwxyz0123456789AB"


def test_machines_get_one_json_object_per_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(level="info", json=True)

    structlog.get_logger("raidbot.test").info("board redrawn", raid="ABC234", seats=3)

    entry = json.loads(capsys.readouterr().err)
    assert entry["event"] == "board redrawn"
    assert entry["raid"] == "ABC234"
    assert entry["level"] == "info"
    assert entry["logger"] == "raidbot.test"
    assert entry["timestamp"].endswith("Z")


def test_people_get_a_line_they_can_read(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(level="info", json=False)

    structlog.get_logger("raidbot.test").warning("board gone", message=7)

    line = capsys.readouterr().err
    assert "board gone" in line
    assert "message=7" in line
    assert "\x1b" not in line


def test_discord_py_s_logs_take_the_same_road(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(level="warning", json=True)

    logging.getLogger("discord.gateway").warning("Shard %s closed", 0)
    logging.getLogger("discord.gateway").info("not of interest")

    [line] = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "Shard 0 closed"


@pytest.mark.parametrize("as_json", [True, False])
def test_a_hidden_secret_is_nowhere_not_even_in_a_traceback(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, *, as_json: bool
) -> None:
    logs.hide(TOKEN)
    logs.configure(level="debug", json=as_json, file=tmp_path / "logs" / "bot.log")
    log = structlog.get_logger("raidbot.test")

    log.info(f"logging in with {TOKEN}", token=TOKEN, nested={"headers": [f"Bot {TOKEN}"]})
    logging.getLogger("discord.http").debug("header %s", f"Bot {TOKEN}")
    try:
        raise ValueError(f"bad token {TOKEN}")
    except ValueError:
        log.exception("login failed")
        logging.getLogger("discord").exception("login failed")

    for written in (capsys.readouterr().err, (tmp_path / "logs" / "bot.log").read_text("utf-8")):
        assert TOKEN not in written
        assert "bad token [hidden]" in written
        assert written.count("[hidden]") >= 6


def test_tokens_nobody_announced_are_hidden_by_their_shape(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(level="info", json=True)

    structlog.get_logger().info("oops", token=BOT_TOKEN, url="/api/v10/webhooks/123/aW50ZXJhY3Rpb246MTIzNDU2Nzg5/x")

    line = capsys.readouterr().err
    assert BOT_TOKEN not in line
    assert "webhooks/123/[hidden]/x" in line


def test_the_file_holds_json_and_rotates(tmp_path: Path) -> None:
    file = tmp_path / "bot.log"
    logs.configure(level="info", json=False, file=file)

    structlog.get_logger().info("filler", text="x" * 5_000_000)
    structlog.get_logger().info("after")

    assert json.loads(file.read_text("utf-8"))["event"] == "after"
    assert (tmp_path / "bot.log.1").exists()


def test_configuring_again_replaces_what_was_there(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(level="info", json=True)
    logs.configure(level="info", json=True)

    structlog.get_logger().info("once")

    assert len(capsys.readouterr().err.splitlines()) == 1
