// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { Emitter, transportError } from "./emitter.js";

const SEPARATOR = "\x1e";

/** @param {BlobPart} data @returns {Promise<string>} */
async function toBase64(data) {
  const bytes = new Uint8Array(await new Blob([data]).arrayBuffer());
  let text = "";
  for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return btoa(text);
}

/** @param {string} packet */
const fromPayload = (packet) =>
  packet[0] === "b" ? Uint8Array.from(atob(packet.slice(1)), (char) => char.charCodeAt(0)).buffer : packet;

/** Long polling: one GET always open, one POST at a time. Emits `packet`, `drain`, `error`. */
export class Polling extends Emitter {
  name = "polling";
  writable = false;
  #url;
  #opts;
  #polling = false;
  #closed = false;
  #abort = new AbortController();
  /** @type {(() => void) | undefined} */
  #paused;

  /** @param {(query?: Record<string, any>) => string} url @param {Record<string, any>} opts */
  constructor(url, opts) {
    super();
    this.#url = url;
    this.#opts = opts;
  }

  open() {
    this.#poll();
  }

  /** @param {any[]} packets */
  async send(packets) {
    this.writable = false;
    const parts = packets.map(async (packet) => typeof packet === "string" ? packet : `b${await toBase64(packet)}`);
    try {
      await this.#request({ method: "POST", body: (await Promise.all(parts)).join(SEPARATOR) });
    } catch (error) {
      return this.#fail("xhr post error", error);
    }
    if (this.#closed) return;
    this.writable = true;
    this.dispatch("drain");
    this.#settle();
  }

  /**
   * Stops polling once what is on its way has arrived, for the upgrade.
   * @param {() => void} done
   */
  pause(done) {
    this.#paused = done;
    this.#settle();
  }

  /** The upgrade did not happen after all. */
  resume() {
    this.#paused = undefined;
    if (!this.#polling && !this.#closed) this.#poll();
  }

  /** Tells the server, while it can still be told: the request outlives the page. */
  close() {
    if (this.#closed) return;
    this.#closed = true;
    if (this.writable) this.#goodbye();
  }

  /** The session goes on elsewhere. */
  abandon() {
    this.#closed = true;
  }

  /** @param {string} [sid] */
  #goodbye(sid) {
    this.#request({ method: "POST", body: "1", keepalive: true }, sid).catch(() => {}).then(() => this.#abort.abort());
  }

  async #poll() {
    this.#polling = true;
    let text;
    try {
      text = await this.#request({});
    } catch (error) {
      return this.#fail("xhr poll error", error);
    }
    this.#polling = false;
    const packets = text.split(SEPARATOR);
    // Closed while the handshake was on its way: the server has a session by now that nobody wants.
    if (this.#closed && packets[0][0] === "0") this.#goodbye(JSON.parse(packets[0].slice(1)).sid);
    for (const packet of packets) if (!this.#closed) this.dispatch("packet", fromPayload(packet));
    if (this.#paused) this.#settle();
    else if (!this.#closed) this.#poll();
  }

  #settle() {
    if (!this.#polling && this.writable && !this.#closed) this.#paused?.();
  }

  /** @param {RequestInit} init @param {string} [sid] */
  async #request(init, sid) {
    const { withCredentials, extraHeaders } = this.#opts;
    const response = await fetch(this.#url(sid ? { sid } : {}), {
      ...init,
      headers: extraHeaders,
      credentials: withCredentials ? "include" : "same-origin",
      signal: this.#abort.signal,
    });
    if (!response.ok) throw response.status;
    return response.text();
  }

  /** @param {string} message @param {any} description */
  #fail(message, description) {
    if (this.#closed) return;
    this.#closed = true;
    this.#abort.abort();
    this.dispatch("error", transportError(message, description));
  }
}
