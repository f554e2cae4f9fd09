// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { Manager } from "./manager.js";
import { Socket } from "./socket.js";
import { parseTarget, toQuery } from "./url.js";

/** Revision of the Socket.IO protocol. */
export const protocol = 5;

/**
 * Connections by origin: namespaces of the same server share one.
 * @type {Record<string, Manager>}
 */
const managers = {};

/**
 * The socket of a namespace; `io()` alone is the namespace "/" of the server the page came from.
 * @param {any} [uri] @param {any} [opts] @returns {Socket}
 */
export function io(uri, opts) {
  [uri, opts] = typeof uri === "object" && uri ? [undefined, uri] : [uri, opts ?? {}];
  const { secure, host, nsp, query } = parseTarget(uri);
  const id = `${secure} ${host} ${opts.path}`;
  const options = query && !opts.query ? { ...opts, query: toQuery(query) } : opts;
  const isAlone = opts.forceNew || opts.multiplex === false || managers[id]?.nsps[nsp];
  const manager = isAlone ? new Manager(uri, options) : managers[id] ??= new Manager(uri, options);
  return manager.socket(nsp, options);
}

Object.assign(io, { Manager, Socket, io, connect: io, protocol });

export { Manager, Socket, io as connect };
