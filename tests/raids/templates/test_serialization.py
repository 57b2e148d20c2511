import json

import pytest

from raidbot.raids.templates.builtin import builtin
from raidbot.raids.templates.serialization import NotATemplate, from_json, to_json


def test_every_template_survives_there_and_back() -> None:
    for one in builtin():
        assert from_json(json.loads(json.dumps(to_json(one)))) == one


def test_every_fault_is_named_with_its_path() -> None:
    given = {
        "key": "mine",
        "colour": "blue",
        "lengths": [90, "long", True],
        "roles": [{"key": "tank", "name": "Tank", "emoji": "🛡️"}, {"key": "healer", "seats": 1.5, "size": 2}, 3],
    }

    with pytest.raises(NotATemplate) as refusal:
        from_json(given, "templates[2]")

    assert sorted(refusal.value.faults) == [
        "templates[2].colour: has to be a colour such as “#1ABC9C”.",
        "templates[2].lengths[1]: has to be a whole number.",
        "templates[2].lengths[2]: has to be a whole number.",
        "templates[2].name: is missing.",
        "templates[2].roles[1].emoji: is missing.",
        "templates[2].roles[1].name: is missing.",
        "templates[2].roles[1].seats: has to be a whole number.",
        "templates[2].roles[1].size: is not known. Known are key, name, emoji, seats, group, icon, specs.",
        "templates[2].roles[2]: has to be an object.",
    ]
