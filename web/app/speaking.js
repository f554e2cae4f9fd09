// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { LEVEL_PERIOD_MS, loudness, watchMicrophone } from "./level.js";

/** From which loudness on somebody counts as speaking; a quiet room stays below. */
const THRESHOLD = 0.35;
/** Between two words nobody has stopped speaking. */
const PAUSE_MS = 700;

/** @param {RTCPeerConnection} pc @returns {number} how loud it is at the other side, as the packets themselves say */
function heardFrom(pc) {
  const sources = pc.getReceivers().filter(({ track }) => track.kind === "audio").flatMap((receiver) => receiver.getSynchronizationSources());
  return loudness(Math.max(0, ...sources.map(({ audioLevel = 0 }) => audioLevel)));
}

/**
 * A ring around whoever speaks.
 * @param {import("../sdk/index.js").Room} room @param {import("../sdk/index.js").LocalMedia} media
 * @param {(peerId: string | undefined, isSpeaking: boolean) => void} draw without an id: ourselves @returns {() => void} the remover
 */
export function watchSpeaking(room, media, draw) {
  /** @type {Map<string | undefined, number>} when somebody was last heard */
  const heard = new Map();
  /** @param {string | undefined} id @param {number} level */
  const note = (id, level) => {
    const now = performance.now();
    if (level >= THRESHOLD) heard.set(id, now);
    draw(id, now - (heard.get(id) ?? -PAUSE_MS) < PAUSE_MS);
  };
  const timer = setInterval(() => {
    for (const peer of room.peers.values()) note(peer.id, peer.metadata.audio === false ? 0 : heardFrom(peer.pc));
  }, LEVEL_PERIOD_MS);
  const unwatch = watchMicrophone(media, (level) => note(undefined, level));
  return () => {
    clearInterval(timer);
    unwatch();
  };
}
