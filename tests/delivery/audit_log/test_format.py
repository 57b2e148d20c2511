"""Formatting of audit entries as embeds and live log lines."""

from dataclasses import replace

import pytest

from raidbot.db.audit import RaidReference, Record
from raidbot.delivery.audit_log import entry_format
from raidbot.raids.audit.entry import Argument, Arguments, AuditAction, Entry
from raidbot.raids.audit.old_entries import OldEntry
from raidbot.raids.model import RaidCode, Source
from tests.raids.builders import ALICE, MANAGER, NOW

ABOUT = RaidReference(code=RaidCode("ABC234"), name="Molten Core", link="https://discord.com/channels/1/2/3")
RECORD = Record(
    id=1,
    at=NOW,
    actor=MANAGER,
    source=Source.COMMAND,
    entry=Entry(AuditAction.ASSIGNED, ALICE, {"origin": "Tank", "role": "Healer"}),
    raid=ABOUT,
)


def _leader_role(before: list[Argument] | None, after: list[Argument] | None) -> Entry:
    setting: Arguments = {"setting": "leader_role", "before": before, "after": after}
    return Entry(AuditAction.SETTING_CHANGED, None, setting)


@pytest.fixture
def huge() -> Record:
    text = "**_[x](https://example.org)_** <@&123456789012345678>, " * 100
    return replace(RECORD, entry=OldEntry("x" * 300, ALICE, text, text), raid=replace(ABOUT, name=text))


def test_an_entry_fits_whatever_it_holds(huge: Record) -> None:
    embed = entry_format.embed(huge)

    assert len(embed["title"]) <= 256
    assert len(embed["description"]) <= 4096
    assert entry_format.size(embed) <= entry_format.MAX_MESSAGE_LENGTH
    assert len(entry_format.line(huge)) <= entry_format.MAX_LINES_LENGTH


def test_an_embed_says_who_what_before_after_and_from_where() -> None:
    assert entry_format.embed(RECORD) == {
        "title": "Assigned",
        "description": "**By:** <@2>\n**Raid:** [Molten Core](https://discord.com/channels/1/2/3) `ABC234`\n"
        "**Member:** <@11>\n**Before:** Tank\n**After:** Healer\n**From:** a command",
        "color": 0x57F287,
        "timestamp": "2026-03-18T12:00:00+00:00",
    }


def test_what_is_taken_back_does_not_look_like_what_is_chosen() -> None:
    chosen = replace(RECORD, raid=None, entry=_leader_role(None, [5]))
    taken_back = replace(chosen, entry=_leader_role([5], None))

    assert "none → <@&5>" in entry_format.line(chosen)
    assert "<@&5> → none" in entry_format.line(taken_back)
    assert "**Before:** <@&5>\n**After:** none" in entry_format.embed(taken_back)["description"]
    assert "none" not in entry_format.line(RECORD)


def test_what_people_wrote_makes_no_links_and_what_discord_names_stays() -> None:
    entry = OldEntry("changed", None, "[x](http://y) <#5>", "2026-03-18T12:00:00+00:00")

    said = entry_format.embed(replace(RECORD, entry=entry))["description"]

    assert r"**Before:** \[x\]\(http\://y\) <#5>" in said
    assert "**After:** <t:1773835200:F>" in said
