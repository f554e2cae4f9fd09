// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { Engine } from "./engine.js";
import { Decoder, encodePacket } from "./packet.js";
import { Reconnection } from "./reconnection.js";
import { Adjustable, MANAGER_DEFAULTS } from "./settings.js";
import { Socket } from "./socket.js";
import { parseTarget } from "./url.js";

/** @typedef {import("./emitter.js").Listener} Listener */

/** One connection, shared by its namespaces, and the effort to keep it. Emits `open`, `error`, `close`, `reconnect`. */
export class Manager extends Adjustable {
  /** @type {Record<string, Socket>} */
  nsps = {};
  /** @type {"closed" | "opening" | "open"} */
  _readyState = "closed";
  skipReconnect = false;
  /** @type {Engine | undefined} */
  engine;
  #decoder = new Decoder();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {any} [uri] @param {any} [opts] */
  constructor(uri, opts) {
    super();
    [uri, opts] = typeof uri === "object" && uri ? [undefined, uri] : [uri, opts];
    /** @type {Record<string, any>} */
    this.opts = { path: "/socket.io", autoConnect: true, ...MANAGER_DEFAULTS, ...opts };
    this.target = parseTarget(uri);
    this.uri = `${this.target.secure ? "https" : "http"}://${this.target.host}`;
    this._reconnection = new Reconnection(this);
    this._autoConnect = this.opts.autoConnect;
    if (this._autoConnect) this.open();
  }

  /** @param {string} nsp @param {Record<string, any>} [opts] */
  socket(nsp, opts) {
    const known = this.nsps[nsp];
    if (known && this._autoConnect) return known.connect();
    return this.nsps[nsp] ??= new Socket(this, nsp, opts ?? this.opts);
  }

  /** @param {(error?: Error) => void} [done] */
  open(done) {
    if (this._readyState !== "closed") return this;
    this._readyState = "opening";
    this.skipReconnect = false;
    const engine = this.engine = new Engine(this.target, this.opts);
    /**
     * Only the present engine is listened to, in the state it concerns.
     * @type {(state: string, listener: Listener) => Listener}
     */
    const during = (state, listener) => (...args) =>
      this.engine === engine && this._readyState === state && listener.apply(this, args);
    const fail = during("opening", (error) => {
      clearTimeout(this.#timer);
      this._readyState = "closed";
      engine.close();
      this.dispatch("error", error);
      if (done) done(error);
      else this._reconnection.start();
    });
    engine.on("open", during("opening", () => {
      clearTimeout(this.#timer);
      this._readyState = "open";
      this.#decoder = new Decoder();
      this.dispatch("open");
      done?.();
    }));
    engine.on("data", during("open", this.#onData));
    engine.on("ping", during("open", () => this.dispatch("ping")));
    engine.on("error", during("open", (error) => this.dispatch("error", error))).on("error", fail);
    engine.on("close", during("open", this.#onClose));
    const { timeout } = this.opts;
    if (timeout !== false) this.#timer = setTimeout(fail, timeout, new Error("timeout"));
    return this;
  }

  /** @param {(error?: Error) => void} [done] */
  connect(done) {
    return this.open(done);
  }

  /** @param {Socket} socket @returns {(() => void)[]} removers */
  _attach(socket) {
    /** @type {[string, Listener][]} */
    const pairs = [
      ["open", () => socket._onOpen()],
      ["packet", (packet) => packet.nsp === socket.nsp && socket._onPacket(packet)],
      ["error", (error) => socket.connected || socket.dispatch("connect_error", error)],
      ["close", (reason, description) => socket._onClose(reason, description)],
    ];
    return pairs.map(([event, listener]) => this.on(event, listener) && (() => this.off(event, listener)));
  }

  /** A socket has gone; the last one closes the connection. */
  _release() {
    if (!Object.values(this.nsps).some((socket) => socket.active)) this.disconnect();
  }

  /** Ends the connection of all namespaces, and the efforts to bring it back. */
  disconnect() {
    this.skipReconnect = true;
    this.#onClose("forced close");
  }

  /** @param {import("./packet.js").Packet} packet */
  _send(packet) {
    for (const message of encodePacket(packet)) this.engine?.write(message);
  }

  /** @param {any} message */
  #onData(message) {
    /** @type {import("./packet.js").Packet | undefined} */
    let packet;
    try {
      packet = this.#decoder.add(message);
    } catch (error) {
      return this.#onClose("parse error", error);
    }
    try {
      if (packet) this.dispatch("packet", packet);
    } catch (error) {
      // A listener that throws is reported as such; it must not take the next packet or the connection with it.
      queueMicrotask(() => { throw error; });
    }
  }

  /** @param {string} reason @param {any} [details] */
  #onClose(reason, details) {
    clearTimeout(this.#timer);
    const wasOpen = this._readyState === "open";
    this._readyState = "closed";
    this.engine?.close();
    this._reconnection.reset();
    if (wasOpen) this.dispatch("close", reason, details);
    this._reconnection.start();
  }
}
