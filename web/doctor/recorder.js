// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** How many facts of one pair are kept: a call that fails does so early, and one that restarts for hours says nothing new. */
const REMEMBERED = 256;

/** @typedef {{at: number, what: string} & Record<string, any>} Fact `at` in milliseconds since the recording began */

/**
 * What is told of a candidate: how it was found, never an address.
 * @param {string} line as in the session description
 */
export function describeCandidate(line) {
  const [, , protocol = "", , address = ""] = line.split(" ");
  const type = / typ (\w+)/.exec(line)?.[1] ?? "unknown";
  return { type, protocol: protocol.toLowerCase(), hidden: address.endsWith(".local") };
}

/** Writes down what happens to one pair, from its first moment on. Only listens: the call goes on as without it. */
export class Recorder {
  /** @type {Fact[]} */
  facts = [];
  #begin = performance.now();
  #peer;
  #removers;

  /** @param {import("../sdk/index.js").Peer} peer */
  constructor(peer) {
    this.#peer = peer;
    const { pc } = peer;
    /** @type {[string, (event: any) => void][]} */
    const listeners = [
      ["icecandidate", ({ candidate }) => candidate?.candidate && this.note("candidate", describeCandidate(candidate.candidate))],
      ["icecandidateerror", ({ url, errorCode: code, errorText: text }) => this.note("gathering error", { url, code, text })],
      ["icegatheringstatechange", () => this.note("gathering", { state: pc.iceGatheringState })],
      ["signalingstatechange", () => this.note("signaling", { state: pc.signalingState })],
      ["iceconnectionstatechange", () => this.note("ice", { state: pc.iceConnectionState })],
      ["connectionstatechange", () => this.note("connection", { state: pc.connectionState })],
    ];
    for (const [event, listener] of listeners) pc.addEventListener(event, listener);
    this.#removers = [
      ...listeners.map(([event, listener]) => () => pc.removeEventListener(event, listener)),
      peer.on("receipt", ({ type, state, code, message }) => this.note("description", { type, state, code, message })),
      peer.on("problem", ({ name, code, message }) => this.note("problem", { name, code, message })),
    ];
  }

  /** @param {string} what @param {Record<string, any>} [details] */
  note(what, details = {}) {
    this.facts.push({ at: Math.round(performance.now() - this.#begin), what, ...details });
    if (this.facts.length > REMEMBERED) this.facts.shift();
  }

  /** @returns {import("./verdict.js").Recording} as it stands now, without addresses, names and secrets */
  snapshot(environment = {}) {
    const { pc, presence, initiator, polite } = this.#peer;
    const { iceServers = [], iceTransportPolicy } = pc.getConfiguration();
    const lines = pc.remoteDescription?.sdp.match(/(?<=^a=)candidate:.*/gm) ?? [];
    return {
      environment: { iceServers: iceServers.flatMap(({ urls }) => urls), iceTransportPolicy, ...environment },
      pair: { presence, initiator, polite, remoteCandidates: lines.map(describeCandidate) },
      elapsedMs: Math.round(performance.now() - this.#begin),
      facts: [...this.facts],
    };
  }

  stop() {
    for (const remove of this.#removers) remove();
  }
}
