import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discord_sandbox.validation.messages import check_message
from raidbot.delivery.drawing.board import Board
from raidbot.delivery.drawing.render import GREY, board
from raidbot.delivery.drawing.text_fit import shortened, units
from raidbot.raids import lifecycle
from raidbot.raids.drafts import Draft, plan
from raidbot.raids.model import (
    CancelReason,
    ChannelId,
    CloseReason,
    GuildId,
    MemberId,
    MessageId,
    Raid,
    RaidCode,
    Role,
    RoleKey,
    Seat,
    Source,
    Wait,
)
from raidbot.raids.rosters import manager_edits, signups
from raidbot.raids.templates.builtin import builtin
from raidbot.raids.templates.catalogue import untouched
from raidbot.raids.templates.model import Template, check
from tests.board_text import board_as_text
from tests.chaos import rounds

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
CUSTOM = f"<a:{'e' * 32}:12345678901234567890>"
MORE = re.compile(r"\+(\d+) more")


def raid_of(activity: str, **choices: object) -> Raid:
    draft = Draft(activity=activity, starts_at=NOW + timedelta(days=2), zone="Europe/London", **choices)  # type: ignore[arg-type]
    planned = plan(draft, untouched(), guild=GuildId(1), creator=MemberId(1), channel=ChannelId(3), now=NOW)
    return lifecycle.posted(replace(planned, code=RaidCode("K7MX2Q")), MessageId(9)).raid


def joined(raid: Raid, *picks: tuple[int, int]) -> Raid:
    """Return the raid after each (member number, role index) of `picks` reacted."""
    for member, role in picks:
        raid = signups.react(raid, MemberId(member), raid.roles[role].key, now=NOW).raid
    return raid


def names_of(raid: Raid, called: Callable[[MemberId], str] = "m{:05d}".format) -> dict[MemberId, str]:
    return {member: called(member) for member in (raid.creator, *raid.members())}


def crowded(raid: Raid, roles: tuple[Role, ...], *, seated: int, waiting: int) -> Raid:
    """Return the raid with these roles, `seated` members in each and `waiting` in all waitlists together."""
    sitting = [role for role in roles for _ in range(seated)]
    sides = raid.sides or (None,)
    seats = [
        Seat(MemberId(1000 + n), role.key, n, NOW, Source.REACTION, side=sides[n % len(sides)])
        for n, role in enumerate(sitting)
    ]
    waits = [Wait(MemberId(5000 + n), roles[n % len(roles)].key, n, NOW, Source.REACTION) for n in range(waiting)]
    return replace(raid, roles=roles, seats=tuple(seats), waits=tuple(waits))


def texts(shown: Board) -> list[str]:
    return [shown.title, shown.description, shown.footer, *(part for f in shown.fields for part in (f.name, f.value))]


def check_limits(shown: Board) -> None:
    """Assert Discord's limits on embeds, counted in UTF-16 units to be safe."""
    # https://discord.com/developers/docs/resources/message#embed-object-embed-limits
    assert 0 < units(shown.title) <= 256
    assert 0 < units(shown.description) <= 4096
    assert len(shown.fields) <= 25
    assert all(0 < units(field.name) <= 256 and 0 < units(field.value) <= 1024 for field in shown.fields)
    assert sum(map(units, texts(shown))) <= 6000
    assert len(shown.reactions) <= 20
    check_message({"embeds": [shown.embed().to_dict()]})


def numbers(lines: list[str]) -> int:
    """Return the number of members that the lines name or count."""
    text = "\n".join(lines)
    unnamed = re.findall(r"^⏳ (\d+) waiting$", text, re.MULTILINE)
    return len(re.findall(r"m\d{5}", text)) + sum(map(int, MORE.findall(text))) + sum(map(int, unnamed))


