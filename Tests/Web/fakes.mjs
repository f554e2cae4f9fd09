// SPDX-License-Identifier: Apache-2.0
// A browser's connection and a server's socket, as far as the SDK needs them.
import { setTimeout as sleep } from "node:timers/promises";

globalThis.navigator ??= {};
// What a page has and Node.js has not. Tests that look at it bring their own.
globalThis.document ??= new EventTarget();
globalThis.addEventListener ??= () => {};
globalThis.reportError ??= (error) => { throw error; };
globalThis.MediaStream ??= class {
  #tracks = new Set();
  getTracks() { return [...this.#tracks]; }
  addTrack(track) { this.#tracks.add(track); }
  removeTrack(track) { this.#tracks.delete(track); }
};
globalThis.RTCPeerConnection ??= class FakeConnection {
  signalingState = "stable";
  connectionState = "new";
  remoteDescription = null;
  localDescription = null;
  candidates = [];
  transceivers = [];
  #all = [];
  addTransceiver(what, { direction }) {
    this.transceivers.push(direction);
    this.#add(what, direction);
  }
  addTrack(track) { this.#add(track, "sendrecv"); }
  #add(what, direction) {
    const sender = {
      track: what.kind ? what : null,
      encoding: {},
      replaceTrack: async (track) => { sender.track = track ?? null; },
      getParameters: () => ({ encodings: [{ ...sender.encoding }] }),
      setParameters: async ({ encodings }) => { [sender.encoding] = encodings; },
    };
    const kind = what.kind ?? what;
    this.#all.push({ kind, direction, sender, receiver: { track: { kind } } });
    this.onnegotiationneeded?.();
  }
  getTransceivers() { return this.#all; }
  createDataChannel(label, options) { return { label, ...options }; }
  async setLocalDescription(description) {
    if (description?.type === "rollback") {
      this.signalingState = "stable";
      return void setTimeout(() => this.onnegotiationneeded?.());
    }
    const type = this.signalingState === "have-remote-offer" ? "answer" : "offer";
    this.signalingState = type === "offer" ? "have-local-offer" : "stable";
    this.localDescription = { type, sdp: `local ${type}` };
  }
  async setRemoteDescription(description) {
    if (description.sdp === "broken") throw new Error("cannot be parsed");
    this.signalingState = description.type === "offer" ? "have-remote-offer" : "stable";
    this.remoteDescription = description;
  }
  async addIceCandidate(candidate) { this.candidates.push(candidate); }
  restarts = 0;
  configuration = {};
  restartIce() { this.restarts += 1; this.onnegotiationneeded?.(); }
  getConfiguration() { return this.configuration; }
  setConfiguration(configuration) { this.configuration = configuration; }
  async getStats() {
    return new Map([["p", { nominated: true, state: "succeeded", localCandidateId: "l" }], ["l", { candidateType: "host" }]]);
  }
  become(state) { this.connectionState = this.iceConnectionState = state; this.onconnectionstatechange(); }
  close() { this.signalingState = "closed"; }
};

const { Emitter, Session } = await import("../../web/sdk/index.js");

/** What a microphone or a camera gives. */
export class FakeTrack {
  enabled = true;
  readyState = "live";
  contentHint = "";
  onended = null;
  constructor(kind, deviceId = kind) { Object.assign(this, { kind, deviceId }); }
  stop() { this.readyState = "ended"; }
}

/** Devices, as a room follows them. */
export class FakeMedia extends Emitter {
  #tracks = {};
  listeners = 0;
  constructor(...kinds) {
    super();
    for (const kind of kinds) this.#tracks[kind] = new FakeTrack(kind);
  }
  on(...args) {
    const remove = super.on(...args);
    this.listeners += 1;
    return () => [remove(), this.listeners -= 1];
  }
  track(kind) { return this.#tracks[kind] ?? null; }
  isOn(kind) { return this.track(kind)?.enabled === true; }
  put(track) {
    this.#tracks[track.kind] = track;
    this.emit("change", track.kind);
  }
}

/** A Socket.IO socket whose server is a table of answers. */
export class FakeSocket {
  connected = true;
  active = true;
  io = { engine: { transport: { name: "websocket" } }, opts: { path: "/socket.io" } };
  sent = [];
  #listeners = new Map();
  constructor(answers = {}) { this.answers = answers; }
  on(event, listener) { this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]); }
  off(event, listener) { this.#listeners.set(event, this.#listeners.get(event).filter((one) => one !== listener)); }
  timeout() { return this; }
  disconnect() {
    this.connected = this.active = false;
    this.receive("disconnect", "io client disconnect");
  }
  emit(event, payload, ack) {
    this.sent.push([event, payload]);
    const planned = this.answers[event] ?? { ok: true };
    const answer = typeof planned === "function" ? planned(payload) : planned;
    if (answer instanceof Promise) answer.then((later) => ack?.(null, later));
    else queueMicrotask(() => ack?.(answer instanceof Error ? answer : null, answer));
  }
  /** What was sent under a name, as it arrives: without what is undefined. */
  of(event) { return this.sent.filter(([name]) => name === event).map(([, payload]) => JSON.parse(JSON.stringify(payload))); }
  receive(event, ...args) { for (const listener of this.#listeners.get(event) ?? []) listener(...args); }
}

export const peer = (peerId, initiator) => ({ peerId, name: peerId, role: "member", metadata: {}, state: "here", polite: initiator, initiator });
export const joined = (...peers) => ({ ok: true, room: { id: "r" }, self: { peerId: "me" }, peers, iceServers: [] });

export async function inRoom(...peers) {
  return enter({}, {}, ...peers);
}

/** As `inRoom`, with answers of the server, and options for the join. */
export async function enter(answers, options, ...peers) {
  const socket = new FakeSocket({ join: joined(...peers), ...answers });
  const session = new Session(socket, 100);
  socket.receive("welcome", { peerId: "me", resumed: false, iceServers: [] });
  const room = session.join("r", { metadata: { name: "Me" }, ...options });
  await room.ready;
  return { socket, session, room };
}

export const offer = { type: "offer", sdp: "remote offer" };
export const deliver = (socket, from, description, mid) =>
  new Promise((ack) => socket.receive("description", { from, room: "r", description, mid }, ack));

/** Waits, a few milliseconds at a time, for something to be true. */
export async function until(isTrue) {
  for (let round = 0; !isTrue(); round++) {
    if (round > 400) throw new Error(`never true: ${isTrue}`);
    await sleep(5);
  }
}
