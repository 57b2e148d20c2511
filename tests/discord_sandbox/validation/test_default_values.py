"""Default values of selects of members, roles and channels."""

import pytest

from discord_sandbox.store import Json
from discord_sandbox.validation import components, messages
from tests.discord_sandbox.validation.test_validation import errors_of, placed

USERS, ROLES, MENTIONABLES, CHANNELS = 5, 6, 7, 8
HERE = "components.0.components.0.default_values"


def defaults(*kinds: str) -> list[Json]:
    return [{"id": str(number), "type": kind} for number, kind in enumerate(kinds, 1)]


@pytest.mark.parametrize(
    ("kind", "types", "wrong"),
    [
        (USERS, ["user", "user"], []),
        (USERS, ["user", "role"], [1]),
        (USERS, ["channel"], [0]),
        (ROLES, ["role"], []),
        (ROLES, ["user"], [0]),
        (MENTIONABLES, ["user", "role"], []),
        (MENTIONABLES, ["channel", "role"], [0]),
        (CHANNELS, ["channel"], []),
        (CHANNELS, ["user", "role"], [0, 1]),
    ],
)
def test_default_values_are_of_the_select_s_type(kind: int, types: list[str], wrong: list[int]) -> None:
    select = {"type": kind, "custom_id": "who", "max_values": 5, "default_values": defaults(*types)}

    found = errors_of(messages.check_message, placed(select))

    assert found == [f"{HERE}.{index}.type BASE_TYPE_CHOICES" for index in wrong]


@pytest.mark.parametrize(
    ("least", "most", "count", "fits"),
    [
        (None, None, 1, True),
        (None, None, 2, False),
        (0, 3, 0, True),
        (1, 3, 0, True),
        (2, 3, 1, False),
        (2, 3, 2, True),
        (2, 3, 4, False),
        (0, 25, 25, True),
    ],
)
def test_there_are_as_many_default_values_as_may_be_picked(
    least: int | None, most: int | None, count: int, fits: bool
) -> None:
    range_of_values = {"min_values": least, "max_values": most}
    select = {"type": USERS, "custom_id": "who", "default_values": defaults(*["user"] * count), **range_of_values}

    found = errors_of(messages.check_message, placed(select))

    assert found == ([] if fits else [f"{HERE} BASE_TYPE_BAD_LENGTH"])


def test_default_values_are_checked_in_a_form_too() -> None:
    select = {"type": ROLES, "custom_id": "role", "default_values": defaults("user")}
    form = {"custom_id": "f", "title": "F", "components": [{"type": 18, "label": "Role", "component": select}]}

    found = errors_of(components.check_modal, form)

    assert found == ["data.components.0.component.default_values.0.type BASE_TYPE_CHOICES"]
