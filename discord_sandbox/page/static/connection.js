/** The WebSocket to the sandbox: questions with one answer each, and what is pushed in between. */

const PATIENCE = 30000; // milliseconds for an answer
const AGAIN = [500, 1000, 2000, 4000];

/** `onPush(push)` hears everything pushed; `onOpen()` each new connection; `onLost()` each lost one. */
export class Connection {
  #waiting = new Map();
  #last = 0;
  #tries = 0;

  constructor({ onPush, onOpen, onLost }) {
    Object.assign(this, { onPush, onOpen, onLost });
    this.#connect();
  }

  /** Ask for something; the answer, or an Error with the sentence the server gave. */
  ask(what, fields = {}) {
    if (this.socket.readyState !== WebSocket.OPEN) return Promise.reject(new Error("The sandbox cannot be reached."));
    const id = (this.#last += 1);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#settle(id, { error: "The sandbox did not answer." }), PATIENCE);
      this.#waiting.set(id, { resolve, reject, timer });
      this.socket.send(JSON.stringify({ id, do: what, ...fields }));
    });
  }

  #connect() {
    const address = new URL("/socket", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    this.socket = new WebSocket(address);
    this.socket.addEventListener("open", () => {
      this.#tries = 0;
      this.onOpen();
    });
    this.socket.addEventListener("message", (event) => this.#heard(JSON.parse(event.data)));
    this.socket.addEventListener("close", () => this.#lost());
  }

  #heard(message) {
    if (message.re === undefined) this.onPush(message);
    else this.#settle(message.re, message);
  }

  #settle(id, answer) {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    if (answer.error === undefined) waiting.resolve(answer);
    else waiting.reject(new Error(answer.error));
  }

  #lost() {
    for (const id of [...this.#waiting.keys()]) this.#settle(id, { error: "The connection to the sandbox was lost." });
    this.onLost();
    const pause = AGAIN[Math.min(this.#tries, AGAIN.length - 1)];
    this.#tries += 1;
    setTimeout(() => this.#connect(), pause);
  }
}
