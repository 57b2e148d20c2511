/** Names of users, roles and channels in the open channel, and the choices for selects. */

const TYPES = {
  text: 0,
  dm: 1,
  voice: 2,
  category: 4,
  announcement: 5,
  thread: 11,
  "private-thread": 12,
  stage: 13,
  forum: 15,
};

/** Names as seen from the open channel; `here()` returns that channel, `openChannel(id)` opens another. */
export function namesIn(model, here, openChannel) {
  const guild = () => model.guilds.get(here()?.guild);
  const colour = (number) => (number ? `#${number.toString(16).padStart(6, "0")}` : null);
  return {
    openChannel,
    user(id) {
      const found = model.who(id, here()?.guild);
      return found && { name: found.name, colour: colour(found.color), isMe: id === model.me };
    },
    role(id) {
      const found = guild()?.roles.find((role) => role.id === id);
      const mine = guild()?.members.find((member) => member.id === model.me)?.roles ?? [];
      return found && { name: found.name.replace(/^@/, ""), colour: colour(found.color), isMe: mine.includes(id) };
    },
    channel: (id) => model.channels.get(id),
    users: () =>
      (guild()?.members ?? model.people).map((member) => ({
        value: member.id,
        label: member.name,
        description: member.username,
      })),
    roles: () => (guild()?.roles ?? []).map((role) => ({ value: role.id, label: role.name })),
    channels: (types) =>
      [...model.channels.values()]
        .filter((channel) => channel.guild && channel.guild === here()?.guild)
        .filter((channel) => !types?.length || types.includes(TYPES[channel.kind]))
        .map((channel) => ({ value: channel.id, label: `#${channel.name}` })),
    emojis: () => guild()?.emojis ?? [],
  };
}
