// A bot with discord.js.
"use strict";

const {
  ActivityType, AttachmentBuilder, ChannelType, Client, Events, EmbedBuilder, GatewayIntentBits, MessageFlags,
  Partials, PermissionFlagsBits,
} = require("discord.js");
const { BUTTONS, COMMANDS, FORM, FRUIT, PICKS, addInteractions } = require("./interactions.cjs");
const { Steps, same } = require("./steps.cjs");

const steps = new Steps();
const { channels, members, roles } = steps.guild;
const client = new Client({
  intents: Object.values(GatewayIntentBits).filter((bit) => typeof bit === "number"),
  partials: [Partials.Message, Partials.Reaction, Partials.Channel, Partials.GuildMember, Partials.User],
  rest: { api: steps.world.api_url.replace(/\/v10$/, "") },
});
client.on(Events.Error, (error) => console.log("error", error.message));
const guild = () => client.guilds.cache.get(steps.guild.id);
const channel = (name) => client.channels.cache.get(channels[name]);
const member = (name) => guild().members.cache.get(members[name]);
const ephemeral = MessageFlags.Ephemeral;

const ANSWERS = {
  async echo(interaction) {
    const { options } = interaction;
    const thing = options.getMentionable("thing");
    const given = [
      options.getString("text"), options.getInteger("count"), options.getBoolean("loud"), options.getNumber("share"),
      options.getUser("who")?.username, options.getChannel("place")?.name, options.getRole("role")?.name,
      thing && (thing.user?.username ?? thing.name),
    ];
    await interaction.reply(given.filter((one) => one !== null && one !== undefined).join(" "));
  },
  ping: (interaction) => interaction.reply("pong"),
  async later(interaction) {
    await interaction.deferReply();
    await interaction.editReply("done");
  },
  whisper: (interaction) => interaction.reply({ content: "psst", flags: ephemeral }),
  async hush(interaction) {
    await interaction.deferReply({ flags: ephemeral });
    await interaction.editReply("hush");
  },
  async more(interaction) {
    await interaction.reply({ content: "one", withResponse: true });
    const second = await interaction.followUp("two");
    const third = await interaction.followUp({ content: "three", flags: ephemeral });
    await interaction.deleteReply(third);
    const first = await interaction.fetchReply();
    await interaction.editReply({ message: second, content: `${first.content}, two!` });
  },
  find: (interaction) => interaction.reply(`found ${interaction.options.getString("word")}`),
  raid: (interaction) => interaction.reply(`${interaction.commandName} ${interaction.options.getString("code")}`),
  file: (interaction) => interaction.reply({
    embeds: [new EmbedBuilder().setTitle("Hello")],
    files: [new AttachmentBuilder(Buffer.from("hello"), { name: "hello.txt" })],
  }),
  form: (interaction) => interaction.showModal(FORM),
  buttons: (interaction) => interaction.reply({ content: "press", components: BUTTONS }),
  picks: (interaction) => interaction.reply({ content: "pick", components: PICKS }),
  Who: (interaction) => interaction.reply(`this is ${interaction.targetUser.username}`),
  Quote: (interaction) => interaction.reply(`> ${interaction.targetMessage.content}`),
};
const PRESSED = {
  Reply: (interaction) => interaction.reply({ content: "pressed", flags: ephemeral }),
  Update: (interaction) => interaction.update({ content: "updated", components: [] }),
  async Slow(interaction) {
    await interaction.deferUpdate();
    await interaction.editReply("slowly");
  },
  Form: (interaction) => interaction.showModal(FORM),
};

client.on(Events.InteractionCreate, async (interaction) => {
  if (interaction.isAutocomplete()) {
    const typed = interaction.options.getFocused();
    await interaction.respond(FRUIT.filter((one) => one.startsWith(typed)).map((name) => ({ name, value: name })));
  } else if (interaction.isCommand()) {
    await ANSWERS[interaction.commandName](interaction);
  } else if (interaction.isButton()) {
    await PRESSED[interaction.customId](interaction);
  } else if (interaction.isAnySelectMenu()) {
    const kind = interaction.customId.replace("pick-", "");
    await interaction.reply({ content: `${kind}: ${interaction.values.join(" ")}`, flags: ephemeral });
  } else if (interaction.isModalSubmit()) {
    const { fields } = interaction;
    await interaction.reply(`${fields.getTextInputValue("name")}/${fields.getTextInputValue("note")}`);
  }
});

