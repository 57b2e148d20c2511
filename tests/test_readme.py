"""README.md and the pages it leads to match the code."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import discord

from raidbot import process
from raidbot.commands.ui import permissions
from raidbot.config import Settings, variable
from raidbot.delivery.channel_permissions import TO_UPLOAD
from raidbot.delivery.drawing.render import board
from raidbot.raids.drafts import Draft, plan
from raidbot.raids.model import ChannelId, GuildId, MemberId, RaidCode, Status
from raidbot.raids.rosters import signups
from raidbot.raids.templates.catalogue import untouched
from tests.board_text import board_as_text

ROOT = Path(__file__).parent.parent
README, CONFIGURATION, OPERATING, TROUBLESHOOTING = (
    (ROOT / page).read_text(encoding="utf-8")
    for page in ("README.md", "docs/configuration.md", "docs/operating.md", "docs/troubleshooting.md")
)
MAX_LINES = 120
MAX_FILM_BYTES = 2_000_000
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 18, 18, tzinfo=UTC)


def test_the_board_it_shows_is_a_board() -> None:
    draft = Draft(activity="dungeon-5", starts_at=datetime(2026, 3, 20, 19, tzinfo=UTC), zone=BERLIN.key)
    planned = plan(draft, untouched(), guild=GuildId(1), creator=MemberId(1), channel=ChannelId(1), now=NOW)
    raid = replace(planned, code=RaidCode("K7QX2M"), status=Status.OPEN)
    names = {MemberId(number): name for number, name in enumerate(("Alice", "Bob", "Carla", "Dan"), start=1)}
    tank, healer = raid.roles[:2]
    for member, role in zip(names, (tank, healer, tank, raid.roles[-1]), strict=True):
        raid = signups.react(raid, member, role.key, now=NOW).raid

    assert board_as_text(board(raid, names), BERLIN) in README


def test_it_lists_every_setting_with_its_default() -> None:
    for name, field in Settings.model_fields.items():
        row = re.search(rf"^\| `{variable(name)}`[^|]*\| ([^|]*) \|", CONFIGURATION, re.MULTILINE)
        assert row, f"{name} is missing"
        if field.is_required() or field.default in (None, ()):
            assert row[1].startswith("–")
        else:
            default = field.default.as_posix() if isinstance(field.default, Path) else field.default
            assert row[1] == f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def test_it_names_every_exit_code() -> None:
    for code in (
        process.ENDED,
        process.FATAL,
        process.WRONG_SETTINGS,
        process.UNUSABLE_DATABASE,
        process.REFUSED_BY_DISCORD,
        process.UNUSABLE_LIBRARY,
    ):
        assert f"\n| {code} |" in TROUBLESHOOTING


def test_the_invitation_asks_for_what_the_bot_needs() -> None:
    wanted = permissions.TO_POST | permissions.TO_REACT | permissions.TO_DISCUSS | TO_UPLOAD
    needed = discord.Permissions(use_external_emojis=True, **dict.fromkeys(wanted, True))

    assert f"&permissions={needed.value}" in README
    assert f"&permissions={needed.value}" in OPERATING
    assert [name for name in wanted.values() if name not in OPERATING] == []


def test_a_visitor_reads_it_in_a_few_minutes() -> None:
    film = ROOT / re.findall(r"!\[[^]]{40,}\]\(([^)]+)\)", README)[0]

    assert len(README.splitlines()) <= MAX_LINES
    assert film.stat().st_size < MAX_FILM_BYTES
