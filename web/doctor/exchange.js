// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { readSummary, summarize } from "./summary.js";
import { judge } from "./verdict.js";

/** The other side is told at most this often, and heard at most this often. */
const TELL_MS = 2000;
const HEAR_MS = 250;
/** While a connection does not stand, time alone can change what is to be said of it. */
const LOOK_MS = 5000;

/** @param {any[]} candidates @returns {Record<string, number>} how many of each kind */
function count(candidates) {
  /** @type {Record<string, number>} */
  const kinds = {};
  for (const { type } of candidates) if (["host", "srflx", "prflx", "relay"].includes(type)) kinds[type] = (kinds[type] ?? 0) + 1;
  return kinds;
}

/**
 * Tells the other side what was recorded here, hears the same from them, and tells the server the verdict. Where the other side says
 * nothing, its part stays empty.
 * @param {import("../sdk/index.js").Peer} peer @param {import("./recorder.js").Recorder} recorder
 * @param {() => import("./verdict.js").Recording} recording @returns {() => void} ends it
 */
export function exchange(peer, recorder, recording) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let heardAt = -HEAR_MS;
  const report = () => {
    const seen = recording();
    const [{ code: verdict, severity }] = judge(seen);
    peer.report({ ...(severity !== "info" && { verdict }), candidates: count(seen.facts.filter(({ what }) => what === "candidate")), remoteCandidates: count(seen.pair?.remoteCandidates ?? []) });
  };
  const tell = () => {
    timer = undefined;
    peer.signal(summarize(recording()));
    report();
  };
  recorder.onNote = () => { timer ??= setTimeout(tell, TELL_MS); };
  const stop = peer.on("signal", (data) => {
    const now = performance.now();
    if (now - heardAt < HEAR_MS) return;
    heardAt = now;
    const summary = readSummary(data);
    if (summary) recorder.hear(summary);
  });
  const clock = setInterval(() => peer.pc.connectionState !== "connected" && report(), LOOK_MS);
  return () => {
    recorder.onNote = () => {};
    clearTimeout(timer);
    clearInterval(clock);
    stop();
  };
}