weird = st.text(
    st.sampled_from("*_~`|<>@#[]()\\:-+. 12aé😀\u200b\u202e\u0301\n\ufe0fZ") | st.characters(exclude_categories=["Cs"]),
    max_size=100,
)
roles_of_any_kind = st.integers(1, 40).flatmap(
    lambda count: st.lists(
        st.builds(
            Role,
            key=st.just(RoleKey("")),
            name=weird.filter(bool),
            emoji=st.sampled_from(["⚔️", "🐉", CUSTOM]),
            seats=st.integers(1, 50),
            group=st.sampled_from(["", "Vanguard", "Support", "*_*"]) | weird,
            icon=st.sampled_from(["", CUSTOM]),
        ),
        min_size=count,
        max_size=count,
    ).map(lambda roles: tuple(replace(role, key=RoleKey(str(n))) for n, role in enumerate(roles)))
)


@st.composite
def any_raid(draw: st.DrawFn) -> Raid:
    roles = draw(roles_of_any_kind)
    raid = replace(
        raid_of("museum"),
        title=draw(weird.filter(bool)),
        emoji=draw(st.sampled_from(["", "🐉", CUSTOM])),
        description=draw(weird | weird.map(lambda text: text * 60)),
        subject=draw(st.none() | weird),
        strategy=draw(st.none() | weird),
        sides=draw(st.sampled_from([(), ("Left side (Bomb)", "*" * 100)])),
        leader=draw(st.sampled_from([None, MemberId(1), MemberId(1000)])),
        counts=draw(st.booleans()),
    )
    raid = crowded(raid, roles, seated=draw(st.integers(0, 15)), waiting=draw(st.integers(0, 300)))
    match draw(st.sampled_from(["open", "closed", "cancelled"])):
        case "closed":
            reason = draw(st.sampled_from(CloseReason))
            at = draw(st.sampled_from([NOW, raid.starts_at]))
            return lifecycle.close(raid, reason=reason, by=MemberId(1), now=at).raid
        case "cancelled":
            at = draw(st.sampled_from([NOW, raid.starts_at]))
            return lifecycle.cancel(raid, reason=draw(st.sampled_from(CancelReason)), by=None, now=at).raid
    return raid


@given(any_raid(), weird, st.booleans(), st.booleans())
def test_every_board_is_within_discord_s_limits(raid: Raid, name: str, known: bool, leading: bool) -> None:
    leaders = frozenset(raid.members()) if leading else frozenset()
    shown = board(raid, names_of(raid, lambda member: f"{name}{member}") if known else {}, leaders=leaders)

    check_limits(shown)
    if raid.shows_signups and len(raid.roles) <= 20:
        assert shown.reactions == tuple(role.emoji for role in raid.roles)
    else:
        assert shown.reactions == ()
    assert board_as_text(shown)


@given(any_raid())
def test_everybody_is_named_or_counted_and_every_count_is_exact(raid: Raid) -> None:
    raid = replace(raid, roles=tuple(replace(role, name="Role", group=role.group and "Group") for role in raid.roles))
    shown = board(raid, names_of(raid))
    lines = [line for field in shown.fields for line in (f"**{field.name}**", *field.value.splitlines())]
    sitting = [line for line in lines if not line.startswith("⏳ ")]

    assert numbers(sitting) == len(raid.seats)
    assert numbers([line for line in lines if line.startswith("⏳ ")]) == len(raid.waits)
    counts = re.findall(r"Role(?:\*\*)? (\d+)/(\d+)", "\n".join(lines))
    expected = [(str(len(raid.seated(role.key))), str(role.seats)) for role in raid.roles]
    assert sorted(counts) == sorted(expected if len(raid.roles) > 1 else [])
    assert f"👥 **{len(raid.seats)}/{raid.capacity}**" in shown.description


