"""The list of all cogs, and the only place that knows what each of them needs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

import discord
from discord.ext import commands

from raidbot.commands.admin.permissions import PANEL as PERMISSIONS_PANEL
from raidbot.commands.admin.permissions import Permissions
from raidbot.commands.admin.ping import Ping
from raidbot.commands.admin.setchannel import SetChannel
from raidbot.commands.admin.settings import PANEL as SETTINGS_PANEL
from raidbot.commands.admin.settings import Settings
from raidbot.commands.admin.setup import Setup
from raidbot.commands.admin.setup_views import PANEL as SETUP_PANEL
from raidbot.commands.admin.testalert import TestAlert
from raidbot.commands.announcements.address import PANEL as ANNOUNCEMENTS_PANEL
from raidbot.commands.announcements.cog import AnnouncementPanel
from raidbot.commands.calendar.addresses import FeedAddresses
from raidbot.commands.calendar.cog import CalendarCommand
from raidbot.commands.calendar.views import PANEL as CALENDAR_PANEL
from raidbot.commands.create.cog import Create
from raidbot.commands.create.views import PANEL as CREATE_PANEL
from raidbot.commands.events.closed_dms import ClosedDms
from raidbot.commands.events.guild_events import GuildEvents
from raidbot.commands.events.interaction_times import InteractionTimes
from raidbot.commands.events.reactions import Reactions
from raidbot.commands.leaderboard.cog import Leaderboard
from raidbot.commands.leaderboard.views import PANEL as LEADERBOARD_PANEL
from raidbot.commands.limits.answers import admit
from raidbot.commands.limits.limits import InteractionLimits
from raidbot.commands.posting.post_waiter import PostWaiter
from raidbot.commands.privacy.cog import Privacy
from raidbot.commands.privacy.views import PANEL as PRIVACY_PANEL
from raidbot.commands.raid.cog import RaidPanel
from raidbot.commands.raid.roster_commands import RaidSignup
from raidbot.commands.raid.views import PANEL as RAID_PANEL
from raidbot.commands.raid.views import RAID_LIST
from raidbot.commands.raidinfo.cog import RaidInfo
from raidbot.commands.raidinfo.views import PANEL as RAIDINFO_PANEL
from raidbot.commands.recurring.cog import Recurring
from raidbot.commands.recurring.draft_views import DRAFT_PANEL
from raidbot.commands.recurring.views import PANEL as SERIES_PANEL
from raidbot.commands.reminders.cog import Reminders
from raidbot.commands.reminders.views import PANEL as REMINDERS_PANEL
from raidbot.commands.signups.board_buttons import BoardButtons
from raidbot.commands.signups.dm_buttons import DmButtons
from raidbot.commands.signups.gate import SignupGate
from raidbot.commands.signups.mysignups import MySignups
from raidbot.commands.signups.mysignups_views import PANEL as MYSIGNUPS_PANEL
from raidbot.commands.signups.reactions import RaidReactions
from raidbot.commands.signups.standing_buttons import StandingButtons
from raidbot.commands.stats.cog import Stats
from raidbot.commands.stats.parts import PANEL as STATS_PANEL
from raidbot.commands.templates.cog import Templates
from raidbot.commands.templates.views import PANEL as TEMPLATES_PANEL
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.router import Panel, Press, Router
from raidbot.delivery.boards.raid_key import RAID
from raidbot.delivery.discord_api import DiscordApi
from raidbot.delivery.drawing.components import PANEL as BOARD_PANEL
from raidbot.delivery.service import DeliveryService
from raidbot.jobs.series_poster import SeriesPoster
from raidbot.raids.model import MemberId
from raidbot.raids.notifications import REPLY
from raidbot.raids.series.messages import STANDING
from raidbot.state import State
from raidbot.utils.words import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that cogs are built from. A cog gets only the parts it needs, never the whole."""

    client: discord.Client
    state: State
    api: DiscordApi
    delivery: DeliveryService
    gate: SignupGate
    serves: Callable[[int | None], bool]
    check_allowed: Callable[[Interaction], None]
    limits: InteractionLimits
    started_at: datetime
    owner: MemberId | None
    backups_gone_at: Callable[[datetime], datetime | None]
    web_port: int | None
    web_url: str | None
    send_test_alert: Callable[[], Awaitable[Text]]


class _WithPanel(Protocol):
    async def press(self, press: Press) -> None: ...


CogT = TypeVar("CogT", bound=_WithPanel)


