"""What the panel of /templates changes of a template's strategies."""

import discord

from raidbot.commands.templates import views
from raidbot.commands.templates.context import LABELS, Action, Visit
from raidbot.commands.templates.roles import fits_a_form, lines_field
from raidbot.commands.templates.views import BLUE, GREEN, GREY, RED
from raidbot.commands.ui.forms import Field
from raidbot.raids.model import Role
from raidbot.raids.permissions import Permission
from raidbot.raids.templates import edits
from raidbot.raids.templates.model import CHOICES_MOST, DESCRIPTION_MOST, LABEL_MOST, Strategy, Template
from raidbot.raids.templates.role_text import Spell, from_lines, to_lines
from raidbot.utils.ids import mark_of
from raidbot.utils.text import clip, escape

_NEW = Strategy("")
_WORDS = ("name", "description")
_ABOUT = (
    "One of the strategies has to be chosen for each raid. A strategy may have a description in place of the"
    " template’s, and other roles in the same places."
)
_DESCRIBED_MOST = 500


async def _strategies(visit: Visit) -> None:
    await _show(visit)


async def _show(visit: Visit, text: str = "") -> None:
    template = (await visit.state.templates(visit.guild)).entry(visit.key).template
    options = [discord.SelectOption(label=one.name, value=one.name) for one in template.strategies]
    chosen = views.select("Edit or remove a strategy", "strategy", visit.key, options)
    buttons = (
        views.button("Add a strategy", GREEN, "ask-new-plan", visit.key, disabled=len(options) >= CHOICES_MOST),
        views.back(visit.key),
    )
    embed = discord.Embed(title=f"Strategies of {clip(escape(template.name), LABEL_MOST)}", colour=template.colour)
    embed.description = views.strategies_text(template) or "There are none."
    embed.set_footer(text=_ABOUT)
    await visit.page(text, *([(chosen,)] if options else []), buttons, embeds=(embed,))


async def _strategy(visit: Visit) -> None:
    strategy = edits.strategy_of(visit.template, visit.chosen)
    mark = mark_of(strategy.name)
    buttons = (
        views.button("Edit", BLUE, "ask-plan", visit.key, mark),
        views.button("Remove", RED, "drop-plan", visit.key, mark),
        views.button("Back", GREY, "strategies", visit.key),
    )
    embed = discord.Embed(title=escape(strategy.name), colour=visit.template.colour)
    embed.description = clip(escape(strategy.description), _DESCRIBED_MOST) or "The template’s description."
    embed.add_field(name="Roles", value=views.roles_text(visit.template.played_as(strategy).roles))
    await visit.page("", buttons, embeds=(embed,))


async def _ask_new(visit: Visit) -> None:
    template = visit.template
    about = (edits.mark_of_roles(template),)
    await visit.ask("add-plan", "A new strategy", *_fields(template, _NEW), about=about)


async def _ask_plan(visit: Visit) -> None:
    template, mark = visit.template, visit.part(0)
    about = (mark, edits.mark_of_roles(template))
    await visit.ask("edit-plan", "Strategy", *_fields(template, _marked(template, mark)), about=about)


def _fields(template: Template, strategy: Strategy) -> list[Field]:
    """Without roles where they are too long for a form."""
    played = template.played_as(strategy).roles
    roles = [lines_field(to_lines(played))] if fits_a_form(template.roles) and fits_a_form(played) else []
    return [
        Field("name", LABELS["name"], strategy.name, most=LABEL_MOST),
        Field(
            "description",
            LABELS["description"],
            strategy.description,
            "Blank: the template’s",
            most=DESCRIPTION_MOST,
            required=False,
            is_long=True,
        ),
        *roles,
    ]


async def _add(visit: Visit) -> None:
    said = _said(visit)
    spell = (await visit.emoji(said.get("roles", ""))).spell
    name = visit.press.fields["name"]

    def change(template: Template) -> Template:
        strategy = Strategy(name, said.get("description", ""), _changed(visit, template, said, spell) or ())
        return edits.with_strategy(template, strategy)

    await visit.change(change)
    await _show(visit, f"The strategy “{escape(name)}” is added.")


async def _edit(visit: Visit) -> None:
    mark, said = visit.part(0), _said(visit)
    spell = (await visit.emoji(said.get("roles", ""))).spell

    def change(template: Template) -> Template:
        before = _marked(template, mark)
        changed = _changed(visit, template, said, spell)
        after = Strategy(
            said.get("name", before.name),
            said.get("description", before.description),
            before.roles if changed is None else changed,
        )
        return edits.with_strategy(template, after, before.name)

    await visit.change(change)
    await _show(visit, "Saved. Raids that are posted stay as they are.")


async def _drop(visit: Visit) -> None:
    name = _marked(visit.template, visit.part(0)).name
    await visit.change(lambda template: edits.without_strategy(template, name))
    await _show(visit, f"The strategy “{escape(name)}” is removed.")


def _said(visit: Visit) -> dict[str, str]:
    """What the person changed in the form, which has no roles where they are too long for it."""
    return visit.said(*_WORDS, "roles") if "roles" in visit.press.fields else visit.said(*_WORDS)


def _changed(visit: Visit, template: Template, said: dict[str, str], spell: Spell) -> tuple[Role, ...] | None:
    """The roles that are otherwise with the strategy; None if the form says nothing new of them."""
    if "roles" not in said:
        return None
    edits.check_roles_are(template, visit.part(len(visit.rest) - 2))
    return edits.strategy_played(template, from_lines(said["roles"], spell=spell))


def _marked(template: Template, mark: str) -> Strategy:
    """Raises StrategyGone."""
    name = next((one.name for one in template.strategies if mark_of(one.name) == mark), "")
    return edits.strategy_of(template, name)


_EDIT = (Permission.TEMPLATES_EDIT,)
ACTIONS = {
    "strategies": Action(_EDIT, _strategies),
    "strategy": Action(_EDIT, _strategy),
    "ask-new-plan": Action(_EDIT, _ask_new),
    "ask-plan": Action(_EDIT, _ask_plan),
    "add-plan": Action(_EDIT, _add, again="ask-new-plan"),
    "edit-plan": Action(_EDIT, _edit, again="ask-plan"),
    "drop-plan": Action(_EDIT, _drop),
}
