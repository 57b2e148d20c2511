// A bot with Eris, which speaks HTTPS only: an agent opens plain connections to the sandbox.
"use strict";

const http = require("node:http");
const net = require("node:net");
const Eris = require("eris");
const { BUTTONS, COMMANDS, FORM, FRUIT, PICKS, addInteractions } = require("./interactions.cjs");
const { Steps, same } = require("./steps.cjs");

const steps = new Steps();
const { channels, members, roles } = steps.guild;
const api = new URL(steps.world.api_url);

class PlainAgent extends http.Agent {
  protocol = "https:";

  createConnection(_options, connected) {
    return net.connect(Number(api.port), api.hostname, connected);
  }
}

const client = new Eris.Client(`Bot ${steps.world.token}`, {
  intents: ["all"],
  rest: { baseURL: api.pathname, domain: api.hostname, agent: new PlainAgent() },
  restMode: true,
  reconnectDelay: () => 100,
});
client.on("error", (error) => console.log("error", error.message));
const guild = () => client.guilds.get(steps.guild.id);
const EPHEMERAL = 64;
const hello = { file: Buffer.from("hello"), name: "hello.txt" };
const view = Eris.Constants.Permissions.viewChannel;

function echoed({ options, resolved }) {
  const names = (id) => [
    resolved?.users?.get(id)?.username, client.getChannel(id)?.name, resolved?.roles?.get(id)?.name,
  ].find((name) => name !== undefined);
  return options.map(({ value }) => names(value) ?? value).join(" ");
}

const ANSWERS = {
  echo: (interaction) => interaction.createMessage(echoed(interaction.data)),
  ping: (interaction) => interaction.createMessage("pong"),
  async later(interaction) {
    await interaction.defer();
    await interaction.editOriginalMessage("done");
  },
  whisper: (interaction) => interaction.createMessage({ content: "psst", flags: EPHEMERAL }),
  async hush(interaction) {
    await interaction.defer(EPHEMERAL);
    await interaction.editOriginalMessage("hush");
  },
  async more(interaction) {
    await interaction.createMessage("one");
    const second = await interaction.createFollowup("two");
    const third = await interaction.createFollowup({ content: "three", flags: EPHEMERAL });
    await interaction.deleteMessage(third.id);
    const first = await interaction.getOriginalMessage();
    await interaction.editMessage(second.id, `${first.content}, two!`);
  },
  find: (interaction) => interaction.createMessage(`found ${interaction.data.options[0].value}`),
  raid: (interaction) => interaction.createMessage(`raid ${interaction.data.options[0].options[0].value}`),
  file: (interaction) => interaction.createMessage({ embeds: [{ title: "Hello" }] }, hello),
  form: (interaction) => interaction.createModal(FORM),
  buttons: (interaction) => interaction.createMessage({ content: "press", components: BUTTONS }),
  picks: (interaction) => interaction.createMessage({ content: "pick", components: PICKS }),
  Who: (interaction) => {
    const { resolved, target_id: target } = interaction.data;
    return interaction.createMessage(`this is ${resolved.users.get(target).username}`);
  },
  Quote: (interaction) => {
    const { resolved, target_id: target } = interaction.data;
    return interaction.createMessage(`> ${resolved.messages.get(target).content}`);
  },
};
const PRESSED = {
  Reply: (interaction) => interaction.createMessage({ content: "pressed", flags: EPHEMERAL }),
  Update: (interaction) => interaction.editParent({ content: "updated", components: [] }),
  async Slow(interaction) {
    await interaction.deferUpdate();
    await interaction.editOriginalMessage("slowly");
  },
  Form: (interaction) => interaction.createModal(FORM),
};

client.on("interactionCreate", async (interaction) => {
  const { data } = interaction;
  if (interaction instanceof Eris.AutocompleteInteraction) {
    const typed = data.options[0].value;
    await interaction.acknowledge(FRUIT.filter((one) => one.startsWith(typed)).map((name) => ({ name, value: name })));
  } else if (interaction instanceof Eris.CommandInteraction) {
    await ANSWERS[data.name](interaction);
  } else if (interaction instanceof Eris.ModalSubmitInteraction) {
    await interaction.createMessage(data.components.map((row) => row.components[0].value).join("/"));
  } else if (data.values) {
    const kind = data.custom_id.replace("pick-", "");
    await interaction.createMessage({ content: `${kind}: ${data.values.join(" ")}`, flags: EPHEMERAL });
  } else {
    await PRESSED[data.custom_id](interaction);
  }
});

