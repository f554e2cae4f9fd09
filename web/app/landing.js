// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { byId, memory, show } from "./dom.js";
import { showPreview } from "./preview.js";
import { suggestRoom } from "./words.js";

/**
 * The form, and the devices before the call.
 * @param {{room: string, name: string}} defaults @param {import("../sdk/index.js").LocalMedia} media
 * @param {(choice: {room: string, name: string}) => void} onJoin
 * @returns {() => void} ends it
 */
export function showLanding(defaults, media, onJoin) {
  const room = byId("room");
  const name = byId("name");
  room.value = defaults.room || suggestRoom();
  name.value = defaults.name || memory.get("name");
  byId("suggest").addEventListener("click", () => {
    room.value = suggestRoom();
  });
  show("landing");
  const hidePreview = showPreview(media);
  byId("join-form").addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const choice = { room: room.value.trim(), name: name.value.trim() };
    if (!choice.room) return room.focus();
    memory.set("name", choice.name);
    hidePreview();
    onJoin(choice);
  });
  return hidePreview;
}
