/** The people to switch between, one click each. */

import { arrange, byId, el, Keyed } from "./dom.js";
import { avatar } from "./message.js";

export class People {
  constructor(onBe) {
    this.root = byId("people");
    this.opener = byId("open-people");
    this.chips = new Keyed(
      (person) => person.id,
      (person) => chip(person, onBe),
      showChip,
    );
    this.root.addEventListener("keydown", (event) => this.#walk(event));
  }

  show(people, me) {
    if (this.people === people && this.me === me) return;
    Object.assign(this, { people, me });
    const common = commonNotes(people);
    const chips = people.map((person) => ({ ...person, isMe: person.id === me, about: about(person, common) }));
    arrange(this.root, this.chips.of(chips));
    const own = people.find((person) => person.id === me);
    if (own) {
      const sign = el("span", { "aria-hidden": "true" }, "▾");
      arrange(this.opener, [avatar(own, "small"), el("span", {}, el("span", { class: "hidden" }, "You are "), own.name), sign]);
    }
  }

  #walk(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const chips = [...this.root.children];
    const next = chips.at((chips.indexOf(document.activeElement) + step) % chips.length);
    next.focus();
    next.click();
  }
}

function chip(person, onBe) {
  return el(
    "button",
    { type: "button", role: "radio", class: "person", on: { click: () => onBe(person.id) } },
    avatar(person, "small"),
    el("span", {}),
    el("span", { class: "about" }),
  );
}

/** The notes of more than half of the people, which tell nobody apart. */
function commonNotes(people) {
  const notes = people.flatMap((person) => person.notes);
  return new Set(notes.filter((note) => notes.filter((one) => one === note).length * 2 > people.length));
}

/** What to show beside a name. */
function about(person, common) {
  return person.dms ? (person.notes.find((note) => !common.has(note)) ?? "") : "DMs closed";
}

function showChip(element, person) {
  const [, name, about] = element.children;
  const notes = person.notes.join(", ");
  name.textContent = person.name;
  about.textContent = person.about;
  element.title = notes ? `Be ${person.name} (${notes})` : `Be ${person.name}`;
  element.setAttribute("aria-label", element.title);
  element.setAttribute("aria-checked", String(person.isMe));
  element.tabIndex = person.isMe ? 0 : -1;
  if (person.isMe) element.scrollIntoView({ block: "nearest", inline: "nearest" });
}
