"""An export says nothing of others that tells who they are."""

import json

from raidbot.raids.privacy.export import Form

ME, OTHER, GONE, CHANNEL, EMOJI = (345_678_901_234_567_890 + number for number in range(5))
FORM = Form(member=ME, others={OTHER}, names={"fifth_el", "tank", "title"}, things={CHANNEL})


def said(text: str) -> object:
    return FORM.row({"payload": text}, ids=(), json_texts=("payload",))["payload"]


def test_somebody_who_is_named_in_a_text_only_is_not_told() -> None:
    stored = {"by": GONE, "channel": CHANNEL, "title": f"{GONE} in <#{GONE}> <:e:{EMOJI}>", "you": [ME, OTHER]}
    assert said(json.dumps(stored)) == {
        "by": "another id",
        "channel": str(CHANNEL),
        "title": f"another id in <#{GONE}> <:e:{EMOJI}>",
        "you": ["you", "another member"],
    }
    assert said(f"{GONE}: <@{GONE}>") == "another id: @another member"


def test_names_are_found_as_messages_write_them() -> None:
    assert said(json.dumps({"content": "Led by\nfifth\\_el, tank"})) == {
        "content": "Led by\nanother member, another member"
    }


def test_what_is_no_text_stays_as_it_is_for_members_with_such_names() -> None:
    row = {"role": "tank", "status": "title", "payload": "1"}
    assert FORM.row(row, ids=(), json_texts=("payload",)) == {"role": "tank", "status": "title", "payload": 1}
