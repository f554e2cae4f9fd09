// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { byId, create } from "../app/dom.js";
import { roomAddress } from "./rooms.js";
import { calmly, Rows, write } from "./rows.js";
import { factTitle, factWords } from "./words.js";

const KEPT = 5000;
/** Made once: making one for each row is what takes the time. */
const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: "medium", hourCycle: "h23" });

/**
 * The stream of what happens, the newest first.
 * @param {import("./desk.js").Desk} desk
 */
export function showActivity(desk) {
  /** @type {any[]} oldest first: adding to the end is cheap */
  let facts = [];
  /** @type {any[] | undefined} what stood there when the pause began */
  let held;
  const rows = new Rows(byId("activity-table"), ["Time", "What", "Room", "Details"], (cells, fact) => {
    write(cells[0], fact.at ? CLOCK.format(fact.at) : "");
    write(cells[1], factTitle(fact.type));
    cells[1].parentElement?.setAttribute("data-type", fact.type);
    const link = cells[2].firstChild ?? cells[2].appendChild(create("a"));
    write(/** @type {Element} */ (link), fact.room ?? "");
    if (fact.room) /** @type {any} */ (link).href = roomAddress(fact.room);
    else /** @type {any} */ (link).removeAttribute("href");
    const words = factWords(fact);
    write(cells[3], words);
    cells[3].title = words;
  });
  const draw = () => {
    if (byId("activity").hidden) return;
    const kind = byId("activity-kind").value;
    const room = byId("activity-filter").value.trim().toLowerCase();
    const shown = (held ?? facts).filter((fact) => fact.type.startsWith(kind) && (!room || fact.room?.toLowerCase().includes(room))).reverse();
    rows.show(shown);
    write(byId("activity-count"), held ? `${shown.length} · paused` : `${shown.length} events`);
  };
  const drawCalmly = calmly(draw);
  desk.on("fact", (fact) => {
    facts.push(fact);
    if (facts.length > KEPT * 1.2) facts = facts.slice(-KEPT);
    if (!held) drawCalmly();
  });
  byId("activity-kind").addEventListener("change", draw);
  byId("activity-filter").addEventListener("input", draw);
  byId("pause").addEventListener("click", () => {
    held = held ? undefined : [...facts];
    byId("pause").textContent = held ? "Go on" : "Pause";
    byId("pause").ariaPressed = String(held !== undefined);
    draw();
  });
  return draw;
}
