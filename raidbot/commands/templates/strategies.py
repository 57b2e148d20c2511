"""Actions on the panel of /templates that change a template's strategies."""

import discord

from raidbot.commands.templates import views
from raidbot.commands.templates.context import LABELS, TemplateContext
from raidbot.commands.templates.roles import fits_a_form, lines_field
from raidbot.commands.ui.components import BLUE, GREEN, RED, options
from raidbot.commands.ui.forms import Field
from raidbot.commands.ui.panel_context import Action
from raidbot.raids.model import Role
from raidbot.raids.permissions import Permission
from raidbot.raids.templates import edits
from raidbot.raids.templates.model import MAX_CHOICES, MAX_DESCRIPTION_LENGTH, MAX_LABEL_LENGTH, Strategy, Template
from raidbot.raids.templates.role_text import Spell, from_lines, to_lines
from raidbot.utils.ids import fingerprint
from raidbot.utils.text import clip, escape

_NEW = Strategy("")
_WORDS = ("name", "description")
_ABOUT = (
    "One of the strategies has to be chosen for each raid. A strategy may have a description in place of the"
    " template’s, and other roles in the same places."
)
_MAX_DESCRIPTION_LENGTH = 500


async def _strategies(context: TemplateContext) -> None:
    await _show(context)


async def _show(context: TemplateContext, text: str = "") -> None:
    template = (await context.reloaded()).template
    names = [(one.name, one.name) for one in template.strategies]
    chosen = context.controls.select("Edit or remove a strategy", "strategy", options(names))
    buttons = (
        context.controls.button("Add a strategy", "ask-new-plan", GREEN, disabled=len(names) >= MAX_CHOICES),
        context.back,
    )
    embed = discord.Embed(
        title=f"Strategies of {clip(escape(template.name), MAX_LABEL_LENGTH)}", colour=template.colour
    )
    embed.description = views.strategies_text(template) or "There are none."
    embed.set_footer(text=_ABOUT)
    await context.page(text, *([(chosen,)] if names else []), buttons, embeds=(embed,))


async def _strategy(context: TemplateContext) -> None:
    strategy = edits.strategy_of(context.template, context.chosen)
    mark = fingerprint(strategy.name)
    buttons = (
        context.controls.button("Edit", "ask-plan", BLUE, mark),
        context.controls.button("Remove", "drop-plan", RED, mark),
        context.controls.button("Back", "strategies"),
    )
    embed = discord.Embed(title=escape(strategy.name), colour=context.template.colour)
    embed.description = clip(escape(strategy.description), _MAX_DESCRIPTION_LENGTH) or "The template’s description."
    embed.add_field(name="Roles", value=views.roles_text(context.template.played_as(strategy).roles))
    await context.page("", buttons, embeds=(embed,))


async def _ask_new(context: TemplateContext) -> None:
    template = context.template
    about = (edits.mark_of_roles(template),)
    await context.ask("add-plan", "A new strategy", *_fields(template, _NEW), about=about)


async def _ask_plan(context: TemplateContext) -> None:
    template, mark = context.template, context.part(0)
    about = (mark, edits.mark_of_roles(template))
    await context.ask("edit-plan", "Strategy", *_fields(template, _marked(template, mark)), about=about)


def _fields(template: Template, strategy: Strategy) -> list[Field]:
    """Return the form's fields; the roles are left out if they are too long for a form."""
    played = template.played_as(strategy).roles
    roles = [lines_field(to_lines(played))] if fits_a_form(template.roles) and fits_a_form(played) else []
    return [
        Field("name", LABELS["name"], strategy.name, max_length=MAX_LABEL_LENGTH),
        Field(
            "description",
            LABELS["description"],
            strategy.description,
            "Blank: the template’s",
            max_length=MAX_DESCRIPTION_LENGTH,
            required=False,
            is_long=True,
        ),
        *roles,
    ]


async def _add(context: TemplateContext) -> None:
    said = _said(context)
    spell = (await context.emoji(said.get("roles", ""))).spell
    name = context.press.fields["name"]

    def change(template: Template) -> Template:
        strategy = Strategy(name, said.get("description", ""), _changed(context, template, said, spell) or ())
        return edits.with_strategy(template, strategy)

    await context.change(change)
    await _show(context, f"The strategy “{escape(name)}” is added.")


async def _edit(context: TemplateContext) -> None:
    mark, said = context.part(0), _said(context)
    spell = (await context.emoji(said.get("roles", ""))).spell

    def change(template: Template) -> Template:
        before = _marked(template, mark)
        changed = _changed(context, template, said, spell)
        after = Strategy(
            said.get("name", before.name),
            said.get("description", before.description),
            before.roles if changed is None else changed,
        )
        return edits.with_strategy(template, after, before.name)

    await context.change(change)
    await _show(context, "Saved. Raids that are posted stay as they are.")


async def _drop(context: TemplateContext) -> None:
    name = _marked(context.template, context.part(0)).name
    await context.change(lambda template: edits.without_strategy(template, name))
    await _show(context, f"The strategy “{escape(name)}” is removed.")


def _said(context: TemplateContext) -> dict[str, str]:
    """Return the form fields that the member changed. Roles too long for a form are not among its fields."""
    return (
        context.changed_fields(*_WORDS, "roles") if "roles" in context.press.fields else context.changed_fields(*_WORDS)
    )


def _changed(
    context: TemplateContext, template: Template, said: dict[str, str], spell: Spell
) -> tuple[Role, ...] | None:
    """Return the roles that differ with the strategy, or None if the form did not change them.

    Raises RolesChangedMeanwhile or StrategyRolesDiffer.
    """
    if "roles" not in said:
        return None
    edits.check_roles_unchanged(template, context.part(-2))
    return edits.strategy_roles(template, from_lines(said["roles"], spell=spell))


def _marked(template: Template, mark: str) -> Strategy:
    """Return the strategy with this mark. Raises StrategyGone."""
    name = next((one.name for one in template.strategies if fingerprint(one.name) == mark), "")
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