def all_cogs(services: Services) -> list[commands.Cog]:
    """Build every cog, and the router, which knows the panel of each under the first part of its `custom_id`s."""
    state, gate, delivery = services.state, services.gate, services.delivery
    post_waiter = PostWaiter(state)
    raid_panel = RaidPanel(state, post_waiter)
    panels: dict[str, Panel] = {
        REPLY: DmButtons(state, serves=services.serves).press,
        STANDING: StandingButtons(state, serves=services.serves).press,
        BOARD_PANEL: BoardButtons(state, gate, delivery.event_queue, raid_panel.open).press,
        RAID_LIST: raid_panel.press_list,
    }

    recurring = Recurring(state, SeriesPoster(state, delivery.posting_places), post_waiter)
    panels[DRAFT_PANEL] = recurring.press_draft

    def with_panel(name: str, cog: CogT) -> CogT:
        panels[name] = cog.press
        return cog

    cogs: list[commands.Cog] = [
        with_panel(CREATE_PANEL, Create(state, post_waiter)),
        with_panel(SETTINGS_PANEL, Settings(state)),
        with_panel(PERMISSIONS_PANEL, Permissions(state)),
        with_panel(SETUP_PANEL, Setup(state)),
        with_panel(RAID_PANEL, raid_panel),
        with_panel(SERIES_PANEL, recurring),
        with_panel(RAIDINFO_PANEL, RaidInfo(state)),
        with_panel(LEADERBOARD_PANEL, Leaderboard(state)),
        with_panel(STATS_PANEL, Stats(state, services.serves, delivery.member_lists)),
        with_panel(MYSIGNUPS_PANEL, MySignups(state, gate, delivery.event_queue)),
        with_panel(CALENDAR_PANEL, CalendarCommand(state, FeedAddresses(port=services.web_port, url=services.web_url))),
        with_panel(REMINDERS_PANEL, Reminders(state, delivery.outbox.message_choices)),
        with_panel(TEMPLATES_PANEL, Templates(state)),
        with_panel(ANNOUNCEMENTS_PANEL, AnnouncementPanel(state)),
        with_panel(PRIVACY_PANEL, _privacy(services)),
        SetChannel(state),
        RaidSignup(state),
        Ping(state, lambda: not services.api.is_down, started_at=services.started_at),
        TestAlert(services.owner, services.send_test_alert),
        *_gateway_cogs(services),
    ]
    closed_dms = ClosedDms(state, delivery.outbox.closed_dms)
    router = Router(
        panels,
        admit=partial(admit, services.limits),
        check=services.check_allowed,
        answered=closed_dms.answered,
    )
    return [InteractionTimes(), router, closed_dms, *cogs]


async def add_cogs(bot: commands.Bot | commands.AutoShardedBot, services: Services) -> None:
    """Add every cog, and the commands in the menu of messages, which discord.py does not find in cogs."""
    for cog in all_cogs(services):
        await bot.add_cog(cog)
        if isinstance(cog, RaidPanel | MySignups):
            bot.tree.add_command(cog.menu)


def _privacy(services: Services) -> Privacy:
    delivery = services.delivery
    return Privacy(
        services.state,
        delivery.forgetting,
        delivery.outbox.message_choices,
        backups_gone_at=services.backups_gone_at,
    )


def _gateway_cogs(services: Services) -> tuple[commands.Cog, ...]:
    """Build the cogs that listen to the gateway, and register what acts on reactions."""
    state, delivery = services.state, services.delivery
    raid_reactions = RaidReactions(
        state,
        services.gate,
        reaction_remover=delivery.reaction_remover,
        reconcile=delivery.reconcile,
        notices=delivery.refusal_notices,
        old_reactions=delivery.old_reactions,
    )
    delivery.posted_kinds.handle_reactions(RAID, raid_reactions)
    return (
        GuildEvents(
            state,
            delivery.posted_kinds,
            delivery.event_queue,
            delivery.reconcile,
            delivery.departures,
            lost=delivery.lost_boards.suspect,
            serves=services.serves,
            remember_name=delivery.outbox.server_names.remember,
        ),
        Reactions(
            services.client,
            state,
            delivery.posted_kinds,
            delivery.event_queue,
            serves=services.serves,
            speed=services.limits.signups,
            reconcile=delivery.reconcile,
            reader=delivery.reaction_reader,
            api=services.api,
            boards=delivery.boards,
            posting=delivery.posting,
            unhandled=delivery.unhandled_reactions,
            closed_dms=delivery.outbox.closed_dms,
        ),
    )
