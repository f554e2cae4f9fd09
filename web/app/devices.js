// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { byId, create } from "./dom.js";
import { explain } from "./problems.js";
import { chooseSpeaker, speakers } from "./speaker.js";

/** @typedef {import("../sdk/index.js").LocalMedia} LocalMedia */

/**
 * @param {HTMLSelectElement} select @param {MediaDeviceInfo[]} devices @param {string | undefined} current
 */
function fill(select, devices, current) {
  const kept = current ?? select.value;
  select.replaceChildren(...devices.map(({ deviceId, label }, index) =>
    create("option", { value: deviceId, textContent: label || `${select.dataset.word} ${index + 1}` })));
  if (devices.length === 0) select.append(create("option", { textContent: `No ${select.dataset.word?.toLowerCase()} to choose` }));
  select.disabled = devices.length === 0;
  if (devices.some(({ deviceId }) => deviceId === kept)) select.value = kept;
}

/**
 * The dialog to choose camera, microphone and speaker, before the call and in it.
 * @param {LocalMedia} media
 */
export function bindDevices(media) {
  const problem = byId("devices-problem");
  const draw = async () => {
    if (!byId("devices-dialog").open) return;
    for (const kind of /** @type {const} */ (["audio", "video"])) {
      fill(byId(`choose-${kind}`), await media.devices(kind), media.track(kind)?.getSettings().deviceId);
    }
    const outputs = await speakers();
    fill(byId("choose-speaker"), outputs, undefined);
    // Not every browser lets a page say where its sound goes.
    byId("choose-speaker").parentElement.hidden = outputs.length === 0;
    problem.textContent = explain(media.problems);
  };
  for (const kind of /** @type {const} */ (["audio", "video"])) {
    byId(`choose-${kind}`).addEventListener("change", (/** @type {any} */ { target }) => media.use(kind, target.value));
  }
  byId("choose-speaker").addEventListener("change", async (/** @type {any} */ { target }) => {
    try {
      await chooseSpeaker(target.value);
    } catch {
      problem.textContent = "This speaker cannot be used.";
    }
  });
  media.on("change", draw);
  media.on("devices", draw);
  for (const button of document.querySelectorAll("[data-devices]")) {
    button.addEventListener("click", () => {
      byId("devices-dialog").showModal();
      draw();
    });
  }
}
