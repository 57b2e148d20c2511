"""Measure the import of a whole history from the Node.js bot through the command line."""

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from raidbot.utils.clock import utc_now
from tests.ops.importer.legacy.model import OldBot, OldGuild, OldRaid, OldRole, OldTemplate

_GUILDS, _RAIDS, _SIGNED = 40, 5000, 12
_OPEN_RAIDS = 500
_EMOJIS = ["1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣", "🔟", "🇦", "🇧"]
_CHILD = """
import re, sys, time
from pathlib import Path
from raidbot.cli import main
began = time.monotonic()
code = main(sys.argv[1:])
seconds = time.monotonic() - began
peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())
print(f"{seconds} {int(peak[1]) * 1024 / 1e6}", file=sys.stderr)
sys.exit(code)
"""


async def moving() -> dict[str, Any]:
    with TemporaryDirectory(prefix="raidbot-bench-") as folder:
        old = Path(folder) / "wizbot.db"
        _old_bot().write(old)
        environment = os.environ | {"RAIDBOT_DATABASE": str(Path(folder) / "raidbot.db"), "DISCORD_TOKEN": "none"}
        command = (sys.executable, "-c", _CHILD, "import", str(old), "--json")
        first = await _run(*command, environment=environment)
        again = await _run(*command, environment=environment)
    return {
        "raids": _RAIDS,
        "signups": _RAIDS * _SIGNED,
        "seconds": first[0],
        "peak_mb": first[1],
        "again_seconds": again[0],
    }


async def _run(*command: str, environment: dict[str, str]) -> tuple[float, float]:
    """Return the seconds without the interpreter's start, and the peak resident memory in MB.

    Raises RuntimeError if the command fails.
    """
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=pipe, stderr=pipe)
    _, said = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"the import ended with code {process.returncode}:\n{said.decode(errors='replace')}")
    seconds, peak = said.decode().splitlines()[-1].split()
    return round(float(seconds), 2), round(float(peak), 1)


def _old_bot() -> OldBot:
    guilds = [OldGuild(id=10**17 + number) for number in range(_GUILDS)]
    bot = OldBot(guilds=guilds, raids=[_raid(number, guilds[number % _GUILDS]) for number in range(_RAIDS)])
    bot.rows["guild_user_stats"] = [
        {"guild_id": str(guild), "user_id": str(member), "total_raids": 40, "role_counts": '{"Storm 1": 40}'}
        for guild, member in sorted({(raid.guild, member) for raid in bot.raids for member in raid.members})
    ]
    return bot


def _raid(number: int, guild: OldGuild) -> OldRaid:
    """Return a raid with every seat taken, alternating between teams and roles; the first raids are open."""
    starts_at = utc_now() + timedelta(hours=_OPEN_RAIDS - number)
    is_closed = number >= _OPEN_RAIDS
    members = [10**18 + (number * 7 + place) % 4000 for place in range(_SIGNED)]
    raid = OldRaid(
        message=2 * 10**17 + number,
        code=f"C{number:05}",
        guild=guild.id,
        channel=guild.id + 1,
        creator=members[0],
        kind="challenge" if number % 2 else "raid",
        roles=[
            OldRole(name=f"Team {team + 1}", emoji=f"{team + 1}\ufe0f\u20e3", slots=4, users=members[4 * team :][:4])
            for team in range(3)
        ],
        starts_at=int(starts_at.timestamp()),
        created_at=int((starts_at - timedelta(days=2)).timestamp()),
        closed_at=int(starts_at.timestamp()) if is_closed else None,
        closed_reason="manual" if is_closed else None,
    )
    if raid.kind == "raid":
        raid.roles = [
            OldRole(name=f"Role {member}", emoji=one, users=[member])
            for one, member in zip(_EMOJIS, members, strict=True)
        ]
        raid.template = OldTemplate(id="raid-1", slug="lemuria", name="The Ghastly Conspiracy Raid", roles=raid.roles)
    return raid
