/** The card for newcomers: what this is and what to try, each step ticked off once the server says that it happened. */

import { arrange, byId, el } from "./dom.js";

const KEPT = "story-closed"; // in localStorage, until the card is brought back

/** `act` has `be(person)`, `open(channel)`, which return promises, and `forward()`, which moves to the next event. */
export class StoryCard {
  #drawn = "";
  #done = new Set();
  #view = null;

  constructor(act) {
    this.act = act;
    this.root = byId("story");
    this.opener = byId("open-story");
    this.opener.addEventListener("click", () => this.#set(this.root.hidden));
  }

  /** Show the story of a model, if it has one, beside the open channel. */
  show(model, channel) {
    this.#view = { story: model.story, me: model.me, people: model.people, channels: model.channels, channel };
    this.opener.hidden = !model.story;
    this.root.hidden = !model.story || localStorage.getItem(KEPT) !== null;
    this.opener.setAttribute("aria-expanded", String(!this.root.hidden));
    this.#draw();
  }

  /** Tick off these steps. */
  tick(done) {
    this.#done = new Set(done);
    if (this.#view) this.#draw();
  }

  #set(isOpen) {
    if (isOpen) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, "");
    this.root.hidden = !isOpen;
    this.opener.setAttribute("aria-expanded", String(isOpen));
    this.#draw();
    if (isOpen) this.root.querySelector("button")?.focus();
    else this.opener.focus();
  }

  #draw() {
    const { story, me, people, channel } = this.#view;
    const basis = JSON.stringify([story, me, people.map(({ id, name }) => [id, name]), channel, [...this.#done]]);
    if (!story || this.root.hidden || this.#drawn === basis) return;
    this.#drawn = basis;
    const focused = this.root.contains(document.activeElement) ? document.activeElement.dataset.at : null;
    const next = story.steps.find((step) => !this.#done.has(step.name));
    const count = story.steps.filter((step) => this.#done.has(step.name)).length;
    const parts = [
      el(
        "div",
        { class: "story-head" },
        el("h2", {}, story.title),
        el("span", { class: "muted", role: "status" }, `${count} of ${story.steps.length} done`),
        el(
          "button",
          {
            type: "button",
            class: "icon-button",
            title: "Close; “?” at the top brings it back",
            data: { at: "close" },
            on: { click: () => this.#set(false) },
          },
          el("span", { "aria-hidden": "true" }, "✕"),
          el("span", { class: "hidden" }, "Close"),
        ),
      ),
      count && next ? null : el("p", {}, next ? story.about : story.ending),
      el(
        "ol",
        {},
        story.steps.map((step) => this.#step(step, step === next)),
      ),
    ];
    arrange(this.root, parts.filter(Boolean));
    if (focused) (this.root.querySelector(`[data-at="${focused}"]`) ?? this.root.querySelector("button")).focus();
  }

  #step(step, isNext) {
    const isDone = this.#done.has(step.name);
    return el(
      "li",
      { class: isDone ? "is-done" : isNext ? "is-next" : null, "aria-current": isNext ? "step" : null },
      el("span", { class: "mark", "aria-hidden": "true" }, isDone ? "✓" : ""),
      el(
        "div",
        {},
        el("b", {}, step.title),
        isDone ? el("span", { class: "hidden" }, ", done") : null,
        isNext ? el("p", {}, step.how) : null,
        isNext ? this.#way(step) : null,
      ),
    );
  }

  /** The button that leads to where the step is done; null if the person is there. */
  #way(step) {
    const { me, people, channels, channel } = this.#view;
    const person = people.find(({ id }) => id === step.person);
    const place = channels.get(step.channel);
    let way = null;
    if (step.moves_clock) way = ["To the next event", () => this.act.forward()];
    else if (person && person.id !== me) {
      way = [
        `Be ${person.name}`,
        async () => {
          await this.act.be(person.id);
          if (step.channel) await this.act.open(step.channel);
        },
      ];
    } else if (place && step.channel !== channel) way = [`Open #${place.name}`, () => this.act.open(step.channel)];
    return way && el("button", { type: "button", class: "action", data: { at: "way" }, on: { click: way[1] } }, way[0]);
  }
}
