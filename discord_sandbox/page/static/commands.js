/** Slash commands: search, and the values of their options. */

/** The commands of a view that match the text after the slash, best match first. */
export function matching(commands, typed) {
  const wanted = typed.trim().toLowerCase();
  const rank = ({ path }) =>
    path.startsWith(wanted) ? 0 : path.split(" ").some((word) => word.startsWith(wanted)) ? 1 : 2;
  return commands
    .filter(({ path, description }) => path.includes(wanted) || description.toLowerCase().includes(wanted))
    .sort((one, other) => rank(one) - rank(other) || one.path.localeCompare(other.path));
}

/** The values of an option without autocomplete: `[{name, value}]`, or null when any text can be typed. */
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

/** The value that Discord's client would send for a field; throws an Error with a sentence for the person. */
export function typedValue(option, value) {
  if (value === null) throw new Error(`Choose one of what is offered for “${option.name}”.`);
  if (option.type !== "integer" && option.type !== "number") return value;
  const number = Number(value);
  const isWhole = option.type === "number" || Number.isInteger(number);
  if (!Number.isFinite(number) || !isWhole) throw new Error(`“${option.name}” takes a number.`);
  return number;
}
