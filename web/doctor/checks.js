// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { problemWords } from "../app/problems.js";
import { connect, SessionState } from "../sdk/index.js";
import { describeCandidate } from "./recorder.js";
import { kindWords } from "./words.js";

const PATIENCE_MS = 12000;

/** @param {string} kind audio or video */
export async function checkDevice(kind) {
  if (!navigator.mediaDevices) throw new Error(problemWords(kind, "InsecureContext"));
  const stream = await navigator.mediaDevices.getUserMedia({ [kind]: true }).catch(({ name }) => {
    throw new Error(`${problemWords(kind, name)} (${name})`);
  });
  for (const track of stream.getTracks()) track.stop();
  return "It can be used.";
}

/**
 * A real connection by one transport alone.
 * @param {string} transport @returns {Promise<RTCIceServer[]>} what the server offers to connections
 */
export async function checkTransport(transport) {
  const session = connect({ forceNew: true, remember: false, reconnection: false, transports: [transport] });
  try {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`No answer in ${PATIENCE_MS / 1000} s.`)), PATIENCE_MS);
      session.on("welcome", () => [clearTimeout(timer), resolve(session.iceServers)]);
      session.on("problem", (error) => [clearTimeout(timer), reject(error)]);
    });
  } finally {
    if (session.state !== SessionState.CLOSED) session.close();
  }
}

/**
 * Asks one ICE server alone.
 * @param {RTCIceServer} [server] without one, only what this machine knows of itself
 * @returns {Promise<string>} the kinds of candidates; fails with what the server said
 */
export async function checkGathering(server) {
  const pc = new RTCPeerConnection({ iceServers: server ? [server] : [] });
  const kinds = new Set();
  const errors = new Set();
  const isTurn = server && /^turns?:/.test(String(server.urls));
  try {
    await new Promise((resolve) => {
      setTimeout(resolve, PATIENCE_MS);
      pc.onicegatheringstatechange = () => pc.iceGatheringState === "complete" && resolve(undefined);
      pc.onicecandidate = ({ candidate }) => candidate?.candidate && kinds.add(describeCandidate(candidate.candidate).type);
      pc.onicecandidateerror = (/** @type {any} */ { errorCode, errorText }) => errors.add(`${errorCode} ${errorText}`.trim());
      pc.createDataChannel("check");
      pc.setLocalDescription().catch(resolve);
    });
  } finally {
    pc.close();
  }
  const wanted = isTurn ? "relay" : server ? "srflx" : "host";
  // On the server's own machine a reflexive candidate equals the host's, and is left out by the browser.
  if (!kinds.has(wanted) && (wanted !== "srflx" || errors.size > 0)) throw new Error([...errors].join("; ") || `This machine did not find ${kindWords(wanted)} (${wanted}).`);
  return `This machine found ${[...kinds].map((kind) => `${kindWords(kind)} (${kind})`).join(", ")}.`;
}
