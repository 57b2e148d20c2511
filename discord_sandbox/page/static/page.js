/** The page: one person's view of the sandbox. */

import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { Conversation } from "./conversation.js";
import { byId } from "./dom.js";
import { upload } from "./files.js";
import { openModal } from "./modal.js";
import { Model } from "./model.js";
import { namesIn } from "./names.js";
import { Panel } from "./panel.js";
import { People } from "./people.js";
import { closePopup } from "./popup.js";
import { Sidebar } from "./sidebar.js";
import { StoryCard } from "./story.js";
import { announce, setUpDrawers, setUpTheme, toast } from "./announcements.js";
import { now, refreshTimes, setClock } from "./times.js";

const PAGE_SIZE = 50; // messages loaded at once
const COMMAND_FAILED = "The application did not respond";
const COMPONENT_FAILED = "This interaction failed";
const FORM_FAILED = "Something went wrong. Try again.";

const model = new Model();
const here = () => model.channels.get(current);
let current = null;
let isDrawing = false;
let isLoading = false;

const names = namesIn(model, here, (id, message) => open(id, message));
const closeDrawers = setUpDrawers();
setUpTheme();

const connection = new Connection({
  onPush: take,
  onOpen: () => be(model.me ?? sessionStorage.getItem("person")),
  onLost: () => notice("The sandbox cannot be reached. Trying again…"),
});
const people = new People((id) => be(id));
const sidebar = new Sidebar((id) => open(id));
const panel = new Panel({
  advance: (seconds) => reportErrors(connection.ask("advance", { seconds }).then((answer) => setTime(answer.now))),
  operate: (action) =>
    reportErrors(connection.ask("operate", { action }).then((answer) => answer.said && toast(answer.said))),
  dms: (isOpen) => reportErrors(connection.ask("dms", { open: isOpen })),
});
const story = new StoryCard({ be, open, forward: () => panel.forward() });
const conversation = new Conversation({
  names,
  react: (message, emoji, isOn) => reportErrors(connection.ask(isOn ? "react" : "unreact", { ...at(message), emoji })),
  dismiss: (message) => reportErrors(connection.ask("dismiss", at(message))),
  use,
  tools,
  older: () => loadOlder(),
});
const composer = new Composer({
  names,
  commands: () => model.commandsIn(here()),
  uploadLimit: () => model.uploadLimit,
  upload,
  say: (content) => connection.ask("say", { channel: current, content }),
  slash: async (command, options) =>
    finish(await connection.ask("slash", { channel: current, command, options }), COMMAND_FAILED),
  autocomplete: async (command, options, focused) =>
    (await connection.ask("autocomplete", { channel: current, command, options, focused })).choices,
});

// Person and channel

async function be(person) {
  let answer;
  try {
    answer = await connection.ask("be", person ? { person } : {});
  } catch (error) {
    if (!person) throw error;
    answer = await connection.ask("be"); // the person existed in an earlier run only
  }
  notice("");
  closePopup();
  model.become(answer.view);
  setTime(answer.view.now);
  sessionStorage.setItem("person", model.me);
  conversation.forget();
  open(here()?.may.read ? current : firstChannel());
}

function firstChannel() {
  const remembered = model.channels.get(sessionStorage.getItem("channel"));
  const readable = [...model.channels.values()].filter((channel) => channel.may.read && channel.kind !== "category");
  return (remembered ?? readable.find((channel) => channel.name.includes("raid")) ?? readable[0])?.id ?? null;
}

/** Open a channel, and scroll to a message if it is among the loaded ones. */
async function open(id, message = null) {
  current = id;
  closeDrawers();
  draw();
  if (id === null) return;
  sessionStorage.setItem("channel", id);
  if (!model.log(id).isLoaded) await load(id, null);
  if (message) requestAnimationFrame(() => conversation.reveal(message));
}

async function load(channel, before) {
  const answer = await reportErrors(connection.ask("history", { channel, limit: PAGE_SIZE, ...(before ? { before } : {}) }));
  if (!answer) return;
  model.addHistory(channel, answer);
  draw();
}

