"""Actions on the panel of /templates that change a template's roles, as text or one by one."""

from dataclasses import replace

import discord

from raidbot.commands.templates import views
from raidbot.commands.templates.context import LABELS, TemplateContext
from raidbot.commands.templates.details import MAX_EMOJI_LENGTH
from raidbot.commands.ui.components import BLUE, GREEN, MAX_OPTIONS, RED, Select, option
from raidbot.commands.ui.forms import Field
from raidbot.commands.ui.panel_context import Action
from raidbot.commands.ui.responses import Row
from raidbot.delivery.drawing.text_fit import units
from raidbot.raids.emoji.model import parse_emoji
from raidbot.raids.emoji.server import ServerEmoji
from raidbot.raids.model import Role, RoleKey
from raidbot.raids.permissions import Permission
from raidbot.raids.templates import edits
from raidbot.raids.templates.model import MAX_LABEL_LENGTH, MAX_ROLE_NAME_LENGTH, MAX_ROLES, Template
from raidbot.raids.templates.role_text import FORM, MAX_TEXT_LENGTH, from_lines, seats_of, to_lines
from raidbot.utils.errors import Refusal
from raidbot.utils.ids import fingerprint
from raidbot.utils.text import clip, escape

_ROLE = ("group", "emoji", "name", "seats", "icon")
_NEW = Role(key=RoleKey(""), name="", emoji="", seats=1)
_MAX_SPECS_LENGTH = 1200


class TooLongForAForm(Refusal):
    def __init__(self, length: int) -> None:
        super().__init__(
            f"As text the roles have {length} characters, and a form takes {MAX_TEXT_LENGTH}. Edit them one by one."
        )


def fits_a_form(roles: tuple[Role, ...]) -> bool:
    return units(to_lines(roles)) <= MAX_TEXT_LENGTH


async def _roles(context: TemplateContext) -> None:
    await _show_roles(context)


async def _show_roles(context: TemplateContext, text: str = "") -> None:
    """Show the roles page, with the template loaded anew so that a change just made is shown."""
    template = (await context.reloaded()).template
    embed = discord.Embed(title=f"Roles of {clip(escape(template.name), MAX_LABEL_LENGTH)}", colour=template.colour)
    embed.description = views.roles_text(template.roles)
    if not fits_a_form(template.roles):
        embed.set_footer(
            text=f"As text these are more than {MAX_TEXT_LENGTH} characters, so they are edited one by one."
        )
    await context.page(text, *_rows(context, template), embeds=(embed,))


def _rows(context: TemplateContext, template: Template) -> tuple[Row, ...]:
    starts = range(0, len(template.roles), MAX_OPTIONS)
    return (
        *((_select(context, template, start),) for start in starts),
        (
            context.controls.button("Edit as text", "ask-lines", BLUE, disabled=not fits_a_form(template.roles)),
            context.controls.button("Add a role", "ask-add", GREEN, disabled=len(template.roles) >= MAX_ROLES),
            context.back,
        ),
    )


def _select(context: TemplateContext, template: Template, start: int) -> Select:
    roles = template.roles[start : start + MAX_OPTIONS]
    offered = [option(role.key, _plainly(role), role.group) for role in roles]
    hint = "Edit or remove one role"
    if len(template.roles) > MAX_OPTIONS:
        hint += f": {start + 1} to {start + len(roles)}"
    return context.controls.select(hint, "role", offered, start)


def _plainly(role: Role) -> str:
    """Name the role without custom emoji, which the labels of options cannot show."""
    return f"{role.emoji} {role.name}" if parse_emoji(role.emoji).id is None else role.name


async def _role(context: TemplateContext) -> None:
    role = edits.role_of(context.template, context.chosen)
    mark = fingerprint(role.key)
    buttons = (
        context.controls.button("Edit", "ask-role", BLUE, mark),
        context.controls.button("Remove", "drop-role", RED, mark, disabled=len(context.template.roles) == 1),
        context.controls.button("Back", "roles"),
    )
    lines = [views.role_line(role), f"-# {escape(role.group) or 'In no group'}"]
    if role.specs:
        lines.append(f"-# Specialisations: {clip(', '.join(map(escape, role.specs)), _MAX_SPECS_LENGTH)}")
    await context.page("\n".join(lines), buttons)


