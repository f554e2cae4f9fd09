// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { exchange } from "../doctor/exchange.js";
import { Recorder } from "../doctor/recorder.js";
import { timeline } from "../doctor/timeline.js";
import { judge } from "../doctor/verdict.js";
import { byId, create } from "./dom.js";

/** @param {import("../doctor/verdict.js").Recording} recording */
function draw(recording) {
  byId("why-verdicts").replaceChildren(...judge(recording).map(({ code, severity, text, evidence, advice }) => {
    const item = create("li", {}, create("b", { textContent: text }), create("p", { textContent: evidence }), create("p", { textContent: advice }));
    Object.assign(item.dataset, { code, severity });
    return item;
  }));
  byId("why-facts").replaceChildren(...timeline(recording).map(({ at, side, words }) => {
    const item = create("li", {}, create("time", { textContent: `${at} ms` }), create("b", { textContent: side === "here" ? "here" : "there" }), ` ${words}`);
    item.dataset.side = side;
    return item;
  }));
  byId("why-silent").hidden = recording.theirs !== undefined;
}

/**
 * Records every pair from its first moment on.
 * @param {import("../sdk/index.js").Room} room @param {import("../sdk/index.js").LocalMedia} media
 */
export function bindWhy(room, media) {
  /** @type {Map<string, {recorder: Recorder, awaySince?: number, stop: () => void}>} by peer id */
  const pairs = new Map();
  /** @type {{state?: string, reason?: string, code?: string}} */
  let line = {};
  /** @type {{code?: string}} why the room would not have us */
  let refusal = {};
  const { session } = room;
  const onExpired = () => { refusal = { code: "auth_expired" }; };
  session.socket.on("auth:expired", onExpired);
  const removers = [
    room.on("peer:joined", (peer) => record(peer)),
    room.on("peer:left", ({ id }) => [pairs.get(id)?.stop(), pairs.delete(id)]),
    room.on("peer:away", ({ id }) => Object.assign(pairs.get(id) ?? {}, { awaySince: Date.now() })),
    session.on("state", (state, reason, code) => { line = { state, reason, code }; }),
    session.on("problem", ({ code }) => { line = { ...line, code }; }),
    session.on("welcome", () => { line = {}; }),
    room.on("problem", ({ code }) => { refusal = { code }; }),
    () => session.socket.off("auth:expired", onExpired),
  ];
  /** @param {string} [id] of a peer; without one, what is known before there is any @returns {import("../doctor/verdict.js").Recording} */
  const recording = (id = "") => {
    const { video: camera, audio: microphone } = media.problems;
    const { recorder, awaySince = Date.now() } = pairs.get(id) ?? {};
    const resumeWindowMs = Math.max(0, (session.welcome?.resumeWindowMs ?? 0) - (Date.now() - awaySince));
    const environment = { resumeWindowMs, secure: isSecureContext, camera, microphone, session: { ...line, state: session.state }, room: refusal };
    return recorder?.snapshot(environment) ?? { environment, facts: [] };
  };
  /** @param {import("../sdk/index.js").Peer} peer */
  const record = (peer) => {
    const recorder = new Recorder(peer);
    const stop = exchange(peer, recorder, () => recording(peer.id));
    pairs.set(peer.id, { recorder, stop: () => [stop(), recorder.stop()] });
  };
  for (const peer of room.peers.values()) record(peer);
  return {
    recording,
    /** @param {import("../sdk/index.js").Peer} peer */
    open(peer) {
      byId("why-title").textContent = `The connection to ${peer.name || "Guest"}`;
      const refresh = () => draw(recording(peer.id));
      refresh();
      const timer = setInterval(refresh, 1000);
      byId("why-dialog").addEventListener("close", () => clearInterval(timer), { once: true });
      byId("why-dialog").showModal();
    },
    stop: () => [...removers, ...[...pairs.values()].map(({ stop }) => stop)].forEach((end) => end()),
  };
}
