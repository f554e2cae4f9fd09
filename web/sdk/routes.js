// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { refusal } from "./errors.js";

/** @typedef {import("./room.js").Room} Room */

const SHUTDOWN_GRACE_MS = 15000;
const REMEMBERED = 256;
const STRANGER = refusal("peer_not_found");

/**
 * Binds what the server sends about one room. What belongs to a seat that this page does not hold (any more)
 * is passed over: after a reload the server still tells what the page before has missed.
 * @param {Room} room @param {string[]} states in which the room listens
 * @param {Record<string, (payload: any, peer: any, ack?: (answer: any) => void) => void>} listeners told of the peer that an event is about
 * @returns {(() => void)[]} the removers
 */
export function route(room, states, listeners) {
  const { socket } = room.session;
  return Object.entries(listeners).map(([event, listener]) => {
    const handler = (/** @type {any} */ payload, /** @type {any} */ ack) => {
      if ((payload.room ?? room.id) !== room.id) return;
      // `from` goes first: it is the server's own word wherever the rest is another page's.
      const peer = room.peers.get(payload.from ?? payload.peerId ?? payload.to);
      if (states.includes(room.state)) listener(payload, peer, ack);
      else ack?.(STRANGER);
    };
    socket.on(event, handler);
    return () => socket.off(event, handler);
  });
}

/** @param {Room} room @returns {(() => void)[]} the removers of what brings news to the peers that they are about */
export function routePeers(room) {
  const { peers, session } = room;
  const recover = (isNewNetwork = false) => peers.forEach((peer) => peer.recover(isNewNetwork));
  /** @type {Map<string, any>} what became of signals, by sender and message id: after a resume the same may come again, and is answered the same */
  const outcomes = new Map();

  /** @type {Record<string, (payload: any, peer: any, ack?: any) => void>} */
  const signals = {};
  for (const event of ["description", "offer", "answer", "candidate", "renegotiate", "hangup", "signal", "message"]) {
    signals[event] = async (payload, peer, ack) => {
      const { mid } = payload;
      const key = `${payload.from} ${mid}`;
      let outcome = outcomes.get(key);
      if (!outcome) {
        if (event !== "message") outcome = peer?.receive(event, payload);
        else {
          room.emit(event, payload.data, peer);
          outcome = { ok: true };
        }
        if (mid) outcomes.set(key, outcome);
        const [oldest] = outcomes.keys();
        if (outcomes.size > REMEMBERED) outcomes.delete(oldest);
      }
      ack?.(await outcome ?? STRANGER);
    };
  }

  return [
    ...route(room, ["joined"], {
      ...signals,
      "peer:joined": ({ peer }) => peers.has(peer.peerId) || room._add(peer),
      "peer:left": ({ peerId, reason }, peer) => {
        if (peerId === room.self?.peerId) return room._end(reason, reason);
        if (!peer) return;
        if (reason !== "server_shutdown") return room._remove(peer, reason);
        // Their server goes down, and most likely ours is the same: media goes on, and joining again sorts out who is left.
        room._setPresence(peer, "away");
        setTimeout(() => {
          const isStill = peers.get(peerId) === peer && peer.presence === "away";
          if (isStill && session.state === "connected") room._remove(peer, reason);
        }, SHUTDOWN_GRACE_MS);
      },
      "peer:away": (_, peer) => peer && room._setPresence(peer, "away"),
      "peer:back": (_, peer) => peer && room._setPresence(peer, "here"),
      receipt: (receipt, peer) => peer?.receive("receipt", receipt),
    }),
    session.on("welcome", ({ resumed }) => {
      if (!resumed && ["joined", "waiting"].includes(/** @type {any} */ (room.state))) room._rejoin();
      else recover();
    }),
    session.on("state", (state, reason, code) => state === "closed" && room._end(reason, code)),
    session.on("network", () => recover(true)),
    session.on("iceServers", (servers) => peers.forEach((peer) => peer.setIceServers(servers))),
  ];
}
