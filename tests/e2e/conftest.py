"""End-to-end tests run on a loop whose time can be hurried on."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from tests.e2e.fast_time import FastLoop
from tests.e2e.importer.migrated_guild import MigratedGuild
from tests.ops.importer.legacy.model import OldBot, OldGuild


def pytest_asyncio_loop_factories(config: Any, item: Any) -> Mapping[str, Any]:
    return {"paced": FastLoop}


@pytest.fixture
def place(
    sandbox: Sandbox, guild: SandboxGuild, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> MigratedGuild:
    """A server of eight members where the Node.js bot ran; `raidbot import` finds the database by its settings."""
    monkeypatch.setenv("DISCORD_TOKEN", sandbox.token)
    monkeypatch.setenv("RAIDBOT_DATABASE", str(database))
    people = {name: guild.add_member(name) for name in ("alice", "bob", "cem", "dora", "eve", "fay", "gil", "hal")}
    channel = guild.channel("raid-signups")
    server = OldGuild(id=guild.id, channels={"raid": channel.id}, zone="Europe/Berlin", auto_close_seconds=0)
    return MigratedGuild(sandbox, guild, tmp_path / "wizbot.db", database, OldBot(guilds=[server]), people)