@given(st.text(st.sampled_from("*_~`|<>@#[]():\\-+.1 \nab"), min_size=1, max_size=100))
def test_a_name_brings_no_markdown_mention_or_link(name: str) -> None:
    raid = joined(raid_of("lemuria", length_minutes=90), (1, 0), (2, 1), (3, 1))
    raid = replace(raid, leader=MemberId(2))
    plain, shown = board(raid, {}), board(raid, names_of(raid, lambda _: name))

    for before, after in zip(texts(plain), texts(shown), strict=True):
        unescaped = re.sub(r"\\[^a-zA-Z0-9\s]", "", after)
        for mark in "*_~`|<>@[]":
            assert unescaped.count(mark) == before.count(mark)
        assert "://" not in unescaped
    assert not [line for line in shown.description.splitlines() if re.match(r"\s*([#+-]|\d+\.) ?", line)]


@pytest.mark.parametrize("group", ["", "{} is a group" + "_" * 90])
@pytest.mark.parametrize(("seated", "waiting"), [(0, 0), (1, 300), (3, 300), (rounds(51, 101), 300)])
def test_forty_roles_with_long_names_and_three_hundred_waiting_fit(group: str, seated: int, waiting: int) -> None:
    roles = tuple(
        Role(key=RoleKey(str(n)), name="*" * 100, emoji=CUSTOM, seats=50, group=group.format(n), icon=CUSTOM)
        for n in range(40)
    )
    raid = replace(
        raid_of("museum"),
        title="T" * 300,
        emoji=CUSTOM,
        strategy="#" * 100,
        description="*" * 5000,
        leader=MemberId(1000),
    )
    raid = crowded(raid, roles, seated=seated, waiting=waiting)
    closed = lifecycle.close(raid, reason=CloseReason.MANUAL, by=MemberId(1), now=NOW).raid

    for state in (raid, closed):
        for name in ("😀" * 100, "*" * 100):
            check_limits(board(state, names_of(state, f"{{:05d}}{name}".format)))
    shown = "\n".join(texts(board(raid, names_of(raid))))
    assert f"👥 **{40 * seated}/2000** · 300 waiting" in shown or not waiting
    assert len(re.findall(rf" {seated}/50\b", shown)) >= 40


@given(st.sampled_from(builtin()), st.integers(1, 20), st.integers(1, 50), st.sampled_from(["", "Group"]))
def test_a_template_that_is_accepted_has_room_to_name_everybody(
    template: Template, count: int, seats: int, group: str
) -> None:
    roles = tuple(
        Role(key=RoleKey(str(n)), name="Some role", emoji=chr(0x1F400 + n), seats=seats, group=group)
        for n in range(count)
    )
    custom = replace(template, roles=roles, strategies=(), description="d" * 1500)
    raid = replace(raid_of("museum"), sides=custom.sides, description=custom.description)
    full = crowded(raid, roles, seated=seats, waiting=0)

    shown = board(full, names_of(full))

    if not check(custom):
        assert "more" not in "".join(field.value for field in shown.fields)


def test_a_fresh_raid_says_what_when_and_how() -> None:
    raid = raid_of("dragonspyre", length_minutes=90, strategy="2 myth 1 storm")
    shown = board(raid, {MemberId(1): "Ann"})
    start = int(raid.starts_at.timestamp())

    assert shown.title == "🐉 The Voracious Void Raid"
    assert shown.description.splitlines() == [
        f"📅 <t:{start}:F> · <t:{start}:R> · 1 h 30 · by Ann",
        "🧠 Strategy: 2 myth 1 storm",
        "👥 **0/12**",
        "",
        *raid.description.splitlines(),
    ]
    assert [field.name for field in shown.fields] == ["Vanguard 0/4", "Support 0/3", "Gates 0/5"]
    assert shown.fields[0].value == "1️⃣ **Myth 1** 0/1\n2️⃣ **Myth 2** 0/1\n3️⃣ **Storm 1** 0/1\n4️⃣ **Jade** 0/1"
    assert (shown.footer, shown.colour) == ("React to sign up · raid K7MX2Q", 0x8E44AD)
    assert shown.embed().timestamp is None
    assert len(shown.reactions) == 12


