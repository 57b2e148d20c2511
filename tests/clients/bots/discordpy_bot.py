"""An ordinary bot with discord.py."""

import asyncio
import io
import sys
from datetime import timedelta

import discord
import forks
import forks_servers
import yarl
from discord import app_commands, ui
from discord.gateway import DiscordWebSocket
from discord.http import Route
from interactions import FRUIT, add_interactions
from steps import Steps, same

steps = Steps()
Route.BASE = steps.world["api_url"]
DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(steps.world["gateway_url"])
client = discord.Client(intents=discord.Intents.all(), guild_ready_timeout=0.2)
tree = app_commands.CommandTree(client)
bot = forks.Bot(discord, client, steps)
guild = discord.Object(int(steps.guild["id"]))


@tree.command(guild=guild, description="Say what was given")
async def echo(
    interaction,
    text: str,
    count: int | None = None,
    loud: bool | None = None,
    share: float | None = None,
    who: discord.Member | None = None,
    place: discord.TextChannel | None = None,
    role: discord.Role | None = None,
    thing: discord.Role | discord.Member | None = None,
):
    names = (one.name if one else None for one in (who, place, role, thing))
    given = [text, count, loud, share, *names]
    await interaction.response.send_message(" ".join(str(one) for one in given if one is not None))


@tree.command(guild=guild, description="Defer")
async def later(interaction):
    await interaction.response.defer()
    await interaction.edit_original_response(content="done")


@tree.command(guild=guild, description="For one person")
async def whisper(interaction):
    await interaction.response.send_message("psst", ephemeral=True)


@tree.command(guild=guild, description="Defer for one person")
async def hush(interaction):
    await interaction.response.defer(ephemeral=True)
    await interaction.followup.send("hush")


@tree.command(guild=guild, description="Several messages")
async def more(interaction):
    await interaction.response.send_message("one")
    second = await interaction.followup.send("two", wait=True)
    third = await interaction.followup.send("three", wait=True, ephemeral=True)
    await third.delete()
    first = await interaction.original_response()
    await second.edit(content=f"{first.content}, two!")


@tree.command(guild=guild, description="Find a word")
async def find(interaction, word: str):
    await interaction.response.send_message(f"found {word}")


@find.autocomplete("word")
async def words(_interaction, typed):
    return [app_commands.Choice(name=one, value=one) for one in FRUIT if one.startswith(typed)]


raid = app_commands.Group(name="raid", description="Raids", guild_ids=[guild.id])


@raid.command(description="Show a raid")
async def show(interaction, code: str):
    await interaction.response.send_message(f"raid {code}")


tree.add_command(raid)


@tree.command(guild=guild, description="A file")
async def file(interaction):
    hello = discord.File(io.BytesIO(b"hello"), filename="hello.txt")
    await interaction.response.send_message(embed=discord.Embed(title="Hello"), file=hello)


@tree.context_menu(guild=guild, name="Who")
async def who(interaction, member: discord.Member):
    await interaction.response.send_message(f"this is {member.name}")


@tree.context_menu(guild=guild, name="Quote")
async def quote(interaction, message: discord.Message):
    await interaction.response.send_message(f"> {message.content}")


class SignUp(ui.Modal, title="Sign up"):
    name = ui.TextInput(label="Name", custom_id="name", min_length=2, max_length=20)
    note = ui.TextInput(label="Note", custom_id="note", style=discord.TextStyle.paragraph, required=False)

    async def on_submit(self, interaction):
        await interaction.response.send_message(f"{self.name.value}/{self.note.value}")


@tree.command(guild=guild, description="A form")
async def form(interaction):
    await interaction.response.send_modal(SignUp())


class Buttons(ui.View):
    @ui.button(label="Reply", style=discord.ButtonStyle.success, emoji="✅")
    async def reply(self, interaction, _button):
        await interaction.response.send_message("pressed", ephemeral=True)

    @ui.button(label="Update")
    async def update(self, interaction, _button):
        await interaction.response.edit_message(content="updated", view=None)

    @ui.button(label="Slow")
    async def slow(self, interaction, _button):
        await interaction.response.defer()
        await interaction.edit_original_response(content="slowly")

    @ui.button(label="Form")
    async def form(self, interaction, _button):
        await interaction.response.send_modal(SignUp())

    @ui.button(label="Off", disabled=True)
    async def off(self, _interaction, _button):
        raise AssertionError


@tree.command(guild=guild, description="Buttons")
async def buttons(interaction):
    view = Buttons()
    view.add_item(ui.Button(label="Link", url="https://raids.example"))
    await interaction.response.send_message("press", view=view)


async def say_values(interaction, kind):
    await interaction.response.send_message(f"{kind}: {' '.join(interaction.data['values'])}", ephemeral=True)


class Picks(ui.View):
    @ui.select(
        custom_id="pick-text",
        max_values=2,
        options=[
            discord.SelectOption(label="Tank", value="T", emoji="🛡️"),
            discord.SelectOption(label="Healer", value="H"),
        ],
    )
    async def text(self, interaction, _select):
        await say_values(interaction, "text")

    @ui.select(cls=ui.UserSelect, custom_id="pick-user")
    async def user(self, interaction, select):
        same(select.values[0].name, "bob")
        await say_values(interaction, "user")

    @ui.select(cls=ui.RoleSelect, custom_id="pick-role")
    async def role(self, interaction, select):
        same(select.values[0].name, "Raider")
        await say_values(interaction, "role")

    @ui.select(cls=ui.MentionableSelect, custom_id="pick-mentionable", max_values=2)
    async def mentionable(self, interaction, _select):
        await say_values(interaction, "mentionable")

    @ui.select(cls=ui.ChannelSelect, custom_id="pick-channel", channel_types=[discord.ChannelType.text])
    async def channel(self, interaction, _select):
        await say_values(interaction, "channel")


@tree.command(guild=guild, description="Selects")
async def picks(interaction):
    await interaction.response.send_message("pick", view=Picks())


@tree.command(description="For every server")
async def ping(interaction):
    await interaction.response.send_message("pong")


@steps.add("connects")
async def _():
    await client.login(steps.world["token"])
    ready = asyncio.ensure_future(client.wait_for("ready", timeout=20))
    client.running = asyncio.ensure_future(client.connect())
    await ready


steps.include(forks_servers.start, bot)


@steps.add("registers commands for a server and for all")
async def _():
    await tree.sync()
    await tree.sync(guild=guild)
    same([one.name for one in await tree.fetch_commands()], ["ping"])
    same({one.name for one in await tree.fetch_commands(guild=guild)} >= {"echo", "raid", "Who", "Quote"}, True)


add_interactions(steps)
forks.include_all(steps, bot)


@steps.add("sends a poll", may_be_unsupported=True)
async def _():
    asked = discord.Poll("When?", timedelta(hours=24))
    await bot.channel("lounge").send(poll=asked.add_answer(text="Friday").add_answer(text="Saturday"))


@steps.add("sends components v2", may_be_unsupported=True)
async def _():
    await bot.channel("lounge").send(view=ui.LayoutView().add_item(ui.TextDisplay("hello")))


@steps.add("posts in a forum", may_be_unsupported=True)
async def _():
    plans = await bot.guild.create_forum("plans")
    await plans.create_thread(name="Friday", content="who comes?")


@steps.add("leaves in order")
async def _():
    await client.close()


sys.exit(asyncio.run(steps.run()) > 0)