steps.add("connects", () => steps.heard(client, Events.ClientReady, () => client.login(steps.world.token)));

steps.add("sees the roles, channels, emoji and members of its servers", async () => {
  same(guild().roles.cache.some((role) => role.name === "Raider"), true);
  same(["general", "lounge", "quiet"].every((name) => guild().channels.cache.some((one) => one.name === name)), true);
  same(guild().emojis.cache.map((emoji) => emoji.name), ["owl"]);
  const names = guild().members.cache.map((one) => one.user.username);
  same(["olivia", "alice", "bob", "carol"].filter((name) => !names.includes(name)), []);
  same((await guild().fetchOwner()).user.username, "olivia");
});

steps.add("knows its rights", async () => {
  same(guild().members.me.permissions.has(PermissionFlagsBits.ManageMessages), true);
  same(channel("quiet").permissionsFor(guild().members.me).has(PermissionFlagsBits.SendMessages), false);
  same(channel("general").permissionsFor(member("alice")).has(PermissionFlagsBits.ManageMessages), false);
});

steps.add("learns of all members of a large server", async () => {
  const crowd = client.guilds.cache.get(steps.crowd.id);
  const found = await crowd.members.fetch();
  same([found.size, found.size > 1000], [crowd.memberCount, true]);
});

steps.add("fetches itself, its servers, channels, roles and users", async () => {
  same((await client.application.fetch()).id, steps.world.application_id);
  same((await client.guilds.fetch({ guild: steps.guild.id, force: true })).name, "Night Owls");
  same((await client.guilds.fetch()).size, 2);
  same((await guild().channels.fetch()).size, Object.keys(channels).length);
  same((await guild().roles.fetch()).size, Object.keys(roles).length);
  same((await client.users.fetch(members.bob, { force: true })).username, "bob");
  same((await client.channels.fetch(channels.general, { force: true })).name, "general");
});

steps.add("registers commands for a server and for all", async () => {
  await client.application.commands.set([{ name: "ping", description: "For every server" }]);
  await client.application.commands.set(COMMANDS, steps.guild.id);
  same((await client.application.commands.fetch()).map((one) => one.name), ["ping"]);
  const found = (await guild().commands.fetch()).map((one) => one.name);
  same(["echo", "raid", "Who", "Quote"].filter((name) => !found.includes(name)), []);
});

steps.add("creates, edits, fetches and deletes one command", async () => {
  const command = await guild().commands.create({ name: "once", description: "For once" });
  await command.edit({ description: "Twice" });
  same((await guild().commands.fetch(command.id, { force: true })).description, "Twice");
  await command.delete();
  await steps.refused(guild().commands.fetch(command.id, { force: true }), 10063);
});

addInteractions(steps);

steps.add("sends, fetches, edits and deletes a message", async () => {
  const message = await channel("lounge").send("hello");
  same((await channel("lounge").messages.fetch({ message: message.id, force: true })).content, "hello");
  same((await message.edit("hello again")).content, "hello again");
  await steps.heard(client, Events.MessageDelete, () => message.delete(), (gone) => gone.id === message.id);
  await steps.refused(channel("lounge").messages.fetch(message.id), 10008);
});

steps.add("sends an embed with all its fields", async () => {
  const moment = Date.UTC(2026, 2, 1, 20);
  const embed = new EmbedBuilder()
    .setTitle("Raid").setDescription("Tonight").setURL("https://raids.example/1").setColor(0x00ff00).setTimestamp(moment)
    .setAuthor({ name: "Olivia", url: "https://raids.example/o", iconURL: "https://raids.example/o.png" })
    .setFooter({ text: "ABC", iconURL: "https://raids.example/f.png" })
    .setImage("https://raids.example/i.png").setThumbnail("https://raids.example/t.png")
    .addFields({ name: "Tank", value: "Alice", inline: true }, { name: "Healer", value: "Bob" });
  const sent = await channel("lounge").send({ embeds: [embed] });
  const [found] = (await channel("lounge").messages.fetch({ message: sent.id, force: true })).embeds;
  same([found.title, found.author.name, found.footer.text, found.color], ["Raid", "Olivia", "ABC", 0x00ff00]);
  same([Date.parse(found.timestamp), found.fields.map((field) => field.inline)], [moment, [true, false]]);
});

