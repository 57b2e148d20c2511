"""Every log line says what was being handled, and none says who by id or name."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.store import Message
from raidbot.commands.ui.log_context import kind_of
from raidbot.utils import logging as logs
from raidbot.utils.member_tags import tag
from tests.conftest import Start
from tests.raid_boards import post_raid

KEY = bytes(32)


def lines(path: Path) -> list[dict[str, object]]:
    """Return the bot's own lines so far."""
    logs.flush()
    found: list[dict[str, object]] = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [line for line in found if str(line["logger"]).startswith("raidbot.")]


def code(board: Message) -> str:
    return str(board.embeds[0]["footer"]["text"]).split()[-1]


def contexts(found: list[dict[str, object]], event: str) -> list[dict[str, object]]:
    kept = ("asked", "heard", "job", "guild", "raid", "member")
    return [{name: line[name] for name in kept if name in line} for line in found if line["event"] == event]


async def test_each_line_carries_its_context_and_no_member(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, tmp_path: Path
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    channel, path = guild.channel("raid-signups"), tmp_path / "bot.log"
    logs.configure(level="debug", json=True, file=path)
    logs.tag_members_with(KEY)
    async with start() as bot:
        board = await post_raid(guild)
        await bob.react(board, "✅")
        await guild.until(lambda: "Bob" in str(board.embeds))
        panel = await guild.owner.slash(channel, "raid", code=code(board))
        await bot.state.db.write(lambda tx: tx.execute("ALTER TABLE audit RENAME TO away"))

        await alice.react(board, "✅")
        await guild.until(lambda: contexts(lines(path), "reaction not written"))
        await panel.click("Close signups")
        await guild.owner.slash(channel, "raidsignup remove", raid=code(board), member=bob)
        await bob.leave(guild)
        await guild.until(lambda: contexts(lines(path), "event of a board failed"))
        sandbox.advance(timedelta(hours=4))
        await guild.until(lambda: contexts(lines(path), "raid set aside"))
        await bot.state.db.write(lambda tx: tx.execute("ALTER TABLE away RENAME TO audit"))

    found = lines(path)
    here = {"guild": guild.id, "raid": 1}
    owner, came, left = (tag(KEY, person.id) for person in (guild.owner, alice, bob))
    assert {"heard": "reaction added", "member": came} | here in contexts(found, "reaction not written")
    assert {"asked": "raid:close", "member": owner} | here in contexts(found, "interaction failed")
    assert {"asked": "raidsignup remove", "member": owner} | here in contexts(found, "interaction failed")
    assert {"heard": "on_raw_member_remove", "member": left} | here in contexts(found, "event of a board failed")
    assert {"job": "closing", "raid": 1} in contexts(found, "raid set aside")
    for person in (guild.owner, alice, bob):
        assert not [line for line in found if str(person.id) in str(line) or person.name in str(line).lower()]


@pytest.mark.parametrize(
    ("custom_id", "kind"),
    [
        ("raid:AB12CD:close", "raid:close"),
        ("raid:AB12CD:who:1100000000000000001", "raid:who"),
        ("raidinfo:history:1100000000000000001:2", "raidinfo:history"),
        ("reply:17:sub:1:yes", "reply:sub:yes"),
        ("board:choose:0", "board:choose"),
        ("settings", "settings"),
    ],
)
def test_the_kind_of_a_press_holds_no_id(custom_id: str, kind: str) -> None:
    assert kind_of(custom_id) == kind
