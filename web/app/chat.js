// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { byId, create, toast } from "./dom.js";
import { failureWords } from "./failures.js";
import { deliveryWords } from "./words.js";

/** More than anybody writes; what is longer is cut, so that nobody can flood the page of another. */
const LONGEST = 2000;

/** @param {unknown} data of a `message` @returns {string} empty where it is none of the chat */
export function chatText(data) {
  const { text } = /** @type {any} */ (data ?? {});
  return typeof text === "string" ? text.trim().slice(0, LONGEST) : "";
}

/** @param {string} who @param {string} text @param {boolean} isOwn */
function entry(who, text, isOwn) {
  const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const item = create("div", { className: isOwn ? "chat-entry own" : "chat-entry" },
    create("p", { className: "chat-from" }, create("b", { textContent: who }), ` ${time}`),
    create("p", { className: "chat-text", textContent: text }));
  return item;
}

/**
 * The conversation beside the call: `{text}` in a `message` to the room.
 * @param {import("../sdk/index.js").Room} room @returns {() => void} the remover
 */
export function bindChat(room) {
  const bound = new AbortController();
  const panel = byId("chat");
  const log = byId("chat-log");
  const button = byId("chat-open");
  let unread = 0;
  const draw = () => {
    const isOpen = !panel.hidden;
    if (isOpen) unread = 0;
    button.setAttribute("aria-expanded", String(isOpen));
    button.setAttribute("aria-label", unread ? `Chat, ${unread} unread` : "Chat");
    byId("chat-unread").textContent = unread > 99 ? "99+" : String(unread);
    byId("chat-unread").hidden = unread === 0;
    byId("chat-empty").hidden = log.childElementCount > 0;
  };
  /** @param {HTMLElement} item */
  const add = (item) => {
    log.append(item);
    log.scrollTop = log.scrollHeight;
  };
  /** @param {boolean} isOpen */
  const open = (isOpen) => {
    panel.hidden = !isOpen;
    draw();
    log.scrollTop = log.scrollHeight;
    (isOpen ? byId("chat-input") : button).focus();
  };
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const text = byId("chat-input").value.trim();
    if (!text) return;
    byId("chat-input").value = "";
    const item = entry("You", text, true);
    const fate = create("p", { className: "chat-fate", textContent: "Sending…" });
    item.append(fate);
    add(item);
    draw();
    try {
      fate.textContent = deliveryWords(await room.message({ text }));
    } catch (error) {
      item.classList.add("failed");
      fate.textContent = `Not sent: ${failureWords(/** @type {any} */ (error))}`;
    }
  };
  const remove = room.on("message", (data, peer) => {
    const text = chatText(data);
    if (!text) return;
    const who = peer?.name || "Guest";
    add(entry(who, text, false));
    if (panel.hidden) {
      unread += 1;
      toast(`${who}: ${text.length > 80 ? `${text.slice(0, 79)}…` : text}`);
    }
    draw();
  });
  button.addEventListener("click", () => open(panel.hidden), bound);
  byId("chat-close").addEventListener("click", () => open(false), bound);
  panel.addEventListener("keydown", (/** @type {KeyboardEvent} */ { key }) => key === "Escape" && open(false), bound);
  byId("chat-form").addEventListener("submit", send, bound);
  log.replaceChildren();
  draw();
  return () => {
    bound.abort();
    remove();
    panel.hidden = true;
  };
}
