// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { isByTcp, udpVerdict } from "./udp.js";
import { wordsOf } from "./words.js";

/** A connection that takes longer than this is looked for in vain, most often. */
const PATIENCE_MS = 15000;

/** How Chromium says that an address, such as that of loopback, has no way to a server. */
const NOT_FROM_HERE = /socket was closed|network interface/i;

/** @param {any[] | undefined} facts @param {string} what */
const lastState = (facts, what) => facts?.filter((/** @type {any} */ fact) => fact.what === what).at(-1)?.state;

/** @param {any[]} candidates */
const kinds = (candidates) => [...new Set(candidates.map(({ type }) => type))].join(", ") || "none";

/**
 * Why no way through the network was found, or how it was lost again.
 * @param {import("./verdict.js").Recording} recording @returns {import("./verdict.js").Verdict[]}
 */
export function pathVerdicts(recording) {
  const { environment, pair = {}, facts, elapsedMs = 0, theirs } = recording;
  /** @type {import("./verdict.js").Verdict[]} */
  const verdicts = [];
  /** @type {(severity: "error" | "warning" | "ok", code: string, evidence: string, text?: string, advice?: string) => void} */
  const add = (severity, code, evidence, text, advice) => {
    const [usual, usualAdvice] = wordsOf(code) ?? ["", ""];
    verdicts.push({ code, severity, text: text ?? usual, evidence, advice: advice ?? usualAdvice });
  };

  const changes = facts.filter(({ what }) => what === "connection");
  const state = changes.at(-1)?.state;
  const connected = changes.find((one) => one.state === "connected");
  if (state === "connected") {
    const path = facts.filter(({ what }) => what === "path").at(-1);
    const there = lastState(theirs?.facts, "connection");
    if (there === "failed") {
      add("warning", "one_sided", `Connection here: connected; there: ${there}.`);
    }
    const blocked = path && isByTcp(path) && udpVerdict(recording, "warning");
    if (blocked) verdicts.push({ ...blocked, text: "UDP is blocked here: the call goes through the relay by TCP.", advice: "Nothing needs to be done; another network may give better pictures." });
    const by = path ? `, by ${path.local}${isByTcp(path) ? ` over ${path.relay.toUpperCase()}` : ""} to ${path.remote}` : "";
    add("ok", "connected", `It was made ${connected?.at} ms after the pair began${by}.${there ? ` The other side says: ${there}.` : ""}`, "The connection stands.");
    return verdicts;
  }
  if (connected && ["disconnected", "failed", "connecting"].includes(state)) {
    add("error", "lost_after_connected", `Connected after ${connected.at} ms, “${state}” after ${changes.at(-1)?.at} ms.`);
    return verdicts;
  }

  const errors = facts.filter(({ what }) => what === "gathering error");
  const denied = errors.find(({ code }) => code === 401 || code === 403);
  const local = facts.filter(({ what }) => what === "candidate");
  const remote = pair.remoteCandidates ?? [];
  const found = theirs?.facts.filter(({ what }) => what === "candidate");
  const seen = `Candidates here: ${kinds(local)}; of the other side: ${kinds(remote)}.${theirs
    ? ` They found: ${kinds(found ?? [])}. ICE here: ${lastState(facts, "ice") ?? "new"}; there: ${lastState(theirs.facts, "ice") ?? "new"}.` : ""}`;
  const hasTurn = (environment.iceServers ?? []).some((/** @type {string} */ url) => /^turns?:/.test(url));
  const hasRelay = [...local, ...remote].some(({ type }) => type === "relay");
  const isStuck = state === "failed" || lastState(theirs?.facts, "connection") === "failed" || (elapsedMs > PATIENCE_MS && facts.some(({ what }) => what === "signaling"));
  // What cannot be reached from one address of the machine may be from another.
  const isAnswered = local.some(({ type }) => type !== "host");
  const silent = errors.find(({ code, text }) => code === 701 && !(isAnswered && NOT_FROM_HERE.test(text)));
  const blocked = udpVerdict(recording, isStuck ? "error" : "warning");
  if (denied) {
    add(hasRelay ? "warning" : "error", "turn_denied", `${denied.url} answered ${denied.code} ${denied.text}`.trim());
  } else if (blocked) {
    verdicts.push(blocked);
  } else if (silent && !hasRelay && (isStuck || !NOT_FROM_HERE.test(silent.text))) {
    add(isStuck ? "error" : "warning", "ice_server_unreachable", `${silent.url}: ${silent.code} ${silent.text}`.trim());
  }
  if (!isStuck || denied) return verdicts;
  const all = [...local, ...remote];
  if (environment.iceTransportPolicy === "relay" && !hasTurn) {
    add("error", "no_turn", seen, wordsOf("relay_without_turn")?.[0]);
  } else if (local.length > 0 && found?.length === 0 && lastState(theirs?.facts, "gathering") === "complete") {
    add("error", "no_candidates", seen, "The other side found no way out of its machine.", "There a firewall, a VPN or a browser policy forbids WebRTC.");
  } else if (local.length > 0 && remote.length === 0) {
    add("error", "one_way_candidates", seen);
  } else if (local.length === 0) {
    add("error", "no_candidates", seen);
  } else if (all.every(({ hidden }) => hidden)) {
    add("error", "mdns_only", seen);
  } else if (all.every(({ type }) => type === "host") && !hasTurn) {
    add("error", "no_turn", seen);
  } else {
    const advice = hasRelay ? "The relay was not reachable either: look at the firewall of the TURN server." : undefined;
    add("error", state === "failed" ? "ice_failed" : "connecting_too_long", seen, undefined, advice);
  }
  return verdicts;
}
