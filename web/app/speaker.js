// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** The id of the speaker that was chosen; the system's own where it is empty. */
let chosen = "";

const isOffered = "setSinkId" in HTMLMediaElement.prototype;

/** @returns {Promise<MediaDeviceInfo[]>} none where the browser lets no page choose */
export async function speakers() {
  const all = (isOffered && await navigator.mediaDevices?.enumerateDevices()) || [];
  return all.filter(({ kind, deviceId }) => kind === "audiooutput" && deviceId);
}

/** @param {string} deviceId through which everybody is heard from now on */
export async function chooseSpeaker(deviceId) {
  chosen = deviceId;
  await Promise.all([...document.querySelectorAll("video")].map((/** @type {any} */ video) => video.setSinkId(deviceId)));
}

/** @param {any} video of somebody who came after the choice */
export function useSpeaker(video) {
  // One that is not there any more: the system's own plays.
  if (chosen) video.setSinkId(chosen).catch(() => {});
}
