// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { RoomState } from "../sdk/index.js";
import { byId, create, show, toast } from "./dom.js";
import { failureSentence } from "./failures.js";

/** @typedef {import("../sdk/index.js").Room} Room */

/**
 * The screen of somebody who waits.
 * @param {Room} room
 */
export function showWaiting(room) {
  byId("waiting-text").textContent = `Somebody in “${room.id}” has to open the door for you. This page goes in by itself.`;
  byId("waiting-position").textContent = room.position === 1 ? "You are next." : room.position ? `You are number ${room.position} in line.` : "";
  show("waiting");
  byId("waiting-title").focus();
}

/**
 * The panel of those who can open.
 * @param {Room} room @returns {() => void} the remover
 */
export function showKnocks(room) {
  const fail = (/** @type {Error} */ error) => toast(failureSentence(error));
  /** @param {any} knock */
  const row = ({ peerId, name, message }) => {
    const who = name || "A guest";
    const admit = create("button", { type: "button", className: "small primary", textContent: "Admit", ariaLabel: `Admit ${who}` });
    const deny = create("button", { type: "button", className: "small secondary", textContent: "Deny", ariaLabel: `Deny ${who}` });
    admit.addEventListener("click", () => room.admit(peerId).then(({ admitted }) => admitted.length || toast("The room is full."), fail));
    deny.addEventListener("click", () => room.deny(peerId).catch(fail));
    const words = create("p", { textContent: who });
    if (message) words.append(create("small", { textContent: message }));
    const item = create("li", {}, words, deny, admit);
    item.dataset.knock = peerId;
    return item;
  };
  const draw = (/** @type {any} */ knock) => {
    const knocks = [...room.knocks.values()];
    byId("knocks").hidden = knocks.length === 0 || room.state !== RoomState.JOINED;
    byId("knocks-title").textContent = knocks.length === 1 ? "Somebody is waiting" : `${knocks.length} people are waiting`;
    byId("admit-all").hidden = knocks.length < 2;
    const hadFocus = byId("knocks").contains(document.activeElement);
    byId("knock-list").replaceChildren(...knocks.map(row));
    // The button that was pressed is gone: the keyboard goes on with the next in line.
    if (hadFocus) (byId("knock-list").querySelector(".primary") ?? byId("main")).focus();
    if (knock) toast(`${knock.name || "A guest"} is waiting to be let in`);
  };
  const admitAll = () => room.admit().catch(fail);
  byId("admit-all").addEventListener("click", admitAll);
  const removers = [room.on("knocks", draw), room.on("state", () => draw(undefined))];
  return () => {
    removers.forEach((remove) => remove());
    byId("admit-all").removeEventListener("click", admitAll);
    byId("knocks").hidden = true;
  };
}
