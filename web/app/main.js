// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { connect, LocalMedia } from "../sdk/index.js";
import { Call } from "./call.js";
import { bindToggles } from "./controls.js";
import { bindDevices } from "./devices.js";
import { bindDialogs, passwordAsker } from "./dialogs.js";
import { byId, memory, show } from "./dom.js";
import { bindInvite } from "./invite.js";
import { showLanding } from "./landing.js";
import { refusalTitle } from "./refusals.js";
import { bindRinging } from "./ringing.js";
import { bindShortcuts } from "./shortcuts.js";
import { tokenOfTab } from "./token.js";

/** How long a call that was opened by a link waits for the devices; it goes on without them, and takes them when they come. */
const DEVICE_PATIENCE_MS = 2500;

const query = new URLSearchParams(location.search);
const token = tokenOfTab();
const media = new LocalMedia();
const transports = query.get("transports")?.split(",").filter(Boolean);
/** @type {Call | undefined} */
let call;
/** With whom this is a call that was rung. */
let rungWith = "";
let leaveLanding = () => {};
let stopRinging = () => {};
let choice = { room: query.get("room") ?? "", name: query.get("name") ?? "" };

const inviteLink = () => {
  const link = new URL(location.pathname, location.href);
  link.searchParams.set("room", choice.room);
  return link.href;
};

/** @param {{room: string, name: string}} chosen */
async function join(chosen) {
  choice = chosen;
  const link = inviteLink();
  byId("invite-link").textContent = link.replace(/^https?:\/\//, "");
  if (!query.has("join")) history.replaceState(null, "", link);
  document.title = `${choice.room} · Parley`;
  stopRinging();
  await Promise.race([openDevices(), new Promise((resolve) => setTimeout(resolve, DEVICE_PATIENCE_MS))]);
  const { room, name } = choice;
  enter(connectWith({}).join(room, { metadata: { name }, onPassword: passwordAsker() }), room);
}

async function openDevices() {
  if (!media.stream.active && Object.keys(media.problems).length === 0) await media.open();
}

/** @param {Record<string, any>} auth beside our name */
function connectWith(auth) {
  const { name } = choice;
  return connect({ forceNew: true, auth: { name, metadata: { name }, ...auth }, token, ...(transports && { transports }) });
}

/** @param {import("../sdk/index.js").Room} room @param {string} title */
function enter(room, title) {
  call = new Call(room, title, choice.name, media, onEnd);
  expose(call);
  byId("main").focus({ preventScroll: true });
}

/** @param {string} name ours: on a server where nobody signs in it is also the user that others ring */
function connectAs(name) {
  choice.name = name;
  return connectWith({ user: name });
}

/** @param {import("../sdk/index.js").Call} rung @param {string} who */
function enterRung({ room }, who) {
  leaveLanding();
  rungWith = who;
  document.body.dataset.kind = "ring";
  document.title = `${who} · Parley`;
  openDevices();
  enter(/** @type {import("../sdk/index.js").Room} */ (room), who);
}

/** @param {string} reason @param {string} code */
function onEnd(reason, code) {
  const isByChoice = code === "left";
  const isRungOver = rungWith && ["left", "room_closed", "disconnected"].includes(code);
  media.close();
  document.title = "Parley";
  byId("ended-title").textContent = isRungOver ? "The call has ended" : isByChoice ? "You left the call" : refusalTitle(code);
  byId("ended").dataset.code = code;
  byId("rejoin").hidden = Boolean(rungWith);
  byId("rejoin").textContent = isByChoice ? "Join again" : "Try again";
  byId("ended-text").textContent = isRungOver ? `You talked with ${rungWith}.` : isByChoice ? `The room “${choice.room}” stays open for the others.` : reason;
  show("ended");
  byId("ended-title").focus();
}

/**
 * For tests and for the curious: the page's own objects, and the state of things in plain data.
 * @param {Call} current
 */
function expose({ session, room, why }) {
  const state = () => ({
    session: session.state,
    room: room.state,
    transport: session.transport,
    peerId: session.peerId,
    role: room.self?.role,
    peers: [...room.peers.values()].map(({ id, name, role, state: peerState, presence, receipt }) =>
      ({ id, name, role, state: peerState, presence, receipt: receipt?.state })),
    media: { audio: media.isOn("audio"), video: media.isOn("video"), problems: media.problems },
  });
  Object.assign(window, { parley: { session, room, state, recording: why.recording } });
}

bindToggles(media);
bindInvite(inviteLink);
bindDevices(media);
bindDialogs();
bindShortcuts();
byId("waiting-cancel").addEventListener("click", () => call?.leave());
byId("leave").addEventListener("click", () => call?.leave());
byId("unmute-page").addEventListener("click", () => call?.unmute());
byId("rejoin").addEventListener("click", () => join(choice));

if (query.has("join") && choice.room) join({ room: choice.room, name: choice.name || memory.get("name") });
else {
  leaveLanding = showLanding(choice, media, join);
  stopRinging = bindRinging(connectAs, enterRung);
}