const lounge = (content, file) => client.createMessage(channels.lounge, content, file);

steps.add("connects", () => steps.heard(client, "ready", () => client.connect()));

steps.add("sees the roles, channels, emoji and members of its servers", async () => {
  same(guild().roles.some((role) => role.name === "Raider"), true);
  same(["general", "lounge", "quiet"].every((name) => guild().channels.some((one) => one.name === name)), true);
  same(guild().emojis.map((emoji) => emoji.name), ["owl"]);
  const names = guild().members.map((one) => one.username);
  same(["olivia", "alice", "bob", "carol"].filter((name) => !names.includes(name)), []);
});

steps.add("knows its rights", async () => {
  const may = (name, who) => guild().channels.get(channels[name]).permissionsOf(who);
  same(may("general", client.user.id).has("manageMessages"), true);
  same(may("quiet", client.user.id).has("sendMessages"), false);
  same(may("general", members.alice).has("manageMessages"), false);
});

steps.add("learns of all members of a large server", async () => {
  const crowd = client.guilds.get(steps.crowd.id);
  const found = await crowd.fetchMembers();
  same([found.length, found.length > 1000], [crowd.memberCount, true]);
});

steps.add("asks for members by name and by id", async () => {
  same((await guild().fetchMembers({ query: "ali", limit: 5 })).map((one) => one.username), ["alice"]);
  same((await guild().fetchMembers({ userIDs: [members.bob, members.carol] })).length, 2);
});

steps.add("fetches its servers, channels, roles and users", async () => {
  same((await client.getRESTGuild(steps.guild.id)).name, "Night Owls");
  same((await client.getRESTGuilds()).length, 2);
  same((await client.getRESTGuildChannels(steps.guild.id)).length, Object.keys(channels).length);
  same((await client.getRESTGuildRoles(steps.guild.id)).length, Object.keys(roles).length);
  same((await client.getRESTUser(members.bob)).username, "bob");
  same((await client.getRESTChannel(channels.general)).name, "general");
});

steps.add("registers commands for a server and for all", async () => {
  await client.bulkEditCommands([{ type: 1, name: "ping", description: "For every server" }]);
  await client.bulkEditGuildCommands(steps.guild.id, structuredClone(COMMANDS));
  same((await client.getCommands()).map((one) => one.name), ["ping"]);
  const found = (await client.getGuildCommands(steps.guild.id)).map((one) => one.name);
  same(["echo", "raid", "Who", "Quote"].filter((name) => !found.includes(name)), []);
});

steps.add("creates, edits, fetches and deletes one command", async () => {
  const command = await client.createGuildCommand(steps.guild.id, { type: 1, name: "once", description: "For once" });
  await client.editGuildCommand(steps.guild.id, command.id, { name: "once", description: "Twice" });
  same((await client.getGuildCommand(steps.guild.id, command.id)).description, "Twice");
  await client.deleteGuildCommand(steps.guild.id, command.id);
  await steps.refused(client.getGuildCommand(steps.guild.id, command.id), 10063);
});

addInteractions(steps);

steps.add("sends, fetches, edits and deletes a message", async () => {
  const message = await lounge("hello");
  same((await client.getMessage(channels.lounge, message.id)).content, "hello");
  same((await message.edit("hello again")).content, "hello again");
  await steps.heard(client, "messageDelete", () => message.delete("over"), (gone) => gone.id === message.id);
  await steps.refused(client.getMessage(channels.lounge, message.id), 10008);
});

steps.add("sends an embed with all its fields", async () => {
  const timestamp = new Date(Date.UTC(2026, 2, 1, 20));
  const embed = {
    title: "Raid", description: "Tonight", url: "https://raids.example/1", color: 0x00ff00, timestamp,
    author: { name: "Olivia", url: "https://raids.example/o", icon_url: "https://raids.example/o.png" },
    footer: { text: "ABC", icon_url: "https://raids.example/f.png" },
    image: { url: "https://raids.example/i.png" }, thumbnail: { url: "https://raids.example/t.png" },
    fields: [{ name: "Tank", value: "Alice", inline: true }, { name: "Healer", value: "Bob" }],
  };
  const [found] = (await lounge({ embeds: [embed] })).embeds;
  same([found.title, found.author.name, found.footer.text, found.color], ["Raid", "Olivia", "ABC", 0x00ff00]);
  same([Date.parse(found.timestamp), found.fields.map((field) => field.inline)], [timestamp.getTime(), [true, false]]);
});

