"""Actions on the panel of /templates that change a template's text, look, lengths and sides."""

from dataclasses import replace

from raidbot.commands.posting import pictures
from raidbot.commands.templates.context import LABELS, TemplateContext
from raidbot.commands.ui.forms import Field
from raidbot.commands.ui.panel_context import Action
from raidbot.commands.ui.time_forms import deadline_field, signup_text_field
from raidbot.raids.deadlines.deadline import parse_deadline
from raidbot.raids.permissions import Permission
from raidbot.raids.templates import edits
from raidbot.raids.templates.model import MAX_DESCRIPTION_LENGTH, MAX_LABEL_LENGTH, Template

MAX_EMOJI_LENGTH = 64
COLOUR_HINT = "#RRGGBB, such as #1ABC9C; blank: the usual blue"
_SIGNUPS = ("closes", "signup_text")
_LOOK = ("name", "label", "emoji", "colour", "description")
_MAX_LENGTHS_TEXT_LENGTH = 300  # 25 lengths with four decimals each
_MAX_SIDES_TEXT_LENGTH = 2600


async def _ask_look(context: TemplateContext) -> None:
    template = context.template
    await context.ask(
        "look",
        "Words and look",
        Field("name", LABELS["name"], template.name, max_length=MAX_LABEL_LENGTH),
        Field("label", LABELS["label"], template.label, "Blank: its name", max_length=MAX_LABEL_LENGTH, required=False),
        emoji_field(template.emoji),
        Field(
            "colour", LABELS["colour"], edits.colour_text(template.colour), COLOUR_HINT, max_length=20, required=False
        ),
        Field(
            "description",
            LABELS["description"],
            template.description,
            max_length=MAX_DESCRIPTION_LENGTH,
            required=False,
            is_long=True,
        ),
    )


def emoji_field(value: str) -> Field:
    return Field(
        "emoji", LABELS["emoji"], value, "Before the title: ⚔️ or :name:", max_length=MAX_EMOJI_LENGTH, required=False
    )


async def _look(context: TemplateContext) -> None:
    said = context.changed_fields(*_LOOK)
    if "emoji" in said:
        known = await context.emoji(said["emoji"])
        said["emoji"] = known.spell_or_nothing(said["emoji"])
    await context.saved(await context.change(lambda template: edits.describe(template, said)))


async def _ask_picture(context: TemplateContext) -> None:
    await context.ask("picture", pictures.FORM_TITLE, *pictures.fields_of(context.template.picture))


async def _picture(context: TemplateContext) -> None:
    said = context.changed_fields(*pictures.KEYS)

    def change(template: Template) -> Template:
        return replace(template, picture=pictures.typed(said, template.picture))

    await context.saved(await context.change(change))


async def _ask_lengths(context: TemplateContext) -> None:
    lengths = edits.hours_text(context.template.lengths)
    field = Field(
        "lengths",
        LABELS["lengths"],
        lengths,
        "1.5, 3; blank: raids say no length",
        max_length=_MAX_LENGTHS_TEXT_LENGTH,
        required=False,
    )
    await context.ask("lengths", "How long raids take", field)


async def _lengths(context: TemplateContext) -> None:
    lengths = edits.lengths_of(context.press.fields["lengths"])
    await context.saved(await context.change(lambda template: replace(template, lengths=lengths)))


async def _ask_sides(context: TemplateContext) -> None:
    field = Field(
        "sides",
        LABELS["sides"],
        "\n".join(context.template.sides),
        "Left side (Bomb)",
        max_length=_MAX_SIDES_TEXT_LENGTH,
        required=False,
        is_long=True,
    )
    await context.ask("sides", "Sides a leader gives to members", field)


async def _sides(context: TemplateContext) -> None:
    sides = edits.sides_of(context.press.fields["sides"])

    def change(template: Template) -> Template:
        return replace(template, sides=sides)

    await context.saved(await context.change(change))


async def _ask_signups(context: TemplateContext) -> None:
    template = context.template
    fields = deadline_field(template.signup_lead), signup_text_field(template.signup_text)
    await context.ask("signups", "How members sign up", *fields)


async def _signups(context: TemplateContext) -> None:
    said = context.changed_fields(*_SIGNUPS)
    lead = parse_deadline(said.get("closes", ""), locale=str(context.interaction.locale))

    def change(template: Template) -> Template:
        signup_lead = lead if "closes" in said else template.signup_lead
        return replace(template, signup_lead=signup_lead, signup_text=said.get("signup_text", template.signup_text))

    await context.saved(await context.change(change))


_EDIT = (Permission.TEMPLATES_EDIT,)
ACTIONS = {
    "ask-look": Action(_EDIT, _ask_look),
    "look": Action(_EDIT, _look, again="ask-look"),
    "ask-picture": Action(_EDIT, _ask_picture),
    "picture": Action(_EDIT, _picture, again="ask-picture"),
    "ask-lengths": Action(_EDIT, _ask_lengths),
    "lengths": Action(_EDIT, _lengths, again="ask-lengths"),
    "ask-signups": Action(_EDIT, _ask_signups),
    "signups": Action(_EDIT, _signups, again="ask-signups"),
    "ask-sides": Action(_EDIT, _ask_sides),
    "sides": Action(_EDIT, _sides, again="ask-sides"),
}
