// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { CallState } from "../sdk/index.js";
import { byId, toast } from "./dom.js";
import { failureSentence } from "./failures.js";
import { startTone } from "./tone.js";
import { callWords } from "./words.js";

/** @typedef {import("../sdk/index.js").Call} Call */

/** How long a call rings where nothing else is known. */
const RINGS_MS = 30000;

/**
 * The dialog of calls that ring, ours and those of others: one after the other.
 * @param {(call: Call, who: string) => void} onAnswered @param {(words: string) => void} onOver what has become of one, in words
 */
export function bindRingDialog(onAnswered, onOver) {
  const dialog = byId("ring-dialog");
  /** @type {{call: Call, who: string, began: number}[]} the first one is shown */
  const ringing = [];
  let hush = () => {};
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;

  const drawTime = () => {
    const { call, began } = ringing[0];
    // By our own clock, which the server's need not agree with; what it says is how long, at most.
    const lasts = Math.min(Math.max(call.info.expiresAt - began, 1000) || RINGS_MS, 4 * RINGS_MS);
    const left = Math.max(0, began + lasts - Date.now());
    byId("ring-time").value = left / lasts;
    byId("ring-time-words").textContent = `Rings for another ${Math.ceil(left / 1000)} s`;
  };
  const draw = () => {
    clearInterval(timer);
    hush();
    hush = () => {};
    if (ringing.length === 0) return dialog.open && dialog.close();
    const { call: { isIncoming }, who } = ringing[0];
    byId("ring-title").textContent = isIncoming ? `${who} is ringing` : `Ringing ${who}…`;
    byId("ring-accept").hidden = byId("ring-decline").hidden = !isIncoming;
    byId("ring-cancel").hidden = isIncoming;
    drawTime();
    timer = setInterval(drawTime, 500);
    if (byId("ring-sound").checked) hush = startTone();
    if (!dialog.open) dialog.showModal();
    byId(isIncoming ? "ring-accept" : "ring-cancel").focus();
  };
  /** @param {Call} call @param {string} who @param {any} [news] */
  const over = (call, who, news) => {
    const index = ringing.findIndex((one) => one.call === call);
    if (index < 0) return;
    ringing.splice(index, 1);
    draw();
    if (call.state === CallState.ACCEPTED) return onAnswered(call, who);
    onOver(callWords(call, who, news?.action));
  };
  const act = (/** @type {"accept" | "decline" | "cancel"} */ verb) =>
    /** @type {Promise<any> | undefined} */ (ringing[0]?.call[verb]())?.catch((error) => toast(failureSentence(error)));

  for (const verb of /** @type {const} */ (["accept", "decline", "cancel"])) byId(`ring-${verb}`).addEventListener("click", () => act(verb));
  dialog.addEventListener("cancel", (/** @type {Event} */ event) => {
    event.preventDefault();
    if (ringing.length > 0) act(ringing[0].call.isIncoming ? "decline" : "cancel");
  });
  return {
    /** @param {Call} call @param {string} who rings, or is rung */
    add(call, who) {
      ringing.push({ call, who, began: Date.now() });
      call.on("state", (_, news) => over(call, who, news));
      if (call.state === CallState.RINGING) draw();
      else over(call, who);
    },
    /** Nobody is to be rung any more, and nobody rings. */
    clear() {
      for (const { call } of ringing.splice(0)) (call.isIncoming ? call.decline("busy") : call.cancel()).catch(() => {});
      draw();
    },
  };
}
