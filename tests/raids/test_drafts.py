import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.raids.drafts import (
    Draft,
    StillToChoose,
    UnknownActivity,
    activities,
    activity_named,
    by_use,
    key_of,
    missing,
    plan,
)
from raidbot.raids.model import ChannelId, GuildId, Kind, MemberId, Raid, Status
from raidbot.raids.templates.catalogue import enable_games, untouched
from raidbot.utils.errors import Refusal

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
SOON = NOW + timedelta(days=2)


def draft(activity: str | None = "museum", **fields: Any) -> Draft:
    return Draft(**{"activity": activity, "starts_at": SOON, "zone": "Europe/London", **fields})


def planned(activity: str, **fields: Any) -> Raid:
    return plan(
        draft(activity, **fields), untouched(), guild=GuildId(1), creator=MemberId(2), channel=ChannelId(3), now=NOW
    )


def test_a_regular_raid_takes_everything_from_its_template() -> None:
    raid = planned("dragonspyre", length_minutes=90, strategy="2 Myth 1 Storm")

    assert (raid.kind, raid.template, raid.title) == (Kind.RAID, "dragonspyre", "The Voracious Void Raid")
    assert (raid.status, raid.length_minutes, raid.strategy) == (Status.POSTING, 90, "2 myth 1 storm")
    assert [role.name for role in raid.roles[:4]] == ["Myth 1", "Myth 2", "Storm 1", "Jade"]
    assert raid.capacity == 12
    assert "2 myth 1 storm" in raid.description
    assert (raid.creator, raid.channel, raid.starts_at, raid.zone) == (2, 3, SOON, "Europe/London")
    assert raid.created_at == NOW
    assert raid.counts


def test_lemuria_has_its_sides_and_an_only_length_needs_no_choice() -> None:
    assert len(planned("lemuria", length_minutes=180).sides) == 4
    assert planned("dungeon-5").length_minutes == 60


def test_a_museum_is_one_role_of_twelve_seats_unless_another_number_is_chosen() -> None:
    raid = planned("museum")

    assert (raid.kind, raid.template, raid.name, raid.colour) == (Kind.MUSEUM, "museum", "Museum Signup", 0x5865F2)
    assert [(role.emoji, role.seats) for role in raid.roles] == [("✅", 12)]
    assert planned("museum", seats=50).capacity == 50


@pytest.mark.parametrize(
    ("activity", "kind", "name", "colour"),
    [
        ("key", Kind.KEY, "Gold Key Boss — Kraken", 0xFFD700),
        ("challenge", Kind.CHALLENGE, "Challenge Mode — Kraken", 0xFF0000),
    ],
)
def test_team_kinds_have_numbered_teams(activity: str, kind: Kind, name: str, colour: int) -> None:
    raid = planned(activity, teams=4, subject="  Kraken ", counts=False)

    assert (raid.kind, raid.name, raid.colour, raid.counts) == (kind, name, colour, False)
    assert [(role.name, role.emoji, role.seats) for role in raid.roles] == [
        ("Team 1", "1️⃣", 4),
        ("Team 2", "2️⃣", 4),
        ("Team 3", "3️⃣", 4),
        ("Team 4", "4️⃣", 4),
    ]
    assert planned(activity, teams=1, team_size=12).capacity == 12
    assert planned(activity, teams=1, subject="  ").subject is None


def test_nothing_but_the_time_has_to_be_chosen() -> None:
    every = {key: planned(key) for key, _ in activities(untouched())}

    assert (every["dragonspyre"].length_minutes, every["dragonspyre"].strategy) == (90, "triple storm")
    assert every["polaris"].length_minutes == 90
    assert [role.seats for role in every["key"].roles] == [4]
    assert every["museum"].length_minutes is None
    assert planned("museum", length_minutes=45).length_minutes == 45
    assert planned("polaris", length_minutes=25).length_minutes == 25


def test_a_draft_has_words_and_people_of_its_own() -> None:
    usual = planned("polaris")
    raid = planned("polaris", title=" Night  run ", description="Bring rope. ", leader=MemberId(7), mention_role=8)

    assert (raid.title, raid.description, raid.leader, raid.mention_role) == ("Night run", "Bring rope.", 7, 8)
    assert planned("polaris", title=" ", description=None) == usual
    assert planned("polaris", description="").description == ""
    assert planned("key", title="Keys", subject="Kraken").name == "Keys — Kraken"


def test_what_was_remembered_gives_way_to_what_is_chosen() -> None:
    chosen = draft("polaris", channel=ChannelId(9)).remembering("channel", 1).remembering("length_minutes", 45)
    chosen = chosen.remembering("mention_role", 8)

    assert (chosen.channel, chosen.length_minutes, chosen.mention_role) == (9, 45, 8)
    assert chosen.remembered == ("length_minutes", "mention_role")
    assert chosen.with_choice(mention_role=None).remembered == ("length_minutes",)
    assert chosen.choosing("museum", untouched()) == draft("museum", channel=ChannelId(9))


def test_the_most_used_activities_come_first() -> None:
    offered = activities(untouched())

    assert [key for key, _ in by_use(offered, {"museum": 2, "key": 5, "gone": 9})][:3] == [
        "key",
        "museum",
        offered[0][0],
    ]
    assert by_use(offered, {}) == offered


def test_the_channel_of_the_draft_goes_first() -> None:
    assert planned("museum", channel=ChannelId(9)).channel == 9


