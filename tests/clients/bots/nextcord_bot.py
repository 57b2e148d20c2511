"""A bot with nextcord."""

import asyncio
import sys

import forks
import forks_servers
import nextcord
from forks_ui import Answers
from interactions import FRUIT, add_interactions
from nextcord import ui
from nextcord.http import Route
from steps import Steps, same

steps = Steps()
Route.BASE = steps.world["api_url"]
here = [int(steps.guild["id"])]
client = nextcord.Client(intents=nextcord.Intents.all(), rollout_all_guilds=False)
bot = forks.Bot(nextcord, client, steps)


class SignUp(ui.Modal):
    def __init__(self):
        super().__init__("Sign up")
        self.name = ui.TextInput(label="Name", custom_id="name", min_length=2, max_length=20)
        style = nextcord.TextInputStyle.paragraph
        self.note = ui.TextInput(label="Note", custom_id="note", style=style, required=False)
        self.add_item(self.name)
        self.add_item(self.note)

    async def callback(self, interaction):
        await interaction.response.send_message(f"{self.name.value}/{self.note.value or ''}")


answers = Answers(nextcord, SignUp, original="edit_original_message", fetch="original_message")


@client.slash_command(guild_ids=here, description="Say what was given")
async def echo(
    interaction: nextcord.Interaction,
    text: str,
    count: int | None = None,
    loud: bool | None = None,
    share: float | None = None,
    who: nextcord.Member | None = None,
    place: nextcord.TextChannel | None = None,
    role: nextcord.Role | None = None,
    thing: nextcord.Mentionable | None = None,
):
    await answers.echo(interaction, text, count, loud, share, who, place, role, thing)


@client.slash_command(guild_ids=here, description="Defer")
async def later(interaction: nextcord.Interaction):
    await answers.later(interaction)


@client.slash_command(guild_ids=here, description="For one person")
async def whisper(interaction: nextcord.Interaction):
    await answers.whisper(interaction)


@client.slash_command(guild_ids=here, description="Defer for one person")
async def hush(interaction: nextcord.Interaction):
    await answers.hush(interaction)


@client.slash_command(guild_ids=here, description="Several messages")
async def more(interaction: nextcord.Interaction):
    await answers.more(interaction)


@client.slash_command(guild_ids=here, description="Find a word")
async def find(interaction: nextcord.Interaction, word: str):
    await interaction.response.send_message(f"found {word}")


@find.on_autocomplete("word")
async def words(interaction: nextcord.Interaction, typed: str):
    await interaction.response.send_autocomplete([one for one in FRUIT if one.startswith(typed)])


@client.slash_command(guild_ids=here, description="Raids")
async def raid(_interaction: nextcord.Interaction):
    raise AssertionError


@raid.subcommand(description="Show a raid")
async def show(interaction: nextcord.Interaction, code: str):
    await interaction.response.send_message(f"raid {code}")


@client.slash_command(guild_ids=here, description="A file")
async def file(interaction: nextcord.Interaction):
    await answers.file(interaction)


@client.slash_command(guild_ids=here, description="A form")
async def form(interaction: nextcord.Interaction):
    await answers.form(interaction)


@client.slash_command(guild_ids=here, description="Buttons")
async def buttons(interaction: nextcord.Interaction):
    await answers.buttons(interaction)


@client.slash_command(guild_ids=here, description="Selects")
async def picks(interaction: nextcord.Interaction):
    options = [nextcord.SelectOption(label="Tank", value="T"), nextcord.SelectOption(label="Healer", value="H")]
    selects = {
        "text": ui.StringSelect(custom_id="pick-text", max_values=2, options=options),
        "user": ui.UserSelect(custom_id="pick-user"),
        "role": ui.RoleSelect(custom_id="pick-role"),
        "mentionable": ui.MentionableSelect(custom_id="pick-mentionable", max_values=2),
        "channel": ui.ChannelSelect(custom_id="pick-channel", channel_types=[nextcord.ChannelType.text]),
    }
    await answers.picks(interaction, selects)


@client.user_command(guild_ids=here, name="Who")
async def who(interaction: nextcord.Interaction, member: nextcord.Member):
    await interaction.response.send_message(f"this is {member.name}")


@client.message_command(guild_ids=here, name="Quote")
async def quote(interaction: nextcord.Interaction, message: nextcord.Message):
    await interaction.response.send_message(f"> {message.content}")


@client.slash_command(description="For every server")
async def ping(interaction: nextcord.Interaction):
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
    await client.sync_all_application_commands()
    application = client.application_id
    same([one["name"] for one in await client.http.get_global_commands(application)], ["ping"])
    names = {one["name"] for one in await client.http.get_guild_commands(application, here[0])}
    same(names >= {"echo", "raid", "Who", "Quote"}, True)


add_interactions(steps)
forks.include_all(steps, bot)


@steps.add("posts in a forum", may_be_unsupported=True)
async def _():
    plans = await bot.guild.create_forum_channel("plans", topic="Plans")
    await plans.create_thread(name="Friday", content="who comes?")


@steps.add("leaves in order")
async def _():
    await client.close()


sys.exit(client.loop.run_until_complete(steps.run()) > 0)
