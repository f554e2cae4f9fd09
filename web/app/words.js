// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { failureWords } from "./failures.js";

const FIRST = "amber brave bright calm clear coral crisp early fair fresh gentle golden kind lucky mellow merry misty noble olive plain quick quiet rosy sage silver smooth snowy sunny swift velvet warm wild".split(" ");
const SECOND = "autumn birch cedar cloud comet delta ember fern field forest garden harbour heron island juniper lake linen maple marble meadow moon oak otter pebble pine plum river robin stone summer thistle willow".split(" ");
const THIRD = "anchor arch atlas bell boat bridge cabin candle canvas compass corner deck drum feather gate hearth kite lamp ladder lantern letter oar path pillow porch quill sail spoon table tower wagon window".split(" ");

/** @param {string[]} words */
const pick = (words) => words[crypto.getRandomValues(new Uint32Array(1))[0] % words.length];

/** A room name that can be said aloud. With 32 words in each place a guess hits an open room once in 32,768 times at best. */
export const suggestRoom = () => [FIRST, SECOND, THIRD].map(pick).join("-");

/** @param {string | undefined} name */
export function initials(name) {
  const words = (name ?? "").trim().split(/\s+/).filter(Boolean);
  // A name that ends with a sign still has its letters.
  const named = words.filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const [first, ...others] = named.length ? named : words;
  const letters = [first, ...others.slice(-1)].filter(Boolean);
  return letters.map((word) => [...word][0].toUpperCase()).join("") || "?";
}

/** @param {string} text @param {number} count @returns {number} always the same for the same text */
export function bucket(text, count) {
  let hash = 7;
  for (const char of text) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return hash % count;
}

/**
 * What the state of a peer is called on the page.
 * @type {Record<string, string>}
 */
export const PEER_WORDS = {
  new: "Waiting",
  connecting: "Connecting…",
  connected: "Connected",
  interrupted: "Unstable connection",
  restarting: "Reconnecting…",
  failed: "Connection failed",
  closed: "Left",
};

/** @type {Record<string, string>} */
export const TRANSPORT_WORDS = { websocket: "WebSocket", polling: "long polling" };

/** @type {Record<string, string>} */
export const ROLE_WORDS = { owner: "Owner", moderator: "Moderator" };

/**
 * The icon for each state of a receipt.
 * @type {Record<string, string>}
 */
export const RECEIPT_SIGNS = { sent: "sent", delivered: "delivered", applied: "delivered", queued: "queued", failed: "failed" };

/**
 * What has become of the last offer or answer, never more than is known.
 * @param {{type: string, state: string, code?: string, message?: string}} receipt
 */
export function receiptWords({ type, state, code, message }) {
  const what = type === "answer" ? "Answer" : "Offer";
  if (state === "queued") return `${what} queued until they are back`;
  if (state !== "failed") return `${what} ${state}`;
  return `${what} failed: ${failureWords({ code, message })}`;
}

/**
 * What has become of a message to the room, never more than is known.
 * @param {{delivered?: string[], queued?: string[], failed?: unknown[]}} receipt
 */
export function deliveryWords({ delivered = [], queued = [], failed = [] }) {
  const parts = [
    delivered.length && (queued.length || failed.length) && `Delivered to ${delivered.length}`,
    queued.length && `${queued.length} will get it when they are back`,
    failed.length && `${failed.length} did not confirm it`,
  ].filter(Boolean);
  if (parts.length) return parts.join(", ");
  return delivered.length ? "Delivered" : "Nobody else is here";
}

/**
 * Why a peer has gone, after their name.
 * @type {Record<string, string>}
 */
export const LEFT_WORDS = {
  timeout: "lost the connection",
  kicked: "was removed",
  banned: "was removed",
  disconnected: "lost the connection",
  rejoined: "",
  closed: "",
};

/**
 * What has become of a call that rang; nothing where whoever looks at the page has done it.
 * @param {{state: string, isIncoming: boolean}} call @param {string} who @param {string} [action] of another device
 */
export function callWords({ state, isIncoming }, who, action) {
  /** @type {Record<string, string>} */
  const ours = {
    declined: `${who} declined.`, timeout: `${who} did not answer.`, busy: `${who} is in another call.`,
    unreachable: `Nobody can be rung as “${who}” just now.`, ended: "The connection was lost.",
  };
  /** @type {Record<string, string>} */
  const theirs = {
    cancelled: `${who} rings no more.`, timeout: `You missed a call of ${who}.`, ended: "The connection was lost.",
    elsewhere: action === "declined" ? "Declined on another device." : "Answered on another device.",
  };
  return (isIncoming ? theirs : ours)[state] ?? "";
}
