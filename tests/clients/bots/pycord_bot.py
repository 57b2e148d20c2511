"""A bot with py-cord."""

import asyncio
import sys

import discord
import forks
import forks_servers
from discord import ui
from discord.http import Route
from forks_ui import Answers
from interactions import FRUIT, add_interactions
from steps import Steps, same

steps = Steps()
Route.API_BASE_URL = steps.world["api_url"]
here = [int(steps.guild["id"])]
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
client = discord.Bot(intents=discord.Intents.all(), loop=loop, auto_sync_commands=False)
bot = forks.Bot(discord, client, steps)


class SignUp(ui.Modal):
    def __init__(self):
        name = ui.InputText(label="Name", custom_id="name", min_length=2, max_length=20)
        note = ui.InputText(label="Note", custom_id="note", style=discord.InputTextStyle.long, required=False)
        super().__init__(name, note, title="Sign up")

    async def callback(self, interaction):
        name, note = self.children
        await interaction.response.send_message(f"{name.value}/{note.value or ''}")


answers = Answers(discord, SignUp)


@client.slash_command(guild_ids=here, description="Say what was given")
@discord.option("text", str)
@discord.option("count", int, required=False)
@discord.option("loud", bool, required=False)
@discord.option("share", float, required=False)
@discord.option("who", discord.Member, required=False)
@discord.option("place", discord.TextChannel, required=False)
@discord.option("role", discord.Role, required=False)
@discord.option("thing", discord.SlashCommandOptionType.mentionable, required=False)
async def echo(ctx, text, count, loud, share, who, place, role, thing):
    await answers.echo(ctx.interaction, text, count, loud, share, who, place, role, thing)


@client.slash_command(guild_ids=here, description="Defer")
async def later(ctx):
    await answers.later(ctx.interaction)


@client.slash_command(guild_ids=here, description="For one person")
async def whisper(ctx):
    await answers.whisper(ctx.interaction)


@client.slash_command(guild_ids=here, description="Defer for one person")
async def hush(ctx):
    await answers.hush(ctx.interaction)


@client.slash_command(guild_ids=here, description="Several messages")
async def more(ctx):
    await answers.more(ctx.interaction)


async def words(ctx):
    return [one for one in FRUIT if one.startswith(ctx.value)]


@client.slash_command(guild_ids=here, description="Find a word")
@discord.option("word", str, autocomplete=words)
async def find(ctx, word):
    await ctx.respond(f"found {word}")


raid = client.create_group("raid", "Raids", guild_ids=here)


@raid.command(description="Show a raid")
@discord.option("code", str)
async def show(ctx, code):
    await ctx.respond(f"raid {code}")


@client.slash_command(guild_ids=here, description="A file")
async def file(ctx):
    await answers.file(ctx.interaction)


@client.slash_command(guild_ids=here, description="A form")
async def form(ctx):
    await answers.form(ctx.interaction)


@client.slash_command(guild_ids=here, description="Buttons")
async def buttons(ctx):
    await answers.buttons(ctx.interaction)


@client.slash_command(guild_ids=here, description="Selects")
async def picks(ctx):
    types = discord.ComponentType
    options = [discord.SelectOption(label="Tank", value="T"), discord.SelectOption(label="Healer", value="H")]
    selects = {
        "text": ui.Select(types.string_select, custom_id="pick-text", max_values=2, options=options),
        "user": ui.Select(types.user_select, custom_id="pick-user"),
        "role": ui.Select(types.role_select, custom_id="pick-role"),
        "mentionable": ui.Select(types.mentionable_select, custom_id="pick-mentionable", max_values=2),
        "channel": ui.Select(types.channel_select, custom_id="pick-channel", channel_types=[discord.ChannelType.text]),
    }
    await answers.picks(ctx.interaction, selects)


@client.user_command(guild_ids=here, name="Who")
async def who(ctx, member):
    await ctx.respond(f"this is {member.name}")


@client.message_command(guild_ids=here, name="Quote")
async def quote(ctx, message):
    await ctx.respond(f"> {message.content}")


@client.slash_command(description="For every server")
async def ping(ctx):
    await ctx.respond("pong")


@steps.add("connects")
async def _():
    await client.login(steps.world["token"])
    ready = asyncio.ensure_future(client.wait_for("ready", timeout=20))
    client.running = asyncio.ensure_future(client.connect())
    await ready


steps.include(forks_servers.start, bot)


@steps.add("registers commands for a server and for all")
async def _():
    await client.sync_commands()
    application = client.application_id
    same([one["name"] for one in await client.http.get_global_commands(application)], ["ping"])
    names = {one["name"] for one in await client.http.get_guild_commands(application, here[0])}
    same(names >= {"echo", "raid", "Who", "Quote"}, True)


add_interactions(steps)
forks.include_all(steps, bot)


@steps.add("sends a poll", may_be_unsupported=True)
async def _():
    answers = [discord.PollAnswer("Friday"), discord.PollAnswer("Saturday")]
    await bot.channel("lounge").send(poll=discord.Poll("When?", answers=answers))


@steps.add("sends components v2", may_be_unsupported=True)
async def _():
    await bot.channel("lounge").send(view=ui.DesignerView(ui.TextDisplay("hello")))


@steps.add("posts in a forum", may_be_unsupported=True)
async def _():
    plans = await bot.guild.create_forum_channel("plans")
    await plans.create_thread(name="Friday", content="who comes?")


@steps.add("leaves in order")
async def _():
    await client.close()


sys.exit(loop.run_until_complete(steps.run()) > 0)