steps.add("sends files with descriptions, reads them, and keeps one in an edit", async () => {
  const files = ["one", "two"].map((name) => ({ file: Buffer.from(name), name: `${name}.txt` }));
  const attachments = [{ id: 0, description: "the first" }];
  const message = await lounge({ content: "files", attachments }, files);
  same(message.attachments.map((one) => [one.filename, one.description]), [["one.txt", "the first"], ["two.txt", undefined]]);
  same(await (await fetch(message.attachments[0].url)).text(), "one");
  const after = await message.edit({ content: "one file", attachments: [{ id: message.attachments[0].id }] });
  same(after.attachments.map((one) => one.filename), ["one.txt"]);
});

steps.add("answers a message and mentions whom it may", async () => {
  const said = await steps.act("alice", "say", { channel: "lounge", content: "who comes?" });
  const answer = (allowedMentions) => lounge({
    content: `<@${members.bob}> @everyone`, messageReference: { messageID: said.id }, allowedMentions,
  });
  const quiet = await answer({ everyone: false, users: false, roles: false, repliedUser: false });
  same([quiet.mentions.length, quiet.mentionEveryone], [0, false]);
  const loud = await answer({ users: true, repliedUser: true });
  same(loud.mentions.map((user) => user.username).sort(), ["alice", "bob"]);
});

steps.add("hears what members say, with content", async () => {
  const act = () => steps.act("bob", "say", { channel: "lounge", content: "count me in" });
  const [message] = await steps.heard(client, "messageCreate", act, (one) => one.author.username === "bob");
  same([message.content, message.guildID], ["count me in", steps.guild.id]);
});

steps.add("pages through a long history", async () => {
  for (let number = 0; number < 130; number += 1) {
    await steps.act("bob", "say", { channel: "history", content: String(number) });
  }
  const found = await client.getMessages(channels.history, { limit: 200 });
  same(found.map((message) => message.content), Array.from({ length: 130 }, (_, number) => String(129 - number)));
});

steps.add("deletes many messages at once", async () => {
  const found = (await client.getMessages(channels.history, { limit: 20 })).map((message) => message.id);
  const act = () => client.deleteMessages(channels.history, found, "over");
  same((await steps.heard(client, "messageDeleteBulk", act))[0].length, 20);
});

steps.add("pins, lists and unpins messages", async () => {
  const message = await lounge("pinned");
  await message.pin();
  same((await client.getPins(channels.lounge)).map((one) => one.id), [message.id]);
  await message.unpin();
  same(await client.getPins(channels.lounge), []);
});

steps.add("types", () => client.sendChannelTyping(channels.lounge));

steps.add("adds, lists, removes and clears reactions", async () => {
  const message = await lounge("react");
  const owl = `owl:${guild().emojis[0].id}`;
  for (const emoji of ["✅", "❌", owl]) await message.addReaction(emoji);
  await steps.act("alice", "react", { channel: "lounge", message: message.id, emoji: "✅" });
  const found = await client.getMessage(channels.lounge, message.id);
  same(Object.entries(found.reactions).map(([name, one]) => [name, one.count, one.me]), [["✅", 2, true], ["❌", 1, true], [owl, 1, true]]);
  same((await found.getReaction("✅")).map((user) => user.id).sort(), [client.user.id, members.alice].sort());
  await message.removeReaction("✅", members.alice);
  await message.removeReaction("❌");
  await client.removeMessageReactionEmoji(channels.lounge, message.id, owl);
  const left = await client.getMessage(channels.lounge, message.id);
  same(Object.values(left.reactions).map((one) => one.count), [1]);
  await steps.heard(client, "messageReactionRemoveAll", () => message.removeReactions());
});

