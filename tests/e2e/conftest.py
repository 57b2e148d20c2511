"""Fixtures for end-to-end tests, which run on an event loop whose time can be sped up."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from tests.e2e.fast_loop import FastLoop
from tests.e2e.importer.migrated_guild import MigratedGuild
from tests.ops.importer.legacy.model import OldBot, OldGuild


def pytest_asyncio_loop_factories(config: Any, item: Any) -> Mapping[str, Any]:
    return {"paced": FastLoop}


@pytest.fixture
def place(
    sandbox: Sandbox, guild: SandboxGuild, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> MigratedGuild:
    """A guild of eight members where the Node.js bot ran. The environment configures `raidbot import`."""
    monkeypatch.setenv("DISCORD_TOKEN", sandbox.token)
    monkeypatch.setenv("RAIDBOT_DATABASE", str(database))
    people = {name: guild.add_member(name) for name in ("alice", "bob", "cem", "dora", "eve", "fay", "gil", "hal")}
    channel = guild.channel("raid-signups")
    server = OldGuild(id=guild.id, channels={"raid": channel.id}, zone="Europe/Berlin", auto_close_seconds=0)
    return MigratedGuild(sandbox, guild, tmp_path / "wizbot.db", database, OldBot(guilds=[server]), people)
