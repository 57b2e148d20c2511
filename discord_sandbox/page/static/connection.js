/** The WebSocket to the sandbox: requests with one answer each, and pushes. */

const RESPONSE_TIMEOUT_MS = 30000; // to wait for an answer
const RECONNECT_DELAYS_MS = [500, 1000, 2000, 4000];

/** Reconnects by itself. `onPush(push)` runs on every push, `onOpen()` on each connection, `onLost()` on each loss. */
export class Connection {
  #waiting = new Map();
  #last = 0;
  #tries = 0;

  constructor({ onPush, onOpen, onLost }) {
    Object.assign(this, { onPush, onOpen, onLost });
    this.#connect();
  }

  /** Send a request; resolves to the answer, or rejects with an Error that has the server's sentence. */
  ask(what, fields = {}) {
    if (this.socket.readyState !== WebSocket.OPEN) return Promise.reject(new Error("The sandbox cannot be reached."));
    const id = (this.#last += 1);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#settle(id, { error: "The sandbox did not answer." }), RESPONSE_TIMEOUT_MS);
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
    const pause = RECONNECT_DELAYS_MS[Math.min(this.#tries, RECONNECT_DELAYS_MS.length - 1)];
    this.#tries += 1;
    setTimeout(() => this.#connect(), pause);
  }
}
