import json
import logging
import sys
import threading
import warnings
from pathlib import Path
from urllib.parse import quote

import pytest
import structlog

from raidbot.utils import logging as logs
from raidbot.utils.member_tags import tag

TOKEN = "a-very-secret-token-of-this-test"
WEBHOOK = "https://hooks.example.org/api/webhooks/112233/A-secret_of_32_letters-and-digits?thread=Some_Thread-Of-16"
BOT_TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA.GabcDE.abcdefghijklmnopqrstuvwxyz0123456789AB"


def written(capsys: pytest.CaptureFixture[str]) -> str:
    """Return what was written to standard error so far."""
    logs.flush()
    return capsys.readouterr().err


def test_machines_get_one_json_object_per_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(level="info", json=True)

    structlog.get_logger("raidbot.test").info("board redrawn", raid="ABC234", seats=3)

    entry = json.loads(written(capsys))
    assert entry["event"] == "board redrawn"
    assert entry["raid"] == "ABC234"
    assert entry["level"] == "info"
    assert entry["logger"] == "raidbot.test"
    assert entry["timestamp"].endswith("Z")


def test_people_get_a_line_they_can_read(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(level="info", json=False)

    structlog.get_logger("raidbot.test").warning("board gone", message=7)

    line = written(capsys)
    assert "board gone" in line
    assert "message=7" in line
    assert "\x1b" not in line


def test_discord_py_s_logs_take_the_same_road(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(level="warning", json=True)

    logging.getLogger("discord.gateway").warning("Shard %s closed", 0)
    logging.getLogger("discord.gateway").info("not of interest")

    [line] = written(capsys).splitlines()
    assert json.loads(line)["event"] == "Shard 0 closed"


@pytest.mark.parametrize("as_json", [True, False])
def test_a_hidden_secret_is_nowhere_not_even_in_a_traceback(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, *, as_json: bool
) -> None:
    logs.hide(TOKEN)
    logs.configure(level="debug", json=as_json, file=tmp_path / "logs" / "bot.log")
    log = structlog.get_logger("raidbot.test")

    log.info(f"logging in with {TOKEN}", token=TOKEN, nested={"headers": [f"Bot {TOKEN}"]})
    logging.getLogger("discord.http").warning("header %s", f"Bot {TOKEN}")
    try:
        raise ValueError(f"bad token {TOKEN}")
    except ValueError:
        log.exception("login failed")
        logging.getLogger("discord").exception("login failed")

    for lines in (written(capsys), (tmp_path / "logs" / "bot.log").read_text("utf-8")):
        assert TOKEN not in lines
        assert "bad token [hidden]" in lines
        assert lines.count("[hidden]") >= 6


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("secret", ['quote"back\\slash', "schlüssel-mit-ä", WEBHOOK, "two words 'quoted'"])
def test_a_secret_is_hidden_however_it_is_spelled(
    capsys: pytest.CaptureFixture[str], secret: str, *, as_json: bool
) -> None:
    logs.hide(secret)
    logs.configure(level="info", json=as_json)
    log = structlog.get_logger("raidbot.test")

    log.info("spelled", plain=secret, listed=[secret], bytes=secret.encode(), quoted=quote(secret, safe=""))
    log.info(f"between {secret} words", quoted=quote(secret))

    lines = written(capsys)
    for spelled in (secret, quote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1], repr(secret)[1:-1]):
        assert spelled not in lines


def test_the_parts_of_a_secret_address_are_hidden_and_its_ordinary_words_are_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.hide(WEBHOOK)
    logs.configure(level="info", json=True)

    structlog.get_logger().info("api webhooks", host="hooks.example.org", path=WEBHOOK.partition("example.org")[2])
    structlog.get_logger().info("parts", token="A-secret_of_32_letters-and-digits", thread="Some_Thread-Of-16")

    first, second = written(capsys).splitlines()
    assert json.loads(first) | {"event": "api webhooks", "host": "hooks.example.org", "path": "[hidden]"} == json.loads(
        first
    )
    assert (json.loads(second)["token"], json.loads(second)["thread"]) == ("[hidden]", "[hidden]")


def test_addresses_and_mentions_name_members_by_tag(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(level="info", json=False)
    logs.tag_members_with(bytes(32))
    member, guild = 1_100_000_000_000_000_001, 1_100_000_000_000_000_009
    tagged = tag(bytes(32), member)

    logging.getLogger("discord.http").warning("429: GET /api/v10/guilds/%s/members/%s", guild, member)
    logging.getLogger("discord.http").warning("429: /reactions/%%E2%%9C%%85/%s and <@%s>", member, member)

    first, second = written(capsys).splitlines()
    assert f"/guilds/{guild}/members/{tagged}" in first
    assert f"/reactions/%E2%9C%85/{tagged} and <@{tagged}>" in second
    assert str(member) not in first + second


def test_other_libraries_are_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    for level in ("info", "debug"):
        logs.configure(level=level, json=True)
        logging.getLogger("aiosqlite").debug("executing functools.partial(...)")
        logging.getLogger("discord.http").debug("GET with {} has returned")
        logging.getLogger("discord.gateway").info("Shard ID 0 has connected to Gateway, at level %s", level)

    (line,) = written(capsys).splitlines()
    assert json.loads(line)["event"] == "Shard ID 0 has connected to Gateway, at level debug"


def test_the_level_can_be_changed_and_changed_back(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(level="warning", json=True)
    log = structlog.get_logger()

    log.debug("before")
    assert logs.toggle_debug("warning") == "debug"
    log.debug("meanwhile")
    assert logs.toggle_debug("warning") == "warning"
    log.info("after")

    (line,) = written(capsys).splitlines()
    assert json.loads(line)["event"] == "meanwhile"


def test_warnings_of_python_take_the_same_road(capsys: pytest.CaptureFixture[str]) -> None:
    logs.hide(TOKEN)
    logs.configure(level="info", json=True)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn(f"unclosed {TOKEN}", ResourceWarning, stacklevel=1)

    assert "unclosed [hidden]" in json.loads(written(capsys))["event"]


def test_tokens_nobody_announced_are_hidden_by_their_shape(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(level="info", json=True)

    structlog.get_logger().info("oops", token=BOT_TOKEN, url="/api/v10/webhooks/123/aW50ZXJhY3Rpb246MTIzNDU2Nzg5/x")

    line = written(capsys)
    assert BOT_TOKEN not in line
    assert "webhooks/123/[hidden]/x" in line


def test_configuring_again_replaces_what_was_there(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(level="info", json=True)
    logs.configure(level="info", json=True)

    structlog.get_logger().info("once")

    assert len(written(capsys).splitlines()) == 1


def test_errors_that_nobody_catches_are_logged_and_redacted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, hook in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(module, hook, getattr(module, hook))  # restored at the end
    logs.hide(TOKEN)
    logs.configure(level="info", json=True)
    logs.log_uncaught()

    class Failing:
        def __del__(self) -> None:
            raise ValueError(TOKEN)

    Failing()
    thread = threading.Thread(target=int, args=(TOKEN,))
    thread.start()
    thread.join()
    sys.excepthook(ValueError, ValueError(TOKEN), None)

    found = [json.loads(line) for line in written(capsys).splitlines()]
    assert [line["event"] for line in found] == [
        "error that could not be raised",
        "error in a thread",
        "uncaught error",
    ]
    assert ["[hidden]" in line["exception"] for line in found] == [True, True, True]
