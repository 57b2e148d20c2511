"""Events of pictures; `raids.events` has all the others."""

from dataclasses import dataclass

from raidbot.raids.model import Picture, PictureLoss


@dataclass(frozen=True, slots=True)
class PictureChanged:
    before: Picture | None
    after: Picture | None


@dataclass(frozen=True, slots=True)
class PictureLost:
    """The board goes without its picture from now on, because Discord did not take it or it is gone."""

    why: PictureLoss