async def _ask_lines(context: TemplateContext) -> None:
    roles = context.template.roles
    if not fits_a_form(roles):
        raise TooLongForAForm(units(to_lines(roles)))
    await context.ask("lines", "Roles", lines_field(to_lines(roles)))


def lines_field(lines: str) -> Field:
    return Field("roles", LABELS["roles"], lines, FORM, max_length=MAX_TEXT_LENGTH, is_long=True)


async def _lines(context: TemplateContext) -> None:
    text, mark = context.press.fields["roles"], context.marks
    emoji = await context.emoji(text)

    def change(template: Template) -> Template:
        edits.check_roles_unchanged(template, mark)
        return template.with_roles(from_lines(text, template.roles, emoji.spell))

    await context.saved(await context.change(change))


async def _ask_add(context: TemplateContext) -> None:
    await context.ask("add-role", "A new role", *_fields(_NEW))


async def _add(context: TemplateContext) -> None:
    said = {key: context.press.fields[key] for key in _ROLE}
    role = _said(_NEW, said, await context.emoji(said["emoji"], said["icon"]))
    await context.change(lambda template: edits.adding_role(template, role))
    await _show_roles(context, f"{views.role_line(role)} is added.")


async def _ask_role(context: TemplateContext) -> None:
    mark = context.part(0)
    role = _marked(context.template, mark)
    await context.ask("edit-role", clip(role.name, 45), *_fields(role), about=(mark,))


async def _edit(context: TemplateContext) -> None:
    mark, said = context.part(0), context.changed_fields(*_ROLE)
    emoji = await context.emoji(*said.values())

    def change(template: Template) -> Template:
        return edits.with_role(template, _said(_marked(template, mark), said, emoji))

    await context.change(change)
    await _show_roles(context, "Saved. Raids that are posted stay as they are.")


async def _drop(context: TemplateContext) -> None:
    role = _marked(context.template, context.part(0))
    entry = await context.change(lambda template: edits.without_role(template, role.key))
    await _show_roles(context, "\n".join((f"{views.role_line(role)} is removed.", *context.lost(entry))))


def _fields(role: Role) -> tuple[Field, ...]:
    return (
        Field(
            "group",
            LABELS["group"],
            role.group,
            "Blank: it stands by itself",
            max_length=MAX_LABEL_LENGTH,
            required=False,
        ),
        Field(
            "emoji", LABELS["emoji"], role.emoji, "What members react with: ⚔️ or :name:", max_length=MAX_EMOJI_LENGTH
        ),
        Field("name", LABELS["name"], role.name, max_length=MAX_ROLE_NAME_LENGTH),
        Field("seats", LABELS["seats"], str(role.seats), max_length=2),
        Field(
            "icon", LABELS["icon"], role.icon, "⚔️ or :name:; may be blank", max_length=MAX_EMOJI_LENGTH, required=False
        ),
    )


def _said(role: Role, said: dict[str, str], emoji: ServerEmoji) -> Role:
    """Return the role with the form's values. Raises NotAnEmoji, NotSeats, NoSuchEmoji or EmojiOfElsewhere."""
    found: dict[str, object] = dict(said)
    if "emoji" in said:
        found["emoji"] = emoji.spell(said["emoji"])
    if "icon" in said:
        found["icon"] = emoji.spell_or_nothing(said["icon"])
    if "seats" in said:
        found["seats"] = seats_of(said["seats"])
    return replace(role, **found)  # type: ignore[arg-type]


def _marked(template: Template, mark: str) -> Role:
    """Return the role with this mark. Raises RoleGone."""
    key = next((role.key for role in template.roles if fingerprint(role.key) == mark), "")
    return edits.role_of(template, key)


_EDIT = (Permission.TEMPLATES_EDIT,)
ACTIONS = {
    "roles": Action(_EDIT, _roles),
    "role": Action(_EDIT, _role),
    "ask-lines": Action(_EDIT, _ask_lines),
    "lines": Action(_EDIT, _lines, again="ask-lines"),
    "ask-add": Action(_EDIT, _ask_add),
    "add-role": Action(_EDIT, _add, again="ask-add"),
    "ask-role": Action(_EDIT, _ask_role),
    "edit-role": Action(_EDIT, _edit, again="ask-role"),
    "drop-role": Action(_EDIT, _drop),
}
