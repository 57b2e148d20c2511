/** Slash commands as one types them: what fits, and what their options take. */

/** The commands (of a view) that fit what was typed after the slash, best first. */
export function matching(commands, typed) {
  const wanted = typed.trim().toLowerCase();
  const rank = ({ path }) =>
    path.startsWith(wanted) ? 0 : path.split(" ").some((word) => word.startsWith(wanted)) ? 1 : 2;
  return commands
    .filter(({ path, description }) => path.includes(wanted) || description.toLowerCase().includes(wanted))
    .sort((one, other) => rank(one) - rank(other) || one.path.localeCompare(other.path));
}

/** What an option may be when it is not asked of the bot: `[{name, value}]`, or null when it is typed freely. */
export function knownValues(option, names) {
  if (option.choices.length) return option.choices.map((choice) => ({ name: choice.name, value: choice.value }));
  const offer = ({ label, value }) => ({ name: label, value });
  if (option.type === "boolean")
    return [
      { name: "True", value: true },
      { name: "False", value: false },
    ];
  if (option.type === "user") return names.users().map(offer);
  if (option.type === "role") return names.roles().map(offer);
  if (option.type === "mentionable") return [...names.users(), ...names.roles()].map(offer);
  if (option.type === "channel") return names.channels(option.channel_types).map(offer);
  return null;
}

/** What Discord's client would send for what stands in a field; throws an Error that says what is wrong. */
export function typedValue(option, value) {
  if (value === null) throw new Error(`Choose one of what is offered for “${option.name}”.`);
  if (option.type !== "integer" && option.type !== "number") return value;
  const number = Number(value);
  const isWhole = option.type === "number" || Number.isInteger(number);
  if (!Number.isFinite(number) || !isWhole) throw new Error(`“${option.name}” takes a number.`);
  return number;
}
