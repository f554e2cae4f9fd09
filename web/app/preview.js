// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { byId } from "./dom.js";
import { watchMicrophone } from "./level.js";
import { explain } from "./problems.js";

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

/** @param {number} level from 0 to 1 */
function drawLevel(level) {
  const percent = Math.round(level * 100);
  byId("meter").setAttribute("aria-valuenow", String(percent));
  byId("meter").style.setProperty("--level", `${percent}%`);
}

/**
 * Camera and microphone before the call.
 * @param {LocalMedia} media @returns {() => void} the remover
 */
export function showPreview(media) {
  let unwatch = () => {};
  let isWatched = false;
  const draw = () => {
    const { audio, video } = media.problems;
    const isAsked = media.stream.active || audio !== undefined || video !== undefined;
    byId("preview").dataset.video = media.isOn("video") ? "on" : "off";
    byId("preview-controls").hidden = !isAsked;
    byId("preview-start").hidden = isAsked;
    byId("preview-text").textContent = isAsked ? "Your camera is off." : "See how you look before you join.";
    // Without a track the page would wait for the element and count as loading.
    const stream = media.stream.active ? media.stream : null;
    if (byId("preview-video").srcObject !== stream) byId("preview-video").srcObject = stream;
    const hasMicrophone = media.track("audio") !== null;
    byId("meter-row").hidden = !hasMicrophone;
    if (hasMicrophone && !isWatched) {
      isWatched = true;
      unwatch = watchMicrophone(media, drawLevel);
    }
    const reasons = explain(media.problems);
    byId("preview-note").textContent = reasons && `${reasons} You can still join and follow the call.`;
  };
  const open = () => media.open();
  byId("preview-start").addEventListener("click", open);
  const remove = media.on("change", draw);
  draw();
  areDevicesGranted().then((isGranted) => {
    if (isGranted && document.body.dataset.view === "landing") media.open();
  });
  return () => {
    unwatch();
    remove();
    byId("preview-start").removeEventListener("click", open);
    byId("preview-video").srcObject = null;
  };
}
