"""The checks of `make deploy-check` that need no network, with the programs that are here."""

from collections.abc import Callable

import pytest

from tests.deploy import checks
from tests.deploy.checks import ToolMissingError

LOCAL = (
    checks.prometheus_configuration,
    checks.alert_rules,
    checks.alert_cases,
    checks.dashboard_expressions,
    checks.unit,
    checks.exposure,
)


@pytest.mark.parametrize("check", LOCAL, ids=lambda check: check.__name__)
def test_it_finds_nothing(check: Callable[[], None]) -> None:
    try:
        check()
    except ToolMissingError as missing:
        pytest.skip(f"the program is not here: {missing}")
