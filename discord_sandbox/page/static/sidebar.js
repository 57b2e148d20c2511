/** The sidebar: guilds with their channels and threads, and direct messages, with unread counts. */

import { arrange, byId, el, Keyed } from "./dom.js";
import { isOlder } from "./model.js";

const SIGNS = {
  text: "#",
  announcement: "📣",
  voice: "🔊",
  stage: "🎤",
  forum: "💬",
  thread: "↳",
  "private-thread": "↳",
  dm: "@",
};

export class Sidebar {
  constructor(onOpen) {
    this.root = byId("channels");
    this.lines = new Keyed(
      (line) => line.key,
      (line) => line.make(onOpen),
      (element, line) => line.update(element, line),
    );
  }

  /** Show the channels of a model; `current` is the open one. */
  show(model, current) {
    const lists = [];
    for (const guild of model.guilds.values()) {
      const own = [...model.channels.values()].filter((channel) => channel.guild === guild.id);
      lists.push(heading(`guild-${guild.id}`, guild.name, "server"), ...groups(own, model, current));
    }
    const direct = [...model.channels.values()].filter((channel) => channel.kind === "dm");
    direct.sort((one, other) => (isOlder(one.last ?? "0", other.last ?? "0") ? 1 : -1));
    if (direct.length)
      lists.push(heading("dms", "Direct messages", ""), ...direct.map((channel) => line(channel, model, current)));
    arrange(this.root, this.lines.of(lists));
  }
}

function groups(channels, model, current) {
  const byPosition = (one, other) => one.position - other.position || (isOlder(one.id, other.id) ? -1 : 1);
  const isThread = (channel) => channel.kind.endsWith("thread");
  const under = (parent) =>
    channels.filter((channel) => channel.parent === parent && !isThread(channel)).sort(byPosition);
  const withThreads = (channel) => [
    line(channel, model, current),
    ...channels
      .filter((thread) => isThread(thread) && thread.parent === channel.id && isShown(thread, model, current))
      .map((thread) => line(thread, model, current)),
  ];
  const lines = under(null)
    .filter((channel) => channel.kind !== "category")
    .flatMap(withThreads);
  for (const category of under(null).filter((channel) => channel.kind === "category")) {
    lines.push(heading(category.id, category.name, ""), ...under(category.id).flatMap(withThreads));
  }
  return lines;
}

function isShown(thread, model, current) {
  return !thread.archived || thread.id === current || model.unread.get(thread.id) > 0;
}

function heading(key, text, kind) {
  return {
    key,
    make: () => el("h3", { class: kind }),
    update: (element) => {
      if (element.textContent !== text) element.textContent = text;
    },
  };
}

function line(channel, model, current) {
  return {
    key: channel.id,
    make: (onOpen) =>
      el(
        "button",
        { type: "button", on: { click: () => onOpen(channel.id) } },
        el("span", { class: "sign", "aria-hidden": "true" }),
        el("span", { class: "name" }),
        el("span", { class: "badge" }),
      ),
    update: (element) => showLine(element, channel, model.unread.get(channel.id) ?? 0, channel.id === current),
  };
}

function showLine(element, channel, unread, isOpen) {
  const [sign, name, badge] = element.children;
  const title = channel.kind === "dm" ? channel.with.name : channel.name;
  const isUnread = unread > 0 && !isOpen;
  element.className = `channel${isUnread ? " is-unread" : ""}${channel.kind.endsWith("thread") ? " is-thread" : ""}`;
  element.setAttribute("aria-label", `${title}${isUnread ? `, ${unread} unread` : ""}`);
  if (isOpen) element.setAttribute("aria-current", "page");
  else element.removeAttribute("aria-current");
  sign.textContent = SIGNS[channel.kind] ?? "#";
  name.textContent = title;
  badge.dataset.count = unread > 99 ? "99+" : unread; // drawn by the style: the button's label says it
  badge.hidden = !isUnread;
}
