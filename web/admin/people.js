// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { byId, create } from "../app/dom.js";
import { act, ask, DURATION, lock, REASON } from "./ask.js";
import { Rows, write } from "./rows.js";
import { span, who } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */

/**
 * The table of peers: the first matches, and more on demand.
 * @param {Desk} desk @returns {() => void} loads them again
 */
export function showPeers(desk) {
  /** @type {any[]} */
  let peers = [];
  /** @type {string | undefined} */
  let cursor;
  let turn = 0;
  const rows = new Rows(byId("peer-table"), ["Peer", "State", "Address", "Rooms", "Id", "Actions"], (cells, peer) => {
    for (const [index, text] of [who(peer), peer.state, peer.address, peer.rooms.join(", "), peer.peerId].entries()) write(cells[index], text);
    cells[0].title = peer.user ? `user ${peer.user}` : "";
    const menu = cells[5].firstChild ?? cells[5].appendChild(actions(desk, load));
    Object.assign(menu, { peer });
    lock(desk, cells[5]);
  });
  /** @param {boolean} [isMore] */
  async function load(isMore = false) {
    const mine = ++turn;
    const page = await desk.ask("peers", { limit: 500, filter: byId("peer-filter").value.trim(), ...(isMore && { cursor }) }).catch(() => undefined);
    if (!page || mine !== turn) return;
    peers = isMore ? [...peers, ...page.peers] : page.peers;
    cursor = page.cursor;
    byId("peer-more").hidden = cursor === undefined;
    write(byId("peer-count"), `${peers.length}${cursor === undefined ? "" : " and more"}`);
    rows.show(peers);
  }
  let typing = setTimeout(() => {});
  byId("peer-filter").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(load, 200);
  });
  byId("peer-more").addEventListener("click", () => load(true));
  return load;
}

/** @param {Desk} desk @param {() => void} done @returns {HTMLElement} whose `peer` is set whenever the row shows another one */
function actions(desk, done) {
  const element = create("span", { className: "row-actions" });
  const disconnect = create("button", { type: "button", className: "small secondary", textContent: "Disconnect…" });
  const ban = create("button", { type: "button", className: "small secondary grave-text", textContent: "Ban…" });
  disconnect.dataset.changes = ban.dataset.changes = "";
  disconnect.addEventListener("click", async () => {
    const { peer } = element;
    const wanted = await ask({ title: `Disconnect ${who(peer)}?`, text: "Their connection ends. They may connect again.", action: "Disconnect", isGrave: true, fields: [REASON] });
    if (wanted && await act(desk, "peer:disconnect", { peerId: peer.peerId, ...wanted }, `${who(peer)} is disconnected.`)) done();
  });
  ban.addEventListener("click", async () => {
    const { peer } = element;
    const whom = peer.user ? `The user ${peer.user}` : `Everybody from ${peer.address}`;
    const wanted = await ask({ title: `Ban ${who(peer)} from the server?`, text: `${whom} is refused.`, action: "Ban", isGrave: true, fields: [DURATION, REASON] });
    if (wanted && await act(desk, "ban", { peerId: peer.peerId, ...wanted }, `${who(peer)} is banned.`)) done();
  });
  element.append(disconnect, ban);
  return element;
}

/**
 * The bans of the server.
 * @param {Desk} desk @returns {() => void} loads them again
 */
export function showBans(desk) {
  async function load() {
    const answer = await desk.ask("bans").catch(() => undefined);
    if (!answer) return;
    write(byId("ban-count"), answer.bans.length ? `${answer.bans.length} banned from the server` : "Nobody is banned from the server.");
    byId("ban-list").replaceChildren(...answer.bans.map((/** @type {any} */ ban) => banItem(desk, ban, {}, load)));
  }
  byId("ban").addEventListener("click", async () => {
    const wanted = await ask({ title: "Ban from the server", text: "A user, an address, or both.", action: "Ban", isGrave: true,
      fields: [{ name: "user", label: "User" }, { name: "address", label: "Address" }, DURATION, REASON] });
    if (wanted && await act(desk, "ban", wanted, ({ peers }) => `Banned; ${peers} of those who are here had to go.`)) load();
  });
  return load;
}

/**
 * @param {Desk} desk @param {any} ban @param {{room?: string}} where the room, or nothing for the server
 * @param {() => void} done @returns {HTMLElement}
 */
export function banItem(desk, ban, where, done) {
  const { user, peerId, address, reason, remainingMs } = ban;
  const whom = [user && `user ${user}`, peerId && `peer ${peerId}`, address].filter(Boolean).join(", ");
  const button = create("button", { type: "button", className: "small secondary", textContent: "Unban" });
  button.dataset.changes = "";
  button.addEventListener("click", async () => {
    if (await act(desk, "unban", { ...where, ...(user && { user }), ...(peerId && { peerId }), ...(address && { address }) }, `${whom}: the ban is lifted.`)) done();
  });
  const item = create("li", {}, create("p", {}, create("b", { textContent: whom }),
    create("small", { textContent: [reason, remainingMs === undefined ? "for ever" : `for ${span(remainingMs)} more`].filter(Boolean).join(" · ") })), button);
  lock(desk, item);
  return item;
}
