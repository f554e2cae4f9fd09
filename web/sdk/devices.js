// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** @typedef {"audio" | "video"} Kind */

/** @type {Record<Kind, MediaTrackConstraints>} */
const WISHES = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  video: { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: "user" },
};

/**
 * @param {Kind[]} kinds @param {Partial<Record<Kind, string>>} chosen ids of devices that it must be
 * @returns {Promise<MediaStreamTrack[]>}
 */
export async function openDevices(kinds, chosen) {
  if (!navigator.mediaDevices) throw new DOMException("", "InsecureContext");
  /** @type {MediaStreamConstraints} */
  const wanted = {};
  for (const kind of kinds) {
    wanted[kind] = WISHES[kind];
    // Which way a camera looks is of no account once it was chosen.
    if (chosen[kind]) wanted[kind] = { ...WISHES[kind], facingMode: undefined, deviceId: { exact: chosen[kind] } };
  }
  return (await navigator.mediaDevices.getUserMedia(wanted)).getTracks();
}

/** @param {Kind} kind @returns {Promise<MediaDeviceInfo[]>} without permission, browsers name none */
export async function listDevices(kind) {
  const all = await navigator.mediaDevices?.enumerateDevices() ?? [];
  return all.filter((device) => device.kind === `${kind}input` && device.deviceId);
}
