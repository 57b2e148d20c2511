"""Jobs ask for raids up to the longest time that a setting offers: no setting may offer more."""

from datetime import timedelta

import pytest

from raidbot.jobs import closing
from raidbot.raids.setting_kinds import NumberChoice
from raidbot.raids.settings import SETTINGS


@pytest.mark.parametrize(
    ("name", "horizon"),
    [
        ("full_close_minutes", closing._MAX_LEAD),
    ],
)
def test_no_setting_offers_more_than_the_job_looks_ahead(name: str, horizon: timedelta) -> None:
    setting = SETTINGS[name]

    assert isinstance(setting, NumberChoice)
    assert timedelta(minutes=max(setting.numbers)) <= horizon
