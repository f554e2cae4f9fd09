// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { transportError } from "./emitter.js";
import { Polling } from "./polling.js";
import { engineUrl, toQuery } from "./url.js";
import { SocketTransport } from "./websocket.js";

const TRANSPORTS = ["polling", "websocket"];

/** @param {string[]} [names] in the order in which they are tried; others that the official client has are passed over */
export const knownTransports = (names = TRANSPORTS) => names.filter((name) => TRANSPORTS.includes(name));

const PACKET_NAMES = ["open", "close", "ping", "pong", "message", "upgrade", "noop"];

/** @typedef {import("./emitter.js").Emitter & Record<string, any>} Transport */

/** @param {any} packet @returns {[string, any]} */
export const splitPacket = (packet) =>
  typeof packet === "string" ? [PACKET_NAMES[+packet[0]], packet.slice(1) || undefined] : ["message", packet];

/**
 * A transport that asks the engine for its session at each request.
 * @param {any} engine @param {string} name @returns {Transport}
 */
export function createTransport(engine, name) {
  const { target } = engine;
  const opts = { ...engine.opts, ...engine.opts.transportOptions?.[name] };
  const isPolling = name === "polling";
  const scheme = (isPolling ? "http" : "ws") + (target.secure ? "s" : "");
  /** @param {Record<string, any>} [extra] */
  const url = (extra) => engineUrl(`${scheme}://${target.host}`, opts, {
    ...toQuery(opts.query), EIO: 4, transport: name, ...(engine.id && { sid: engine.id }), ...extra,
    ...((opts.timestampRequests ?? isPolling) && { [opts.timestampParam ?? "t"]: Math.random().toString(36) }),
  });
  return isPolling ? new Polling(url, opts) : new SocketTransport(url, opts);
}

/** @param {any} engine what is tried where its transport did not get through */
export function nextTransport({ opts: { transports, tryAllTransports }, readyState, transport }) {
  return tryAllTransports && readyState === "opening" && transports[transports.indexOf(transport.name) + 1];
}

/** @param {any} packet @returns {number} bytes in a polling request, where binary is base64; never too few */
const packetBytes = (packet) => new Blob([packet]).size * (typeof packet === "string" ? 1 : 4 / 3) + 4;

/**
 * How many packets fit into one request; at least one.
 * @param {any[]} packets @param {number} limit
 */
export function batchLength(packets, limit) {
  let bytes = packetBytes(packets[0]);
  for (let count = 1; count < packets.length; count++) {
    bytes += packetBytes(packets[count]);
    if (bytes > limit) return count;
  }
  return packets.length;
}

/**
 * Tries a WebSocket beside the polling that goes on, and switches when the server has answered through it.
 * @param {any} engine @returns {() => void} gives up the attempt
 */
export function probeUpgrade(engine) {
  const candidate = createTransport(engine, "websocket");
  let settled = false;
  /** @param {any} reason */
  const fail = (reason) => {
    if (settled) return;
    settled = true;
    candidate.off().close();
    engine.transport.resume?.();
    engine.upgrading = false;
    engine.flush();
    engine.dispatch("upgradeError", transportError("probe error", reason));
  };
  candidate.once("open", () => candidate.send(["2probe"]));
  candidate.once("packet", (packet) => {
    if (packet !== "3probe") return fail(packet);
    engine.upgrading = true;
    engine.dispatch("upgrading", candidate);
    engine.transport.pause(() => {
      if (settled) return;
      settled = true;
      engine.adopt(candidate.off());
    });
  });
  candidate.on("error", fail).on("close", fail);
  candidate.open();
  return () => fail("closed");
}
