"""Leaderboards share places, over pages too, and what is said of one’s own place agrees with them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.commands.leaderboard.views import Shown, View, embed, rows
from raidbot.commands.ui.responses import panel_view
from raidbot.raids.model import MemberId
from raidbot.raids.statistics.leaderboards import (
    Board,
    Count,
    SeveralRoles,
    UnknownRoleName,
    board_of,
    role_named,
    role_tag,
)
from raidbot.raids.statistics.spans import Stretch
from raidbot.utils.words import say

ALL_TIME = Stretch(say("All time"))
MEDALS = {"🥇": 1, "🥈": 2, "🥉": 3}

names = (
    st.none()
    | st.text(max_size=40)
    | st.sampled_from(("@everyone", "a\nb", "> x", "2. ·", "](http://x)", "**", "\u200b", "ابجد", "👩‍🚀" * 9))
)
members = st.dictionaries(st.integers(-(2**60), 2**60), st.tuples(st.integers(0, 6), names), min_size=0, max_size=45)


def board(raids: list[int]) -> Board:
    return board_of(Count(member=MemberId(number), raids=one) for number, one in enumerate(raids, start=1))


def page(board: Board, number: int, reader: int | None = None) -> list[str]:
    """Return the lines of a page, from 0."""
    member = None if reader is None else MemberId(reader)
    return str(embed(Shown(board=board, stretch=ALL_TIME, view=View(page=number), reader=member)).description).split(
        "\n"
    )


def places(lines: list[str]) -> list[int]:
    """Return the places of lines as people read them."""
    heads = [line.split(" ")[0].strip("*.") for line in lines if " · " in line]
    return [MEDALS.get(head) or int(head) for head in heads]


def test_t15_a_tie_over_two_pages_shares_its_place_on_both() -> None:
    tied = board([50, 49, 48, 47, 46, 45, 44, 5, 4, 4, 4, 3])

    assert places(page(tied, 0)) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 9]
    assert places(page(tied, 1)) == [9, 12]
    assert [page(tied, 0, reader)[-1] for reader in (11, 12)] == [
        "You are 9th with 4 raids.",
        "You are 12th with 3 raids.",
    ]
    assert [page(tied, 1, reader)[-1] for reader in (9, 10)] == ["You are 9th with 4 raids."] * 2
    assert "You are" not in page(tied, 1, 11)[-1]


@given(members)
def test_t18_places_have_no_gaps_on_any_page_and_everybody_reads_their_own(
    found: dict[int, tuple[int, str | None]],
) -> None:
    counts = [Count(member=MemberId(who), raids=raids, name=name) for who, (raids, name) in found.items()]
    whole = board_of(counts)
    came = {who: raids for who, (raids, _) in found.items() if raids}
    pages = max(1, -(-len(came) // 10))

    read = [place for number in range(pages) for place in places(page(whole, number))]

    assert read == sorted(1 + sum(other > raids for other in came.values()) for raids in came.values())
    assert sorted(one.count.member for one in whole.standings) == sorted(came)
    for who, raids in came.items():
        place = 1 + sum(other > raids for other in came.values())
        own = next(number for number in range(pages) if any("← you" in line for line in page(whole, number, who)))
        (line,) = (line for line in page(whole, own, who) if "← you" in line)
        assert places([line]) == [place]
        for number in set(range(pages)) - {own}:
            said = page(whole, number, who)[-1]
            assert said.startswith(f"You are {place}")
            assert said.endswith("raid." if raids == 1 else f"{raids} raids.")


@given(members, st.integers(0, 999_999))
def test_every_page_fits_into_what_discord_takes(found: dict[int, tuple[int, str | None]], number: int) -> None:
    counts = [Count(member=MemberId(who), raids=raids, name=name) for who, (raids, name) in found.items()]
    shown = Shown(
        board=board_of(counts),
        stretch=ALL_TIME,
        view=View(role=role_tag("R" * 100), page=number),
        role="R" * 100,
        reader=MemberId(next(iter(found), 1)),
    )

    made, buttons = embed(shown), rows(shown)

    assert len(made) <= 6000
    assert len(made.description or "") <= 4096
    ids = [str(item.to_component_dict()["custom_id"]) for item in panel_view(buttons).children]
    assert len(ids) == len(set(ids))
    assert all(len(custom_id) <= 100 for custom_id in ids)
    assert len(shown.slice.items) <= 10
    text = made.description or ""
    assert "@everyone" not in text.replace("\\@", "")
    assert "](" not in text.replace("\\]", "")


def test_t16_former_members_are_lines_like_others_and_come_last_among_equals() -> None:
    whole = board_of(
        [
            Count(member=MemberId(-5), raids=7),
            Count(member=MemberId(3), raids=7, name="Zoe"),
            Count(member=MemberId(2), raids=7, name=None),
            Count(member=MemberId(4), raids=5, name="Ann"),
        ]
    )

    assert page(whole, 0) == [
        "🥇 Zoe · 7 raids",
        "🥇 former member · 7 raids",
        "🥇 former member · 7 raids",
        "**4.** Ann · 5 raids",
    ]


def test_whoever_did_not_come_is_told_and_an_empty_board_says_why() -> None:
    assert page(board([3]), 0, 99)[-1] == "You are not on it: you came to none of these raids."
    assert page(board([]), 0, 99) == ["Nobody has come to a raid yet. A raid counts as soon as it has ended."]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Tank", "Tank"),
        ("tank", "tank"),
        ("HEALER", "Healer"),
        (" heal ", "Healer"),
        ("off", "Off-Tank"),
        ("TANK", SeveralRoles),
        ("an", SeveralRoles),
        ("", UnknownRoleName),
        ("dps", UnknownRoleName),
        ("@everyone" * 30, UnknownRoleName),
    ],
)
def test_a_typed_role_is_taken_if_only_one_is_meant(typed: str, found: str | type[Exception]) -> None:
    known = ("Tank", "Healer", "tank", "Off-Tank")
    if isinstance(found, str):
        assert role_named(typed, known) == found
        return
    with pytest.raises(found) as refused:
        role_named(typed, known)
    assert "Choose" in str(refused.value)
    assert len(str(refused.value)) <= 2000
