// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { chosenPath } from "./chosen.js";

/** How many facts of one pair are kept: a call that fails does so early, and one that restarts for hours says nothing new. */
const REMEMBERED = 256;

const PATH_ATTEMPTS = 6;

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
  /** Called after each fact. */
  onNote = () => {};
  /** @type {{elapsedMs: number, beginMs: number, policy?: string, facts: Fact[]} | undefined} what the other side last said of itself */
  theirs;
  #begin = performance.now();
  #peer;
  #removers;

  /** @param {import("../sdk/index.js").Peer} peer */
  constructor(peer) {
    this.#peer = peer;
    const { pc } = peer;
    /** @type {[string, (event: any) => void][]} */
    const listeners = [
      ["icecandidate", ({ candidate }) => candidate?.candidate && this.note("candidate", { ...describeCandidate(candidate.candidate), relay: candidate.relayProtocol ?? undefined })],
      ["icecandidateerror", ({ url, errorCode: code, errorText: text }) => this.note("gathering error", { url, code, text })],
      ["icegatheringstatechange", () => this.note("gathering", { state: pc.iceGatheringState })],
      ["signalingstatechange", () => this.note("signaling", { state: pc.signalingState, negotiated: Boolean(pc.currentRemoteDescription) })],
      ["iceconnectionstatechange", () => this.note("ice", { state: pc.iceConnectionState })],
      ["connectionstatechange", () => this.#noteConnection()],
    ];
    for (const [event, listener] of listeners) pc.addEventListener(event, listener);
    this.#removers = [
      ...listeners.map(([event, listener]) => () => pc.removeEventListener(event, listener)),
      peer.on("receipt", ({ type, state, code, message }) => this.note("description", { type, state, code, message })),
      peer.on("problem", ({ name, code, message }) => this.note("problem", { name, code, message })),
    ];
  }

  async #noteConnection() {
    const { pc } = this.#peer;
    this.note("connection", { state: pc.connectionState });
    // The figures may not know yet what the connection does.
    for (let attempt = 0; attempt < PATH_ATTEMPTS && pc.connectionState === "connected"; attempt++) {
      const path = await chosenPath(pc).catch(() => undefined);
      if (path) return this.note("path", path);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  /** @param {{elapsedMs: number, policy?: string, facts: Fact[]}} summary of the other side; their recording began before it arrived here */
  hear(summary) {
    const beginMs = this.#elapsedMs - summary.elapsedMs;
    this.theirs = { ...summary, beginMs: Math.min(beginMs, this.theirs?.beginMs ?? beginMs) };
  }

  get #elapsedMs() {
    return Math.round(performance.now() - this.#begin);
  }

  /** @param {string} what @param {Record<string, any>} [details] */
  note(what, details = {}) {
    this.facts.push({ at: this.#elapsedMs, what, ...details });
    if (this.facts.length > REMEMBERED) this.facts.shift();
    this.onNote();
  }

  /** @returns {import("./verdict.js").Recording} as it stands now, without addresses, names and secrets */
  snapshot(environment = {}) {
    const { pc, presence, initiator, polite } = this.#peer;
    const { iceServers = [], iceTransportPolicy } = pc.getConfiguration();
    const lines = pc.remoteDescription?.sdp.match(/(?<=^a=)candidate:.*/gm) ?? [];
    return {
      environment: { iceServers: iceServers.flatMap(({ urls }) => urls), iceTransportPolicy, ...environment },
      pair: { presence, initiator, polite, remoteCandidates: lines.map(describeCandidate) },
      elapsedMs: this.#elapsedMs,
      facts: [...this.facts],
      ...(this.theirs && { theirs: this.theirs }),
    };
  }

  stop() {
    for (const remove of this.#removers) remove();
  }
}
