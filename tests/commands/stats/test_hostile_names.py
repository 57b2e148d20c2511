"""Names of members, servers, roles and raids that would ping, link, turn words or break a limit of Discord's."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import discord
import pytest

from raidbot.commands.leaderboard import achievement_views
from raidbot.commands.leaderboard import views as boards
from raidbot.commands.raidinfo import views as histories
from raidbot.commands.stats import member_views, server_views
from raidbot.db.raid_listings import Page, RaidEntry
from raidbot.pictures import roles as roles_picture
from raidbot.pictures.facts import RoleCount
from raidbot.raids.model import GuildId, Kind, MemberId, Presence, RaidCode, RaidId, Status
from raidbot.raids.statistics import leaderboards
from raidbot.raids.statistics.achievements import Record, progress_of
from raidbot.raids.statistics.figures import MemberFigures, NamedCount, ServerFigures, ServerShare, Standing, Top
from raidbot.raids.statistics.leaderboards import Board, Count
from raidbot.raids.statistics.spans import Span, stretch_of
from raidbot.raids.statistics.tally import Tally

NOW = datetime(2028, 1, 5, tzinfo=UTC)
ZONE = "America/Argentina/ComodRivadavia"
MANY = 10**6
LINK = "https://discord.com/channels/123456789012345678/123456789012345678/123456789012345678"
NAMES = [
    "@everyone",
    "<@123456789012345678>",
    "<@&1> </stats user:1> <t:1:R> <id:guide>",
    "[free](https://example.org)",
    "](http://x.y)",
    "# big",
    "-# small",
    "> said",
    "||x||",
    "a\n# b",
    *(mark * 100 for mark in "*`_\\|[:xא\u200b\u3164"),
    "Z" + "\u0301" * 99,
    "👩\u200d👩\u200d👧\u200d👦" * 14,
    "\u202eAnn",
    "\u2067Ann",
    "A\u2069nn",
    "",
]
TALLY = Tally(present=MANY, late=MANY, no_shows=MANY, excused=MANY, called_off=MANY, benched=MANY, carried=MANY)


@pytest.mark.parametrize("name", NAMES)
def test_no_name_is_more_than_a_name(name: str) -> None:
    pages = list(_pages(name))

    assert len(pages) == 6
    for page in pages:
        sent = page.to_dict()
        fields = sent.get("fields", [])
        texts = [sent["title"], sent.get("description") or "", *(field["value"] for field in fields)]
        assert len(page) <= 6000
        assert len(texts[0]) <= 256
        assert len(texts[1]) <= 4096
        assert all(0 < len(text) <= 1024 for text in texts[2:])
        for text in texts:
            _check_harmless(text)
    picture = roles_picture.picture([RoleCount(name, 2), RoleCount(f"{name}2", 1)], name)
    assert len(picture.description) <= 1024
    for line in picture.lines:
        _check_harmless(line)


def _check_harmless(text: str) -> None:
    plain = re.sub(r"\\.", "x", text.replace(LINK, ""))
    assert not re.search(r"@everyone|https?://|<(?!t:\d+:[RDd]>)|\|\|", plain)
    assert re.findall(r"\]\(.", plain) in ([], ["]()"] * 10)  # ten raids with their links
    assert not re.search(r"^\s*(#+ |>|-# )", plain, re.MULTILINE)
    depth = 0
    for char in text:
        depth += (char in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068") - (char in "\u202c\u2069")
        assert depth >= 0
    assert depth == 0


def _pages(name: str) -> Iterator[discord.Embed]:
    counts = tuple(NamedCount(f"{name}{number or ''}", MANY - number) for number in range(30))
    figures = MemberFigures(
        tally=TALLY, roles=counts, templates=counts, weekdays=(5,) * 7, hours=(5,) * 24, last_raid_at=NOW, streak=MANY
    )
    yield member_views.member_page(figures, member_views.Whose(member=MemberId(1), name=name, own=False), ZONE).embed
    shares = [ServerShare(guild=GuildId(number), figures=figures) for number in range(7)]
    yield member_views.everywhere_page(shares, dict.fromkeys(range(7), name), MemberId(1), 0).embed
    server = ServerFigures(
        raids=MANY,
        uncounted=counts,
        seats=MANY,
        tally=TALLY,
        participants=MANY,
        top=Top(tuple(Standing(1, MemberId(number), name, MANY) for number in range(5)), MANY),
        templates=counts,
        starts=((7,) * 24,) * 7,
        first_raid_at=NOW,
        last_raid_at=NOW,
    )
    yield server_views.server_page(server, name, ZONE).embed
    yield _board(name)
    yield achievement_views.embed(progress_of(Record(came=3, no_shows=MANY, is_carried=True)), name)
    raid = RaidEntry(
        id=RaidId(1),
        code=RaidCode("ABC234"),
        kind=Kind.CHALLENGE,
        name=name * 3,
        starts_at=NOW,
        status=Status.CANCELLED,
        link=LINK,
        taken=1,
        capacity=1,
        waiting=1,
        role=name,
        presence=Presence.CALLED_OFF,
        not_held=True,
        counts=False,
    )
    yield histories.history_embed(Page([raid] * 10, 0, 9, 99), TALLY, name)


def _board(name: str) -> discord.Embed:
    lines = (Count(member=MemberId(number), raids=MANY, carried=1, name=name) for number in range(40))
    standings = tuple(leaderboards.Standing(number // 3 + 1, count) for number, count in enumerate(lines))
    view = boards.view_of(Span.WEEKS, name)
    stretch = stretch_of(Span.WEEKS, NOW, ZoneInfo(ZONE))
    shown = boards.Shown(board=Board(standings, True), stretch=stretch, view=view, role=name, reader=MemberId(39))
    assert all(len(item.to_component_dict()["custom_id"]) <= 100 for row in boards.rows(shown) for item in row)
    return boards.embed(shown)