steps.add("hears reactions of members come and go", async () => {
  const message = await lounge("react");
  const about = { channel: "lounge", message: message.id, emoji: "✅" };
  const [where, emoji, who] = await steps.heard(client, "messageReactionAdd", () => steps.act("bob", "react", about));
  same([where.id, emoji.name, who.username], [message.id, "✅", "bob"]);
  const removed = await steps.heard(client, "messageReactionRemove", () => steps.act("bob", "unreact", about));
  same(removed[2], members.bob);
});

steps.add("hears a super reaction", async () => {
  const message = await lounge("react");
  const about = { channel: "lounge", message: message.id, emoji: "🔥", burst: true };
  const added = await steps.heard(client, "messageReactionAdd", () => steps.act("bob", "react", about));
  same([added[2].username, added[3]], ["bob", true]);
});

steps.add("fetches, lists and searches members", async () => {
  same((await client.getRESTGuildMember(steps.guild.id, members.bob)).username, "bob");
  same((await client.getRESTGuildMembers(steps.guild.id, { limit: 1000 })).length, guild().memberCount);
  same((await client.searchGuildMembers(steps.guild.id, "ali", 5)).map((one) => one.username), ["alice"]);
  await steps.refused(client.getRESTGuildMember(steps.guild.id, "1"), 10013);
});

steps.add("creates, edits, gives, takes and deletes a role", async () => {
  const role = await client.createRole(steps.guild.id, { name: "Tank", color: 0xff0000, hoist: true }, "ein Grund äöü");
  await client.editRole(steps.guild.id, role.id, { name: "Main tank", mentionable: true });
  const give = () => client.addGuildMemberRole(steps.guild.id, members.bob, role.id, "he asked");
  await steps.heard(client, "guildMemberUpdate", give, (_, one) => one.roles.includes(role.id));
  const take = () => client.removeGuildMemberRole(steps.guild.id, members.bob, role.id);
  await steps.heard(client, "guildMemberUpdate", take, (_, one) => !one.roles.includes(role.id));
  await steps.heard(client, "guildRoleDelete", () => client.deleteRole(steps.guild.id, role.id, "over"));
});

steps.add("is refused a role above its own", () => (
  steps.refused(client.addGuildMemberRole(steps.guild.id, members.bob, roles.Leader), 50013)
));

steps.add("changes nicknames", async () => {
  const carol = () => client.editGuildMember(steps.guild.id, members.carol, { nick: "Caz" }, "shorter");
  await steps.heard(client, "guildMemberUpdate", carol, (_, one) => one.nick === "Caz");
  const own = () => client.editGuildMember(steps.guild.id, "@me", { nick: "Owl" });
  await steps.heard(client, "guildMemberUpdate", own, (_, one) => one.nick === "Owl");
});

steps.add("sends direct messages", async () => {
  const direct = await client.getDMChannel(members.alice);
  const message = await direct.createMessage("just for you");
  same((await steps.control("GET", "/people/alice/dms")).map((one) => one.content), ["just for you"]);
  await message.edit("changed");
  await message.delete();
});

steps.add("answers a command in a direct message", async () => {
  const { id } = await client.getDMChannel(members.alice);
  same((await steps.act("alice", "slash", { channel: id, command: "ping" })).text, "pong");
});

steps.add("is refused by somebody with closed direct messages", async () => {
  const direct = await client.getDMChannel(members.erin);
  await steps.refused(direct.createMessage("hello"), 50007);
});

steps.add("hears that a member leaves", async () => {
  const act = () => steps.act("frank", "leave", { guild: steps.guild.id });
  same((await steps.heard(client, "guildMemberRemove", act))[1].user.username, "frank");
});

steps.add("creates, edits, closes to a role and deletes channels", async () => {
  const { id } = steps.guild;
  const category = await client.createChannel(id, "Raids", 4);
  const permissionOverwrites = [{ id, type: 0, allow: 0, deny: view }, { id: client.user.id, type: 1, allow: view, deny: 0 }];
  const options = { parentID: category.id, permissionOverwrites, topic: "hot", reason: "raid" };
  const molten = await client.createChannel(id, "molten", 0, options);
  await molten.edit({ topic: "hotter", rateLimitPerUser: 5 }, "raid");
  await molten.editPermission(roles.Raider, view, 0n, 0, "raid");
  await molten.deletePermission(roles.Raider);
  const voice = await client.createChannel(id, "Talk", 2, { parentID: category.id });
  for (const one of [voice, molten, category]) await steps.heard(client, "channelDelete", () => one.delete("over"));
});

