"""A forgotten member is replaced in texts, and nobody and nothing else."""

import pytest

from raidbot.raids.privacy.stand_ins import names, without_ids, without_names

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
