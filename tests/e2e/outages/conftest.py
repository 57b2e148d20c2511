"""Fixtures for tests in which Discord or the database fails."""

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from discord_sandbox import Sandbox
from tests.e2e.outages.outage_steps import Log


@pytest.fixture
def no_heartbeats(sandbox: Sandbox) -> None:
    """Turn heartbeats off: discord.py sends them by the machine's clock, too late while the loop is sped up."""
    sandbox.gateway.heartbeat_interval = 100_000.0


@pytest.fixture
def logs() -> Iterator[list[Log]]:
    with capture_logs() as entries:
        yield entries
