"""Texts of announcements: placeholders, braces, and what fits into a message."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.raids.announcements.model import Moment, PlannedPost
from raidbot.raids.announcements.text import (
    MAX_NOTIFIED,
    Message,
    TextTooLong,
    TooManyPlaceholders,
    UnknownPlaceholder,
    accepted_text,
    message_of,
)
from raidbot.raids.model import MemberId, RoleKey, Seat, Source
from tests.raids.builders import CHANNEL, CREATOR, NOW, START, open_raid, roles

RAID = open_raid(title="Molten *Core*")
NAMES = {CREATOR: "Cle_o"}


def said(text: str) -> Message:
    return message_of(RAID, PlannedPost(Moment(0, -15), CHANNEL, text), NAMES)


def test_placeholders_become_facts_and_doubled_braces_are_braces() -> None:
    at = int(START.timestamp())

    assert said("{title}, { LEADER }: {{title}} {start} {in} {board}").content == (
        rf"**Molten \*Core\***, Cle\_o\: {{title}} <t:{at}:F> <t:{at}:R> {RAID.link}"
    )
    assert said("a } b { c").content == "a } b { c"


def test_without_a_text_it_says_the_usual() -> None:
    at = int(START.timestamp())

    assert said("").content == rf"**Molten \*Core\*** starts <t:{at}:R>. {RAID.link}"


@pytest.mark.parametrize(("minutes", "word"), [(-15, "starts"), (0, "started"), (10, "started")])
def test_a_preview_reads_as_the_message_will_when_it_is_posted(minutes: int, word: str) -> None:
    preview = message_of(RAID, PlannedPost(Moment(0, minutes), CHANNEL, ""), NAMES, preview_at=NOW)

    at = int((NOW - timedelta(minutes=minutes)).timestamp())
    assert preview.content == rf"**Molten \*Core\*** {word} <t:{at}:R>. {RAID.link}"


@pytest.mark.parametrize("text", ["{voice}", "{title} {}", "{title!r}", "{raid.title}", "{0}"])
def test_unknown_placeholders_are_refused_with_the_known_ones(text: str) -> None:
    with pytest.raises(UnknownPlaceholder, match=re.escape("`{title}` `{start}` `{in}` `{board}` `{leader}`")):
        accepted_text(text)


def test_long_texts_are_refused() -> None:
    assert len(accepted_text("x" * 500)) == 500
    with pytest.raises(TextTooLong):
        accepted_text("x" * 501)
    with pytest.raises(TooManyPlaceholders):
        accepted_text("{in}" * 11)


@given(st.text(max_size=500), st.integers(0, 200))
def test_every_accepted_text_fits_and_notifies_only_whom_it_should(text: str, seats: int) -> None:
    try:
        accepted = accepted_text(text)
    except (UnknownPlaceholder, TooManyPlaceholders, TextTooLong):
        return
    people = tuple(Seat(MemberId(10**18 + n), RoleKey("tank"), n, NOW, Source.COMMAND) for n in range(seats))
    raid = replace(RAID, roles=roles(tank=200), seats=people)
    message = message_of(raid, PlannedPost(Moment(), CHANNEL, accepted, seated=True, roles=(7,)), NAMES)

    assert 0 < len(message.content) <= 2000
    assert message.roles == (7,)
    assert message.members == tuple(seat.member for seat in people[:MAX_NOTIFIED])
    assert all(f"<@{member}>" in message.content for member in message.members)
