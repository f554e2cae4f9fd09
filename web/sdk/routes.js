// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { Presence, RoomState, SessionState } from "./states.js";

const SHUTDOWN_GRACE_MS = 15000;
const REMEMBERED_MESSAGES = 64;

/**
 * @typedef {object} Actions what a room can be told to do; only its own routes tell it
 * @property {(info: any) => void} add
 * @property {(peer: any, reason: string) => void} remove
 * @property {(peer: any, presence: string) => void} setPresence
 * @property {(answer: any) => void} enter
 * @property {() => void} rejoin
 * @property {(reason: string, code: string) => void} end
 */

/**
 * A way to bind what the server sends about one room. What belongs to a seat that this page does not hold (any more)
 * is passed over: after a reload the server still tells what the page before has missed.
 * @param {import("./session.js").Session} session @param {any} room @param {string[]} states in which the room listens
 */
export function router(session, room, ...states) {
  /** @type {(() => void)[]} */
  const removers = [];
  /**
   * With a key, the peer that it names is looked up; an event of another room is passed over.
   * @param {string} event @param {string} key @param {(payload: any, peer: any, ack?: (answer: any) => void) => void} listener
   */
  const route = (event, key, listener) => {
    const handler = (/** @type {any} */ payload, /** @type {any} */ ack) => {
      const isOurs = payload.room === undefined || payload.room === room.id;
      if (isOurs && states.includes(room.state)) listener(payload, room.peers.get(payload[key]), ack);
      else if (isOurs) ack?.(STRANGER);
    };
    session.socket.on(event, handler);
    removers.push(() => session.socket.off(event, handler));
  };
  return { route, removers };
}

const STRANGER = { ok: false, error: { code: "peer_not_found", message: "This page knows no such peer." } };

/**
 * Brings what the server sends to the peers that it is about.
 * @param {import("./session.js").Session} session @param {any} room @param {Actions} actions @returns {() => void} the remover
 */
export function routeRoomEvents(session, room, actions) {
  const { route, removers } = router(session, room, RoomState.JOINED);
  /** @type {Set<string>} of messages that were handed on; after a resume one can come a second time */
  const heard = new Set();

  route("peer:joined", "", ({ peer }) => room.peers.has(peer.peerId) || actions.add(peer));
  route("peer:left", "peerId", ({ peerId, reason }, peer) => {
    if (peerId === room.self?.peerId) return actions.end(reason, reason);
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
  route("receipt", "to", (receipt, peer) => peer?.receive("receipt", receipt));
  route("message", "from", ({ data, from, mid }, peer, ack) => {
    const key = mid && `${from} ${mid}`;
    if (!heard.has(key)) room.emit("message", data, peer);
    if (key) heard.add(key);
    const [oldest] = heard;
    if (heard.size > REMEMBERED_MESSAGES) heard.delete(oldest);
    ack?.({ ok: true });
  });
  for (const event of ["description", "offer", "answer", "candidate", "renegotiate", "hangup"]) {
    route(event, "from", async (payload, peer, ack) => {
      const outcome = await peer?.receive(event, payload);
      ack?.(outcome ?? STRANGER);
    });
  }

  removers.push(session.on("welcome", ({ resumed }) => {
    if (!resumed && [RoomState.JOINED, RoomState.WAITING].includes(room.state)) actions.rejoin();
    else for (const peer of room.peers.values()) peer.recover();
  }));
  removers.push(session.on("state", (state, reason, code) => {
    if (state === SessionState.CLOSED) actions.end(reason, code);
  }));
  removers.push(session.on("network", () => {
    for (const peer of room.peers.values()) peer.recover(true);
  }));
  removers.push(session.on("iceServers", (servers) => {
    for (const peer of room.peers.values()) peer.setIceServers(servers);
  }));
  return () => removers.forEach((remove) => remove());
}
