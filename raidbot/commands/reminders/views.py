"""The panel of /reminders: the reader's leads, and a switch for each kind of message."""

from functools import partial

import discord

from raidbot.commands.ui import forms
from raidbot.commands.ui.components import BLUE, Controls, options, panel_embed, pressable
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.router import address
from raidbot.raids.messages.kinds import MessageKind
from raidbot.raids.reminders.choices import Choices
from raidbot.raids.reminders.leads import MAX_OWN_LEADS, spoken, typed
from raidbot.raids.settings import OFFERED_LEADS, GuildSettings
from raidbot.utils.text import escape
from raidbot.utils.words import Text, lines, render, say

PANEL = "reminders"
TYPED = "typed"
_CONTROLS = Controls(partial(address, PANEL))

KIND_NAMES = {
    MessageKind.REMINDERS: "Reminders before raids",
    MessageKind.TIMES: "New times and lengths",
    MessageKind.CANCELLATIONS: "Raids cancelled, or on again",
    MessageKind.PROMOTIONS: "A seat opened for you",
    MessageKind.REQUESTS: "Requests to substitute",
    MessageKind.LEADING: "Your raids: full, or somebody can’t make it",
}
_WARNINGS = {
    MessageKind.TIMES: say("You won’t hear of new times: check the board."),
    MessageKind.CANCELLATIONS: say("You won’t hear that a raid is off: check the board."),
    MessageKind.PROMOTIONS: say("You won’t hear that you moved up from the waitlist: check the board."),
}
_ALWAYS = say("Always sent: answers to what you do, and what a leader does with your place.")


def panel(guild_name: str, settings: GuildSettings, chosen: Choices) -> discord.Embed:
    embed = panel_embed(f"Your reminders on {escape(guild_name)}")
    embed.add_field(name="Before raids", value=render(_leads(settings, chosen)), inline=False)
    shown = [f"{'🔕' if kind in chosen.unwanted else '🔔'} {name}" for kind, name in KIND_NAMES.items()]
    embed.add_field(name="Messages you get", value="\n".join(shown), inline=False)
    warnings = [text for kind, text in _WARNINGS.items() if kind in chosen.unwanted]
    if warnings:
        embed.add_field(name="⚠️", value=render(lines(*warnings)), inline=False)
    return embed.set_footer(text=render(_ALWAYS))


def _leads(settings: GuildSettings, chosen: Choices) -> Text:
    if MessageKind.REMINDERS in chosen.unwanted:
        return say("Off.")
    if chosen.leads is not None:
        return say("Your own times: {leads}.", leads=spoken(chosen.leads))
    return say(
        "As the server: {members}. For raids you created or lead, also: {leaders}.",
        members=spoken(settings.member_leads),
        leaders=spoken(settings.leader_leads),
    )


def rows(chosen: Choices) -> tuple[Row, ...]:
    own = chosen.leads or ()
    offered = sorted({*OFFERED_LEADS, *own}, key=lambda lead: lead.length)
    times = options(((lead.code, f"{lead} before") for lead in offered), *(lead.code for lead in own))
    wanted = frozenset(MessageKind) - chosen.unwanted
    kinds = options(((kind.value, name) for kind, name in KIND_NAMES.items()), *(kind.value for kind in wanted))
    return (
        (_CONTROLS.select("My own times: none", "leads", times, min_values=0, max_values=MAX_OWN_LEADS),),
        (_CONTROLS.select("Messages I get: none", "kinds", kinds, min_values=0, max_values=len(kinds)),),
        pressable(
            _CONTROLS.button("Type my times", "ask", BLUE),
            _CONTROLS.button("As the server", "server", disabled=chosen.leads is None),
            _CONTROLS.switch("No unasked messages", "silent", is_on=chosen.is_silent),
        ),
    )


def form(chosen: Choices) -> discord.ui.Modal:
    hint = f"1 day, 2 hours, 10 min · up to {MAX_OWN_LEADS}, or off"
    shown = "" if chosen.leads is None else typed(chosen.leads)
    field = forms.Field(TYPED, "How long before a raid?", shown, hint)
    return forms.form(address(PANEL, TYPED), "My reminders", field)
