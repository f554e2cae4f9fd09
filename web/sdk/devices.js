// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** @typedef {"audio" | "video"} Kind */

/** @type {Kind[]} */
export const KINDS = ["audio", "video"];

/**
 * Browsers take echo and noise out by themselves; of a microphone nothing else is wished.
 * @type {MediaTrackConstraints}
 */
const CAMERA = { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: "user" };

/**
 * @param {Kind[]} kinds @param {Partial<Record<Kind, string>>} chosen ids of devices that it must be
 * @returns {Promise<MediaStreamTrack[]>}
 */
export async function openDevices(kinds, chosen) {
  if (!navigator.mediaDevices) throw new DOMException("", "InsecureContext");
  /** @type {MediaStreamConstraints} */
  const wanted = {};
  for (const kind of kinds) {
    const exact = chosen[kind];
    // Which way a camera looks is of no account once it was chosen.
    wanted[kind] = { ...(kind === "video" && CAMERA), ...(exact && { facingMode: undefined, deviceId: { exact } }) };
  }
  return (await navigator.mediaDevices.getUserMedia(wanted)).getTracks();
}
