"""Actions on the panel of /raid that change the raid's text, length and leader."""

from functools import partial

from raidbot.commands.raid.context import LABELS, RaidContext
from raidbot.commands.ui import permissions
from raidbot.commands.ui.components import GREY
from raidbot.commands.ui.forms import Field
from raidbot.commands.ui.member_picker import look_up
from raidbot.commands.ui.panel_context import Action
from raidbot.commands.ui.router import number_of
from raidbot.commands.ui.time_forms import signup_text_field
from raidbot.raids import details
from raidbot.raids.drafts import MAX_SUBJECT_LENGTH
from raidbot.raids.kinds import kind_infos
from raidbot.raids.model import MemberId, Raid
from raidbot.raids.permissions import Permission
from raidbot.raids.templates.length import MAX_LENGTH_TEXT, parse_length
from raidbot.raids.templates.model import MAX_DESCRIPTION_LENGTH, spoken_length
from raidbot.utils.text import clip


async def _ask_text(context: RaidContext) -> None:
    raid = context.raid
    words = {
        "title": Field("title", LABELS["title"], raid.title, max_length=details.MAX_TITLE_LENGTH),
        "subject": Field(
            "subject", LABELS["subject"], raid.subject or "", max_length=MAX_SUBJECT_LENGTH, required=False
        ),
        "description": Field(
            "description",
            LABELS["description"],
            raid.description,
            max_length=MAX_DESCRIPTION_LENGTH,
            required=False,
            is_long=True,
        ),
        "signup_text": signup_text_field(raid.signup_text),
    }
    await context.ask("text", "Title and description", *(words[key] for key in _words(raid)))


async def _text(context: RaidContext) -> None:
    """Save the fields changed in the form; concurrent changes of other fields stay."""
    said = context.changed_fields(*_words(context.raid))
    change = await context.change(lambda raid: details.reword(raid, **said))
    await context.home("Board updated." if change.events else "Nothing was different.")


def _words(raid: Raid) -> tuple[str, ...]:
    """Return the keys of the raid's text fields, in the form's order."""
    has_subject = raid.kind in kind_infos() and "subject" in kind_infos()[raid.kind].asks
    return ("title", *(("subject",) if has_subject else ()), "description", "signup_text")


async def _ask_length(context: RaidContext) -> None:
    raid = context.raid
    now = spoken_length(raid.length_minutes) if raid.length_minutes else ""
    hint = ", ".join(map(spoken_length, raid.lengths)) or "1.5, 90 min, 1h30"
    field = Field("length", LABELS["length"], now, clip(hint, 100), max_length=MAX_LENGTH_TEXT)
    await context.ask("length", "Change length", field)


async def _length(context: RaidContext) -> None:
    """Save the length if another one was typed; panels of versions before have a menu of the template's lengths."""
    fields = context.press.fields
    if fields and not context.changed_fields("length"):
        await context.home("Nothing was different.")
        return
    minutes = parse_length(fields["length"]) if fields else number_of(context.chosen)
    change = await context.change(partial(details.change_length, minutes=minutes, now=context.state.now()))
    said = f"The raid takes {spoken_length(minutes)}." if change.events else "Nothing was different."
    await context.home(said)


async def _ask_leader(context: RaidContext) -> None:
    raid = context.raid
    chosen = context.controls.user_select("Who leads this raid?", "leader", chosen=raid.leader)
    nobody = (context.controls.button("Nobody", "leader", GREY, "nobody"),) if raid.leader is not None else ()
    await context.page("Who leads this raid? The leader may use this panel, too.", (chosen,), (*nobody, context.back))


async def _leader(context: RaidContext) -> None:
    if context.rest == ("nobody",):
        await context.change(partial(details.lead, leader=None))
        await context.home("This raid has no leader now.")
        return
    chosen = number_of(context.chosen)
    who = await look_up(context.interaction, MemberId(chosen))
    asker, grants = permissions.asker_of(context.interaction), await permissions.grants_of(context.interaction)
    rule = partial(details.appoint, leader=who.asker, asker=asker, grants=grants)
    await context.change(rule, {who.id: who.name})
    await context.home(f"{who.shown} leads this raid.")


ACTIONS = {
    "ask-text": Action((Permission.RAID_EDIT,), _ask_text),
    "text": Action((Permission.RAID_EDIT,), _text, again="ask-text"),
    "ask-length": Action((Permission.RAID_LENGTH,), _ask_length),
    "length": Action((Permission.RAID_LENGTH,), _length, again="ask-length"),
    "ask-leader": Action((Permission.RAID_LEADER,), _ask_leader),
    "leader": Action((Permission.RAID_LEADER,), _leader),
}
