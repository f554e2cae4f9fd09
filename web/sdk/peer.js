// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { batchCandidates } from "./candidates.js";
import { Emitter } from "./emitter.js";
import { Negotiation } from "./negotiation.js";
import { reportHealth } from "./report.js";
import { Restarts } from "./restarts.js";
import { sendTrack, startSending } from "./senders.js";
import { PeerState, Presence } from "./states.js";

/**
 * @typedef {object} Line the way to the other side, as far as this peer is concerned
 * @property {(event: string, payload: any) => Promise<any>} request
 * @property {(event: string, payload: any) => void} send
 * @property {() => boolean} isOnline
 */

/**
 * One other participant, and the media to and from them. Events: `state` (state), `track` (track), `channel` (channel),
 * `receipt` (receipt), `update` (), `hangup` (reason), `problem` (error).
 */
export class Peer extends Emitter {
  /** @type {string} one of PeerState */
  state = PeerState.NEW;
  /** What they send. */
  stream = new MediaStream();
  /** @type {import("./delivery.js").Delivery | undefined} what became of the last description that went to them */
  receipt;
  #line;
  #negotiation;
  #restarts;

  /** @param {any} info as the server describes a peer @param {Line} line @param {RTCConfiguration} config */
  constructor(info, line, config) {
    super();
    this.id = info.peerId;
    this.user = info.user;
    this.name = info.name ?? info.metadata?.name;
    this.role = info.role;
    this.metadata = info.metadata ?? {};
    this.version = 0;
    /** @type {string} one of Presence; media goes on while they are away */
    this.presence = info.state ?? Presence.HERE;
    this.initiator = info.initiator !== false;
    this.polite = info.polite ?? this.initiator;
    this.#line = line;
    this.pc = new RTCPeerConnection(config);
    this.#negotiation = new Negotiation(this.pc, this, (payload) => line.request("description", { to: this.id, ...payload }), {
      problem: (error) => this.emit("problem", error),
      receipt: (delivery) => this.emit("receipt", this.receipt = delivery),
    });
    this.#restarts = new Restarts(this.pc, this.initiator, line.isOnline, (state) => this.#setState(state));
    const report = reportHealth(this.pc, (health) => line.isOnline() && line.send("report", { to: this.id, ...health }));
    this.pc.onicecandidate = batchCandidates((payload) => line.send("candidate", { to: this.id, ...payload }));
    this.pc.oniceconnectionstatechange = report;
    this.pc.onconnectionstatechange = () => [report(), this.#restarts.follow()];
    this.pc.ondatachannel = ({ channel }) => this.emit("channel", channel);
    this.pc.ontrack = ({ track }) => {
      this.stream.addTrack(track);
      this.emit("track", track);
    };
  }

  /** @param {(kind: string) => MediaStreamTrack | null} trackOf what they get */
  start(trackOf) {
    startSending(this.pc, this.initiator, trackOf);
    if (this.initiator) this.#setState(PeerState.CONNECTING);
  }

  /** @param {string} kind @param {MediaStreamTrack | null} track null sends nothing, without negotiating anew */
  setTrack(kind, track) {
    sendTrack(this.pc, kind, track).catch((error) => this.emit("problem", error));
  }

  /**
   * Opens a channel for data; they hear of it by `channel`.
   * @param {string} label @param {RTCDataChannelInit} [options]
   */
  channel(label, options) {
    return this.pc.createDataChannel(label, options);
  }

  /**
   * What has come from them. Only a description has something to say to its sender.
   * @param {string} event @param {any} payload @returns {any}
   */
  receive(event, payload) {
    const { candidate, candidates = [candidate], mid, description = { type: event, sdp: payload.sdp } } = payload;
    if (event === "candidate") for (const one of candidates) this.#negotiation.receiveCandidate(one || null);
    else if (event === "receipt") this.#negotiation.settle(payload);
    else if (event === "hangup") this.#hangUp(payload.reason);
    else if (event !== "renegotiate") return this.#negotiation.receive(description, mid);
    else if (payload.iceRestart) this.pc.restartIce();
    else this.#negotiation.renegotiate();
    return { ok: true };
  }

  /** @param {any} info what the server now says of them; older news than is known is passed over */
  update({ metadata, version = this.version, role = this.role }) {
    if (version < this.version) return;
    if (metadata) this.metadata = metadata;
    this.name = this.metadata.name ?? this.name;
    Object.assign(this, { version, role });
    this.emit("update");
  }

  /** @param {{iceRestart?: boolean, reason?: string}} options asks them for an offer */
  renegotiate(options = {}) {
    return this.#line.request("renegotiate", { to: this.id, ...options });
  }

  /** @param {string} [reason] ends the media with this one; both stay in the room */
  hangup(reason) {
    this.#hangUp(reason);
    return this.#line.request("hangup", { to: this.id, reason });
  }

  /** @param {RTCIceServer[]} iceServers used from the next restart on */
  setIceServers(iceServers) {
    if (this.pc.signalingState !== "closed") this.pc.setConfiguration({ ...this.pc.getConfiguration(), iceServers });
  }

  /** @param {boolean} [isNewNetwork] the way to the other side is whole again, or another one: what had to wait for it can be tried */
  recover(isNewNetwork) {
    this.#negotiation.recover();
    this.#restarts.recover(isNewNetwork);
  }

  close() {
    this.#restarts.stop();
    this.#negotiation.close();
    this.pc.close();
    for (const track of this.stream.getTracks()) track.stop();
    this.#setState(PeerState.CLOSED);
  }

  /** @param {string} [reason] */
  #hangUp(reason) {
    if (this.state === PeerState.CLOSED) return;
    this.close();
    this.emit("hangup", reason);
  }

  /** @param {string} state */
  #setState(state) {
    if (this.state === state || this.state === PeerState.CLOSED) return;
    this.state = state;
    this.emit("state", state);
  }
}
