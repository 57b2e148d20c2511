"""The steps about interactions, which are the same for every library in Python.

The bot offers, in whatever way its library does it: /echo, /later, /whisper, /hush, /more, /find, /raid show, /buttons,
/picks, /form, /file and the context menus Who and Quote.
"""

from steps import Group, same

CHANNEL = "general"
ECHO = {
    "text": "hi there",
    "count": 3,
    "loud": True,
    "share": 0.5,
    "who": "bob",
    "place": "lounge",
    "role": "Raider",
    "thing": "carol",
}
ECHOED = "hi there 3 True 0.5 bob lounge Raider carol"
FRUIT = ("apple", "apricot", "banana")


commands, components = Group(), Group()


def content(answer):
    return answer["message"]["content"]


async def slash(steps, command, **options):
    return await steps.act("alice", "slash", channel=CHANNEL, command=command, options=options)


async def click(steps, button):
    message = (await slash(steps, "buttons"))["message"]["id"]
    return await steps.act("alice", "click", channel=CHANNEL, message=message, button=button)


async def submit(steps, shown, **values):
    return await steps.act("alice", "submit", interaction=shown["interaction"], values=values)


def add_interactions(steps):
    """Add the steps about commands, components and forms."""
    steps.include(commands, steps)
    steps.include(components, steps)


@commands.add("answers a command with options of every type")
async def _(steps):
    answer = await slash(steps, "echo", **ECHO)
    same(answer["text"], ECHOED)
    same(answer["ephemeral"], False)


@commands.add("answers a command without its optional options")
async def _(steps):
    same((await slash(steps, "echo", text="only"))["text"], "only")


@commands.add("defers, then edits the answer")
async def _(steps):
    same((await slash(steps, "later"))["text"], "done")


@commands.add("answers for one person only")
async def _(steps):
    answer = await slash(steps, "whisper")
    same((content(answer), answer["ephemeral"]), ("psst", True))


@commands.add("defers for one person only, then answers")
async def _(steps):
    answer = await slash(steps, "hush")
    same((content(answer), answer["ephemeral"]), ("hush", True))


@commands.add("sends, edits and deletes follow-ups, and fetches the answer")
async def _(steps):
    first = await slash(steps, "more")

    async def over():
        messages = await steps.control("GET", f"/channels/{CHANNEL}/messages")
        return any(one["content"] == "one, two!" for one in messages)

    await steps.until(over)
    same(first["message"]["type"], 20)


@commands.add("offers choices while somebody types")
async def _(steps):
    offered = await steps.act(
        "alice", "autocomplete", channel=CHANNEL, command="find", options={"word": "ap"}, focused="word"
    )
    same([one["name"] for one in offered], ["apple", "apricot"])
    same((await slash(steps, "find", word="apple"))["text"], "found apple")


@commands.add("answers a subcommand")
async def _(steps):
    same((await slash(steps, "raid show", code="ABC"))["text"], "raid ABC")


@commands.add("answers with an embed and a file")
async def _(steps):
    message = (await slash(steps, "file"))["message"]
    same([one["filename"] for one in message["attachments"]], ["hello.txt"])
    same([one["title"] for one in message["embeds"]], ["Hello"])


@commands.add("answers the context menu of a member")
async def _(steps):
    answer = await steps.act("alice", "menu", channel=CHANNEL, command="Who", user="bob")
    same(answer["text"], "this is bob")


@commands.add("answers the context menu of a message")
async def _(steps):
    said = await steps.act("bob", "say", channel=CHANNEL, content="to be quoted")
    answer = await steps.act("alice", "menu", channel=CHANNEL, command="Quote", message=said["id"])
    same(answer["text"], "> to be quoted")


@components.add("answers a button with a message")
async def _(steps):
    answer = await click(steps, "Reply")
    same((content(answer), answer["ephemeral"]), ("pressed", True))


@components.add("answers a button by updating its message")
async def _(steps):
    answer = await click(steps, "Update")
    same((answer["message"]["content"], answer["message"]["components"]), ("updated", []))


@components.add("defers the update of a button's message")
async def _(steps):
    same((await click(steps, "Slow"))["message"]["content"], "slowly")


PICKS = {
    "text": ["Tank", "Healer"],
    "user": ["bob"],
    "role": ["Raider"],
    "mentionable": ["Raider", "carol"],
    "channel": ["lounge"],
}


def _picked_ids(steps, kind):
    """Return what a bot reads for PICKS: ids, and the values of the options."""
    ids = steps.guild["members"] | steps.guild["roles"] | steps.guild["channels"] | {"Tank": "T", "Healer": "H"}
    return " ".join(ids[name] for name in PICKS[kind])


for kind in PICKS:

    @components.add(f"reads what was picked in a {kind} select")
    async def _(steps, kind=kind):
        message = (await slash(steps, "picks"))["message"]["id"]
        chosen = {"select": f"pick-{kind}", "picked": PICKS[kind]}
        answer = await steps.act("alice", "select", channel=CHANNEL, message=message, **chosen)
        same(content(answer), f"{kind}: {_picked_ids(steps, kind)}")


@components.add("shows a form after a command and answers it")
async def _(steps):
    shown = await slash(steps, "form")
    same(shown["modal"]["title"], "Sign up")
    same((await submit(steps, shown, name="Alice", note="late"))["text"], "Alice/late")


@components.add("shows a form after a button and answers it")
async def _(steps):
    same((await submit(steps, await click(steps, "Form"), name="Ann"))["text"], "Ann/")
