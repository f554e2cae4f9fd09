// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { router } from "./routes.js";
import { RoomState } from "./states.js";

/** After this long the moderator is told that nothing was done. */
const DECISION_MS = 4000;

/**
 * Brings what the server sends about the room itself: its settings, its lobby, its moderators.
 * @param {import("./session.js").Session} session @param {any} room @param {import("./routes.js").Actions} actions @returns {() => void} the remover
 */
export function routeNotices(session, room, actions) {
  const { route, removers } = router(session, room, RoomState.JOINED, RoomState.WAITING);

  route("room:updated", "", ({ settings, metadata }) => {
    room.info = { ...room.info, settings, metadata };
    room.emit("updated", room.info);
  });
  route("room:closed", "", ({ reason }) => actions.end(reason ?? "The room was closed.", "room_closed"));
  route("peer:updated", "peerId", (news, peer) => {
    if (peer) {
      peer.update(news);
      room.emit("peer:updated", peer);
    } else if (news.peerId === room.self?.peerId) {
      room.self = { ...room.self, ...(news.role && { role: news.role }), metadata: news.metadata ?? room.self.metadata };
      if (room.self.role === "member") room.knocks.clear();
      room.emit("self", room.self);
      room.emit("knocks");
    }
  });

  route("knock:new", "", (knock) => {
    room.knocks.set(knock.peerId, knock);
    room.emit("knocks", knock);
  });
  route("knock:gone", "", ({ peerId }) => room.knocks.delete(peerId) && room.emit("knocks"));
  route("knock:result", "", ({ admitted, reason, joined }) => {
    if (admitted && joined) actions.enter(joined);
    else if (!admitted) actions.end(reason ?? "", "denied");
  });

  route("moderated", "", ({ action, by, reason }, _, ack) => {
    let isAnswered = false;
    /** @param {boolean} done whether this page did what was asked */
    const answer = (done) => {
      clearTimeout(timer);
      if (!isAnswered) ack?.({ ok: true, done });
      isAnswered = true;
    };
    const timer = setTimeout(answer, DECISION_MS, false);
    room.emit("moderated", { action, reason, by, answer });
    if (action === "kick" || action === "ban") actions.end(reason ?? "", action === "kick" ? "kicked" : "banned");
    else if (action === "lobby") actions.enter({ waiting: true });
    else return;
    answer(true);
  });
  return () => removers.forEach((remove) => remove());
}
