"""A small discord.py bot that uses every kind of interaction response."""

import io
from typing import Any

import discord
from discord import app_commands, ui
from discord.ext import commands

Interaction = discord.Interaction[commands.Bot]


class Confirm(ui.View):
    """Buttons that update their own message or send a new one."""

    @ui.button(label="Confirm", style=discord.ButtonStyle.success)
    async def confirm(self, interaction: Interaction, _button: ui.Button[Any]) -> None:
        await interaction.response.edit_message(content="Created", view=None)

    @ui.button(label="Explain", emoji="❓")
    async def explain(self, interaction: Interaction, _button: ui.Button[Any]) -> None:
        await interaction.response.send_message("It is a raid", ephemeral=True)

    @ui.button(label="Later", custom_id="later")
    async def later(self, interaction: Interaction, _button: ui.Button[Any]) -> None:
        await interaction.response.defer()
        await interaction.followup.send("Noted", ephemeral=True)
        await interaction.edit_original_response(content="Waiting")

    @ui.button(label="Set time")
    async def set_time(self, interaction: Interaction, _button: ui.Button[Any]) -> None:
        await interaction.response.send_modal(Time())

    @ui.button(label="Drop")
    async def drop(self, interaction: Interaction, _button: ui.Button[Any]) -> None:
        await interaction.response.defer()
        await interaction.delete_original_response()

    @ui.button(label="Count")
    async def count(self, interaction: Interaction, _button: ui.Button[Any]) -> None:
        await interaction.response.send_message("One", ephemeral=True)
        first = await interaction.original_response()
        more = await interaction.followup.send("Two", wait=True)
        await more.edit(content=f"{first.content}, two")

    @ui.button(label="Not now", disabled=True)
    async def never(self, _interaction: Interaction, _button: ui.Button[Any]) -> None:
        raise AssertionError


class Time(ui.Modal, title="Set the time"):
    when: ui.TextInput["Time"] = ui.TextInput(label="When", max_length=20, default="tonight")

    async def on_submit(self, interaction: Interaction) -> None:  # type: ignore[override]
        if interaction.message is not None:
            await interaction.response.edit_message(content=f"At {self.when.value}")
        else:
            await interaction.response.send_message(f"At {self.when.value}")


class Plan(ui.Modal, title="Plan"):
    note: ui.Label["Plan"] = ui.Label(text="Note", component=ui.TextInput(custom_id="note", required=False))
    role: ui.Label["Plan"] = ui.Label(
        text="Role",
        component=ui.Select(
            custom_id="role", options=[discord.SelectOption(label="Tank"), discord.SelectOption(label="Healer")]
        ),
    )

    async def on_submit(self, interaction: Interaction) -> None:  # type: ignore[override]
        note, role = self.note.component, self.role.component
        assert isinstance(note, ui.TextInput)
        assert isinstance(role, ui.Select)
        await interaction.response.send_message(f"{role.values} {note.value!r}", ephemeral=True)


class Picking(ui.View):
    """A select of every kind."""

    @ui.select(
        placeholder="Roles",
        max_values=2,
        options=[discord.SelectOption(label=name, value=name[0]) for name in ("Tank", "Healer")],
    )
    async def roles(self, interaction: Interaction, select: ui.Select[Any]) -> None:
        await interaction.response.send_message(f"roles {sorted(select.values)}", ephemeral=True)

    @ui.select(cls=ui.UserSelect, placeholder="Members")
    async def members(self, interaction: Interaction, select: ui.UserSelect[Any]) -> None:
        await interaction.response.send_message(f"members {[one.name for one in select.values]}", ephemeral=True)

    @ui.select(cls=ui.RoleSelect, placeholder="Server roles")
    async def server_roles(self, interaction: Interaction, select: ui.RoleSelect[Any]) -> None:
        await interaction.response.send_message(f"server roles {[one.name for one in select.values]}", ephemeral=True)

    @ui.select(cls=ui.ChannelSelect, placeholder="Channels")
    async def channels(self, interaction: Interaction, select: ui.ChannelSelect[Any]) -> None:
        await interaction.response.send_message(f"channels {[one.name for one in select.values]}", ephemeral=True)