steps.add("sends files with descriptions, reads them, and keeps one in an edit", async () => {
  const files = [
    new AttachmentBuilder(Buffer.from("one"), { name: "one.txt", description: "the first" }),
    new AttachmentBuilder(Buffer.from("two"), { name: "two.txt" }),
  ];
  const message = await channel("lounge").send({ content: "files", files });
  same(message.attachments.map((one) => [one.name, one.description]), [["one.txt", "the first"], ["two.txt", null]]);
  same(await (await fetch(message.attachments.first().url)).text(), "one");
  const after = await message.edit({ content: "one file", attachments: [message.attachments.first()] });
  same(after.attachments.map((one) => one.name), ["one.txt"]);
});

steps.add("answers a message and mentions whom it may", async () => {
  const said = await steps.act("alice", "say", { channel: "lounge", content: "who comes?" });
  const asked = await channel("lounge").messages.fetch(said.id);
  const nobody = { parse: [], repliedUser: false };
  const quiet = await asked.reply({ content: `${member("bob")} @everyone`, allowedMentions: nobody });
  same([quiet.mentions.users.size, quiet.mentions.everyone], [0, false]);
  const loud = await asked.reply({ content: `${member("bob")}`, allowedMentions: { repliedUser: true, parse: ["users"] } });
  same(loud.mentions.users.map((user) => user.username).sort(), ["alice", "bob"]);
  same((await loud.fetchReference()).id, asked.id);
});

steps.add("hears what members say, with content", async () => {
  const act = () => steps.act("bob", "say", { channel: "lounge", content: "count me in" });
  const [message] = await steps.heard(client, Events.MessageCreate, act, (one) => one.author.username === "bob");
  same([message.content, message.guildId], ["count me in", steps.guild.id]);
});

steps.add("pages through a long history", async () => {
  for (let number = 0; number < 130; number += 1) {
    await steps.act("bob", "say", { channel: "history", content: String(number) });
  }
  const found = [];
  for (let page = await channel("history").messages.fetch({ limit: 100 }); page.size; ) {
    found.push(...page.map((message) => message.content));
    page = await channel("history").messages.fetch({ limit: 100, before: page.last().id });
  }
  same(found, Array.from({ length: 130 }, (_, number) => String(129 - number)));
});

steps.add("deletes many messages at once", async () => {
  const [gone] = await steps.heard(client, Events.MessageBulkDelete, () => channel("history").bulkDelete(20));
  same(gone.size, 20);
});

steps.add("pins, lists and unpins messages", async () => {
  const message = await channel("lounge").send("pinned");
  await message.pin("important");
  const pinned = await channel("lounge").messages.fetchPins();
  same(pinned.items.map((one) => one.message.id), [message.id]);
  await message.unpin();
  same((await channel("lounge").messages.fetchPins()).items, []);
});

steps.add("types", () => channel("lounge").sendTyping());

steps.add("adds, lists, removes and clears reactions", async () => {
  const message = await channel("lounge").send("react");
  const owl = guild().emojis.cache.first();
  for (const emoji of ["✅", "❌", owl]) await message.react(emoji);
  await steps.act("alice", "react", { channel: "lounge", message: message.id, emoji: "✅" });
  const found = await channel("lounge").messages.fetch({ message: message.id, force: true });
  same(found.reactions.cache.map((one) => [one.emoji.name, one.count, one.me]), [["✅", 2, true], ["❌", 1, true], ["owl", 1, true]]);
  const users = await found.reactions.cache.get("✅").users.fetch();
  same(users.map((user) => user.id).sort(), [client.user.id, members.alice].sort());
  await found.reactions.cache.get("✅").users.remove(members.alice);
  await found.reactions.cache.get("❌").users.remove();
  await found.reactions.cache.get(owl.id).remove();
  const left = await channel("lounge").messages.fetch({ message: message.id, force: true });
  same(left.reactions.cache.map((one) => one.count), [1]);
  await steps.heard(client, Events.MessageReactionRemoveAll, () => message.reactions.removeAll());
});

steps.add("hears reactions of members come and go", async () => {
  const message = await channel("lounge").send("react");
  const about = { channel: "lounge", message: message.id, emoji: "✅" };
  const [added, user] = await steps.heard(client, Events.MessageReactionAdd, () => steps.act("bob", "react", about));
  same([user.username, added.emoji.name, added.message.id], ["bob", "✅", message.id]);
  const removed = await steps.heard(client, Events.MessageReactionRemove, () => steps.act("bob", "unreact", about));
  same(removed[1].id, members.bob);
});