steps.add("starts a thread on a message, writes in it, and archives it", async () => {
  const message = await lounge("raid");
  const thread = await message.createThreadWithMessage({ name: "Raid talk", autoArchiveDuration: 1440 });
  await thread.join(members.alice);
  await thread.createMessage("welcome");
  const found = (await client.getThreadMembers(thread.id)).map((one) => one.id);
  same(found.sort(), [client.user.id, members.alice].sort());
  await thread.leave(members.alice);
  await thread.edit({ archived: true }, "over");
  const archived = await client.getArchivedThreads(channels.lounge, "public", { limit: 10 });
  same(archived.threads.map((one) => one.id), [thread.id]);
  await thread.edit({ archived: false, locked: true });
  await thread.delete();
});

steps.add("starts threads without a message", async () => {
  const secret = await client.createThread(channels.lounge, { name: "Officers", type: 12, invitable: false });
  const open = await client.createThread(channels.lounge, { name: "Talk", type: 11 });
  const active = (await guild().getActiveThreads()).threads.map((one) => one.id);
  same([active.includes(secret.id), active.includes(open.id)], [true, true]);
  await secret.leave();
  await open.delete();
});

steps.add("fetches emoji", async () => {
  const [owl] = await client.getRESTGuildEmojis(steps.guild.id);
  same((await client.getRESTGuildEmoji(steps.guild.id, owl.id)).name, "owl");
});

steps.add("reads Discord's error codes", async () => {
  await steps.refused(client.createMessage(channels.quiet, "hello"), 50013);
  await steps.refused(client.getRESTChannel(channels.hidden), 50001);
  await steps.refused(client.getMessage(channels.lounge, channels.lounge), 10008);
  await steps.refused(client.getRESTChannel("1"), 10003);
  await steps.refused(client.getRESTUser("1"), 10013);
  await steps.refused(lounge("x".repeat(2001)), 50035);
});

steps.add("keeps to the rate limits of a channel", async () => {
  const sent = await Promise.all(Array.from({ length: 12 }, (_, number) => lounge(String(number))));
  same(new Set(sent.map((message) => message.id)).size, 12);
});

steps.add("asks again after a 429", async () => {
  const route = "POST /channels/{}/messages";
  await steps.control("POST", "/faults", { route, status: 429, retry_after: 0.3, calls: 1 });
  same((await client.createMessage(channels.general, "at last")).content, "at last");
  same((await steps.calls("POST /channels/{channel_id}/messages 429")) > 0, true);
});

steps.add("sets its presence", async () => {
  client.editStatus("idle", { name: "raids", type: 0 });
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
  await steps.heard(client, "messageCreate", act, (message) => message.content === "said meanwhile");
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
  await steps.heard(client, "shardPreReady", act);
  same((await steps.control("GET", "/gateway")).identified, before.identified + 1);
});

const mayBeUnsupported = { mayBeUnsupported: true };
steps.add("sends a poll", () => lounge({
  poll: { question: { text: "When?" }, answers: [{ poll_media: { text: "Friday" } }], duration: 24 },
}), mayBeUnsupported);
steps.add("sends components v2", () => lounge({
  flags: 1 << 15, components: [{ type: 10, content: "hello" }],
}), mayBeUnsupported);
steps.add("posts in a forum", async () => {
  const plans = await client.createChannel(steps.guild.id, "plans", 15);
  await client.createThread(plans.id, { name: "Friday", message: { content: "who comes?" } });
}, mayBeUnsupported);
steps.add("creates a webhook", () => client.createChannelWebhook(channels.lounge, { name: "Reports" }), mayBeUnsupported);
steps.add("creates an invite", () => client.createChannelInvite(channels.lounge, { maxAge: 60 }), mayBeUnsupported);
steps.add("lists scheduled events", () => client.getGuildScheduledEvents(steps.guild.id), mayBeUnsupported);
steps.add("reads the audit log", () => client.getGuildAuditLog(steps.guild.id), mayBeUnsupported);
steps.add("lists bans", () => client.getGuildBans(steps.guild.id), mayBeUnsupported);

steps.add("leaves in order", async () => client.disconnect({ reconnect: false }));

steps.run().then((failures) => process.exit(failures ? 1 : 0));
