// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { create } from "../app/dom.js";
import { act, inputOf } from "./ask.js";

/**
 * The form with a room's settings.
 * @param {import("./desk.js").Desk} desk @param {any} room @param {() => void} saved called when they are
 */
export function settingsForm(desk, { room, settings }, saved) {
  const { capacity, locked, password, lobby, public: isPublic } = settings;
  const form = create("form", { className: "fields settings" },
    inputOf({ name: "capacity", label: "Capacity", type: "number", value: capacity, required: true, min: 1 }),
    inputOf({ name: "password", label: "Password", type: "password", hint: password ? "There is one. What is written here replaces it." : "There is none." }),
    ...(password ? [inputOf({ name: "open", label: "Take the password away", type: "checkbox", value: false })] : []),
    inputOf({ name: "locked", label: "Locked: nobody else may join", type: "checkbox", value: locked }),
    inputOf({ name: "lobby", label: "Lobby: a moderator lets people in", type: "checkbox", value: lobby }),
    inputOf({ name: "public", label: "In the public list", type: "checkbox", value: isPublic }));
  const save = create("button", { className: "small primary", textContent: "Save" });
  save.dataset.changes = "";
  form.append(save);
  form.addEventListener("input", () => { form.dataset.edited = ""; });
  form.addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    const { capacity, password, open, locked, lobby, public: isPublic } = form.elements;
    const wanted = { capacity: Number(capacity.value), locked: locked.checked, lobby: lobby.checked, public: isPublic.checked,
      ...(open?.checked ? { password: null } : password.value && { password: password.value }) };
    if (!await act(desk, "settings", { room, settings: wanted }, "The settings are saved.")) return;
    delete form.dataset.edited;
    saved();
  });
  return form;
}
