"""Discord accepts every board and panel of every accepted template."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import discord
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from discord_sandbox.validation.messages import check_message
from raidbot.commands.create import views
from raidbot.commands.ui.responses import Row, panel_view
from raidbot.db.drafts import DraftId
from raidbot.delivery.drawing.board import Board
from raidbot.delivery.drawing.components import view
from raidbot.delivery.drawing.render import board
from raidbot.delivery.drawing.text_fit import units
from raidbot.raids.drafts import Draft, missing, plan
from raidbot.raids.model import ChannelId, GuildId, MemberId, Raid, Seat, Source, Status, Wait
from raidbot.raids.settings import SignupStyle
from raidbot.raids.templates.catalogue import Catalogue, add, untouched
from raidbot.raids.templates.model import MAX_REACTIONS, Strategy, Template, TemplateRefused
from tests.chaos import rounds
from tests.raids.templates.any_template import any_template

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
LONG_NAMES = ("W" * 32, "*" * 32, "😀" * 32)


def catalogue_with(template: Template) -> Catalogue:
    """Return a catalogue with the template; skip examples whose template is refused."""
    try:
        return add(untouched(), template)
    except TemplateRefused:
        assume(False)
        raise


def drafts(catalogue: Catalogue, template: Template) -> Iterator[Draft]:
    """Yield a complete draft per strategy, or one if there is none."""
    accepted = catalogue.entry(template.key).template
    strategies: tuple[Strategy | None, ...] = accepted.strategies or (None,)
    for strategy in strategies:
        yield Draft(
            activity=template.key,
            length_minutes=accepted.lengths[0] if accepted.lengths else None,
            strategy=strategy.name if strategy else None,
            starts_at=NOW + timedelta(days=2),
            zone="Europe/London",
        )


def planned(draft: Draft, catalogue: Catalogue) -> Raid:
    return plan(draft, catalogue, guild=GuildId(1), creator=MemberId(1), channel=ChannelId(3), now=NOW)


def filled(raid: Raid, *, forced: int, waiting: int) -> Raid:
    """Fill every seat on the longest side, put `forced` more members in every role and `waiting` on waitlists."""
    side = max(raid.sides, key=units, default=None)
    sitting = [role for role in raid.roles for _ in range(role.seats + forced)]
    seats = tuple(
        Seat(MemberId(1000 + n), role.key, n, NOW, Source.REACTION, side=side) for n, role in enumerate(sitting)
    )
    waits = tuple(
        Wait(MemberId(5000 + n), raid.roles[n % len(raid.roles)].key, n, NOW, Source.REACTION) for n in range(waiting)
    )
    return replace(raid, status=Status.OPEN, seats=seats, waits=waits, leader=MemberId(1000))


def check_board(shown: Board) -> None:
    below = view(shown.controls)
    payload = {"embeds": [shown.embed().to_dict()], "components": below.to_components() if below else []}
    check_message(payload, has_emoji=lambda _: True)
    assert len(shown.reactions) <= MAX_REACTIONS


def check_panel(embed: discord.Embed, rows: tuple[Row, ...]) -> None:
    check_message({"embeds": [embed.to_dict()], "components": panel_view(rows).to_components()})


@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow], max_examples=rounds(12, 1000))
@given(any_template(), st.sampled_from(LONG_NAMES), st.integers(0, 3), st.integers(0, 40))
def test_every_board_of_an_accepted_template_is_taken(template: Template, name: str, forced: int, waiting: int) -> None:
    catalogue = catalogue_with(template)
    for draft in drafts(catalogue, template):
        raid = planned(draft, catalogue)
        full = filled(raid, forced=forced, waiting=waiting)
        names = dict.fromkeys([raid.creator, *full.members()], name)
        for style in (*SignupStyle, None):
            check_board(board(raid, names, style))
            check_board(board(full, names, style))
        check_board(board(replace(full, status=Status.CANCELLED), names))


@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow], max_examples=rounds(12, 1000))
@given(any_template(), st.sampled_from(LONG_NAMES))
def test_a_full_board_of_an_accepted_template_names_everybody(template: Template, name: str) -> None:
    catalogue = catalogue_with(template)
    for draft in drafts(catalogue, template):
        full = filled(planned(draft, catalogue), forced=0, waiting=0)

        shown = board(full, dict.fromkeys([full.creator, *full.members()], name), SignupStyle.BOTH)

        assert not any(" more" in field.value for field in shown.fields)


@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow], max_examples=rounds(12, 1000))
@given(any_template())
def test_the_panel_of_create_shows_an_accepted_template(template: Template) -> None:
    catalogue = catalogue_with(template)
    for draft in (Draft(activity=template.key), *drafts(catalogue, template)):
        sheet = views.DraftView(DraftId(10**12), draft, catalogue)
        check_panel(views.summary(sheet), views.rows(sheet))
        check_panel(views.summary(sheet), views.preview_rows(sheet))
        assert missing(draft, catalogue) == sheet.missing
