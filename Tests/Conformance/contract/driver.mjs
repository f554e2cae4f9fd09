// SPDX-License-Identifier: Apache-2.0
// Parley's own browser client in Node.js, led by JSON lines: orders come in, what the clients see goes out.
import { createInterface } from "node:readline";
import { io } from "../../../web/socket.io/index.js";

const clients = new Map();
const tell = (report) => process.stdout.write(`${JSON.stringify(report)}\n`);

class Client {
  /** What is answered to an event: an object, or "hold" for nothing until the test says so. */
  policies = {};
  acks = new Map();
  count = 0;

  constructor(number, { url, transports, auth }) {
    this.tell = (report) => tell({ client: number, ...report });
    this.socket = io(url, {
      transports, auth, forceNew: true, reconnectionDelay: 10, reconnectionDelayMax: 20, randomizationFactor: 0,
    });
    this.socket.on("connect", () => {
      const { id, recovered } = this.socket;
      this.tell({ state: "connect", id, recovered, transport: this.socket.io.engine.transport.name });
    });
    this.socket.on("disconnect", (reason) => this.tell({ state: "disconnect", reason }));
    this.socket.on("connect_error", ({ message, data }) => this.tell({ state: "connect_error", message, data }));
    this.socket.onAny((name, ...args) => this.hear(name, args));
  }

  hear(name, args) {
    const event = ++this.count;
    const ack = typeof args.at(-1) === "function" ? args.pop() : undefined;
    const policy = this.policies[name] ?? { ok: true };
    this.tell({ event, name, args, wantsAck: !!ack });
    if (ack && policy === "hold") this.acks.set(event, ack);
    else ack?.(policy);
  }

  emit({ name, args, ask }) {
    if (ask === undefined) this.socket.emit(name, ...args);
    else this.socket.emit(name, ...args, (...answer) => this.tell({ answer: ask, args: answer }));
  }

  policy({ name, policy }) { this.policies[name] = policy; }
  ack({ event, answer }) { this.acks.get(event)(answer); }
  /** Confirmed when the next attempt begins, so that none is on its way over the old transport. */
  transports({ transports }) {
    this.socket.io.opts.transports = transports;
    this.socket.io.once("reconnect_attempt", () => this.tell({ state: "transports" }));
  }

  auth({ auth }) { this.socket.auth = auth; }
  disconnect() { this.socket.disconnect(); }
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const { client, order, ...details } = JSON.parse(line);
  if (order === "connect") clients.set(client, new Client(client, details));
  else clients.get(client)?.[order](details);
  if (order === "disconnect") clients.delete(client);
}).on("close", () => process.exit());

tell({ ready: typeof WebSocket === "function" });
