// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { announce, byId, create, icon, toast } from "./dom.js";
import { problemWords } from "./problems.js";

/** @typedef {import("../sdk/index.js").LocalMedia} LocalMedia */

const LABELS = {
  audio: { on: "Mute", off: "Unmute", long: "microphone", key: "M", icon: "mic" },
  video: { on: "Stop video", off: "Start video", long: "camera", key: "V", icon: "cam" },
};

/** @param {HTMLElement} button @param {LocalMedia} media */
function drawToggle(button, media) {
  const kind = /** @type {"audio" | "video"} */ (button.dataset.toggle);
  const { on, off, long, key, icon: name } = LABELS[kind];
  const isOn = media.isOn(kind);
  const label = isOn ? on : off;
  button.replaceChildren(icon(isOn ? name : `${name}-off`), create("span", { textContent: label }));
  button.dataset.on = String(isOn);
  button.title = `${label} (${key})`;
  button.setAttribute("aria-label", `${isOn ? "Turn off" : "Turn on"} ${long}`);
  button.classList.toggle("has-problem", media.problems[kind] !== undefined);
}

/** @param {LocalMedia} media @param {"audio" | "video"} kind */
export async function toggle(media, kind) {
  const { long } = LABELS[kind];
  await media.set(kind, !media.isOn(kind));
  const problem = media.problems[kind];
  if (problem && !media.isOn(kind)) toast(problemWords(kind, problem));
  else announce(`${long[0].toUpperCase()}${long.slice(1)} ${media.isOn(kind) ? "on" : "off"}`);
}

/**
 * Ties every toggle on the page to the devices.
 * @param {LocalMedia} media
 */
export function bindToggles(media) {
  const buttons = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-toggle]")]);
  const draw = () => buttons.forEach((button) => drawToggle(button, media));
  media.on("change", draw);
  draw();
  for (const button of buttons) {
    button.addEventListener("click", () => toggle(media, /** @type {"audio" | "video"} */ (button.dataset.toggle)));
  }
}

/**
 * The raised hand of this page.
 * @param {import("../sdk/index.js").Room} room @param {(isUp: boolean) => void} onChange @returns {() => void} the remover
 */
export function bindHand(room, onChange) {
  const bound = new AbortController();
  const button = byId("hand");
  const draw = () => {
    const isUp = room.metadata.hand === true;
    button.setAttribute("aria-pressed", String(isUp));
    button.querySelector("span").textContent = isUp ? "Lower hand" : "Raise hand";
    button.title = `${isUp ? "Lower hand" : "Raise hand"} (H)`;
    onChange(isUp);
  };
  const turn = () => {
    room.update({ hand: room.metadata.hand !== true });
    announce(room.metadata.hand ? "Hand raised" : "Hand lowered");
    draw();
  };
  button.addEventListener("click", turn, bound);
  // Another page's moderator can lower it.
  const remove = room.on("moderated", ({ action }) => action === "lower_hand" && queueMicrotask(draw));
  draw();
  return () => {
    bound.abort();
    remove();
  };
}
