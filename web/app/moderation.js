// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { byId, create, toast } from "./dom.js";
import { failureSentence } from "./failures.js";
import { isModerator } from "./settings.js";

/** @typedef {import("../sdk/index.js").Room} Room */
/** @typedef {import("../sdk/index.js").Peer} Peer */

/**
 * @typedef {object} Choice
 * @property {string} label
 * @property {any} action
 * @property {Record<string, any>} [options]
 * @property {boolean} [isGrave]
 */

/** @param {Room} room @param {Peer} peer whether the server would let us act on them */
export const mayModerate = (room, peer) => room.self?.role === "owner" || (isModerator(room) && peer.role === "member");

/** @type {Record<string, string>} what became of a request, after the name */
const STATUS_WORDS = {
  refused: "did not agree.",
  timeout: "did not answer.",
  away: "is away at the moment.",
  left: "is not here any more.",
  forbidden: "cannot be moderated by you.",
};

/** @param {Room} room @param {Peer} peer @returns {Choice[]} */
function choices(room, peer) {
  const { audio, video, hand } = peer.metadata;
  const isOwner = room.self?.role === "owner";
  /** @type {(Choice | false)[]} */
  const all = [
    audio !== false && { label: "Ask to mute", action: "mute" },
    video !== false && { label: "Ask to stop the video", action: "stop_video" },
    hand === true && { label: "Lower the hand", action: "lower_hand" },
    isOwner && peer.role === "member" && { label: "Make a moderator", action: "role", options: { role: "moderator" } },
    isOwner && peer.role === "moderator" && { label: "Take the moderator role back", action: "role", options: { role: "member" } },
    isOwner && { label: "Hand the room over", action: "role", options: { role: "owner" } },
    room.info?.settings?.lobby && { label: "Move to the lobby", action: "lobby" },
    { label: "Remove from the room", action: "kick", isGrave: true },
    { label: "Remove and keep out", action: "ban", isGrave: true },
  ];
  return /** @type {Choice[]} */ (all.filter(Boolean));
}

/**
 * What a moderator can do about one participant.
 * @param {Room} room @param {Peer} peer
 */
export function openModeration(room, peer) {
  const name = peer.name || "Guest";
  byId("peer-title").textContent = name;
  byId("peer-actions").replaceChildren(...choices(room, peer).map(({ label, action, options, isGrave }) => {
    const button = create("button", { type: "button", className: isGrave ? "choice grave" : "choice", textContent: label });
    button.dataset.action = options?.role ? `role-${options.role}` : action;
    button.addEventListener("click", async () => {
      byId("peer-dialog").close();
      try {
        const [result] = await room.moderate(action, peer.id, options);
        if (STATUS_WORDS[result?.status]) toast(`${name} ${STATUS_WORDS[result.status]}`);
      } catch (error) {
        toast(failureSentence(error));
      }
    });
    return button;
  }));
  byId("peer-dialog").showModal();
}

/**
 * Does what a moderator asks of this page: to be quieter is always granted, to be louder is never asked.
 * @param {import("../sdk/index.js").Room} room @param {import("../sdk/index.js").LocalMedia} media
 */
export function obey(room, media) {
  room.on("moderated", async ({ action, answer }) => {
    if (action === "mute" && media.isOn("audio")) await media.set("audio", false);
    else if (action === "stop_video" && media.isOn("video")) await media.set("video", false);
    else if (action === "lower_hand") room.update({ hand: false });
    const words = { mute: "A moderator muted you.", stop_video: "A moderator switched your camera off.", lower_hand: "A moderator lowered your hand." };
    const said = words[/** @type {keyof typeof words} */ (action)];
    if (!said) return;
    toast(said);
    answer(true);
  });
}
