// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** @type {Record<string, string>} */
const DEVICE = { audio: "microphone", video: "camera" };

/** @type {Record<string, (device: string) => string>} */
const REASONS = {
  NotAllowedError: (device) => `Permission to use the ${device} was not given.`,
  SecurityError: (device) => `This page is not allowed to use the ${device}.`,
  NotFoundError: (device) => `No ${device} was found.`,
  OverconstrainedError: (device) => `No suitable ${device} was found.`,
  NotReadableError: (device) => `The ${device} is in use by another program.`,
  AbortError: (device) => `The ${device} could not be started.`,
  InsecureContext: (device) => `Browsers only give pages the ${device} over HTTPS or on localhost.`,
  Ended: (device) => `The ${device} was disconnected.`,
};

/** @param {string} kind @param {string} name of the error @returns {string} the reason in words */
export const describeProblem = (kind, name) =>
  (REASONS[name] ?? ((device) => `The ${device} is not available (${name}).`))(DEVICE[kind]);
