"""Post a raid of a series now: the next one, or an extra one besides. Asks first."""

from raidbot.commands.recurring.context import SeriesContext
from raidbot.commands.ui.panel_context import Action
from raidbot.raids.permissions import Permission
from raidbot.utils.words import render, say


async def ask(context: SeriesContext) -> None:
    await context.home(render(say("Not yet.")))


_TRIGGER, _POST = (Permission.RECURRING_TRIGGER,), (Permission.CREATE,)
ACTIONS = {"ask-trigger": Action(_TRIGGER, ask, also=_POST)}
