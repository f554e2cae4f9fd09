// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { byId, create } from "../app/dom.js";
import { act, ask } from "./ask.js";
import { RoomList } from "./list.js";
import { calmly, Rows, write } from "./rows.js";
import { ago, rules } from "./words.js";

const PAGE = 500;
/** The list stays true by asking for one page after another, this slowly. */
const ROUND_MS = 4000;

/**
 * The table of rooms.
 * @param {import("./desk.js").Desk} desk
 */
export function showRooms(desk) {
  let list = new RoomList();
  let total = 0;
  let isLoading = false;
  /** @type {string | undefined} where the next page begins */
  let cursor;
  /** Loads that a new search, or a new line, has overtaken come to nothing. */
  let turn = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const rows = new Rows(byId("room-table"), ["Room", "Peers", "Away", "Waiting", "Rules", "Since"], (cells, row) => {
    const link = cells[0].firstChild ?? cells[0].appendChild(create("a"));
    write(/** @type {Element} */ (link), row.room);
    /** @type {any} */ (link).href = roomAddress(row.room);
    for (const [index, text] of [row.peers, row.away || "", row.waiting || "", rules(row), ago(row.createdAt)].entries()) write(cells[index + 1], text);
  });
  const draw = () => {
    rows.show(list.sorted(byId("room-order").value));
    write(byId("room-count"), list.filter || isLoading ? `${list.size} of ${total}` : `${list.size} ${list.size === 1 ? "room" : "rooms"}`);
  };
  const drawCalmly = calmly(draw);

  /** @param {number} mine */
  async function nextPage(mine) {
    // Facts up to here are in the page that is asked for with the same breath.
    const [{ cursor: asOf }, page] = await Promise.all([desk.ask("stats"),
      desk.ask("rooms", { limit: PAGE, filter: list.filter, ...(cursor !== undefined && { cursor }) })]);
    if (mine !== turn) return false;
    list.take(page.rooms, asOf);
    total = page.total;
    cursor = page.cursor;
    if (cursor === undefined) list.endRound();
    drawCalmly();
    return cursor !== undefined;
  }

  /** @param {number} mine */
  async function keepTrue(mine) {
    if (mine !== turn) return;
    if (!document.hidden && !byId("rooms").hidden) await nextPage(mine).catch(() => {});
    if (mine === turn) timer = setTimeout(keepTrue, ROUND_MS, mine);
  }

  async function reload() {
    const mine = ++turn;
    clearTimeout(timer);
    cursor = undefined;
    list = new RoomList(byId("room-filter").value.trim());
    isLoading = true;
    try {
      while (await nextPage(mine));
    } catch {
      // The banner says that the line is lost; the list is loaded again when it is back.
    }
    if (mine !== turn) return;
    isLoading = false;
    drawCalmly();
    timer = setTimeout(keepTrue, ROUND_MS, mine);
  }

  let typing = setTimeout(() => {});
  byId("room-filter").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(reload, 200);
  });
  byId("room-order").addEventListener("change", draw);
  byId("room-table").addEventListener("click", (/** @type {any} */ { target }) => {
    const link = target.closest("tbody tr")?.querySelector("a");
    if (link && target !== link) link.click();
  });
  byId("create").addEventListener("click", () => createRoom(desk));
  desk.on("in", reload);
  desk.on("fact", (fact) => list.apply(fact) && drawCalmly());
  return draw;
}

/** @param {string} room */
export const roomAddress = (room) => `#room/${encodeURIComponent(room)}`;

/** @param {import("./desk.js").Desk} desk */
async function createRoom(desk) {
  const wanted = await ask({ title: "Create a room", action: "Create", text: "Whoever joins first owns it. It waits a day for them.", fields: [
    { name: "room", label: "Name", required: true }, { name: "capacity", label: "Capacity", type: "number", min: 1 },
    { name: "password", label: "Password", type: "password" }, { name: "lobby", label: "Lobby", type: "checkbox" }, { name: "public", label: "In the public list", type: "checkbox" }] });
  if (!wanted) return;
  const { room, ...settings } = wanted;
  if (await act(desk, "create", { room, settings }, `${room} is there.`)) location.hash = roomAddress(room);
}
