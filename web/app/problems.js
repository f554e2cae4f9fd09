// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** @type {Record<string, string>} by what the SDK calls the problem; `%` is the device */
const REASONS = {
  NotAllowedError: "Permission to use the % was not given. You can give it next to the address.",
  SecurityError: "This page is not allowed to use the %.",
  NotFoundError: "No % was found.",
  OverconstrainedError: "No suitable % was found.",
  NotReadableError: "The % is in use by another program.",
  AbortError: "The % could not be started.",
  InsecureContext: "Browsers only give pages the % over HTTPS or on localhost.",
  Ended: "The % was disconnected.",
};

/** @type {Record<string, string>} */
const DEVICES = { audio: "microphone", video: "camera" };

/** @param {string} kind @param {string} problem @returns {string} the reason in words */
export const problemWords = (kind, problem) =>
  (REASONS[problem] ?? `The % is not available (${problem}).`).replace("%", DEVICES[kind] ?? kind);

/** @param {{audio?: string, video?: string}} problems @returns {string} all of them in one text, empty if there are none */
export function explain({ audio, video }) {
  if (audio && audio === video) return problemWords("camera or microphone", video);
  return [audio && problemWords("audio", audio), video && problemWords("video", video)].filter(Boolean).join(" ");
}
