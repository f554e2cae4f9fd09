// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { SessionState } from "../sdk/index.js";
import { announce, byId } from "./dom.js";
import { explain } from "./problems.js";
import { TRANSPORT_WORDS } from "./words.js";

/** @typedef {import("../sdk/index.js").Session} Session */

/**
 * The badge and the banner: how the line to the server is.
 * @param {Session} session @returns {() => void} the remover
 */
export function showConnection(session) {
  let wasConnected = false;
  const draw = () => {
    const { state } = session;
    const transport = state === SessionState.CONNECTED ? session.transport : undefined;
    /** @type {Record<string, string>} */
    const words = {
      [SessionState.CONNECTING]: "Connecting…",
      [SessionState.CONNECTED]: "Connected",
      [SessionState.RECONNECTING]: "Reconnecting…",
      [SessionState.CLOSED]: "Disconnected",
    };
    byId("badge").hidden = false;
    byId("badge").dataset.state = state;
    byId("badge").dataset.transport = transport ?? "";
    byId("badge-state").textContent = words[state];
    byId("badge-transport").textContent = TRANSPORT_WORDS[transport ?? ""] ?? "";
    const isLost = state === SessionState.RECONNECTING;
    byId("banner").hidden = !isLost;
    byId("banner-text").textContent = "You are reconnecting to the server. The call itself goes on meanwhile.";
    if (isLost) announce("Connection to the server lost. Reconnecting.");
    else if (state === SessionState.CONNECTED && wasConnected) announce("Connected again.");
    wasConnected ||= state === SessionState.CONNECTED;
  };
  // Soon after the beginning the client goes over to WebSocket.
  const follow = () => session.socket.io.engine?.once("upgrade", () => byId("badge").hidden || draw());
  const removers = [session.on("state", draw), session.on("welcome", follow)];
  draw();
  return () => {
    removers.forEach((remove) => remove());
    byId("badge").hidden = true;
    byId("banner").hidden = true;
  };
}

/**
 * What whoever runs the server has to say; it stays until it has been read.
 * @param {Session} session @returns {() => void} the remover
 */
export function showNotices(session) {
  const close = () => { byId("operator").hidden = true; };
  const remove = session.on("notice", ({ text }) => {
    byId("operator").hidden = false;
    byId("operator-text").textContent = `From the server: ${text}`;
  });
  byId("operator-close").addEventListener("click", close);
  return () => [remove(), close()];
}

/**
 * What the devices cannot do, and what that means for the others.
 * @param {import("../sdk/index.js").LocalMedia} media @returns {() => void} the remover
 */
export function showDeviceProblems(media) {
  const draw = () => {
    const { audio, video } = media.problems;
    const effect = audio && video ? "The others cannot see or hear you."
      : audio ? "The others cannot hear you." : "The others see your name instead of a picture.";
    byId("notice").hidden = !audio && !video;
    byId("notice-text").textContent = `${explain(media.problems)} ${effect}`;
  };
  const retry = () => media.open({ audio: media.problems.audio !== undefined, video: media.problems.video !== undefined });
  const remove = media.on("change", draw);
  byId("notice-retry").addEventListener("click", retry);
  draw();
  return () => {
    remove();
    byId("notice-retry").removeEventListener("click", retry);
  };
}
