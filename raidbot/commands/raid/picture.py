"""The action on the panel of /raid that changes the raid's picture."""

from raidbot.commands.posting import pictures
from raidbot.commands.raid.context import RaidContext
from raidbot.commands.ui.panel_context import Action
from raidbot.raids.permissions import Permission
from raidbot.raids.pictures.rules import change_picture


async def _ask_picture(context: RaidContext) -> None:
    await context.ask("picture", pictures.FORM_TITLE, *pictures.fields_of(context.raid.picture))


async def _picture(context: RaidContext) -> None:
    """Save the fields changed in the form; concurrent changes of the others stay."""
    said = context.changed_fields(*pictures.KEYS)
    await pictures.keep_file(context.state, context.raid)
    change = await context.change(lambda raid: change_picture(raid, pictures.typed(said, raid.picture)))
    if not change.events:
        await context.home("Nothing was different.")
    else:
        await context.home("Picture removed." if change.raid.picture is None else "Board updated.")


ACTIONS = {
    "ask-picture": Action((Permission.RAID_EDIT,), _ask_picture),
    "picture": Action((Permission.RAID_EDIT,), _picture, again="ask-picture"),
}
