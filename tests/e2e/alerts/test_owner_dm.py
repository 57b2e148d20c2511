"""Direct messages to the owner while Discord hangs: none is cancelled, none is sent twice."""

import asyncio

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.ops.alerts import sinks
from raidbot.ops.alerts.sinks import NotDeliveredError, OwnerDm
from raidbot.raids.model import MemberId
from tests.conftest import Start
from tests.e2e.alerts.alert_steps import add_owner, options

SEND = "POST /channels/{channel_id}/messages"


@pytest.fixture(autouse=True)
def _short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sinks, "_PATIENCE_SECONDS", 0.2)


async def test_what_hangs_is_not_sent_again_and_goes_first(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    owner = add_owner(guild)
    async with start(**options(None)) as bot:
        dm = OwnerDm(bot, bot.api, bot.delivery.outbox.conversations, MemberId(owner.id))
        held = sandbox.faults.hold(route=SEND)
        for _ in range(2):
            with pytest.raises(NotDeliveredError, match="Discord does not answer"):
                await dm.send("first", "a1")
        with pytest.raises(NotDeliveredError, match="Discord does not answer"):
            await dm.send("second", "a2")
        assert held.met == 1
        held.lift()

        await asyncio.gather(dm.send("first", "a1"), dm.send("second", "a2"))

    assert [message.content for message in owner.dms] == ["first", "second"]
