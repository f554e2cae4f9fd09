// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { announce, byId, toast } from "./dom.js";

/**
 * The button that shares the screen. It is not there where the browser shares none, as on phones.
 * @param {import("../sdk/index.js").Room} room @param {() => void} onChange @returns {() => void} the remover
 */
export function bindSharing(room, onChange) {
  const bound = new AbortController();
  const button = byId("share");
  button.hidden = !navigator.mediaDevices?.getDisplayMedia;
  const draw = () => {
    const isOn = room.screen !== undefined;
    button.setAttribute("aria-pressed", String(isOn));
    button.querySelector("span").textContent = isOn ? "Stop sharing" : "Share";
    button.title = `${isOn ? "Stop sharing" : "Share your screen"} (S)`;
    button.setAttribute("aria-label", isOn ? "Stop sharing your screen" : "Share your screen");
    onChange();
  };
  button.addEventListener("click", async () => {
    if (room.screen) return room.stopSharing();
    try {
      await room.shareScreen();
    } catch (error) {
      // Also where somebody changed their mind in the browser's own dialog, about which there is nothing to say.
      const { name } = /** @type {Error} */ (error);
      if (name !== "NotAllowedError") toast("The screen could not be shared.");
    }
  }, bound);
  const remove = room.on("sharing", (isOn) => {
    draw();
    announce(isOn ? "You share your screen" : "You no longer share your screen");
  });
  draw();
  return () => {
    bound.abort();
    remove();
  };
}
