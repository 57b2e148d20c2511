/** The state of one person's view: people, guilds, channels, and the messages of opened channels. */

const TOKEN_LIFETIME_MS = 15 * 60 * 1000; // until an interaction token expires

/** True if the id `one` was created before the id `other`. */
export function isOlder(one, other) {
  return one.length === other.length ? one < other : one.length < other.length;
}

/** The loaded messages of one channel, oldest first. */
class Log {
  messages = [];
  hasMore = false;
  isLoaded = false;

  put(message) {
    const messages = this.messages;
    let at = messages.length;
    while (at > 0 && isOlder(message.id, messages[at - 1].id)) at -= 1;
    if (messages[at - 1]?.id === message.id) messages[at - 1] = message;
    else messages.splice(at, 0, message);
  }

  /** Mark deferred messages whose token has expired; returns whether there were any. */
  expire(moment) {
    const isOver = ({ thinking, isLate, at }) => thinking && !isLate && moment - new Date(at) > TOKEN_LIFETIME_MS;
    const late = this.messages.filter(isOver);
    for (const message of late) this.put({ ...message, isLate: true });
    return late.length > 0;
  }

  drop(id) {
    this.messages = this.messages.filter((message) => message.id !== id);
  }
}

export class Model {
  me = null;
  people = [];
  commands = [];
  actions = [];
  story = null;
  uploadLimit = 0;
  guilds = new Map();
  channels = new Map();
  unread = new Map();
  #logs = new Map();
  #newest = new Map();

  /** Switch to a person and drop the previous person's state. */
  become(view) {
    this.me = view.me;
    this.bot = view.bot;
    this.people = view.people;
    this.commands = view.commands;
    this.actions = view.actions;
    this.story = view.story;
    this.uploadLimit = view.upload_limit;
    this.guilds = byId(view.guilds);
    this.channels = byId(view.channels);
    this.unread = new Map(view.channels.map((channel) => [channel.id, channel.unread]));
    this.#newest = new Map(view.channels.map((channel) => [channel.id, channel.last ?? "0"]));
    this.#logs.clear();
  }

  log(channel) {
    if (!this.#logs.has(channel)) this.#logs.set(channel, new Log());
    return this.#logs.get(channel);
  }

  /** Add the messages of a `history` answer. */
  addHistory(channel, { messages, more }) {
    const log = this.log(channel);
    for (const message of messages) if (!log.messages.some((known) => known.id === message.id)) log.put(message);
    log.hasMore = more;
    log.isLoaded = true;
  }

  /** Apply a push; returns its messages that are new. */
  take(push) {
    const taken = {
      messages: () => this.#takeMessages(push),
      channels: () => merge(this.channels, push),
      guilds: () => merge(this.guilds, push),
      people: () => (this.people = push.people),
      commands: () => (this.commands = push.commands),
    }[push.push]?.();
    return push.push === "messages" ? taken : [];
  }

  #takeMessages({ messages, gone }) {
    for (const { channel, id } of gone ?? []) this.#logs.get(channel)?.drop(id);
    const fresh = [];
    for (const message of messages) {
      const log = this.#logs.get(message.channel);
      if (log?.isLoaded) log.put(message);
      const isNew = isOlder(this.#newest.get(message.channel) ?? "0", message.id);
      if (!isNew) continue;
      this.#newest.set(message.channel, message.id);
      fresh.push(message);
      if (message.author.id !== this.me) this.unread.set(message.channel, (this.unread.get(message.channel) ?? 0) + 1);
    }
    return fresh;
  }

  /** The member of this guild with this id, else any person or member with it. */
  who(id, guild) {
    return (
      this.guilds.get(guild)?.members.find((member) => member.id === id) ??
      this.people.find((person) => person.id === id) ??
      [...this.guilds.values()].flatMap((one) => one.members).find((member) => member.id === id)
    );
  }

  /** The commands this person may use in a channel: `kind` is “slash”, or “message” for those on messages. */
  commandsIn(channel, kind = "slash") {
    if (!channel?.may.commands) return [];
    return this.commands.filter(
      (command) => command.kind === kind && (channel.guild ? command.guilds.includes(channel.guild) : command.dms),
    );
  }
}

function byId(things) {
  return new Map(things.map((thing) => [thing.id, thing]));
}

function merge(known, push) {
  for (const thing of push[push.push]) known.set(thing.id, thing);
  for (const id of push.gone ?? []) known.delete(id);
}
