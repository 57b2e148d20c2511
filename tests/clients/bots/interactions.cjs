// The steps about interactions, which are the same for every library in JavaScript (see interactions.py).
"use strict";

const { same } = require("./steps.cjs");

const CHANNEL = "general";
const FRUIT = ["apple", "apricot", "banana"];

/** Discord's definitions of the commands that the bots offer in one server. */
const COMMANDS = [
  ["echo", [
    { type: 3, name: "text", description: "Text", required: true },
    { type: 4, name: "count", description: "Count" },
    { type: 5, name: "loud", description: "Loud" },
    { type: 10, name: "share", description: "Share" },
    { type: 6, name: "who", description: "Who" },
    { type: 7, name: "place", description: "Place" },
    { type: 8, name: "role", description: "Role" },
    { type: 9, name: "thing", description: "Thing" },
  ]],
  ["later"], ["whisper"], ["hush"], ["more"], ["file"], ["form"], ["buttons"], ["picks"],
  ["find", [{ type: 3, name: "word", description: "Word", required: true, autocomplete: true }]],
  ["raid", [
    { type: 1, name: "show", description: "Show", options: [{ type: 3, name: "code", description: "Code", required: true }] },
  ]],
]
  .map(([name, options = []]) => ({ type: 1, name, description: `The command ${name}`, options }))
  .concat([{ type: 2, name: "Who" }, { type: 3, name: "Quote" }]);

const ROLES = [{ label: "Tank", value: "T" }, { label: "Healer", value: "H" }];
/** Discord's definitions of the components that /buttons and /picks show. */
const BUTTONS = [
  { type: 1, components: ["Reply", "Update", "Slow", "Form"].map((label) => ({ type: 2, style: 3, label, custom_id: label, emoji: { name: "✅" } })) },
  { type: 1, components: [
    { type: 2, style: 2, label: "Off", custom_id: "off", disabled: true },
    { type: 2, style: 5, label: "Link", url: "https://raids.example" },
  ] },
];
const PICKS = [
  { type: 3, custom_id: "pick-text", max_values: 2, options: ROLES },
  { type: 5, custom_id: "pick-user" },
  { type: 6, custom_id: "pick-role" },
  { type: 7, custom_id: "pick-mentionable", max_values: 2 },
  { type: 8, custom_id: "pick-channel", channel_types: [0] },
].map((select) => ({ type: 1, components: [select] }));
const FORM = {
  title: "Sign up",
  custom_id: "sign-up",
  components: [
    { type: 1, components: [{ type: 4, style: 1, label: "Name", custom_id: "name", min_length: 2, max_length: 20 }] },
    { type: 1, components: [{ type: 4, style: 2, label: "Note", custom_id: "note", required: false }] },
  ],
};

/** Add the steps about commands, components and forms. */
function addInteractions(steps) {
  const slash = (command, options = {}) => steps.act("alice", "slash", { channel: CHANNEL, command, options });
  const seen = (answer) => [answer.message?.content, answer.ephemeral];

  steps.add("answers a command with options of every type", async () => {
    const options = { text: "hi there", count: 3, loud: true, share: 0.5, who: "bob", place: "lounge", role: "Raider", thing: "carol" };
    same(seen(await slash("echo", options)), ["hi there 3 true 0.5 bob lounge Raider carol", false]);
  });
  steps.add("answers a command without its optional options", async () => {
    same(seen(await slash("echo", { text: "only" })), ["only", false]);
  });
  steps.add("defers, then edits the answer", async () => same(seen(await slash("later")), ["done", false]));
  steps.add("answers for one person only", async () => same(seen(await slash("whisper")), ["psst", true]));
  steps.add("defers for one person only, then answers", async () => same(seen(await slash("hush")), ["hush", true]));
  steps.add("sends, edits and deletes follow-ups, and fetches the answer", async () => {
    const first = await slash("more");
    await steps.until(async () => {
      const messages = await steps.control("GET", `/channels/${CHANNEL}/messages`);
      return messages.some((message) => message.content === "one, two!");
    });
    same(first.message.type, 20);
  });
  steps.add("offers choices while somebody types", async () => {
    const offered = await steps.act("alice", "autocomplete", { channel: CHANNEL, command: "find", options: { word: "ap" }, focused: "word" });
    same(offered.map((one) => one.name), ["apple", "apricot"]);
    same(seen(await slash("find", { word: "apple" })), ["found apple", false]);
  });
  steps.add("answers a subcommand", async () => same(seen(await slash("raid show", { code: "ABC" })), ["raid ABC", false]));
  steps.add("answers with an embed and a file", async () => {
    const { message } = await slash("file");
    same([message.attachments[0].filename, message.embeds[0].title], ["hello.txt", "Hello"]);
  });
  steps.add("answers the context menu of a member", async () => {
    const answer = await steps.act("alice", "menu", { channel: CHANNEL, command: "Who", user: "bob" });
    same(answer.text, "this is bob");
  });
  steps.add("answers the context menu of a message", async () => {
    const said = await steps.act("bob", "say", { channel: CHANNEL, content: "to be quoted" });
    const answer = await steps.act("alice", "menu", { channel: CHANNEL, command: "Quote", message: said.id });
    same(answer.text, "> to be quoted");
  });

  const click = async (button) => {
    const shown = await slash("buttons");
    return steps.act("alice", "click", { channel: CHANNEL, message: shown.message.id, button });
  };
  steps.add("answers a button with a message", async () => same(seen(await click("Reply")), ["pressed", true]));
  steps.add("answers a button by updating its message", async () => {
    const { message } = await click("Update");
    same([message.content, message.components], ["updated", []]);
  });
  steps.add("defers the update of a button's message", async () => same(seen(await click("Slow")), ["slowly", false]));

  const { members, roles, channels } = steps.guild;
  for (const [kind, picked, expected] of [
    ["text", ["Tank", "Healer"], "T H"],
    ["user", ["bob"], members.bob],
    ["role", ["Raider"], roles.Raider],
    ["mentionable", ["Raider", "carol"], `${roles.Raider} ${members.carol}`],
    ["channel", ["lounge"], channels.lounge],
  ]) {
    steps.add(`reads what was picked in a ${kind} select`, async () => {
      const message = (await slash("picks")).message.id;
      const answer = await steps.act("alice", "select", { channel: CHANNEL, message, select: `pick-${kind}`, picked });
      same(seen(answer), [`${kind}: ${expected}`, true]);
    });
  }

  const submit = (shown, values) => steps.act("alice", "submit", { interaction: shown.interaction, values });
  steps.add("shows a form after a command and answers it", async () => {
    const shown = await slash("form");
    same(shown.modal.title, "Sign up");
    same((await submit(shown, { name: "Alice", note: "late" })).text, "Alice/late");
  });
  steps.add("shows a form after a button and answers it", async () => {
    same((await submit(await click("Form"), { name: "Ann" })).text, "Ann/");
  });
}

module.exports = { BUTTONS, COMMANDS, FORM, FRUIT, PICKS, addInteractions };
