"""Answer what came too fast, with one call and without the database."""

import io
from collections.abc import Mapping

import aiohttp
import discord
import structlog

from raidbot.commands.limits.limits import AskedTooFast, InteractionLimits
from raidbot.commands.ui.errors import report_error
from raidbot.commands.ui.interaction import Interaction
from raidbot.utils.words import paragraph, render, say

log = structlog.get_logger(__name__)

_FENCE = "```"
_MAX_SHOWN_LENGTH = 4000
"""Characters that are shown in the answer; an embed holds 4096, all of them 6000. More is a file."""


async def admit(limits: InteractionLimits, interaction: Interaction, typed: Mapping[str, str]) -> bool:
    """Return True if the interaction does not come too fast; otherwise answer it. `typed` are a form's inputs."""
    try:
        limits.check(interaction)
    except AskedTooFast as why:
        await _answer(interaction, why, typed)
        return False
    return True


async def _answer(interaction: Interaction, why: AskedTooFast, typed: Mapping[str, str]) -> None:
    """Say how long to wait, and give back what was `typed` in a form."""
    texts = [text for text in typed.values() if text]
    if not texts:
        await report_error(interaction, why)
        return
    said = render(paragraph(why.text, say("Nothing was saved. This is what you typed, so that you can send it again:")))
    try:
        if _FENCE in "".join(texts) or sum(map(len, texts)) > _MAX_SHOWN_LENGTH:
            file = discord.File(io.BytesIO("\n\n".join(texts).encode()), "what-you-typed.txt")
            await interaction.response.send_message(said, file=file, ephemeral=True)
        else:
            embeds = [discord.Embed(description=f"{_FENCE}\n{text}\n{_FENCE}") for text in texts]
            await interaction.response.send_message(said, embeds=embeds, ephemeral=True)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as failure:
        log.info("error not shown", error=str(failure))
