// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { route } from "./routes.js";

/** After this long the moderator is told that nothing was done. */
const DECISION_MS = 4000;

/** @type {Record<string, string>} how one has left after a moderator's word */
const EXITS = { kick: "kicked", ban: "banned" };

/**
 * Binds what the server sends about the room itself: its settings, its lobby, its moderators.
 * @param {import("./room.js").Room} room @returns {(() => void)[]} the removers
 */
export const routeNotices = (room) => route(room, ["joined", "waiting"], {
  "room:updated": ({ settings, metadata }) => room.emit("updated", room.info = { ...room.info, settings, metadata }),
  "room:closed": ({ reason }) => room._end(reason, "room_closed"),
  "peer:updated": (news, peer) => {
    if (peer) {
      peer.update(news);
      room.emit("peer:updated", peer);
    } else if (news.peerId === room.self?.peerId) {
      room.self = { ...room.self, ...news };
      if (room.self.role === "member") room.knocks.clear();
      room.emit("self", room.self);
      room.emit("knocks");
    }
  },
  "knock:new": (knock) => {
    room.knocks.set(knock.peerId, knock);
    room.emit("knocks", knock);
  },
  "knock:gone": ({ peerId }) => room.knocks.delete(peerId) && room.emit("knocks"),
  "knock:result": ({ admitted, reason, joined }) => {
    if (joined) room._enter(joined);
    else if (!admitted) room._end(reason, "denied");
  },
  moderated: ({ action, reason, by }, _, ack) => {
    /** @param {boolean} done whether this page did what was asked; only the first answer counts */
    const answer = (done) => {
      clearTimeout(timer);
      ack?.({ ok: true, done });
      ack = undefined;
    };
    const timer = setTimeout(answer, DECISION_MS, false);
    room.emit("moderated", { action, reason, by, answer });
    if (EXITS[action]) room._end(reason, EXITS[action]);
    else if (action === "lobby") room._enter({ waiting: true });
    else return;
    answer(true);
  },
});
