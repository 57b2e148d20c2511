"""The signup deadline and sign-up text of a template, in files and in raids."""

from dataclasses import replace
from datetime import timedelta

import pytest

from raidbot.raids.deadlines.deadline import AT_START, DeadlinePassed
from raidbot.raids.drafts import Draft, plan
from raidbot.raids.model import ChannelId, GuildId, MemberId, Raid
from raidbot.raids.schedules.model import Lead
from raidbot.raids.templates import catalogue
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.raids.templates.model import TemplateRefused, accept
from raidbot.raids.templates.serialization import NotATemplate, from_json, to_json
from tests.raids.builders import NOW

TEMPLATE = replace(
    catalogue.untouched().entries[0].template, signup_lead=Lead(days=1), signup_text="Bring flasks.\nBe early."
)
AHEAD = NOW + timedelta(days=3)


def planned(lead: Lead | None = None, *, starts_in: timedelta = timedelta(days=3)) -> Raid:
    known: Catalogue = catalogue.edit(catalogue.untouched(), TEMPLATE.key, lambda _: TEMPLATE)
    draft = Draft(
        activity=TEMPLATE.key,
        length_minutes=TEMPLATE.lengths[0],
        strategy=TEMPLATE.strategies[0].name,
        starts_at=NOW + starts_in,
        zone="Europe/Berlin",
        signup_lead=lead,
    )
    draft = Draft.from_json(draft.to_json())
    return plan(draft, known, guild=GuildId(1), creator=MemberId(2), channel=ChannelId(3), now=NOW)


def test_they_are_written_and_read_again() -> None:
    assert from_json(to_json(TEMPLATE)) == TEMPLATE
    assert to_json(TEMPLATE)["signup_lead"] == {"days": 1, "minutes": 0}


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"signup_lead": {"days": 61}}, "template.signup_lead: Days before the raid"),
        ({"signup_lead": {"days": -1}}, "template.signup_lead: Days before the raid"),
        ({"signup_lead": {"hours": 2}}, "template.signup_lead.hours: is not known"),
        ({"signup_lead": "2 hours"}, "template.signup_lead: has to be an object"),
        ({"signup_lead": {"minutes": "5"}}, "template.signup_lead.minutes: has to be a whole number"),
        ({"signup_text": 5}, "template.signup_text: has to be a text"),
    ],
)
def test_faults_in_them_are_named(changed: dict[str, object], fault: str) -> None:
    with pytest.raises(NotATemplate) as refused:
        from_json(to_json(TEMPLATE) | changed)

    assert any(one.startswith(fault) for one in refused.value.faults), refused.value.faults


def test_a_text_of_more_than_500_characters_is_refused_and_a_blank_one_is_none() -> None:
    assert accept(replace(TEMPLATE, signup_text="\u200b \n")).signup_text == ""
    with pytest.raises(TemplateRefused, match="at most 500"):
        accept(replace(TEMPLATE, signup_text="x" * 501))
    assert accept(replace(TEMPLATE, signup_lead=AT_START)).signup_lead is None


def test_a_raid_copies_them_unless_another_deadline_was_chosen() -> None:
    raid = planned()

    assert (raid.signup_lead, raid.signup_text) == (Lead(days=1), "Bring flasks.\nBe early.")
    assert planned(Lead(minutes=90)).signup_lead == Lead(minutes=90)
    assert planned(AT_START).signup_lead is None


def test_a_raid_put_up_after_the_deadline_of_its_template_has_none() -> None:
    assert planned(starts_in=timedelta(hours=5)).signup_lead is None
    with pytest.raises(DeadlinePassed):
        planned(Lead(minutes=360), starts_in=timedelta(hours=5))
