"""Frames of the gateway that cannot be read: the bot skips them and goes on."""

import json

import pytest
from structlog.testing import capture_logs

from discord_sandbox import Sandbox, SandboxGuild
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid

LONE = "\ud800"


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("TYPING_START", json.dumps({"channel_id": LONE}, ensure_ascii=False)),
        ("TYPING_START", json.dumps({"channel_id": LONE})),
        ("MESSAGE_REACTION_ADD", json.dumps({"emoji": {"name": LONE, "id": None}}, ensure_ascii=False)),
        ("MESSAGE_REACTION_ADD", "{}"),
        ("MESSAGE_REACTION_ADD", "7"),
        ("GUILD_MEMBER_UPDATE", '{"guild_id": "x"}'),
        ("GUILD_CREATE", "[]"),
    ],
)
async def test_a_frame_that_cannot_be_read_ends_nothing(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, event: str, payload: str
) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        with capture_logs() as logs:
            sandbox.gateway.send_raw(event, payload)

            await alice.react(board, "✅")

            await guild.until(lambda: "Alice" in board_text(board))
        assert sandbox.gateway.identified == 1
    assert len([entry for entry in logs if entry["event"].startswith("frame of the gateway skipped")]) <= 1
