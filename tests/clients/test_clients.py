"""The clients that `make clients` tries. Of their scripts only the one with discord.py runs here."""

import re
import sys

from tests.clients import clients
from tests.clients.__main__ import try_client

EXACT = re.compile(r"[\w.-]+(==|@)\d+(\.\d+)+")


def test_every_script_has_exact_pins() -> None:
    found = clients.all_clients()

    assert {client.script for client in found} == set((clients.HERE / "bots").glob("*_bot.*"))
    assert [pin for client in found for pin in client.pins if not EXACT.fullmatch(pin)] == []


async def test_an_ordinary_bot_with_discord_py_passes_every_step() -> None:
    (client,) = [client for client in clients.all_clients() if client.name == "discordpy"]

    outcome, printed = await try_client([sys.executable, str(client.script)], limits="scaled")

    assert (outcome.failed, outcome.status) == (0, 0), printed
    assert outcome.passed > outcome.unsupported > 0, printed
