// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { SessionState } from "../sdk/index.js";
import { byId, memory, toast } from "./dom.js";
import { failureSentence } from "./failures.js";
import { bindRingDialog } from "./ring-dialog.js";
import { refusalSentence } from "./refusals.js";

/** @typedef {import("../sdk/index.js").Session} Session */

/**
 * Ring somebody, and be rung, from the landing page: whoever opens the panel is online under the name in the form.
 * @param {(name: string) => Session} connectAs @param {(call: import("../sdk/index.js").Call, who: string) => void} onAnswered
 * @returns {() => void} ends it
 */
export function bindRinging(connectAs, onAnswered) {
  const panel = byId("ring");
  const name = byId("name");
  /** @type {Session | undefined} */
  let session;
  let problem = "";

  const draw = () => {
    const isOnline = session?.state === SessionState.CONNECTED;
    const as = session?.welcome?.user ?? name.value.trim();
    byId("ring-do").disabled = !isOnline;
    byId("ring-state").textContent = isOnline ? `While this page is open, you can be rung as “${as}”.`
      : problem || (session ? "Connecting…" : "Fill in your name above: it is what others see, and ring.");
    panel.dataset.state = isOnline ? "online" : "offline";
  };
  const dialog = bindRingDialog((call, who) => {
    // From now on the session is the call's.
    session = undefined;
    dialog.clear();
    panel.open = false;
    onAnswered(call, who);
  }, (words) => {
    byId("ring-news").textContent = words;
    if (words) toast(words);
  });
  const stop = () => {
    dialog.clear();
    session?.close();
    session = undefined;
  };
  const restart = () => {
    const as = name.value.trim();
    stop();
    problem = "";
    if (panel.open && as) {
      const opened = session = connectAs(as);
      memory.set("name", as);
      opened.on("state", draw);
      opened.on("problem", (error) => {
        problem = refusalSentence(error);
        draw();
      });
      opened.on("call", (call) => session === opened ? dialog.add(call, call.info.name || call.info.user || "Somebody") : call.decline("busy"));
    }
    draw();
  };
  const ring = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const to = byId("ring-to").value.trim();
    if (!to || !session) return;
    byId("ring-news").textContent = "";
    byId("ring-do").disabled = true;
    try {
      dialog.add(await session.call(to, { media: { audio: true, video: true } }), to);
    } catch (error) {
      byId("ring-news").textContent = failureSentence(error);
    }
    draw();
  };
  panel.addEventListener("toggle", restart);
  name.addEventListener("change", () => panel.open && restart());
  byId("ring-form").addEventListener("submit", ring);
  byId("ring-sound").checked = memory.get("ring-sound") === "on";
  byId("ring-sound").addEventListener("change", (/** @type {any} */ { target }) => memory.set("ring-sound", target.checked ? "on" : ""));
  // It may have been opened before this module came.
  restart();
  return () => {
    stop();
    panel.open = false;
  };
}