class ExampleBot(commands.Bot):
    """Registers its commands when it starts."""

    def __init__(self) -> None:
        intents = discord.Intents(
            guilds=True, members=True, guild_messages=True, guild_reactions=True, dm_messages=True
        )
        super().__init__("!", intents=intents, chunk_guilds_at_startup=False, guild_ready_timeout=0.1)
        self.errors: list[discord.HTTPException] = []
        self.held: list[Interaction] = []

    async def setup_hook(self) -> None:
        offered: list[app_commands.Command[Any, ..., Any]] = [
            create,
            form,
            plan,
            slow,
            silent,
            twice,
            pick,
            about,
            hand_in,
            manage,
        ]
        for command in offered:
            self.tree.add_command(command)
        self.tree.add_command(settings)
        self.tree.add_command(who_is_it)
        self.tree.add_command(quote)
        await self.tree.sync()


def bot_of(interaction: Interaction) -> ExampleBot:
    assert isinstance(interaction.client, ExampleBot)
    return interaction.client


@app_commands.command(description="Create a raid")
@app_commands.choices(kind=[app_commands.Choice(name="Key boss", value="key")])
async def create(
    interaction: Interaction,
    activity: str,
    when: app_commands.Range[str, 1, 20] = "tonight",
    seats: app_commands.Range[int, 1, 50] = 4,
    kind: str = "raid",
) -> None:
    embed = discord.Embed(title=activity, description=f"{when}, {seats} seats, {kind}").set_footer(text="ABC234")
    await interaction.response.send_message("Create it?", embed=embed, view=Confirm(), ephemeral=True)


@create.autocomplete("activity")
async def activities(_interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    return [
        app_commands.Choice(name=name, value=name.lower())
        for name in ("Molten Core", "Moltar")
        if typed in name.lower()
    ]


@app_commands.command(description="A form")
async def form(interaction: Interaction) -> None:
    await interaction.response.send_modal(Time())


@app_commands.command(description="A form of labels")
async def plan(interaction: Interaction) -> None:
    await interaction.response.send_modal(Plan())


@app_commands.command(description="Think first")
async def slow(interaction: Interaction) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)
    await interaction.followup.send("Thought")
    await interaction.followup.send("More", ephemeral=True)


@app_commands.command(description="Never answer")
async def silent(interaction: Interaction) -> None:
    bot_of(interaction).held.append(interaction)


@app_commands.command(description="Answer twice")
async def twice(interaction: Interaction) -> None:
    await interaction.response.send_message("Once")
    interaction.response._response_type = None
    try:
        await interaction.response.send_message("Twice")
    except discord.HTTPException as error:
        bot_of(interaction).errors.append(error)


@app_commands.command(description="Pick something")
async def pick(interaction: Interaction) -> None:
    await interaction.response.send_message(view=Picking())


@app_commands.command(description="Say what was given")
async def about(
    interaction: Interaction,
    member: discord.Member,
    role: discord.Role,
    place: discord.TextChannel,
    loud: bool,
    share: float,
) -> None:
    await interaction.response.send_message(f"{member.name} {role.name} {place.name} {loud} {share}", ephemeral=True)


@app_commands.command(description="Read a file")
async def hand_in(interaction: Interaction, file: discord.Attachment) -> None:
    content = await file.read()
    text = f"{file.filename} {file.size} {content[:20].decode()}"
    back = discord.File(io.BytesIO(content), f"back-{file.filename}")
    await interaction.response.send_message(text, file=back, ephemeral=True)


@app_commands.command(description="For managers")
@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
async def manage(interaction: Interaction) -> None:
    await interaction.response.send_message(f"manage {interaction.permissions.manage_guild}", ephemeral=True)


@app_commands.context_menu(name="Who is it")
async def who_is_it(interaction: Interaction, member: discord.Member) -> None:
    await interaction.response.send_message(f"It is {member.name}")


@app_commands.context_menu(name="Quote")
async def quote(interaction: Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"> {message.content}")


settings = app_commands.Group(name="settings", description="Settings")


@settings.command(description="The time zone")
async def zone(interaction: Interaction, name: str) -> None:
    await interaction.response.send_message(f"Zone {name}", ephemeral=True)
