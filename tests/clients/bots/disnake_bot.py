"""A bot with disnake."""

import asyncio
import sys

import disnake
import forks
import forks_servers
from disnake import ui
from disnake.ext import commands
from disnake.http import Route
from forks_ui import Answers
from interactions import FRUIT, add_interactions
from steps import Steps, same

steps = Steps()
Route.BASE = steps.world["api_url"]
here = [int(steps.guild["id"])]
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
client = commands.InteractionBot(intents=disnake.Intents.all(), command_sync_flags=commands.CommandSyncFlags.none())
bot = forks.Bot(disnake, client, steps)


class SignUp(ui.Modal):
    def __init__(self):
        long = disnake.TextInputStyle.paragraph
        name = ui.TextInput(label="Name", custom_id="name", min_length=2, max_length=20)
        note = ui.TextInput(label="Note", custom_id="note", style=long, required=False)
        super().__init__(title="Sign up", components=[name, note])

    async def callback(self, interaction):
        values = interaction.text_values
        await interaction.response.send_message(f"{values['name']}/{values['note']}")


answers = Answers(disnake, SignUp)


@client.slash_command(guild_ids=here, description="Say what was given")
async def echo(
    interaction: disnake.CommandInteraction,
    text: str,
    count: int | None = None,
    loud: bool | None = None,
    share: float | None = None,
    who: disnake.Member | None = None,
    place: disnake.TextChannel | None = None,
    role: disnake.Role | None = None,
    thing: disnake.Role | disnake.Member | None = None,
):
    await answers.echo(interaction, text, count, loud, share, who, place, role, thing)


@client.slash_command(guild_ids=here, description="Defer")
async def later(interaction: disnake.CommandInteraction):
    await answers.later(interaction)


@client.slash_command(guild_ids=here, description="For one person")
async def whisper(interaction: disnake.CommandInteraction):
    await answers.whisper(interaction)


@client.slash_command(guild_ids=here, description="Defer for one person")
async def hush(interaction: disnake.CommandInteraction):
    await answers.hush(interaction)


@client.slash_command(guild_ids=here, description="Several messages")
async def more(interaction: disnake.CommandInteraction):
    await answers.more(interaction)


@client.slash_command(guild_ids=here, description="Find a word")
async def find(interaction: disnake.CommandInteraction, word: str):
    await interaction.response.send_message(f"found {word}")


@find.autocomplete("word")
async def words(_interaction: disnake.CommandInteraction, typed: str):
    return [one for one in FRUIT if one.startswith(typed)]


@client.slash_command(guild_ids=here)
async def raid(_interaction: disnake.CommandInteraction):
    """Raids."""


@raid.sub_command(description="Show a raid")
async def show(interaction: disnake.CommandInteraction, code: str):
    await interaction.response.send_message(f"raid {code}")


@client.slash_command(guild_ids=here, description="A file")
async def file(interaction: disnake.CommandInteraction):
    await answers.file(interaction)


@client.slash_command(guild_ids=here, description="A form")
async def form(interaction: disnake.CommandInteraction):
    await answers.form(interaction)


@client.slash_command(guild_ids=here, description="Buttons")
async def buttons(interaction: disnake.CommandInteraction):
    await answers.buttons(interaction)


@client.slash_command(guild_ids=here, description="Selects")
async def picks(interaction: disnake.CommandInteraction):
    options = [disnake.SelectOption(label="Tank", value="T"), disnake.SelectOption(label="Healer", value="H")]
    selects = {
        "text": ui.StringSelect(custom_id="pick-text", max_values=2, options=options),
        "user": ui.UserSelect(custom_id="pick-user"),
        "role": ui.RoleSelect(custom_id="pick-role"),
        "mentionable": ui.MentionableSelect(custom_id="pick-mentionable", max_values=2),
        "channel": ui.ChannelSelect(custom_id="pick-channel", channel_types=[disnake.ChannelType.text]),
    }
    await answers.picks(interaction, selects)


@client.user_command(guild_ids=here, name="Who")
async def who(interaction: disnake.UserCommandInteraction):
    await interaction.response.send_message(f"this is {interaction.target.name}")


@client.message_command(guild_ids=here, name="Quote")
async def quote(interaction: disnake.MessageCommandInteraction):
    await interaction.response.send_message(f"> {interaction.target.content}")


@client.slash_command(description="For every server")
async def ping(interaction: disnake.CommandInteraction):
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
    offered = client.application_commands
    await client.bulk_overwrite_global_commands([one.body for one in offered if not one.guild_ids])
    await client.bulk_overwrite_guild_commands(here[0], [one.body for one in offered if one.guild_ids])
    same([one.name for one in await client.fetch_global_commands()], ["ping"])
    names = {one.name for one in await client.fetch_guild_commands(here[0])}
    same(names >= {"echo", "raid", "Who", "Quote"}, True)


add_interactions(steps)
forks.include_all(steps, bot)


@steps.add("sends a poll", may_be_unsupported=True)
async def _():
    await bot.channel("lounge").send(poll=disnake.Poll("When?", answers=["Friday", "Saturday"]))


@steps.add("sends components v2", may_be_unsupported=True)
async def _():
    await bot.channel("lounge").send(components=[ui.TextDisplay("hello")])


@steps.add("posts in a forum", may_be_unsupported=True)
async def _():
    plans = await bot.guild.create_forum_channel("plans")
    await plans.create_thread(name="Friday", content="who comes?")


@steps.add("leaves in order")
async def _():
    await client.close()


sys.exit(loop.run_until_complete(steps.run()) > 0)
