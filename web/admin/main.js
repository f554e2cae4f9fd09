// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { announce, byId, create } from "../app/dom.js";
import { showActivity } from "./activity.js";
import { act, ask, lock } from "./ask.js";
import { bindCharts } from "./charts.js";
import { Desk } from "./desk.js";
import { showBans, showPeers } from "./people.js";
import { RoomView } from "./room.js";
import { showRooms } from "./rooms.js";
import { write } from "./rows.js";
import { Series } from "./series.js";
import { ago } from "./words.js";

const LOOK_MS = 2000;
const VIEWS = ["rooms", "room", "peers", "bans", "activity", "load"];
const FIGURES = { rooms: "Rooms", peers: "Peers", away: "Away", connections: "Connections" };

const desk = new Desk();
const series = new Series();
const room = new RoomView(desk);
/** @type {Record<string, () => void>} what a view does when it is shown */
const views = { rooms: showRooms(desk), peers: showPeers(desk), bans: showBans(desk), activity: showActivity(desk), load: bindCharts(series), room: () => {} };
let isIn = false;
let isDraining = false;

for (const [name, title] of Object.entries(FIGURES)) byId("figures").append(create("div", {}, create("dt", { textContent: title }), create("dd", { id: `figure-${name}`, textContent: "–" })));

/** Shows what the address names. */
function route() {
  const [name, argument = ""] = location.hash.slice(1).split("/");
  const view = VIEWS.includes(name) ? name : "rooms";
  for (const one of VIEWS) byId(one).hidden = one !== view;
  for (const link of document.querySelectorAll(".tabs a")) {
    const isHere = link.getAttribute("href") === `#${view === "room" ? "rooms" : view}`;
    if (isHere) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (!isIn) return;
  room.open(view === "room" ? decodeURIComponent(argument) : "");
  views[view]();
}

async function look() {
  if (!isIn) return;
  const stats = await desk.ask("stats").catch(() => undefined);
  if (!stats) return;
  series.take(stats, Date.now());
  for (const name of Object.keys(FIGURES)) write(byId(`figure-${name}`), stats[name].toLocaleString());
  const { server } = stats;
  isDraining = server.draining;
  write(byId("server"), `${server.id} ${server.version} · up ${ago(server.startedAt)}${isDraining ? " · draining" : ""}`);
  write(byId("drain"), isDraining ? "Stop draining" : "Drain…");
  byId("drain").ariaPressed = String(isDraining);
  if (!byId("load").hidden) views.load();
}

/** @param {boolean} isNow */
function show(isNow) {
  isIn = isNow;
  byId("login").hidden = isNow;
  byId("desk").hidden = byId("tools").hidden = !isNow;
  document.body.dataset.view = isNow ? "desk" : "login";
}

desk.on("in", () => {
  const wasIn = isIn;
  byId("banner").hidden = true;
  byId("login-button").disabled = false;
  byId("password").value = "";
  show(true);
  byId("read-only").hidden = !desk.isReadOnly;
  lock(desk);
  look();
  if (wasIn) return announce("Connected again.");
  route();
  byId("main").focus({ preventScroll: true });
});
desk.on("lost", () => {
  byId("banner").hidden = false;
  byId("banner").textContent = "The server cannot be reached. What you see is the past; trying again.";
  byId("login-button").disabled = false;
});
desk.on("out", (words) => {
  show(false);
  byId("banner").hidden = true;
  byId("login-button").disabled = false;
  byId("login-problem").textContent = words;
  byId("username").focus();
});

byId("login-form").addEventListener("submit", (/** @type {Event} */ event) => {
  event.preventDefault();
  byId("login-problem").textContent = "";
  byId("login-button").disabled = true;
  desk.login(byId("username").value, byId("password").value);
});
byId("logout").addEventListener("click", () => desk.logout());
byId("notice-all").addEventListener("click", async () => {
  const wanted = await ask({ title: "Notice to everybody", action: "Send to all", fields: [{ name: "text", label: "Text", required: true }] });
  if (wanted) act(desk, "notice", { room: "*", ...wanted }, ({ peers }) => `Sent to ${peers}.`);
});
byId("drain").addEventListener("click", async () => {
  const isOn = !isDraining;
  if (isOn && !await ask({ title: "Drain the server?", text: "New clients are refused. Those who are here stay, and are told. It can be undone.", action: "Drain", isGrave: true })) return;
  await act(desk, "drain", { on: isOn }, isOn ? "Draining: nobody new is taken in." : "New clients are taken in again.");
  look();
});
addEventListener("hashchange", route);
setInterval(look, LOOK_MS);
setInterval(() => room.load(), 3000);
desk.resume();
route();
