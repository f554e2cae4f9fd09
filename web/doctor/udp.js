// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { wordsOf } from "./words.js";

/** A server that answers does so within a fraction of this; browsers go on asking for up to 40 seconds. */
const ANSWER_MS = 10000;

/** @param {string} url of an ICE server @returns {boolean} whether it is asked by UDP */
export const isAskedByUdp = (url) => /^(stun|turn):/.test(url) && !/transport=tcp/.test(url);

/** @param {any} fact a candidate that somebody else had to answer for, by UDP */
const isByUdp = ({ what, type, relay = "udp" }) => what === "candidate" && (type === "srflx" || (type === "relay" && relay === "udp"));

/** @param {any} fact a relay that was found, or is used, by TCP or TLS */
export const isByTcp = ({ relay }) => relay === "tcp" || relay === "tls";

/**
 * Whether UDP gets through: no ICE server answers by it, while there are answers by TCP, or to the other side.
 * @param {import("./verdict.js").Recording} recording @param {"error" | "warning"} severity
 * @returns {import("./verdict.js").Verdict | undefined} nothing where UDP is not to blame, or not known to be
 */
export function udpVerdict({ environment, facts, elapsedMs = 0, theirs }, severity) {
  const asked = (environment.iceServers ?? []).filter(isAskedByUdp);
  const gathering = facts.filter(({ what }) => what === "gathering");
  const errors = facts.filter(({ what, url = "" }) => what === "gathering error" && !/transport=tcp/.test(url));
  if (asked.length === 0 || gathering.length === 0 || facts.some(isByUdp) || errors.some(({ code }) => code !== 701)) return undefined;
  const timedOut = errors.find(({ text }) => /timed out/i.test(text));
  const waitedMs = elapsedMs - gathering[0].at;
  // A browser leaves out the public address that it has itself, so that only a relay is missed where the search has ended.
  const isMissed = gathering.at(-1)?.state !== "complete" || asked.some((/** @type {string} */ url) => url.startsWith("turn:"));
  if (!timedOut && (waitedMs < ANSWER_MS || !isMissed)) return undefined;
  const [usual, advice] = /** @type {[string, string]} */ (wordsOf("udp_blocked"));
  const text = facts.some(isByTcp) ? "UDP is blocked here: the TURN server answers by TCP, and not by UDP."
    : theirs?.facts.some(isByUdp) ? "UDP is blocked here: the other side gets answers by UDP, and this side none." : usual;
  const evidence = timedOut ? `${timedOut.url}: ${timedOut.code} ${timedOut.text}` : `No answer for ${Math.round(waitedMs / 1000)} s from ${asked.join(", ")}.`;
  return { code: "udp_blocked", severity, text, evidence, advice };
}