def test_who_holds_the_leader_role_or_leads_the_raid_has_one_star_with_a_seat_and_in_line() -> None:
    raid = replace(joined(raid_of("lemuria", length_minutes=90), (1, 0), (2, 0), (3, 0), (4, 1)), leader=MemberId(1))
    names = dict(zip(map(MemberId, range(1, 5)), ["Ann", "Ben", "Cem", "Dan"], strict=True))
    shown = board(raid, names, leaders={MemberId(1), MemberId(3), MemberId(9)})

    assert shown.fields[0].value.splitlines()[:3] == [
        "1️⃣ **Storm 1** 1/1: ⭐ Ann",
        "⏳ Ben, ⭐ Cem",
        "2️⃣ **Storm 2** 1/1: Dan",
    ]


def test_seats_sides_lines_and_the_leader_are_shown() -> None:
    raid = joined(raid_of("lemuria", length_minutes=90), (1, 0), (2, 0), (3, 0), (4, 1))
    raid = replace(
        raid, leader=MemberId(1), seats=tuple(replace(seat, side=raid.sides[seat.member % 4]) for seat in raid.seats)
    )
    raid = manager_edits.assign(raid, MemberId(5), raid.roles[1].key, now=NOW, force=True).raid
    shown = board(raid, dict(zip(map(MemberId, range(1, 6)), ["Ann", "Ben", "Cem", "Dan", "Eve"], strict=True)))

    assert shown.fields[0].name == "Vanguard 3/4"
    assert shown.fields[0].value.splitlines()[:4] == [
        "1️⃣ **Storm 1** 1/1: ⭐ Ann — Left side \\(Polymorph\\)",
        "⏳ Ben, Cem",
        "2️⃣ **Storm 2** 2/1 ⚠️: Dan — Left side \\(Bomb\\), Eve",
        "3️⃣ **Storm 3** 0/1",
    ]
    assert shown.description.splitlines()[0].endswith(" · 1 h 30 · by Ann")
    assert "👥 **3/12** · 2 waiting" in shown.description
    other = board(replace(raid, leader=MemberId(2)), {MemberId(1): "Ann", MemberId(2): "Ben"})
    assert other.description.splitlines()[0].endswith(" · led by Ben · by Ann")


def test_a_museum_is_a_numbered_list() -> None:
    raid = joined(raid_of("museum", seats=2), (1, 0), (2, 0), (3, 0))
    shown = board(raid, {MemberId(1): "Ann", MemberId(2): "_Ben_"})

    assert [(field.name, field.value) for field in shown.fields] == [("✅ Museum", "1. Ann\n2. \\_Ben\\_\n⏳ Member")]
    assert "👥 **2/2** · 1 waiting" in shown.description


def test_teams_stand_side_by_side() -> None:
    raid = joined(raid_of("key", teams=2, team_size=2, subject="Kraken", counts=False), (1, 0), (2, 0), (3, 0))
    shown = board(raid, names_of(raid, lambda member: f"Player {member}"))

    assert shown.title == "🔑 Gold Key Boss — Kraken"
    assert [(field.name, field.value, field.inline) for field in shown.fields] == [
        ("1️⃣ Team 1 2/2", "1. Player 1\n2. Player 2\n⏳ Player 3", True),
        ("2️⃣ Team 2 0/2", "–", True),
    ]
    assert "⚠️ Doesn’t count towards statistics" in shown.description


