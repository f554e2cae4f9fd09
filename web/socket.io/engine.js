// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { Emitter } from "./emitter.js";
import { Heartbeat } from "./heartbeat.js";
import { isBinary } from "./packet.js";
import { watchPage } from "./page.js";
import { batchLength, createTransport, knownTransports, nextTransport, probeUpgrade, splitPacket } from "./transport.js";

/** Whether an upgrade has worked on this page, for `rememberUpgrade`. */
let websocketWorked = false;

/** One Engine.IO connection. Emits `open`, `packet`, `data`, `ping`, `upgrade`, `drain`, `error`, `close`. */
export class Engine extends Emitter {
  readyState = "opening";
  id = "";
  upgrading = false;
  /** @type {any[]} */
  writeBuffer = [];
  /** @type {any} */
  transport;
  #sent = 0;
  #maxPayload = Infinity;
  heartbeat = new Heartbeat(() => this.#onClose("ping timeout"));
  #unwatch;
  /** @type {(() => void) | undefined} */
  #stopProbe;

  /** @param {import("./url.js").Target} target @param {Record<string, any>} opts */
  constructor(target, opts) {
    super();
    /** @type {Record<string, any>} */
    this.opts = { ...opts, transports: knownTransports(opts.transports) };
    this.target = target;
    this.#unwatch = watchPage(this, () => this.#onClose("transport close", { description: "network connection closed" }));
    this.#try(this.opts.rememberUpgrade && websocketWorked ? "websocket" : this.opts.transports[0]);
  }

  /** @param {any} data one message, text or binary; nothing with a pong @param {string} [type] @param {number} [digit] */
  write(data, type = "message", digit = 4) {
    if (this.readyState !== "opening" && this.readyState !== "open") return;
    this.dispatch("packetCreate", { type, data });
    this.writeBuffer.push(isBinary(data) ? data : digit + (data ?? ""));
    this.flush();
  }

  close() {
    const finish = () => this.#onClose("forced close");
    if (this.readyState === "opening") finish();
    if (this.readyState !== "open") return;
    this.readyState = "closing";
    // What was written before still goes out; an upgrade that has begun sends it and then drains.
    if (this.writeBuffer.length || this.upgrading) this.on("drain", finish).on("upgradeError", finish);
    else finish();
  }

  /**
   * The end of an upgrade: from here on everything goes through the new transport.
   * @param {any} transport
   */
  adopt(transport) {
    this.transport.off().abandon();
    this.#use(transport);
    websocketWorked = true;
    this.#stopProbe = undefined;
    this.writeBuffer.unshift("5");
    this.upgrading = false;
    this.flush();
    this.dispatch("upgrade", transport);
  }

  /** Hands over what the transport can take; over polling at most the server's `maxPayload` in one request. */
  flush() {
    const { writeBuffer, transport } = this;
    if (this.readyState === "closed" || this.upgrading || this.#sent) return;
    if (!transport.writable || !writeBuffer.length) return;
    this.#sent = transport.name === "polling" ? batchLength(writeBuffer, this.#maxPayload) : writeBuffer.length;
    transport.send(writeBuffer.slice(0, this.#sent));
  }

  /** @param {string} name */
  #try(name) {
    this.transport?.off().close();
    this.#use(createTransport(this, name));
    this.transport.open();
  }

  /** @param {import("./transport.js").Transport} transport */
  #use(transport) {
    this.transport = transport;
    transport.on("packet", (packet) => this.#onPacket(packet));
    transport.on("close", (details) => this.#onClose("transport close", details));
    transport.on("error", (error) => this.#onError(error));
    transport.on("drain", () => {
      this.writeBuffer.splice(0, this.#sent);
      this.#sent = 0;
      if (this.writeBuffer.length) this.flush();
      else this.dispatch("drain");
    });
  }

  /** @param {any} packet */
  #onPacket(packet) {
    const [type, data] = splitPacket(packet);
    this.dispatch("packet", { type, data });
    if (type === "message") this.dispatch("data", data);
    else if (type === "open") this.#onHandshake(JSON.parse(data));
    else if (type === "close") this.#onClose("transport close", { description: "network connection closed" });
    else if (type === "ping") {
      this.heartbeat.beat();
      this.write(undefined, "pong", 3);
      this.dispatch("ping");
    }
  }

  /** @param {any} data */
  #onHandshake(data) {
    this.id = data.sid;
    this.#maxPayload = data.maxPayload ?? Infinity;
    this.heartbeat.beat(data.pingInterval + data.pingTimeout);
    this.transport.writable = true;
    this.readyState = "open";
    this.dispatch("handshake", data).dispatch("open");
    this.flush();
    const isWanted = this.opts.upgrade !== false && this.opts.transports.includes("websocket") && this.readyState === "open";
    if (isWanted && data.upgrades.includes("websocket")) this.#stopProbe = probeUpgrade(this);
  }

  /** @param {any} error */
  #onError(error) {
    websocketWorked = false;
    const next = nextTransport(this);
    if (next) return this.#try(next);
    this.dispatch("error", error);
    this.#onClose("transport error", error);
  }

  /** @param {string} reason @param {any} [details] */
  #onClose(reason, details) {
    if (this.readyState === "closed") return;
    this.readyState = "closed";
    this.heartbeat.stop();
    this.#unwatch();
    this.transport.off().close();
    this.#stopProbe?.();
    this.id = "";
    this.dispatch("close", reason, details);
  }
}
