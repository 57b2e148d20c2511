"""The pictures of raids, with the files in the database."""

from functools import partial

from raidbot.db import pictures
from raidbot.delivery.boards.uploads.shown_picture import ShownPicture
from raidbot.raids.model import Raid, Source
from raidbot.raids.pictures.rules import lose_picture
from raidbot.state import Cause, State

_CAUSE = Cause(Source.DISCORD)


def shown_picture(state: State, raid: Raid) -> ShownPicture | None:
    """Return the raid's picture, or None if it has none."""
    picture = raid.picture
    if picture is None:
        return None

    async def load() -> bytes | None:
        if picture.stored is None:
            return None
        return await state.db.read(partial(pictures.load, guild=raid.guild, picture=picture.stored))

    return ShownPicture(
        picture, load, lambda why: state.change(raid.id, partial(lose_picture, picture=picture, why=why), _CAUSE)
    )