def test_a_long_line_names_the_first_and_counts_the_rest() -> None:
    raid = joined(raid_of("museum", seats=1), *((member, 0) for member in range(1, 30)))

    assert board(raid, names_of(raid)).fields[0].value.endswith(", m00015, m00016, +13 more")


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (CloseReason.MANUAL, " by a raid leader"),
        (CloseReason.FULL, ": every seat is taken"),
        (CloseReason.AT_START, ": the raid has started"),
    ],
)
def test_a_closed_raid_is_grey_and_says_why(reason: CloseReason, sentence: str) -> None:
    raid = lifecycle.close(raid_of("museum"), reason=reason, by=MemberId(1), now=NOW).raid
    shown = board(raid, {})

    assert shown.title == "🔒 🏛️ Museum Signup"
    assert (shown.colour, shown.reactions) == (GREY, ("✅",))
    assert shown.footer == "Can’t come? Take your reaction away before the start · raid K7MX2Q"
    over = board(lifecycle.begin(raid, now=raid.starts_at).raid, {})
    assert over.reactions == ()
    assert over.footer == "Raid K7MX2Q"
    assert shown.description.splitlines()[0] == f"**Signups closed{sentence}**"


def test_a_cancelled_raid_says_so() -> None:
    shown = board(lifecycle.cancel(raid_of("museum"), reason=CancelReason.MANUAL, by=MemberId(1), now=NOW).raid, {})
    assert (shown.title, shown.colour, shown.reactions) == ("❌ 🏛️ Museum Signup", GREY, ())
    assert shown.description.splitlines()[0] == "**Cancelled** by a raid leader"


def test_the_fingerprint_changes_with_what_is_visible_and_with_nothing_else() -> None:
    raid = joined(raid_of("museum"), (1, 0))
    names = {MemberId(1): "Ann"}
    shown = board(raid, names).fingerprint

    unseen = replace(raid, version=9, reminded_until=raid.created_at, hold=True, filled_once=True)
    assert board(unseen, {**names, MemberId(7): "Not here"}).fingerprint == shown
    assert board(raid, {MemberId(1): "Anna"}).fingerprint != shown
    assert board(replace(raid, counts=False), names).fingerprint != shown
    other_emoji = replace(raid, roles=(replace(raid.roles[0], emoji="🎟️"),))
    assert board(other_emoji, names).fingerprint != shown


def test_a_board_says_how_to_leave_without_a_reaction_only_where_somebody_has_to() -> None:
    raid = joined(raid_of("museum", seats=1), (1, 0), (2, 0))
    swept, hint = signups.clear_marks(raid).raid, "React and take it away to leave"

    assert hint not in board(raid, {}).footer
    assert hint in board(swept, {}).footer
    for member in (1, 2):
        swept = signups.react(swept, MemberId(member), raid.roles[0].key, now=NOW).raid
    assert hint not in board(swept, {}).footer


def test_what_is_posted_is_what_is_shown_once_the_raid_is_open() -> None:
    draft = Draft(activity="museum", starts_at=NOW + timedelta(days=2), zone="UTC")
    posting = plan(draft, untouched(), guild=GuildId(1), creator=MemberId(1), channel=ChannelId(3), now=NOW)

    assert board(posting, {}) == board(lifecycle.posted(posting, MessageId(9)).raid, {})


def test_a_board_can_be_read_as_plain_text() -> None:
    raid = joined(raid_of("key", teams=2, subject="*Kraken*"), (1, 0), (2, 1))
    text = board_as_text(board(raid, {MemberId(1): "Ann_*", MemberId(2): "Ben"}), ZoneInfo("Europe/Berlin"))

    assert text == (
        "🔑 Gold Key Boss — *Kraken*\n"
        "📅 Monday, 12 January 2026 13:00 CET · by Ann_*\n"
        "👥 2/8\n"
        "\n"
        "1️⃣ Team 1 1/4\n  1. Ann_*\n"
        "\n"
        "2️⃣ Team 2 1/4\n  1. Ben\n"
        "\n"
        "React to sign up · raid K7MX2Q · reactions: 1️⃣ 2️⃣"
    )


@given(weird, st.integers(0, 100))
def test_shortened_texts_fit_and_never_end_in_half_an_escape(text: str, most: int) -> None:
    short = shortened(text, most)

    assert units(short) <= most
    trailing = len(short.rstrip("…")) - len(short.rstrip("…").rstrip("\\"))
    assert trailing % 2 == 0
