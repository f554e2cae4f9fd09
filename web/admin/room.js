// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { byId, create } from "../app/dom.js";
import { act, ask, DURATION, lock, REASON } from "./ask.js";
import { pairVerdict, reportWords } from "./pair.js";
import { banItem } from "./people.js";
import { calmly } from "./rows.js";
import { settingsForm } from "./settings.js";
import { ago, rules, who } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */

/** One room, and all that can be done about it. Drawn anew when something about it has changed. */
export class RoomView {
  #desk;
  #name = "";
  #drawn = "";
  #refresh = calmly(() => this.load());

  /** @param {Desk} desk */
  constructor(desk) {
    this.#desk = desk;
    desk.on("fact", ({ room }) => room === this.#name && this.#refresh());
    desk.on("in", () => this.#name && this.load());
    desk.on("limited", () => lock(desk));
  }

  /** @param {string} name empty: none */
  open(name) {
    this.#name = name;
    this.#drawn = "";
    byId("room").replaceChildren();
    if (name) this.load();
  }

  async load() {
    const room = this.#name;
    if (!room) return;
    /** @type {any} */
    let answer;
    let pairs = [];
    try {
      [answer, { pairs }] = await Promise.all([this.#desk.ask("room", { room }), this.#desk.ask("pairs", { room })]);
    } catch (error) {
      if (/** @type {any} */ (error).code !== "room_not_found") return; // the line is lost: what was seen last stays
    }
    if (room !== this.#name) return;
    const now = JSON.stringify([answer, pairs]);
    const isEdited = byId("room").querySelector("form[data-edited]");
    if (now === this.#drawn || isEdited && answer) return;
    this.#drawn = now;
    // Whoever stands on a button stands on its successor.
    const focus = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.key;
    byId("room").replaceChildren(...(answer ? this.#parts(answer, pairs) : this.#gone()));
    lock(this.#desk, byId("room"));
    if (focus) /** @type {HTMLElement | undefined} */ ([...byId("room").querySelectorAll("[data-key]")].find((one) => one.dataset.key === focus))?.focus();
  }

  #gone() {
    return [create("p", { className: "back" }, create("a", { href: "#rooms", textContent: "← All rooms" })), create("h1", { id: "room-title", textContent: this.#name }),
      create("p", { textContent: "There is no such room, or not any more." })];
  }

  /** @param {any} room @param {any[]} pairs @returns {HTMLElement[]} */
  #parts(room, pairs) {
    const { members, lobby, bans } = room;
    const list = (/** @type {HTMLElement[]} */ items, /** @type {string} */ empty) => items.length ? create("ul", { className: "list" }, ...items) : create("p", { className: "empty", textContent: empty });
    const part = (/** @type {string} */ title, /** @type {HTMLElement} */ content) => create("section", { className: "card part" }, create("h2", { textContent: title }), content);
    const kick = this.#button("Kick all…", "kick-all", () => this.#kick("*", "everybody"));
    const notice = this.#button("Notice…", "notice", () => this.#notice());
    const close = this.#button("Close room…", "close", () => this.#close(), "grave-text");
    const sub = [`${members.length} here`, rules(room), `since ${ago(room.createdAt)}`].filter(Boolean).join(" · ");
    return [
      create("p", { className: "back" }, create("a", { href: "#rooms", textContent: "← All rooms" })),
      create("header", { className: "head" }, create("div", {}, create("h1", { id: "room-title", textContent: room.room }), create("p", { className: "hint", textContent: sub })), create("p", { className: "row-actions" }, notice, kick, close)),
      part(`Members (${members.length})`, list(members.map((/** @type {any} */ one) => this.#member(one)), "Nobody is here.")),
      part(`Pairs (${pairs.length})`, list(pairs.map((pair) => this.#pair(pair, members)), "A pair needs two.")),
      part("Settings", settingsForm(this.#desk, room, () => this.load())),
      part(`Lobby (${lobby.length})`, list(lobby.map((/** @type {any} */ one) => this.#item(who(one), [one.message, one.address])), "Nobody is waiting.")),
      part(`Bans (${bans.length})`, list(bans.map((/** @type {any} */ ban) => banItem(this.#desk, ban, { room: room.room }, () => this.load())), "Nobody is banned from this room.")),
    ];
  }

  /** @param {string} textContent @param {string} key @param {() => void} onclick @param {string} [kind] */
  #button(textContent, key, onclick, kind = "") {
    const button = create("button", { type: "button", className: `small secondary ${kind}`, textContent, onclick });
    Object.assign(button.dataset, { changes: "", key });
    return button;
  }

  /** @param {string} title @param {(string | undefined | false)[]} words @param {HTMLElement[]} more */
  #item(title, words, ...more) {
    return create("li", {}, create("p", {}, create("b", { textContent: title }), create("small", { textContent: words.filter(Boolean).join(" · ") })), ...more);
  }

  /** @param {any} member */
  #member(member) {
    const { peerId, role, state, user, address } = member;
    const name = member.name ?? member.metadata?.name ?? who(member);
    const item = this.#item(name, [role, state, user && `user ${user}`, address, peerId],
      create("span", { className: "row-actions" }, this.#button("Kick…", `kick ${peerId}`, () => this.#kick(peerId, name)), this.#button("Ban…", `ban ${peerId}`, () => this.#ban(member, name), "grave-text")));
    item.dataset.peer = peerId;
    item.dataset.state = state;
    return item;
  }

  /** @param {any} pair @param {any[]} members */
  #pair(pair, members) {
    const sides = pair.peers.map((/** @type {string} */ id) => {
      const member = members.find(({ peerId }) => peerId === id) ?? { peerId: id, state: "here" };
      return { name: member.name ?? member.metadata?.name ?? who(member), state: member.state };
    });
    const { severity, text } = pairVerdict(pair, sides);
    const says = sides.map((/** @type {{name: string}} */ { name }, /** @type {number} */ index) =>
      `${name}: ${reportWords(pair.reports[index])}${pair.unconfirmed[index].length ? ` (unconfirmed: ${pair.unconfirmed[index].join(", ")})` : ""}`);
    const item = this.#item(`${sides[0].name} ↔ ${sides[1].name}`, says, create("p", { className: "verdict", textContent: text }));
    item.dataset.severity = severity;
    return item;
  }

  /** @param {string} peerId or * @param {string} name */
  async #kick(peerId, name) {
    const wanted = await ask({ title: `Kick ${name}?`, text: "They leave this room, and may come back.", action: "Kick", isGrave: true, fields: [REASON] });
    if (wanted) await act(this.#desk, "kick", { room: this.#name, peerId, ...wanted }, `${name}: kicked.`);
  }

  /** @param {any} member @param {string} name */
  async #ban({ peerId, user, address }, name) {
    /** @type {[string, string][]} */
    const ways = [...(user ? /** @type {[string, string][]} */ ([["user", `The user ${user}`]]) : []), ["peerId", "This connection"], ["address", `Everybody from ${address}`]];
    const wanted = await ask({ title: `Ban ${name} from this room?`, text: "They leave, and cannot come back before the ban ends.", action: "Ban", isGrave: true,
      fields: [{ name: "way", label: "Whom", choices: ways }, DURATION, REASON] });
    if (!wanted) return;
    const { way, ...more } = wanted;
    const whom = { user, peerId, address }[/** @type {"user" | "peerId" | "address"} */ (way)];
    if (await act(this.#desk, "ban", { room: this.#name, [way]: whom, ...more }, `${name}: banned.`)) this.load();
  }

  async #close() {
    const wanted = await ask({ title: `Close ${this.#name}?`, text: "Everybody in it has to leave, and its calls end.", action: "Close room", isGrave: true, fields: [REASON] });
    if (wanted) await act(this.#desk, "close", { room: this.#name, ...wanted }, `${this.#name} is closed.`);
  }

  async #notice() {
    const wanted = await ask({ title: `Notice to ${this.#name}`, action: "Send", fields: [{ name: "text", label: "Text", required: true }] });
    if (wanted) await act(this.#desk, "notice", { room: this.#name, ...wanted }, ({ peers }) => `Sent to ${peers}.`);
  }
}
