"""A whole run at the level debug, with failures and tracebacks, logs no secret and no member."""

import logging
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
import structlog

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.faults import Silence
from raidbot.utils import logging as logs
from tests.conftest import Start
from tests.raid_boards import board_text, dm_text, post_raid, run_create

CALLBACK = "POST /interactions/{}/{}/callback"
FOLLOW_UP = "PATCH /webhooks/{}/{}/messages/@original"
ALERTS = "https://127.0.0.1:1/api/webhooks/998877665544332211/TheAlertsGoHere_and-nobody-else-may-know"
LIST_REACTORS = "GET /channels/{}/messages/{}/reactions/{}"
CLEAR = "DELETE /channels/{}/messages/{}/reactions/{}/{}"


async def _tell(address: str) -> None:
    """Fail to send to an address as a library would, with the address in the traceback."""
    try:
        async with aiohttp.ClientSession() as http:
            await http.post(address)
    except aiohttp.ClientError as error:
        raise RuntimeError(f"cannot send to {address}") from error


@pytest.mark.parametrize("as_json", [True, False])
async def test_nothing_of_a_whole_run_is_secret(
    sandbox: Sandbox,
    guild: SandboxGuild,
    start: Start,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    *,
    as_json: bool,
) -> None:
    names = ("Wolfgang", "Xanthippe", "Yggdrasil")
    ann, ben, cem = (guild.add_member(name.lower()) for name in names)
    path = tmp_path / "bot.log"
    logs.hide(sandbox.token)
    logs.hide(ALERTS)
    logs.configure(level="debug", json=as_json, file=path)
    async with start() as bot:
        board = await post_raid(guild, seats=1)
        await ann.react(board, "✅")
        await guild.until(lambda: "Wolfgang" in board_text(board))
        await ben.react(board, "✅")
        await guild.until(lambda: "number 1 in line" in dm_text(ben))

        sandbox.faults.answer(500, route=CALLBACK, calls=1)
        sandbox.faults.silence(Silence.RESET, route=FOLLOW_UP, calls=1)
        sandbox.faults.refuse(50027, route=FOLLOW_UP, calls=1)
        sandbox.faults.answer(429, route=CLEAR, calls=2, retry_after=0.05)
        sandbox.faults.answer(429, route="GET /guilds/{}/members/{}", calls=1, retry_after=0.05)
        for _ in range(3):
            try:
                await run_create(guild)
            except AssertionError:
                continue
        await bot.state.db.write(lambda tx: tx.execute("ALTER TABLE audit RENAME TO away"))
        await cem.react(board, "✅")
        await guild.until(lambda: "reaction not written" in _read(path))
        await ann.leave(guild)
        await guild.until(lambda: "event of a board failed" in _read(path))
        await bot.state.db.write(lambda tx: tx.execute("ALTER TABLE away RENAME TO audit"))
        try:
            await _tell(ALERTS)
        except RuntimeError:
            structlog.get_logger("raidbot.test").exception("alert not sent", to=ALERTS, headers={"auth": sandbox.token})
            logging.getLogger("aiohttp.client").exception("failed for %s", ALERTS)
        sandbox.advance(timedelta(hours=2, minutes=55))
        await guild.until(lambda: "starts <t:" in dm_text(guild.owner))

    written = _read(path) + capsys.readouterr().err
    assert written.count("Traceback") >= 4
    secrets = [sandbox.token, ALERTS, ALERTS.rpartition("/")[2], *sandbox.store.interactions_by_token]
    assert len(secrets) > 5
    assert [secret for secret in secrets if secret in written] == []
    people = (ann, ben, cem, guild.owner)
    assert [person.name for person in people if str(person.id) in written] == []
    assert [name for name in names if name.lower() in written.lower()] == []


def _read(path: Path) -> str:
    logs.flush()
    return path.read_text(encoding="utf-8")
