// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { byId, memory, show } from "./dom.js";
import { suggestRoom } from "./words.js";

/** @typedef {import("../sdk/index.js").LocalMedia} LocalMedia */

/** Whether asking would not disturb: the devices were allowed before. */
async function areDevicesGranted() {
  try {
    const states = await Promise.all(["camera", "microphone"].map((name) =>
      navigator.permissions.query({ name: /** @type {PermissionName} */ (name) })));
    return states.every(({ state }) => state === "granted");
  } catch {
    return false;
  }
}

/** @param {LocalMedia} media */
function bindPreview(media) {
  const draw = () => {
    const { audio, video } = media.problems;
    const isAsked = media.stream.active || audio !== undefined || video !== undefined;
    byId("preview").dataset.video = media.isOn("video") ? "on" : "off";
    byId("preview-controls").hidden = !isAsked;
    byId("preview-start").hidden = isAsked;
    byId("preview-text").textContent = isAsked ? "Your camera is off." : "See how you look before you join.";
    const reasons = media.explain();
    byId("preview-note").textContent = reasons && `${reasons} You can still join and follow the call.`;
  };
  byId("preview-video").srcObject = media.stream;
  byId("preview-start").addEventListener("click", () => media.open());
  media.on("change", draw);
  draw();
}

/**
 * The form, and the devices before the call.
 * @param {{room: string, name: string}} defaults @param {LocalMedia} media @param {(choice: {room: string, name: string}) => void} onJoin
 */
export function showLanding(defaults, media, onJoin) {
  const room = byId("room");
  const name = byId("name");
  room.value = defaults.room || suggestRoom();
  name.value = defaults.name || memory.get("name");
  byId("suggest").addEventListener("click", () => {
    room.value = suggestRoom();
  });
  byId("join-form").addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const choice = { room: room.value.trim(), name: name.value.trim() };
    if (!choice.room) return room.focus();
    memory.set("name", choice.name);
    onJoin(choice);
  });
  bindPreview(media);
  show("landing");
  areDevicesGranted().then((isGranted) => {
    if (isGranted && document.body.dataset.view === "landing") media.open();
  });
}
