/** What one person sees: who and where, and the messages of the channels that were opened. */

const TOKEN_LIFE = 15 * 60 * 1000; // milliseconds an application has to put an answer in place of "thinking…"

/** Whether one id was given out before another. */
export function isOlder(one, other) {
  return one.length === other.length ? one < other : one.length < other.length;
}

/** The messages of one channel that are known here, oldest first. */
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

  /** Mark what the bot can answer no more; whether there was any. */
  expire(moment) {
    const isOver = ({ thinking, isLate, at }) => thinking && !isLate && moment - new Date(at) > TOKEN_LIFE;
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
  uploadLimit = 0;
  guilds = new Map();
  channels = new Map();
  unread = new Map();
  #logs = new Map();
  #newest = new Map();

  /** Take a person's place: everything known before belonged to somebody else. */
  become(view) {
    this.me = view.me;
    this.bot = view.bot;
    this.people = view.people;
    this.commands = view.commands;
    this.actions = view.actions;
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

  /** Put an answer to `history` in front of what is known. */
  addHistory(channel, { messages, more }) {
    const log = this.log(channel);
    for (const message of messages) if (!log.messages.some((known) => known.id === message.id)) log.put(message);
    log.hasMore = more;
    log.isLoaded = true;
  }

  /** Take a push; the messages in it that were not there before. */
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

  /** The person or member with this id, as this server calls them. */
  who(id, guild) {
    return (
      this.guilds.get(guild)?.members.find((member) => member.id === id) ??
      this.people.find((person) => person.id === id) ??
      [...this.guilds.values()].flatMap((one) => one.members).find((member) => member.id === id)
    );
  }

  /** The commands this person may use in a channel. */
  commandsIn(channel) {
    if (!channel?.may.commands) return [];
    return this.commands.filter((command) => (channel.guild ? command.guilds.includes(channel.guild) : command.dms));
  }
}

function byId(things) {
  return new Map(things.map((thing) => [thing.id, thing]));
}

function merge(known, push) {
  for (const thing of push[push.push]) known.set(thing.id, thing);
  for (const id of push.gone ?? []) known.delete(id);
}