async function loadOlder() {
  const log = model.log(current);
  if (isLoading || !log.isLoaded || !log.hasMore) return;
  isLoading = true;
  await load(current, log.messages[0]?.id);
  isLoading = false;
}

// Pushes

function take(push) {
  const fresh = model.take(push);
  if (push.push === "strip") {
    setTime(push.now);
    panel.show(push);
    story.tick(push.done ?? []);
    if (current && model.log(current).expire(now())) draw();
    return;
  }
  for (const message of fresh) if (message.channel === current && message.author.id !== model.me) announce(message, names);
  draw();
}

function setTime(now) {
  setClock(now);
  refreshTimes();
  panel.tick();
}

/** Redraw the page in the next frame. */
function draw() {
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(() => {
    isDrawing = false;
    if (model.me) drawNow();
  });
}

function drawNow() {
  const channel = here();
  people.show(model.people, model.me);
  panel.settle(
    model.people.find((person) => person.id === model.me),
    model.actions,
  );
  story.show(model, current);
  showHead(channel);
  if (channel) {
    const log = model.log(channel.id);
    conversation.show(channel.id, log, nothing(channel, log));
    markRead(channel, log);
  }
  sidebar.show(model, current);
}

function showHead(channel) {
  const title = !channel ? "Nothing to see here" : channel.kind === "dm" ? channel.with.name : `# ${channel.name}`;
  byId("channel-name").textContent = title;
  byId("channel-topic").textContent = channel?.topic ?? "";
  document.title = `${title} · RaidBot sandbox`;
  const mayWrite = Boolean(channel && (channel.may.say || channel.may.commands));
  composer.settle(
    mayWrite ? `Message ${title.replace("# ", "#")} or type /` : "You may not write here",
    !mayWrite,
  );
}

function nothing(channel, log) {
  if (!channel.may.read) return "You may not read this channel's history.";
  return log.isLoaded ? "No messages yet." : "Loading…";
}

function markRead(channel, log) {
  const last = log.messages.at(-1);
  if (!last || !model.unread.get(channel.id) || document.hidden) return;
  model.unread.set(channel.id, 0);
  connection.ask("read", { channel: channel.id, message: last.id }).catch(() => {});
}

// Actions

function at(message) {
  return { channel: message.channel, message: message.id };
}

async function use(message, component, values) {
  const what =
    component.type === 2
      ? connection.ask("click", { ...at(message), custom_id: component.custom_id })
      : connection.ask("select", { ...at(message), custom_id: component.custom_id, values });
  finish(await what, COMPONENT_FAILED);
}

/** Handle the bot's response: open a modal, or throw if there was no response. */
function finish(answer, failed) {
  if (answer.outcome === "failed") throw new Error(failed);
  if (answer.outcome !== "modal") return;
  openModal(answer.modal, names, async (values) =>
    finish(await connection.ask("submit", { interaction: answer.interaction, values }), FORM_FAILED),
  );
}

/** Use a command of a message’s menu. */
async function menu(message, command) {
  const answer = await reportErrors(connection.ask("menu", { ...at(message), command }));
  if (answer) await reportErrors((async () => finish(answer, COMMAND_FAILED))());
}

function tools(message) {
  const channel = model.channels.get(message.channel);
  const entries = message.ephemeral
    ? []
    : model.commandsIn(channel, "message").map(({ path }) => ({ label: `Apps › ${path}`, act: () => menu(message, path) }));
  if (message.reactions.length && channel.guild) {
    entries.push({ label: "Everybody reacts", act: () => reportErrors(connection.ask("everybody", at(message))) });
  }
  if (channel.may.manage || message.author.id === model.me) {
    entries.push({ label: "Delete message", act: () => reportErrors(connection.ask("delete", at(message))) });
  }
  entries.push({ label: "Copy text", act: () => navigator.clipboard.writeText(message.content) });
  return entries;
}

/** The answer, or undefined after showing the error to the person. */
async function reportErrors(asked) {
  try {
    return await asked;
  } catch (error) {
    toast(error.message);
    return undefined;
  }
}

function notice(text) {
  const element = byId("connection");
  element.textContent = text;
  element.hidden = !text;
}

document.addEventListener("visibilitychange", draw);
setInterval(refreshTimes, 1000);