steps.add("hears a super reaction", async () => {
  const message = await channel("lounge").send("react");
  const about = { channel: "lounge", message: message.id, emoji: "🔥", burst: true };
  const [added, , details] = await steps.heard(client, Events.MessageReactionAdd, () => steps.act("bob", "react", about));
  same([details.burst, added.countDetails.burst], [true, 1]);
});

steps.add("fetches, lists and searches members", async () => {
  same((await guild().members.fetch({ user: members.bob, force: true })).user.username, "bob");
  same((await guild().members.list({ limit: 1000 })).size, guild().memberCount);
  same((await guild().members.search({ query: "ali" })).map((one) => one.user.username), ["alice"]);
  same((await guild().members.fetch({ query: "ali" })).map((one) => one.user.username), ["alice"]);
  same((await guild().members.fetch({ user: [members.bob, members.carol] })).size, 2);
  await steps.refused(guild().members.fetch({ user: "1", force: true }), 10013);
});

steps.add("creates, edits, gives, takes and deletes a role", async () => {
  const role = await guild().roles.create({ name: "Tank", colors: { primaryColor: 0xff0000 }, hoist: true, reason: "ein Grund äöü" });
  await role.edit({ name: "Main tank", mentionable: true });
  const told = Events.GuildMemberUpdate;
  await steps.heard(client, told, () => member("bob").roles.add(role, "he asked"), (_, after) => after.roles.cache.has(role.id));
  await steps.heard(client, told, () => member("bob").roles.remove(role), (_, after) => !after.roles.cache.has(role.id));
  await steps.heard(client, Events.GuildRoleDelete, () => role.delete("over"));
});

steps.add("is refused a role above its own", () => steps.refused(member("bob").roles.add(roles.Leader), 50013));

steps.add("changes nicknames", async () => {
  const told = Events.GuildMemberUpdate;
  await steps.heard(client, told, () => member("carol").setNickname("Caz", "shorter"), (_, after) => after.nickname === "Caz");
  await steps.heard(client, told, () => guild().members.me.setNickname("Owl"), (_, after) => after.nickname === "Owl");
});

steps.add("sends direct messages", async () => {
  const message = await member("alice").send("just for you");
  same((await steps.control("GET", "/people/alice/dms")).map((one) => one.content), ["just for you"]);
  await message.edit("changed");
  await message.delete();
});

steps.add("answers a command in a direct message", async () => {
  const { id } = await member("alice").createDM();
  same((await steps.act("alice", "slash", { channel: id, command: "ping" })).text, "pong");
});

steps.add("is refused by somebody with closed direct messages", () => steps.refused(member("erin").send("hello"), 50007));

steps.add("hears that a member leaves", async () => {
  const act = () => steps.act("frank", "leave", { guild: steps.guild.id });
  const [gone] = await steps.heard(client, Events.GuildMemberRemove, act);
  same(gone.user.username, "frank");
});

steps.add("creates, edits, closes to a role and deletes channels", async () => {
  const category = await guild().channels.create({ name: "Raids", type: ChannelType.GuildCategory });
  const view = ["ViewChannel"];
  const permissionOverwrites = [{ id: guild().id, deny: view }, { id: client.user.id, allow: view }];
  const molten = await guild().channels.create({ name: "molten", parent: category, permissionOverwrites, topic: "hot", reason: "raid" });
  await molten.edit({ topic: "hotter", rateLimitPerUser: 5, reason: "raid" });
  await molten.permissionOverwrites.edit(roles.Raider, { ViewChannel: true }, { reason: "raid" });
  await molten.permissionOverwrites.delete(roles.Raider);
  const voice = await guild().channels.create({ name: "Talk", type: ChannelType.GuildVoice, parent: category });
  for (const one of [voice, molten, category]) await steps.heard(client, Events.ChannelDelete, () => one.delete("over"));
});

steps.add("starts a thread on a message, writes in it, and archives it", async () => {
  const message = await channel("lounge").send("raid");
  const thread = await message.startThread({ name: "Raid talk", autoArchiveDuration: 1440, reason: "raid" });
  await thread.members.add(members.alice);
  await thread.send("welcome");
  same((await thread.members.fetch()).map((one) => one.id).sort(), [client.user.id, members.alice].sort());
  await thread.members.remove(members.alice);
  await thread.setArchived(true, "over");
  same((await channel("lounge").threads.fetchArchived()).threads.map((one) => one.id), [thread.id]);
  await thread.edit({ archived: false, locked: true });
  await thread.delete();
});

