"""Answers of the bots with py-cord, nextcord and disnake: their interactions are used in the same way."""

import io

from steps import same


class Answers:
    """Answers to interactions with the library `lib`.

    `original` names the library's method that edits the original response, and `fetch` the one that fetches it;
    `modal` makes its form.
    """

    def __init__(self, lib, modal, *, original="edit_original_response", fetch="original_response"):
        self.lib, self.modal = lib, modal
        self._original, self._fetch = original, fetch

    async def edit_original(self, interaction, content):
        await getattr(interaction, self._original)(content=content)

    async def echo(self, interaction, *given):
        names = (getattr(one, "name", one) for one in given if one is not None)
        await interaction.response.send_message(" ".join(str(one) for one in names))

    async def later(self, interaction):
        await interaction.response.defer()
        await self.edit_original(interaction, "done")

    async def whisper(self, interaction):
        await interaction.response.send_message("psst", ephemeral=True)

    async def hush(self, interaction):
        await interaction.response.defer(ephemeral=True)
        await interaction.followup.send("hush", ephemeral=True)

    async def more(self, interaction):
        await interaction.response.send_message("one")
        second = await interaction.followup.send("two", wait=True)
        third = await interaction.followup.send("three", wait=True, ephemeral=True)
        await third.delete()
        first = await getattr(interaction, self._fetch)()
        await second.edit(content=f"{first.content}, two!")

    async def file(self, interaction):
        hello = self.lib.File(io.BytesIO(b"hello"), filename="hello.txt")
        await interaction.response.send_message(embed=self.lib.Embed(title="Hello"), file=hello)

    async def form(self, interaction):
        await interaction.response.send_modal(self.modal())

    async def buttons(self, interaction):
        view = self.lib.ui.View()
        pressed = {"Reply": self._reply, "Update": self._update, "Slow": self._slow, "Form": self.form}
        for label, callback in pressed.items():
            button = self.lib.ui.Button(label=label, emoji="✅", style=self.lib.ButtonStyle.success)
            button.callback = callback
            view.add_item(button)
        view.add_item(self.lib.ui.Button(label="Off", disabled=True))
        view.add_item(self.lib.ui.Button(label="Link", url="https://raids.example"))
        await interaction.response.send_message("press", view=view)

    async def _reply(self, interaction):
        await interaction.response.send_message("pressed", ephemeral=True)

    async def _update(self, interaction):
        await interaction.response.edit_message(content="updated", view=None)

    async def _slow(self, interaction):
        await interaction.response.defer()
        await self.edit_original(interaction, "slowly")

    async def picks(self, interaction, selects):
        """Show selects by the kind of what is picked in them."""
        view = self.lib.ui.View()
        for kind, select in selects.items():
            select.callback = self._picked(kind, select)
            view.add_item(select)
        await interaction.response.send_message("pick", view=view)

    def _picked(self, kind, select):
        async def callback(interaction):
            names = [getattr(one, "name", one) for one in select.values]
            expected = {"user": ["bob"], "role": ["Raider"], "channel": ["lounge"], "text": ["T", "H"]}
            same(sorted(names), sorted(expected.get(kind, ["Raider", "carol"])))
            values = " ".join(interaction.data["values"])
            await interaction.response.send_message(f"{kind}: {values}", ephemeral=True)

        return callback
