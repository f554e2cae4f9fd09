// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { connect } from "../sdk/index.js";
import { chosenPath } from "./chosen.js";
import { Recorder } from "./recorder.js";
import { summarize } from "./summary.js";
import { judge } from "./verdict.js";
import { kindWords } from "./words.js";

/** Longer than the search for a way through the network may take. */
const PATIENCE_MS = 20000;

/**
 * A call of this page with itself, by way of the server: two peers in a room that nobody else knows, and data in place of pictures.
 * @returns {Promise<string>} how it went; fails with the verdict
 */
export async function checkCall() {
  const options = { forceNew: true, remember: false, reconnection: false };
  const [caller, callee] = [connect(options), connect(options)];
  const name = `check ${[...crypto.getRandomValues(new Uint32Array(4))].join("-")}`;
  /** @type {Recorder[]} of both sides */
  const recorders = [];
  try {
    return await new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error(words(recorders))), PATIENCE_MS);
      for (const session of [caller, callee]) session.on("problem", reject);
      const echo = callee.join(name);
      echo.on("peer:joined", (peer) => { recorders.push(new Recorder(peer)); });
      echo.on("channel", (channel) => { channel.onmessage = ({ data }) => channel.send(data); });
      echo.ready.then(() => {
        caller.join(name).on("peer:joined", (peer) => {
          const recorder = new Recorder(peer);
          recorders.push(recorder);
          const channel = peer.channel("check");
          const begin = performance.now();
          channel.onopen = () => channel.send(name);
          channel.onmessage = async ({ data }) => data === name && resolve(await path(peer.pc, recorder, Math.round(performance.now() - begin)));
        });
      }, reject);
    });
  } finally {
    for (const recorder of recorders) recorder.stop();
    for (const session of [caller, callee]) session.close();
  }
}

/**
 * The gravest of what both sides know.
 * @param {Recorder[]} recorders
 */
function words(recorders) {
  if (recorders.length < 2) return `The two sides did not meet in a room within ${PATIENCE_MS / 1000} s.`;
  const [one, other] = recorders;
  one.hear(summarize(other.snapshot()));
  const [{ text, evidence }] = judge(one.snapshot());
  return `${text} ${evidence}`;
}

/** @param {RTCPeerConnection} pc @param {Recorder} recorder @param {number} tookMs */
async function path(pc, recorder, tookMs) {
  const { local, remote } = await chosenPath(pc) ?? { local: "unknown", remote: "unknown" };
  const offer = recorder.facts.find(({ what, type, state }) => what === "description" && type === "offer" && state === "applied");
  return `The offer was applied after ${offer?.at ?? "?"} ms, and data came back after ${tookMs} ms, from ${kindWords(local)} to ${kindWords(remote)}.`;
}
