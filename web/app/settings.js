// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { byId } from "./dom.js";
import { failureSentence } from "./failures.js";

/** @typedef {import("../sdk/index.js").Room} Room */

/** @param {Room} room whether this page may moderate */
export const isModerator = (room) => ["owner", "moderator"].includes(room.self?.role);

/**
 * The dialog with what a moderator may set. What it shows is what the server says, not what was clicked.
 * @param {Room} room @returns {() => void} the remover
 */
export function bindSettings(room) {
  const bound = new AbortController();
  /** @param {string} id @param {string} event @param {(event: any) => void} listener */
  const listen = (id, event, listener) => byId(id).addEventListener(event, listener, bound);
  const switches = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll("[data-setting]")]);

  const draw = () => {
    const settings = room.info?.settings ?? {};
    byId("room-settings").hidden = !isModerator(room);
    if (!isModerator(room)) byId("settings-dialog").close();
    for (const one of switches) one.checked = settings[/** @type {string} */ (one.dataset.setting)] === true;
    byId("room-password-remove").hidden = !settings.password;
    byId("room-password-hint").textContent = settings.password ? "Newcomers are asked for the password." : "Nobody is asked for a password.";
    byId("room-password-set").textContent = settings.password ? "Change" : "Set";
    document.body.dataset.locked = String(settings.locked === true);
    byId("room-lock").toggleAttribute("hidden", settings.locked !== true);
  };
  /** @param {Record<string, any>} settings */
  const change = async (settings) => {
    byId("settings-problem").textContent = "";
    try {
      await room.updateRoom(settings);
    } catch (error) {
      byId("settings-problem").textContent = failureSentence(error);
    }
    draw();
  };

  listen("room-settings", "click", () => {
    byId("settings-problem").textContent = "";
    byId("settings-dialog").showModal();
  });
  for (const one of switches) {
    one.addEventListener("change", () => change({ [/** @type {string} */ (one.dataset.setting)]: one.checked }), bound);
  }
  listen("room-password-form", "submit", (event) => {
    event.preventDefault();
    const { value } = byId("room-password");
    byId("room-password").value = "";
    if (value) change({ password: value });
  });
  listen("room-password-remove", "click", () => change({ password: null }));
  const removers = [room.on("updated", draw), room.on("self", draw), room.on("state", draw)];
  return () => {
    bound.abort();
    removers.forEach((remove) => remove());
    byId("settings-dialog").close();
    byId("room-settings").hidden = true;
    byId("room-lock").setAttribute("hidden", "");
  };
}
