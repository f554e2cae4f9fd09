// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { Emitter, transportError } from "./emitter.js";

/** One packet per WebSocket message. Emits `open`, `packet`, `drain`, `close`, `error`. */
export class SocketTransport extends Emitter {
  name = "websocket";
  writable = false;
  #url;
  #opts;
  /** @type {WebSocket | undefined} */
  ws;

  /** @param {() => string} url @param {Record<string, any>} opts */
  constructor(url, opts) {
    super();
    this.#url = url;
    this.#opts = opts;
  }

  open() {
    try {
      this.ws = new WebSocket(this.#url(), this.#opts.protocols ?? []);
    } catch (error) {
      return queueMicrotask(() => this.dispatch("error", error));
    }
    this.ws.binaryType = "arraybuffer";
    this.ws.onopen = () => {
      this.writable = true;
      this.dispatch("open");
    };
    this.ws.onmessage = ({ data }) => this.dispatch("packet", data);
    this.ws.onclose = (context) => this.dispatch("close", { description: "network connection closed", context });
    this.ws.onerror = (event) => this.dispatch("error", transportError("websocket error", event));
  }

  /** @param {any[]} packets */
  send(packets) {
    this.writable = false;
    for (const packet of packets) this.ws?.send(packet);
    queueMicrotask(() => {
      this.writable = true;
      this.dispatch("drain");
    });
  }

  close() {
    if (!this.ws) return;
    this.ws.onerror = null;
    this.ws.close();
  }
}
