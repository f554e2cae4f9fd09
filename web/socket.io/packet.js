// SPDX-License-Identifier: Apache-2.0
// @ts-check

/**
 * @typedef {object} Packet
 * @property {number} type
 * @property {string} nsp
 * @property {number} [id]
 * @property {any} [data]
 */

export const CONNECT = 0;
export const DISCONNECT = 1;
export const EVENT = 2;
export const ACK = 3;
export const CONNECT_ERROR = 4;
/** Added to the type of an event or ack that has binary attachments. */
const WITH_BINARY = 3;

/** Names that belong to the library: an application cannot send them, and a server that does is faulty. */
export const RESERVED = ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

/** @param {any} value */
export const isBinary = (value) =>
  value instanceof ArrayBuffer || ArrayBuffer.isView(value) || value instanceof Blob;

/**
 * Text of the packet, followed by its binary attachments.
 * The replacer looks at the holder, not at the value, because Buffer-like views turn themselves into JSON first.
 * @param {Packet} packet @returns {any[]}
 */
export function encodePacket({ type, nsp, id, data }) {
  /** @type {any[]} */
  const attachments = [];
  const json = data === undefined ? "" : JSON.stringify(data, function (key, value) {
    return isBinary(this[key]) ? { _placeholder: true, num: attachments.push(this[key]) - 1 } : value;
  });
  const head = attachments.length ? `${type + WITH_BINARY}${attachments.length}-` : `${type}`;
  return [head + (nsp === "/" ? "" : `${nsp},`) + (id ?? "") + json, ...attachments];
}

/** @param {any} value @param {any[]} attachments @returns {any} */
function fill(value, attachments) {
  if (!value || typeof value !== "object") return value;
  if (value._placeholder === true) {
    if (typeof value.num !== "number" || !(value.num in attachments)) throw new Error("invalid packet");
    return attachments[value.num];
  }
  for (const key of Object.keys(value)) value[key] = fill(value[key], attachments);
  return value;
}

/** @param {number} type @param {any} data */
function isValid(type, data) {
  const isRecord = data instanceof Object && !Array.isArray(data);
  if (type === CONNECT) return isRecord || data === undefined;
  if (type === DISCONNECT) return data === undefined;
  if (type === CONNECT_ERROR) return isRecord || typeof data === "string";
  if (!Array.isArray(data)) return false;
  return type === ACK || (["string", "number"].includes(typeof data[0]) && !RESERVED.includes(data[0]));
}

/** Turns text and binary messages back into packets. Throws at the first fault: the connection must then be closed. */
export class Decoder {
  /** @type {any} */
  #packet;
  /** @type {any[]} */
  #attachments = [];
  #count = 0;

  /** @param {any} message @returns {Packet | undefined} the packet this message completes */
  add(message) {
    const isText = typeof message === "string";
    if (isText === !!this.#packet) throw new Error("invalid packet");
    if (isText) this.#packet = this.#parse(message);
    else this.#attachments.push(message);
    if (this.#attachments.length < this.#count) return undefined;
    const packet = this.#packet;
    packet.data = fill(packet.data, this.#attachments);
    this.#packet = undefined;
    this.#attachments = [];
    return packet;
  }

  /** @param {string} text @returns {Packet} */
  #parse(text) {
    const match = /^(?:([0-4])|([56])(\d+)-)(?:(\/[^,]*)(?:,|$))?(\d+)?/.exec(text);
    if (!match) throw new Error("invalid packet");
    const [head, plain, binary, count, nsp = "/", id] = match;
    const type = Number(plain ?? Number(binary) - WITH_BINARY);
    const data = head === text ? undefined : JSON.parse(text.slice(head.length));
    if (!isValid(type, data)) throw new Error("invalid packet");
    this.#count = Number(count ?? 0);
    return { type, nsp, id: id ? Number(id) : undefined, data };
  }
}
