"""Words for the reasons why a board goes without its picture."""

from raidbot.raids.model import PictureLoss

_WHY = {
    PictureLoss.TOO_LARGE: "Discord says the file is too large for this server. Use a smaller one, or an address.",
    PictureLoss.NOT_ALLOWED: "I can’t upload it there. Give me Attach Files in the channel, or use an address.",
    PictureLoss.REFUSED: "Discord didn’t take it. Use another address or file.",
    PictureLoss.GONE: "I don’t have the file any more. Upload it again with a new raid, or use an address.",
}


def why_lost(why: PictureLoss) -> str:
    """Return the reason and what to do about it."""
    return _WHY[why]
