// Tries the steps of a bot one after the other, with a line for each; for the scripts in JavaScript (see steps.py).
"use strict";

const assert = require("node:assert/strict");

const STEP_TIMEOUT_MS = 40_000;

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Compare with a message that shows both. */
const same = (found, expected) => assert.deepEqual(found, expected);

/** Resolve as `promise` does, or reject after some time. */
function within(promise, milliseconds, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${milliseconds} ms`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

class Steps {
  constructor() {
    this.world = JSON.parse(process.env.SANDBOX);
    this.guild = this.world.guilds.find((guild) => guild.name === "Night Owls");
    this.crowd = this.world.guilds.find((guild) => guild.name === "Crowd");
    this.list = [];
  }

  /** Add the function `attempt` as the next step. */
  add(name, attempt, { mayBeUnsupported = false } = {}) {
    this.list.push({ name, attempt, mayBeUnsupported });
  }

  /** Try all steps and return the number of failures. */
  async run() {
    const counts = { ok: 0, FAILED: 0, unsupported: 0 };
    let seen = (await this.gaps()).length;
    for (const { name, attempt, mayBeUnsupported } of this.list) {
      let error;
      try {
        await within(attempt(), STEP_TIMEOUT_MS, "the step");
      } catch (caught) {
        if (process.env.TRACES) console.error(caught);
        const line = /bots\/([\w.]+:\d+)/.exec(caught.stack ?? "")?.[1] ?? "";
        error = `${caught.message ?? caught} (${line})`.replace(/\s+/g, " ");
      }
      const gaps = (await this.gaps()).slice(seen);
      seen += gaps.length;
      let outcome = error || gaps.length ? "FAILED" : "ok";
      if (gaps.length && mayBeUnsupported) outcome = "unsupported";
      counts[outcome] += 1;
      const reason = [...new Set(gaps)].join("; ") || error;
      console.log(outcome.padEnd(11), name + (reason ? `: ${reason}` : ""));
    }
    console.log(JSON.stringify(counts));
    console.log(`${counts.ok} passed of ${this.list.length} tried`);
    return counts.FAILED;
  }

  /** Ask the sandbox's control interface and return its answer. Throws with its refusal. */
  async control(method, path, body) {
    const headers = body ? { "Content-Type": "application/json" } : {};
    const response = await fetch(this.world.control_url + path, { method, headers, body: body && JSON.stringify(body) });
    const answer = await response.json();
    assert.equal(response.status, 200, JSON.stringify(answer));
    return answer;
  }

  /** Let a person do something, such as `act("alice", "click", { channel, message, button: "Join" })`. */
  act(person, what, body) {
    return this.control("POST", `/people/${person}/${what}`, body);
  }

  async gaps() {
    return (await this.control("GET", "/calls")).gaps;
  }

  /** Return the number of calls such as `POST /channels/{channel_id}/messages 429`. */
  async calls(call) {
    return (await this.control("GET", "/calls")).calls[call] ?? 0;
  }

  /** Wait until the asynchronous `fact()` is true. */
  async until(fact, milliseconds = 15_000) {
    for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(50)) {
      if (await fact()) return;
    }
    throw new Error(`not true within ${milliseconds} ms: ${fact}`);
  }

  /** Let `act` happen and return what `emitter` tells of `event` then, as a list of its arguments. */
  async heard(emitter, event, act, check = () => true) {
    let listener;
    const told = new Promise((resolve) => {
      listener = (...told) => check(...told) && resolve(told);
      emitter.on(event, listener);
    });
    try {
      await act();
      return await within(told, 10_000, event);
    } finally {
      emitter.off(event, listener);
    }
  }

  /** Expect that Discord refuses `promise` with an error code. */
  async refused(promise, code) {
    try {
      await promise;
    } catch (error) {
      return same(error.code, code);
    }
    throw new Error(`not refused with ${code}`);
  }
}

// What fails while the bot answers an interaction shows in the step that waits for the answer.
process.on("unhandledRejection", (error) => console.log("error", String(error?.message ?? error).replace(/\s+/g, " ")));

module.exports = { Steps, same, sleep };
