// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { Presence, RoomState, SessionState } from "./states.js";

const SHUTDOWN_GRACE_MS = 15000;

/**
 * @typedef {object} Actions what a room can be told to do; only its own routes tell it
 * @property {(info: any) => void} add
 * @property {(peer: any, reason: string) => void} remove
 * @property {(peer: any, presence: string) => void} setPresence
 * @property {() => void} rejoin
 * @property {(reason: string) => void} end
 */

/**
 * Brings what the server sends to the room and the peers that it is about.
 * @param {import("./session.js").Session} session @param {any} room @param {Actions} actions @returns {() => void} the remover
 */
export function routeRoomEvents(session, room, actions) {
  /** @type {(() => void)[]} */
  const removers = [];

  /**
   * With a key, the peer that it names is looked up; an event of another room is passed over.
   * @param {string} event @param {string} key @param {(payload: any, peer: any, ack?: (answer: any) => void) => void} listener
   */
  const route = (event, key, listener) => {
    const handler = (/** @type {any} */ payload, /** @type {any} */ ack) => {
      if (payload.room === undefined || payload.room === room.id) listener(payload, room.peers.get(payload[key]), ack);
    };
    session.socket.on(event, handler);
    removers.push(() => session.socket.off(event, handler));
  };

  route("peer:joined", "", ({ peer }) => room.peers.has(peer.peerId) || actions.add(peer));
  route("peer:left", "peerId", ({ reason }, peer) => {
    if (!peer) return;
    if (reason !== "server_shutdown") return actions.remove(peer, reason);
    // Their server goes down, and most likely ours is the same: media goes on, and joining again sorts out who is left.
    actions.setPresence(peer, Presence.AWAY);
    setTimeout(() => {
      const isStill = room.peers.get(peer.id) === peer && peer.presence === Presence.AWAY;
      if (isStill && session.state === SessionState.CONNECTED) actions.remove(peer, reason);
    }, SHUTDOWN_GRACE_MS);
  });
  route("peer:away", "peerId", (_, peer) => peer && actions.setPresence(peer, Presence.AWAY));
  route("peer:back", "peerId", (_, peer) => peer && actions.setPresence(peer, Presence.HERE));
  route("room:closed", "", ({ reason }) => actions.end(reason ?? "The room was closed."));
  route("message", "from", ({ data }, peer, ack) => {
    room.emit("message", data, peer);
    ack?.({ ok: true });
  });
  route("candidate", "from", (payload, peer) => peer?.receiveCandidates(payload));
  for (const event of ["description", "offer", "answer"]) {
    route(event, "from", async (payload, peer, ack) => {
      const description = payload.description ?? { type: event, sdp: payload.sdp };
      const outcome = await peer?.receiveDescription(description);
      ack?.(outcome ?? { ok: false, error: { code: "peer_not_found", message: "This page knows no such peer." } });
    });
  }

  removers.push(session.on("welcome", ({ resumed }) => {
    if (!resumed && room.state === RoomState.JOINED) actions.rejoin();
    else for (const peer of room.peers.values()) peer.recover();
  }));
  removers.push(session.on("state", (state, reason) => {
    if (state === SessionState.CLOSED) actions.end(reason);
  }));
  removers.push(session.on("iceServers", (servers) => {
    for (const peer of room.peers.values()) peer.setIceServers(servers);
  }));
  return () => removers.forEach((remove) => remove());
}
