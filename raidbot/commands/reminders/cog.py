"""/reminders: a member's own leads, and the kinds of messages they want, on one panel."""

from functools import partial

from discord import app_commands
from discord.ext import commands

from raidbot.commands.reminders import views
from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.router import Press, UnknownPanel
from raidbot.delivery.members.message_choices import ChoicesRule, MessageChoices
from raidbot.raids.messages.kinds import MessageKind
from raidbot.raids.reminders.choices import Choices
from raidbot.raids.reminders.leads import MAX_OWN_LEADS, Leads, leads_of_codes, parse_leads
from raidbot.state import State

_KINDS = frozenset(MessageKind)


class Reminders(commands.Cog):
    def __init__(self, state: State, choices: MessageChoices) -> None:
        self._state = state
        self._choices = choices

    @app_commands.command(description="When to remind you before raids, and which messages you get")
    async def reminders(self, interaction: Interaction) -> None:
        guild = permissions.guild_id(interaction)
        await responses.defer(interaction)
        await self._show(interaction, await self._choices.of(guild, permissions.member_id(interaction)))

    async def press(self, press: Press) -> None:
        """Open the form, or save a choice of the person who pressed."""
        interaction = press.interaction
        guild, member = permissions.guild_id(interaction), permissions.member_id(interaction)
        if press.parts == ("ask",):
            await responses.open_modal(interaction, views.form(await self._choices.of(guild, member)))
            return
        await self._show(interaction, await self._choices.change(guild, member, self._rule(press)))

    def _rule(self, press: Press) -> ChoicesRule:
        """Return what the press asks for. Raises Refusal for times that are not taken, and UnknownPanel."""
        match press.parts:
            case (views.TYPED,):
                return self._with_leads(parse_leads(press.fields[views.TYPED], limit=MAX_OWN_LEADS))
            case ("leads",):
                return self._with_leads(leads_of_codes(press.values, limit=MAX_OWN_LEADS))
            case ("server",):
                return self._with_leads(None)
            case ("kinds",) if _KINDS.issuperset(press.values):
                return partial(Choices.wanting, wanted=frozenset(map(MessageKind, press.values)))
            case ("silent", ("on" | "off") as wanted):
                return partial(Choices.wanting, wanted=frozenset() if wanted == "on" else _KINDS)
            case _:
                raise UnknownPanel

    def _with_leads(self, leads: Leads | None) -> ChoicesRule:
        return partial(Choices.with_leads, leads=leads, now=self._state.now())

    async def _show(self, interaction: Interaction, chosen: Choices) -> None:
        guild = permissions.guild_of(interaction)
        settings = await self._state.settings(permissions.guild_id(interaction))
        await responses.edit_response(
            interaction, embeds=(views.panel(guild.name, settings, chosen),), rows=views.rows(chosen)
        )
