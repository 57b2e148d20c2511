"""The commands of the bot with hikari, and its answers to interactions."""

import hikari
from hikari import ButtonStyle, CommandType, ComponentType, MessageFlag, OptionType, ResponseType
from hikari_scene import bot, rest
from interactions import FRUIT

OPTIONS = {
    "text": OptionType.STRING,
    "count": OptionType.INTEGER,
    "loud": OptionType.BOOLEAN,
    "share": OptionType.FLOAT,
    "who": OptionType.USER,
    "place": OptionType.CHANNEL,
    "role": OptionType.ROLE,
    "thing": OptionType.MENTIONABLE,
}


def option(name, kind=OptionType.STRING, **more):
    return hikari.CommandOption(type=kind, name=name, description=name.capitalize(), **more)


def commands():
    """Build all commands of the server."""
    simple = {name: rest.slash_command_builder(name, name.capitalize()) for name in ANSWERS}
    for name, kind in OPTIONS.items():
        simple["echo"].add_option(option(name, kind, is_required=name == "text"))
    simple["find"].add_option(option("word", is_required=True, autocomplete=True))
    code = option("code", is_required=True)
    simple["raid"].add_option(option("show", OptionType.SUB_COMMAND, options=[code]))
    menus = [
        rest.context_menu_command_builder(CommandType.USER, "Who"),
        rest.context_menu_command_builder(CommandType.MESSAGE, "Quote"),
    ]
    return [*simple.values(), *menus]


async def say(interaction, content, **more):
    await interaction.create_initial_response(ResponseType.MESSAGE_CREATE, content, **more)


def _named(interaction, option):
    resolved = interaction.resolved
    groups = (resolved.users, resolved.channels, resolved.roles) if resolved else ()
    found = [group[option.value] for group in groups if option.value in group]
    return getattr(found[0], "username", None) or found[0].name if found else option.value


async def echo(interaction):
    await say(interaction, " ".join(str(_named(interaction, option)) for option in interaction.options))


async def ping(interaction):
    await say(interaction, "pong")


async def later(interaction):
    await interaction.create_initial_response(ResponseType.DEFERRED_MESSAGE_CREATE)
    await interaction.edit_initial_response("done")


async def whisper(interaction):
    await say(interaction, "psst", flags=MessageFlag.EPHEMERAL)


async def hush(interaction):
    await interaction.create_initial_response(ResponseType.DEFERRED_MESSAGE_CREATE, flags=MessageFlag.EPHEMERAL)
    await interaction.edit_initial_response("hush")


async def more(interaction):
    await say(interaction, "one")
    second = await interaction.execute("two")
    third = await interaction.execute("three", flags=MessageFlag.EPHEMERAL)
    await interaction.delete_message(third)
    first = await interaction.fetch_initial_response()
    await interaction.edit_message(second, f"{first.content}, two!")


async def find(interaction):
    await say(interaction, f"found {interaction.options[0].value}")


async def raid(interaction):
    await say(interaction, f"raid {interaction.options[0].options[0].value}")


async def file(interaction):
    await interaction.create_initial_response(
        ResponseType.MESSAGE_CREATE, embed=hikari.Embed(title="Hello"), attachment=hikari.Bytes(b"hello", "hello.txt")
    )


async def form(interaction):
    rows = [rest.build_modal_action_row() for _ in range(2)]
    rows[0].add_text_input("name", "Name", min_length=2, max_length=20)
    rows[1].add_text_input("note", "Note", style=hikari.TextInputStyle.PARAGRAPH, required=False)
    await interaction.create_modal_response("Sign up", "sign-up", components=rows)


async def buttons(interaction):
    pressed = rest.build_message_action_row()
    for label in ("Reply", "Update", "Slow", "Form"):
        pressed.add_interactive_button(ButtonStyle.SUCCESS, label, label=label, emoji="✅")
    others = rest.build_message_action_row()
    others.add_interactive_button(ButtonStyle.SECONDARY, "off", label="Off", is_disabled=True)
    others.add_link_button("https://raids.example", label="Link")
    await say(interaction, "press", components=[pressed, others])


async def picks(interaction):
    rows = [rest.build_message_action_row() for _ in range(5)]
    menu = rows[0].add_text_menu("pick-text", max_values=2)
    menu.add_option("Tank", "T").add_option("Healer", "H")
    rows[1].add_select_menu(ComponentType.USER_SELECT_MENU, "pick-user")
    rows[2].add_select_menu(ComponentType.ROLE_SELECT_MENU, "pick-role")
    rows[3].add_select_menu(ComponentType.MENTIONABLE_SELECT_MENU, "pick-mentionable", max_values=2)
    rows[4].add_channel_menu("pick-channel", channel_types=[hikari.ChannelType.GUILD_TEXT])
    await say(interaction, "pick", components=rows)


async def who(interaction):
    await say(interaction, f"this is {interaction.resolved.users[interaction.target_id].username}")


async def quote(interaction):
    await say(interaction, f"> {interaction.resolved.messages[interaction.target_id].content}")


ANSWERS = {one.__name__: one for one in (echo, later, whisper, hush, more, find, raid, file, form, buttons, picks)}
OTHERS = {"ping": ping, "Who": who, "Quote": quote}


async def press(interaction):
    """Answer a button or select."""
    match interaction.custom_id:
        case "Reply":
            await say(interaction, "pressed", flags=MessageFlag.EPHEMERAL)
        case "Update":
            await interaction.create_initial_response(ResponseType.MESSAGE_UPDATE, "updated", components=[])
        case "Slow":
            await interaction.create_initial_response(ResponseType.DEFERRED_MESSAGE_UPDATE)
            await interaction.edit_initial_response("slowly")
        case "Form":
            await form(interaction)
        case select:
            kind = select.removeprefix("pick-")
            await say(interaction, f"{kind}: {' '.join(interaction.values)}", flags=MessageFlag.EPHEMERAL)


@bot.listen()
async def on_interaction(event: hikari.InteractionCreateEvent):
    match event.interaction:
        case hikari.CommandInteraction() as interaction:
            await (ANSWERS | OTHERS)[interaction.command_name](interaction)
        case hikari.AutocompleteInteraction() as interaction:
            typed = interaction.options[0].value
            offered = [hikari.impl.AutocompleteChoiceBuilder(one, one) for one in FRUIT if one.startswith(typed)]
            await interaction.create_response(offered)
        case hikari.ComponentInteraction() as interaction:
            await press(interaction)
        case hikari.ModalInteraction() as interaction:
            name, note = (row[0].value for row in interaction.components)
            await say(interaction, f"{name}/{note}")
