"""Every setting of alerts arrives where it is used."""

from dataclasses import asdict
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from raidbot.config import Settings, load
from raidbot.ops.alerts.daily_report import ReportTime
from raidbot.ops.alerts.model import Thresholds
from raidbot.process import _options

CHOSEN = {
    "latency_seconds": "1.5",
    "dm_failure_percent": "16",
    "job_failures": "4",
    "stall_seconds": "3",
    "write_seconds": "0.3",
    "backup_hours": "37",
    "backup_megabytes": "5001",
    "raids": "51",
    "memory_megabytes": "513",
}


@pytest.fixture(autouse=True)
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DISCORD_TOKEN", "t")


def test_they_arrive(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CHOSEN.items():
        monkeypatch.setenv(f"RAIDBOT_ALERT_{name.upper()}", value)
    monkeypatch.setenv("RAIDBOT_OWNER_ID", "123456789012345678")
    monkeypatch.setenv("RAIDBOT_ALERT_WEBHOOK", "http://10.0.0.7/hook")
    monkeypatch.setenv("RAIDBOT_ALERT_WEBHOOK_PRIVATE", "on")
    monkeypatch.setenv("RAIDBOT_REPORT_HOUR", "02:30")
    monkeypatch.setenv("RAIDBOT_REPORT_ZONE", "Europe/Berlin")

    alerts = _options(load()).alerts

    assert {name: f"{value:g}" for name, value in asdict(alerts.limits).items()} == CHOSEN
    assert (alerts.owner, alerts.webhook, alerts.webhook_private) == (123456789012345678, "http://10.0.0.7/hook", True)
    assert alerts.report == ReportTime(time(2, 30), ZoneInfo("Europe/Berlin"))


def test_what_is_not_set_is_the_default() -> None:
    alerts = _options(load()).alerts

    assert alerts.limits == Thresholds()
    assert (alerts.owner, alerts.webhook, alerts.webhook_private) == (None, None, False)
    assert alerts.report == ReportTime(time(9), ZoneInfo("UTC"))


def test_every_limit_has_a_setting() -> None:
    names = {name.removeprefix("alert_") for name in Settings.model_fields if name.startswith("alert_")}

    assert names == asdict(Thresholds()).keys() | {"webhook", "webhook_private"}
