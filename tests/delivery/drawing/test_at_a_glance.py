"""A board reads at a glance: short headings, ways to sign up in few words, specialisations that go before names do."""

from dataclasses import replace

import pytest

from raidbot.delivery.drawing.render import board
from raidbot.delivery.drawing.text_fit import columns
from raidbot.raids.labels import named_by_footer
from raidbot.raids.model import MemberId, Picture, Raid, Role, RoleKey, Seat, Source, Status, Wait
from raidbot.raids.settings import SignupStyle
from raidbot.raids.templates.model import MAX_REACTIONS
from tests.raids.builders import NOW, museum


def raid_with(*roles: tuple[str, int], spec: str | None = None, waiting: int = 0) -> Raid:
    """Return an open raid whose seats are all taken, by members with this specialisation."""
    made = tuple(
        Role(key=RoleKey(str(n)), name=name, emoji=chr(0x1F400 + n), seats=seats)
        for n, (name, seats) in enumerate(roles)
    )
    sitting = [role.key for role in made for _ in range(role.seats)]
    seats = [Seat(MemberId(100 + n), key, n, NOW, Source.BUTTON, spec=spec) for n, key in enumerate(sitting)]
    waits = [Wait(MemberId(900 + n), made[0].key, n, NOW, Source.BUTTON) for n in range(waiting)]
    return replace(museum(), status=Status.OPEN, roles=made, seats=tuple(seats), waits=tuple(waits))


@pytest.mark.parametrize(
    ("style", "closed", "roles", "said"),
    [
        (SignupStyle.REACTIONS, False, 2, "React to sign up"),
        (SignupStyle.BUTTONS, False, 2, "Press a button to sign up"),
        (SignupStyle.BOTH, False, 2, "React or press a button to sign up"),
        (SignupStyle.REACTIONS, False, MAX_REACTIONS + 1, "Choose a role to sign up"),
        (SignupStyle.REACTIONS, True, 2, "Can’t come? Take your reaction away before the start"),
        (SignupStyle.BUTTONS, True, 2, "Can’t come? Press Leave before the start"),
        (SignupStyle.BOTH, True, 2, "Can’t come? Take your reaction away or press Leave before the start"),
        (None, False, 2, ""),
    ],
)
def test_the_footer_says_how_to_sign_up_or_leave_and_names_the_raid_in_every_style(
    style: SignupStyle | None, closed: bool, roles: int, said: str
) -> None:
    raid = replace(raid_with(*[("Tank", 1)] * roles), seats=())
    raid = replace(raid, status=Status.CLOSED) if closed else raid

    footer = board(raid, {}, style).footer

    assert footer == (f"{said} · raid {raid.code}" if said else f"Raid {raid.code}")
    assert named_by_footer(footer) == named_by_footer(f"Raid {raid.code}")


@pytest.mark.parametrize(
    ("roles", "picture", "beside"),
    [
        ([("Tank", 2), ("Healer", 2), ("Off-healer", 2), ("Ranged damage", 3)], None, True),
        ([("Tank", 2), ("Healer", 2), ("Ranged damage", 3)], None, False),
        ([("Tank", 2), ("Ranged damage", 3)], None, False),
        ([("Tank", 2), ("Off-healer", 2)], Picture(url="https://x.example/a.png"), False),
        ([("Tank", 2), ("Off-healer", 2)], Picture(url="https://x.example/a.png", is_large=True), True),
    ],
)
def test_roles_stand_side_by_side_only_if_no_heading_wraps(
    roles: list[tuple[str, int]], picture: Picture | None, beside: bool
) -> None:
    shown = board(replace(raid_with(*roles), picture=picture), {})

    assert {field.inline for field in shown.fields} == {beside}


@pytest.mark.parametrize(
    ("text", "width"), [("Tank", 4), ("🛡️ Tank", 7), ("1️⃣", 2), ("<:tank:1234567890>", 2), ("山田", 4), (r"a\_b", 3)]
)
def test_columns_are_counted_as_they_are_seen(text: str, width: int) -> None:
    assert columns(text) == width


def test_a_specialisation_is_behind_the_name_and_goes_before_any_name_is_cut() -> None:
    small = board(raid_with(("Mage", 2), spec="Frost"), {MemberId(100): "Ann", MemberId(101): "Bob"})
    large = raid_with(("Mage", 40), ("Rogue", 40), spec="A" * 40, waiting=10)
    names = {member: f"{member:032}" for member in large.members()}

    shown = "\n".join(field.value for field in board(large, names).fields)

    assert small.fields[0].value == "1. Ann · Frost\n2. Bob · Frost"
    assert all(name in shown for name in names.values())
    assert "A" * 12 not in shown
