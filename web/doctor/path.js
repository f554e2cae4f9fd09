// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** A connection that takes longer than this is looked for in vain, most often. */
const PATIENCE_MS = 15000;

/** @param {any[]} candidates */
const kinds = (candidates) => [...new Set(candidates.map(({ type }) => type))].join(", ") || "none";

/**
 * Why no way through the network was found, or how it was lost again.
 * @param {import("./verdict.js").Recording} recording @returns {import("./verdict.js").Verdict[]}
 */
export function pathVerdicts({ environment, pair = {}, facts, elapsedMs = 0 }) {
  /** @type {import("./verdict.js").Verdict[]} */
  const verdicts = [];
  /** @type {(severity: "error" | "warning" | "ok", code: string, text: string, evidence: string, advice?: string) => unknown} */
  const add = (severity, code, text, evidence, advice = "") => verdicts.push({ code, severity, text, evidence, advice });

  const changes = facts.filter(({ what }) => what === "connection");
  const state = changes.at(-1)?.state;
  const connected = changes.find((one) => one.state === "connected");
  if (state === "connected") {
    add("ok", "connected", "The connection stands.", `It was made ${connected?.at} ms after the pair began.`);
    return verdicts;
  }
  if (connected && ["disconnected", "failed", "connecting"].includes(state)) {
    add("error", "lost_after_connected", "The connection stood and was lost: most likely the network has changed.",
      `Connected after ${connected.at} ms, “${state}” after ${changes.at(-1)?.at} ms.`, "Wait for the restart; if it does not help, join again.");
    return verdicts;
  }

  const errors = facts.filter(({ what }) => what === "gathering error");
  const denied = errors.find(({ code }) => code === 401 || code === 403);
  const silent = errors.find(({ code }) => code === 701);
  const local = facts.filter(({ what }) => what === "candidate");
  const remote = pair.remoteCandidates ?? [];
  const seen = `Candidates here: ${kinds(local)}; of the other side: ${kinds(remote)}.`;
  const hasTurn = (environment.iceServers ?? []).some((/** @type {string} */ url) => /^turns?:/.test(url));
  const hasRelay = [...local, ...remote].some(({ type }) => type === "relay");
  const isStuck = state === "failed" || (elapsedMs > PATIENCE_MS && facts.some(({ what }) => what === "signaling"));
  if (denied) {
    add(hasRelay ? "warning" : "error", "turn_denied", "The TURN server refuses the credentials: its secret is not the server's.",
      `${denied.url} answered ${denied.code} ${denied.text}`.trim(), "The operator has to give server and TURN server the same secret, and to compare their clocks.");
  } else if (silent && !hasRelay) {
    add(isStuck ? "error" : "warning", "ice_server_unreachable", "A STUN or TURN server cannot be reached: UDP may be blocked.",
      `${silent.url}: ${silent.code} ${silent.text}`.trim(), "Try another network; the operator can offer TURN over TCP or TLS, port 443.");
  }
  if (!isStuck || denied) return verdicts;
  const all = [...local, ...remote];
  if (environment.iceTransportPolicy === "relay" && !hasTurn) {
    add("error", "no_turn", "Only relayed ways are allowed, and no TURN server is configured.", seen, "The operator has to configure a TURN server.");
  } else if (local.length > 0 && remote.length === 0) {
    add("error", "one_way_candidates", "The candidates of the other side did not arrive.", seen, "They may be lost on the way, or their network may be gone.");
  } else if (local.length === 0) {
    add("error", "no_candidates", "No way out of this machine was found.", seen, "A firewall, a VPN or a browser policy forbids WebRTC.");
  } else if (all.every(({ hidden }) => hidden)) {
    add("error", "mdns_only", "Both sides have only hidden local addresses, which the other one cannot look up.", seen, "Configure a STUN or TURN server.");
  } else if (all.every(({ type }) => type === "host") && !hasTurn) {
    add("error", "no_turn", "Both sides have only host candidates: no TURN server is configured.", seen, "The operator has to configure a TURN server.");
  } else {
    add("error", state === "failed" ? "ice_failed" : "connecting_too_long",
      state === "failed" ? "No way between the two networks was found." : "Connecting takes too long.", seen,
      hasRelay ? "The relay was not reachable either: look at the firewall of the TURN server." : "A TURN server that can be reached would help.");
  }
  return verdicts;
}
