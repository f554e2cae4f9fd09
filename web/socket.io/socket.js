// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { Acks, answerOnce } from "./acks.js";
import { ACK, CONNECT, DISCONNECT, EVENT, RESERVED } from "./packet.js";
import { FlaggedEmitter } from "./flags.js";
import { RetryQueue } from "./retries.js";

/** One namespace of one connection. Of its events `connect`, `connect_error` and `disconnect` are its own. */
export class Socket extends FlaggedEmitter {
  recovered = false;
  /** @type {string | undefined} */
  id;
  /** @type {any[][]} */
  receiveBuffer = [];
  /** @type {any[]} */
  sendBuffer = [];
  _pid = "";
  _lastOffset = "";
  #acks = new Acks();
  #retries;
  /** @type {(() => void)[] | undefined} */
  #subscriptions;

  /** @param {any} io @param {string} nsp @param {Record<string, any>} [opts] */
  constructor(io, nsp, opts = {}) {
    super();
    this.io = io;
    this.nsp = nsp;
    this.auth = opts.auth;
    this._opts = opts;
    this.#retries = new RetryQueue(this, opts.retries);
    if (io._autoConnect) this.open();
  }

  /** True while the socket is connected, or will connect without being asked again. */
  get active() {
    return !!this.#subscriptions;
  }

  connect() {
    if (this.connected) return this;
    const isNew = !this.active;
    this.#subscriptions ??= this.io._attach(this);
    if (isNew && this.io._readyState === "open") this._onOpen();
    else if (!this.io._reconnection.isRunning) this.io.open();
    return this;
  }

  open() {
    return this.connect();
  }

  disconnect() {
    if (this.connected) this.io._send({ type: DISCONNECT, nsp: this.nsp });
    this.#detach();
    if (this.connected) this._onClose("io client disconnect");
    return this;
  }

  close() {
    return this.disconnect();
  }

  /** @param {string} event @param {any[]} args */
  emit(event, ...args) {
    if (RESERVED.includes(event)) throw new Error(`"${event}" is a reserved event name`);
    const data = [event, ...args];
    const { flags } = this;
    this.flags = {};
    if (this._opts.retries && !flags.isRetry && !flags.volatile) return this.#retries.add(data, flags);
    /** @type {any} */
    const packet = { type: EVENT, data };
    if (typeof data.at(-1) === "function") {
      const listener = data.pop();
      const timeout = flags.timeout ?? this._opts.ackTimeout;
      packet.id = this.#acks.add(listener, timeout !== undefined || listener.withError, timeout, (id) => {
        this.sendBuffer = this.sendBuffer.filter((waiting) => waiting !== packet);
      });
    }
    if (!flags.volatile || this.io.engine?.transport?.writable) this.#send(packet);
    return this;
  }

  _onOpen() {
    const { nsp, _pid: pid, _lastOffset: offset } = this;
    const send = (data = {}) => this.io._send({ type: CONNECT, data: { ...(pid && { pid }), ...(offset && { offset }), ...data }, nsp });
    if (typeof this.auth === "function") this.auth(send);
    else send(this.auth);
  }

  /** @param {import("./packet.js").Packet} packet */
  _onPacket({ type, data, id }) {
    if (type === CONNECT) this.#onConnect(data ?? {});
    else if (type === EVENT) {
      const { id: sid } = this;
      if (id !== undefined) data.push(answerOnce((answer) => this.#send({ type: ACK, id, data: answer, sid })));
      if (this.connected) this.#deliver(data);
      else this.receiveBuffer.push(data);
    } else if (type === ACK) this.#acks.resolve(id, data);
    else {
      this.#detach();
      if (type === DISCONNECT) this._onClose("io server disconnect");
      else this.dispatch("connect_error", Object.assign(new Error(data.message ?? data), { data: data.data }));
    }
  }

  /** @param {string} reason @param {any} [description] */
  _onClose(reason, description) {
    this.connected = false;
    this.id = undefined;
    this.dispatch("disconnect", reason, description);
    this.#acks.fail((id) => this.sendBuffer.some((packet) => packet.type === EVENT && packet.id === id));
  }

  /** @param {{sid?: string, pid?: string}} data */
  #onConnect({ sid, pid = "" }) {
    this.id = sid;
    this.recovered = pid !== "" && this._pid === pid;
    this._pid = pid;
    if (!this.recovered) this._lastOffset = "";
    this.connected = true;
    for (const args of this.receiveBuffer.splice(0)) this.#deliver(args);
    for (const packet of this.sendBuffer.splice(0)) this.#send(packet);
    this.#retries.drain(true);
    this.dispatch("connect");
  }

  /** @param {any[]} args */
  #deliver(args) {
    if (this._pid && typeof args.at(-1) === "string") this._lastOffset = args.at(-1);
    this.tap(args, true);
    this.dispatch(args[0], ...args.slice(1));
  }

  /** @param {any} packet nothing goes out before the server's CONNECT, an ack only into the session whose event it answers */
  #send(packet) {
    const { sid, ...rest } = packet;
    if (!this.connected || this.io.engine.heartbeat.expired) this.sendBuffer.push(packet);
    else if (!sid || sid === this.id) {
      if (rest.type === EVENT) this.tap(rest.data, false);
      this.io._send({ ...rest, nsp: this.nsp });
    }
  }

  #detach() {
    this.#subscriptions?.forEach((remove) => remove());
    this.#subscriptions = undefined;
    this.io._release();
  }
}
