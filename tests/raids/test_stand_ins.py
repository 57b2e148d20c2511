"""A forgotten member is replaced in texts, and nobody and nothing else."""

import json

import pytest

from raidbot.raids.privacy.stand_ins import message_without, names, without_ids, without_names

WHO = 123_456_789_012_345_678


@pytest.mark.parametrize(
    ("text", "as_typed", "as_json"),
    [
        (f"led by <@{WHO}>!", "led by former member!", "led by former member!"),
        (f"<@!{WHO}>", "former member", "former member"),
        (f'{{"before": {WHO}}}', '{"before": former member}', '{"before": -5}'),
        (f"raid:7:v3:{WHO}", "raid:7:v3:former member", "raid:7:v3:-5"),
        (f"1{WHO} {WHO}0 <@1{WHO}>", f"1{WHO} {WHO}0 <@1{WHO}>", f"1{WHO} {WHO}0 <@1{WHO}>"),
        (f"<@&{WHO + 1}> <#{WHO + 1}>", f"<@&{WHO + 1}> <#{WHO + 1}>", f"<@&{WHO + 1}> <#{WHO + 1}>"),
    ],
)
def test_ids_are_replaced(text: str, as_typed: str, as_json: str) -> None:
    assert without_ids(text, WHO) == as_typed
    assert without_ids(text, WHO, -5) == as_json
    assert names(text, WHO) == (text != as_typed)


def test_names_are_replaced_as_words() -> None:
    assert without_names("Ann and Anna, Ann-Marie: Ann", ["Ann"]) == (
        "former member and Anna, former member-Marie: former member"
    )
    assert without_names("**Z.** (x) [Z.]", ["Z.", ""]) == "**former member** (x) [former member]"
    assert without_names("Bo Derek", ["Bo", "Bo Derek"]) == "former member"


def test_only_what_people_read_of_a_message_loses_the_names() -> None:
    payload = {
        "content": "In the raid:\nfifth_el, content, Tank\\_1",
        "embeds": [{"title": "title by content", "url": "https://content/", "fields": [{"name": "a", "value": "b"}]}],
        "buttons": [["Yes", "content:1"]],
        "mentions": {"users": [1, -5], "roles": []},
    }
    said = json.dumps(payload, ensure_ascii=False)

    payload["mentions"] = {"users": [1], "roles": []}
    cleaned = json.loads(message_without(said, ["content", "Tank_1", "embeds", "a"]))

    assert cleaned == payload | {
        "content": "In the raid:\nfifth_el, former member, former member",
        "embeds": [
            {"title": "title by former member", "url": "https://content/", "fields": [{"name": "a", "value": "b"}]}
        ],
    }
    assert message_without(said, ["nobody", "In", ""]) != said
    kept = json.dumps(payload, ensure_ascii=False)
    assert message_without(kept, ["nobody", "", "("]) == kept


def test_a_name_at_the_start_of_a_line_is_one() -> None:
    assert json.loads(message_without(r'{"content": "Led by\nAlice"}', ["Alice"])) == {
        "content": "Led by\nformer member"
    }
