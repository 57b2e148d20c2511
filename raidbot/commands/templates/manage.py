"""Actions of /templates on whole templates: create, duplicate, enable, disable, reset, delete and preview."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from raidbot.commands.templates import views
from raidbot.commands.templates.context import ANY, LABELS, TemplateContext
from raidbot.commands.templates.details import COLOUR_HINT, emoji_field
from raidbot.commands.templates.roles import lines_field
from raidbot.commands.ui.components import RED, options
from raidbot.commands.ui.forms import Field
from raidbot.commands.ui.panel_context import Action
from raidbot.commands.ui.router import page_number
from raidbot.delivery.drawing.render import board
from raidbot.raids.deadlines.deadline import AT_START
from raidbot.raids.drafts import Draft, plan
from raidbot.raids.model import ChannelId, Raid
from raidbot.raids.permissions import Permission
from raidbot.raids.templates import catalogue as rules
from raidbot.raids.templates import edits
from raidbot.raids.templates.catalogue import Catalogue, NothingToResetTo
from raidbot.raids.templates.model import MAX_LABEL_LENGTH, Strategy, Template
from raidbot.raids.templates.role_text import from_lines
from raidbot.utils.clean_text import clean_name
from raidbot.utils.text import escape, joined

_FIRST_ROLES = "🛡️ Tank 1\n💚 Healer 1\n⚔️ Damage 3"
_MAX_NEW_DESCRIPTION_LENGTH = 1000  # so that all of a refused form can be shown in one message
_PREVIEW_LEAD = timedelta(days=1)


async def _list(context: TemplateContext) -> None:
    await context.list(page_number(context.part(0)))


async def _open(context: TemplateContext) -> None:
    await context.for_template(context.chosen).home()


async def _panel(context: TemplateContext) -> None:
    await context.home()


async def ask_new(context: TemplateContext) -> None:
    """Open the form for a new template of the guild's own."""
    await context.ask(
        "new",
        "A new template",
        Field("name", LABELS["name"], max_length=MAX_LABEL_LENGTH),
        emoji_field(""),
        Field("colour", LABELS["colour"], "", COLOUR_HINT, max_length=20, required=False),
        Field(
            "description",
            LABELS["description"],
            max_length=_MAX_NEW_DESCRIPTION_LENGTH,
            required=False,
            is_long=True,
        ),
        lines_field(_FIRST_ROLES),
    )


async def _new(context: TemplateContext) -> None:
    said = context.press.fields
    known = await context.emoji(said["emoji"], said["roles"])
    template = Template(
        key=context.state.new_template_key(),
        name=said["name"],
        emoji=known.spell_or_nothing(said["emoji"]),
        description=said["description"],
        colour=edits.colour_of(said["colour"]),
        roles=from_lines(said["roles"], spell=known.spell),
    )
    await context.change_catalogue(lambda catalogue: rules.add(catalogue, template))
    await context.for_template(template.key).home(
        "Saved. `/create` offers it. Lengths, strategies and sides can be added here."
    )


async def _duplicate(context: TemplateContext) -> None:
    new = context.state.new_template_key()
    await context.change_catalogue(partial(rules.duplicate, key=context.key, new=new))
    await context.for_template(new).home(f"This is the copy of {views.quoted(context.template)}, complete.")


async def _enable(context: TemplateContext) -> None:
    await context.change_catalogue(partial(rules.set_enabled, key=context.key, enabled=True))
    await context.home("`/create` offers it.")


async def _disable(context: TemplateContext) -> None:
    await context.change_catalogue(partial(rules.set_enabled, key=context.key, enabled=False))
    await context.home("`/create` does not offer it any more. Raids that are posted stay as they are.")


async def _ask_reset(context: TemplateContext) -> None:
    entry = context.entry
    if entry.is_own:
        raise NothingToResetTo(entry.template)
    changed = views.changed_fields(entry)
    if not changed:
        await context.home("It is as it comes with the bot.")
        return
    await context.page(
        f"Reset {views.quoted(entry.template)} to how it comes with the bot? What was changed here goes:"
        f" {joined(changed)}. Raids that are posted stay as they are.",
        (context.controls.button("Yes, reset it", "reset", RED), context.controls.button("Keep it", "panel")),
    )


async def _reset(context: TemplateContext) -> None:
    await context.change_catalogue(partial(rules.reset, key=context.key))
    await context.home("It is as it comes with the bot.")


async def _ask_delete(context: TemplateContext) -> None:
    await context.page(
        f"Delete {views.quoted(context.template)}? Raids that are posted stay as they are.",
        (
            context.controls.button("Yes, delete it", "delete", RED),
            context.controls.button("Keep it", "panel"),
        ),
    )


async def _delete(context: TemplateContext) -> None:
    await context.change_catalogue(partial(rules.remove, key=context.key))
    await context.list(0, f"{views.quoted(context.template)} is deleted.")


async def _preview(context: TemplateContext) -> None:
    """Show a sample board of the template, with the chosen strategy or the first."""
    template = context.template
    chosen = template.strategy(context.press.values[0]) if context.press.values else None
    strategy = chosen or next(iter(template.strategies), None)
    settings = await context.state.settings(context.guild)
    name = clean_name(context.interaction.user.display_name)
    shown = board(_raid(context, strategy, settings.zone), {context.asker: name}, settings.signup_style)
    names = [(one.name, one.name) for one in template.strategies]
    other = context.controls.select("With another strategy", "preview", options(names, strategy and strategy.name))
    rows = [(other,)] if len(names) > 1 else []
    reads = f"Whoever signs up reads: {escape(template.signup_text)}\n" if template.signup_text else ""
    await context.page(f"{reads}This is how a board of it looks:", *rows, (context.back,), embeds=(shown.embed(),))


def _raid(context: TemplateContext, strategy: Strategy | None, zone: str) -> Raid:
    """Plan a raid as /create does, even if the template is disabled."""
    entry, now = replace(context.entry, enabled=True), context.state.now()
    lead = entry.template.signup_lead or AT_START
    draft = Draft(
        activity=context.key,
        length_minutes=next(iter(entry.template.lengths), None),
        strategy=strategy.name if strategy else None,
        starts_at=now + _PREVIEW_LEAD + timedelta(days=lead.days, minutes=lead.minutes),
        zone=zone,
    )
    return plan(
        draft,
        Catalogue((entry,)),
        guild=context.guild,
        creator=context.asker,
        channel=ChannelId(0),
        now=now,
    )


_CREATE = (Permission.TEMPLATES_CREATE,)
_ENABLE = (Permission.TEMPLATES_ENABLE,)
_RESET = (Permission.TEMPLATES_RESET,)
_DELETE = (Permission.TEMPLATES_DELETE,)
ACTIONS = {
    "list": Action(ANY, _list),
    "open": Action(ANY, _open),
    "panel": Action(ANY, _panel),
    "preview": Action(ANY, _preview),
    "ask-new": Action(_CREATE, ask_new),
    "new": Action(_CREATE, _new, again="ask-new"),
    "duplicate": Action(_CREATE, _duplicate),
    "enable": Action(_ENABLE, _enable),
    "disable": Action(_ENABLE, _disable),
    "ask-reset": Action(_RESET, _ask_reset),
    "reset": Action(_RESET, _reset),
    "ask-delete": Action(_DELETE, _ask_delete),
    "delete": Action(_DELETE, _delete),
}
