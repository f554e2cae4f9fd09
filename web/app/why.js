// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { Recorder } from "../doctor/recorder.js";
import { judge } from "../doctor/verdict.js";
import { byId, create } from "./dom.js";

/** @param {import("../doctor/recorder.js").Fact} fact */
const factWords = ({ at: _, what, ...details }) => [what, ...Object.values(details).filter((one) => typeof one !== "boolean" && one !== undefined)].join(" · ");

/** @param {import("../doctor/verdict.js").Recording} recording */
function draw(recording) {
  byId("why-verdicts").replaceChildren(...judge(recording).map(({ code, severity, text, evidence, advice }) => {
    const item = create("li", {}, create("b", { textContent: text }), create("p", { textContent: evidence }), create("p", { textContent: advice }));
    Object.assign(item.dataset, { code, severity });
    return item;
  }));
  byId("why-facts").replaceChildren(...recording.facts.map((fact) =>
    create("li", {}, create("time", { textContent: `${fact.at} ms` }), ` ${factWords(fact)}`)));
}

/**
 * Records every pair from its first moment on.
 * @param {import("../sdk/index.js").Room} room @param {import("../sdk/index.js").LocalMedia} media
 */
export function bindWhy(room, media) {
  /** @type {Map<string, Recorder>} by peer id */
  const recorders = new Map();
  /** @type {{state?: string, reason?: string, code?: string}} */
  let line = {};
  /** @type {{code?: string}} why the room would not have us */
  let refusal = {};
  const { session } = room;
  const removers = [
    room.on("peer:joined", (peer) => recorders.set(peer.id, new Recorder(peer))),
    room.on("peer:left", ({ id }) => [recorders.get(id)?.stop(), recorders.delete(id)]),
    session.on("state", (state, reason, code) => { line = { state, reason, code }; }),
    session.on("problem", ({ code }) => { line = { ...line, code }; }),
    session.on("welcome", () => { line = {}; }),
    room.on("problem", ({ code }) => { refusal = { code }; }),
  ];
  /** @param {string} [id] of a peer; without one, what is known before there is any @returns {import("../doctor/verdict.js").Recording} */
  const recording = (id = "") => {
    const { video: camera, audio: microphone } = media.problems;
    const environment = { secure: isSecureContext, camera, microphone, session: { ...line, state: session.state }, room: refusal };
    return recorders.get(id)?.snapshot(environment) ?? { environment, facts: [] };
  };
  for (const peer of room.peers.values()) recorders.set(peer.id, new Recorder(peer));
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
    stop: () => removers.forEach((remove) => remove()),
  };
}