steps.add("starts threads without a message", async () => {
  const { threads } = channel("lounge");
  const secret = await threads.create({ name: "Officers", type: ChannelType.PrivateThread, invitable: false });
  const open = await threads.create({ name: "Talk", type: ChannelType.PublicThread });
  const active = (await guild().channels.fetchActiveThreads()).threads;
  same([active.has(secret.id), active.has(open.id)], [true, true]);
  await secret.leave();
  await open.delete();
});

steps.add("fetches emoji", async () => {
  const [owl] = (await guild().emojis.fetch()).values();
  same((await guild().emojis.fetch(owl.id, { force: true })).name, "owl");
});

steps.add("reads Discord's error codes", async () => {
  await steps.refused(channel("quiet").send("hello"), 50013);
  await steps.refused(client.channels.fetch(channels.hidden, { force: true }), 50001);
  await steps.refused(channel("lounge").messages.fetch(channels.lounge), 10008);
  await steps.refused(client.channels.fetch("1"), 10003);
  await steps.refused(client.users.fetch("1"), 10013);
  await steps.refused(channel("lounge").send("x".repeat(2001)), 50035);
});

steps.add("keeps to the rate limits of a channel", async () => {
  const sent = await Promise.all(Array.from({ length: 12 }, (_, number) => channel("lounge").send(String(number))));
  same(new Set(sent.map((message) => message.id)).size, 12);
});

steps.add("asks again after a 429", async () => {
  const route = "POST /channels/{}/messages";
  await steps.control("POST", "/faults", { route, status: 429, retry_after: 0.3, calls: 1 });
  same((await channel("general").send("at last")).content, "at last");
  same((await steps.calls("POST /channels/{channel_id}/messages 429")) > 0, true);
});

steps.add("sets its presence", async () => {
  client.user.setPresence({ status: "idle", activities: [{ name: "raids", type: ActivityType.Playing }] });
  await steps.until(async () => {
    const { presence } = await steps.control("GET", "/gateway");
    return presence?.status === "idle" && presence.activities[0].name === "raids";
  });
});

/** Let the connection be disturbed; the client resumes and hears what was said meanwhile. */
async function resumes(fault, body) {
  const before = await steps.control("GET", "/gateway");
  await steps.control("POST", `/gateway/${fault}`, body);
  const act = () => steps.act("bob", "say", { channel: "lounge", content: "said meanwhile" });
  await steps.heard(client, Events.MessageCreate, act, (message) => message.content === "said meanwhile");
  await steps.until(async () => {
    const after = await steps.control("GET", "/gateway");
    return after.resumed === before.resumed + 1 && after.identified === before.identified;
  });
}

steps.add("resumes after the server closed the connection", () => resumes("drop", { code: 4000 }));
steps.add("resumes after the connection broke", () => resumes("drop", {}));
steps.add("resumes when it is asked to reconnect", () => resumes("reconnect", {}));
steps.add("identifies anew when its session is invalid", async () => {
  const before = await steps.control("GET", "/gateway");
  const act = () => steps.control("POST", "/gateway/invalidate", { resumable: false });
  await steps.heard(client, Events.ShardReady, act);
  same((await steps.control("GET", "/gateway")).identified, before.identified + 1);
});

const mayBeUnsupported = { mayBeUnsupported: true };
steps.add("sends a poll", () => channel("lounge").send({
  poll: { question: { text: "When?" }, answers: [{ text: "Friday" }, { text: "Saturday" }], duration: 24, allowMultiselect: false },
}), mayBeUnsupported);
steps.add("sends components v2", () => channel("lounge").send({
  flags: MessageFlags.IsComponentsV2, components: [{ type: 10, content: "hello" }],
}), mayBeUnsupported);
steps.add("posts in a forum", async () => {
  const plans = await guild().channels.create({ name: "plans", type: ChannelType.GuildForum });
  await plans.threads.create({ name: "Friday", message: { content: "who comes?" } });
}, mayBeUnsupported);
steps.add("creates a webhook", () => channel("lounge").createWebhook({ name: "Reports" }), mayBeUnsupported);
steps.add("creates an invite", () => channel("lounge").createInvite({ maxAge: 60 }), mayBeUnsupported);
steps.add("lists scheduled events", () => guild().scheduledEvents.fetch(), mayBeUnsupported);
steps.add("reads the audit log", () => guild().fetchAuditLogs(), mayBeUnsupported);
steps.add("lists bans", () => guild().bans.fetch(), mayBeUnsupported);

steps.add("leaves in order", () => client.destroy());

steps.run().then((failures) => process.exit(failures ? 1 : 0));
