// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { LocalMedia } from "../sdk/index.js";
import { Call } from "./call.js";
import { bindToggles } from "./controls.js";
import { bindDevices } from "./devices.js";
import { bindDialogs } from "./dialogs.js";
import { byId, memory, show } from "./dom.js";
import { bindInvite } from "./invite.js";
import { showLanding } from "./landing.js";
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
  const isAsked = media.stream.active || Object.keys(media.problems).length > 0;
  const opening = isAsked ? Promise.resolve() : media.open();
  await Promise.race([opening, new Promise((resolve) => setTimeout(resolve, DEVICE_PATIENCE_MS))]);
  call = new Call({ ...choice, transports, token }, media, onEnd);
  expose(call);
  byId("main").focus({ preventScroll: true });
}

/** @param {string} reason @param {string} code */
function onEnd(reason, code) {
  const isByChoice = code === "left";
  /** @type {Record<string, string>} */
  const titles = { left: "You left the call", kicked: "You were removed", banned: "You were removed", denied: "Not let in" };
  media.close();
  document.title = "Parley";
  byId("ended-title").textContent = titles[code] ?? "You are not in the call";
  byId("ended").dataset.code = code;
  byId("ended-text").textContent = isByChoice ? `The room “${choice.room}” stays open for the others.` : reason;
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
else showLanding(choice, media, join);