@pytest.mark.parametrize(
    ("incomplete", "words"),
    [
        (Draft(), ("activity", "time")),
        (Draft(activity="museum"), ("time",)),
        (draft("dragonspyre"), ()),
        (draft("key"), ()),
        (draft("museum"), ()),
    ],
)
def test_what_is_missing_is_said(incomplete: Draft, words: tuple[str, ...]) -> None:
    assert missing(incomplete, untouched()) == words
    if words:
        with pytest.raises(StillToChoose, match=", ".join(words)):
            plan(incomplete, untouched(), guild=GuildId(1), creator=MemberId(2), channel=ChannelId(3), now=NOW)


@pytest.mark.parametrize(
    ("activity", "fields", "sentence"),
    [
        ("picnic", {}, "This template was disabled or deleted in the meantime. Choose another activity."),
        ("polaris", {"length_minutes": 1441}, "A raid takes from 1 minute to 24 hours."),
        ("polaris", {"title": "x" * 101}, "The title has 101 characters; at most 100 are possible."),
        ("polaris", {"description": "x" * 1501}, "The description has 1501 characters; at most 1500 are possible."),
        (
            "dragonspyre",
            {"length_minutes": 90, "strategy": "zerg"},
            "has no strategy “zerg”. Choose one of: triple storm",
        ),
        ("polaris", {"length_minutes": 90, "strategy": "zerg"}, "The Cabal's Revenge Raid has no strategies."),
        ("key", {"teams": 5}, "There can be 1 to 4 teams, not 5."),
        ("key", {"teams": 0}, "There can be 1 to 4 teams, not 0."),
        ("key", {"teams": 2, "team_size": 13}, "A team has 2 to 12 seats, not 13."),
        ("key", {"teams": 2, "subject": "x" * 51}, "The name has 51 characters; at most 50 are possible."),
        ("museum", {"seats": 51}, "A museum has 1 to 50 seats, not 51."),
        ("museum", {"seats": 0}, "A museum has 1 to 50 seats, not 0."),
        ("museum", {"subject": "Kraken"}, "Museum Signup does not ask for a boss or dungeon name."),
        ("polaris", {"length_minutes": 90, "teams": 2}, "does not ask for teams. Leave it out."),
        ("museum", {"starts_at": NOW}, "That time has passed."),
        ("museum", {"starts_at": NOW + timedelta(days=732)}, "That is more than two years ahead."),
        ("museum", {"zone": "Middle-earth"}, "“Middle-earth” is not a time zone."),
    ],
)
def test_wrong_choices_are_refused_with_what_is_possible(activity: str, fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refusal) as refusal:
        planned(activity, **fields)

    assert sentence in str(refusal.value)


def test_activities_are_offered_and_understood_by_key_and_label() -> None:
    assert len(activities(untouched())) <= 25
    for key, label in activities(untouched()):
        assert (
            key_of(activity_named(key, untouched())) == key_of(activity_named(f" {label.upper()} ", untouched())) == key
        )
        assert len(label) <= 100


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("musem", "No template “musem”. Did you mean **Museum Signup**?"),
        ("wow raid 10", "No template “wow raid 10”. Did you mean **World of Warcraft Raid (10)**?"),
        ("raid wow 25 please", "Did you mean **World of Warcraft Raid (25)**?"),
        ("dragonspire", "Did you mean **Dragonspyre (Voracious Void)**?"),
        ("qqqqqqqq", "No template “qqqqqqqq”. Choose one of: Dragonspyre"),
        ("lost ark", "**Lost Ark Raid (8)** is switched off here; a manager switches it on with `/setup`"),
    ],
)
def test_an_unknown_activity_is_refused_with_what_was_probably_meant(typed: str, said: str) -> None:
    with pytest.raises(UnknownActivity) as refusal:
        activity_named(typed, untouched())

    assert said in str(refusal.value).replace("\\", "")


def test_what_is_switched_off_is_named_and_many_activities_are_not_listed() -> None:
    catalogue = enable_games(untouched(), set(untouched().games()) - {"World of Warcraft"})

    with pytest.raises(UnknownActivity, match=r"25\S+\*\* is switched off here; a manager switches it on with"):
        activity_named("wow 25", catalogue)
    with pytest.raises(UnknownActivity, match=r"No template “qqqqqqqq”\. Choose one from the list\."):
        activity_named("qqqqqqqq", catalogue)


def test_choosing_another_activity_forgets_what_it_does_not_ask_for() -> None:
    chosen = draft("key", teams=3, team_size=5, subject="Kraken", counts=False, said="friday 8pm")

    assert chosen.choosing("challenge", untouched()) == draft(
        "challenge", teams=3, team_size=5, subject="Kraken", counts=False, said="friday 8pm"
    )
    assert chosen.choosing("museum", untouched()) == draft("museum", said="friday 8pm")
    assert draft("dragonspyre", length_minutes=90, strategy="triple storm").choosing("polaris", untouched()) == draft(
        "polaris"
    )


@given(
    st.builds(
        Draft,
        activity=st.none() | st.sampled_from([key for key, _ in activities(untouched())]),
        length_minutes=st.none() | st.integers(1, 600),
        teams=st.none() | st.integers(1, 4),
        subject=st.none() | st.text(max_size=50),
        counts=st.booleans(),
        starts_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        zone=st.none() | st.just("Europe/London"),
        said=st.text(max_size=100),
        title=st.none() | st.text(max_size=100),
        description=st.none() | st.text(max_size=100),
        leader=st.none() | st.integers(1, 9),
        mention_role=st.none() | st.integers(1, 9),
        remembered=st.sampled_from([(), ("channel",), ("length_minutes", "mention_role")]),
    )
)
def test_a_draft_survives_being_written_down(before: Draft) -> None:
    written = json.loads(json.dumps(before.to_json()))

    assert Draft.from_json(written) == before
    assert Draft.from_json({**written, "from a later version": True}) == before
