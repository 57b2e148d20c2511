"""The unit of systemd: when the bot is started again, and that it can stop in order."""

import re

from raidbot import process
from tests.deploy.checks import UNIT

SETTINGS = dict(re.findall(r"^(\w+)=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE))


def test_it_starts_again_what_a_start_can_mend() -> None:
    lasting = (
        process.WRONG_SETTINGS,
        process.UNUSABLE_DATABASE,
        process.REFUSED_BY_DISCORD,
        process.UNUSABLE_LIBRARY,
    )

    assert SETTINGS["Restart"] == "on-failure"
    assert SETTINGS["RestartPreventExitStatus"].split() == [str(code) for code in lasting]
    assert SETTINGS["StartLimitIntervalSec"] == "0"


def test_it_waits_longer_than_the_bot_needs_to_stop() -> None:
    assert float(SETTINGS["TimeoutStopSec"]) >= process.STOP_TIMEOUT_SECONDS + 5


def test_it_writes_its_state_only() -> None:
    assert SETTINGS["ProtectSystem"] == "strict"
    assert SETTINGS["WorkingDirectory"] == f"/var/lib/{SETTINGS['StateDirectory']}"
    assert "ReadWritePaths" not in SETTINGS
    assert SETTINGS["User"] not in ("root", "")
