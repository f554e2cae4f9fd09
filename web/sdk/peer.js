// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { batchCandidates } from "./candidates.js";
import { Emitter } from "./emitter.js";
import { negotiate } from "./negotiation.js";
import { reportHealth } from "./report.js";
import { keepConnected } from "./restarts.js";
import { stopTracks } from "./senders.js";

/**
 * @typedef {object} Line the way to the other side
 * @property {(event: string, payload: any) => Promise<any>} request
 * @property {(event: string, payload: any) => void} send
 * @property {() => boolean} isOnline
 */

/**
 * One other participant, and the media to and from them. Events: `state` (state), `track` (track), `channel` (channel),
 * `receipt` (receipt), `signal` (data), `update` (), `hangup` (reason), `problem` (error).
 */
export class Peer extends Emitter {
  /** What they send. */
  stream = new MediaStream();
  /** @type {import("./delivery.js").Receipt | undefined} what became of the last description that went to them */
  receipt;
  version = 0;
  #line;
  #negotiation;
  #connection;

  /** @param {any} info as the server describes a peer @param {Line} line @param {RTCConfiguration} config */
  constructor({ peerId, user, metadata = {}, name = metadata.name, role, state = "here", initiator = true, polite = initiator }, line, config) {
    super();
    this.id = peerId;
    this.user = user;
    this.name = name;
    this.role = role;
    this.metadata = metadata;
    /** @type {import("./states.js").PresenceName} media goes on while they are away */
    this.presence = state;
    this.initiator = initiator;
    /** @type {import("./states.js").PeerStateName} the first offer is the initiator's */
    this.state = initiator ? "connecting" : "new";
    this.polite = polite;
    this.#line = line;
    const pc = this.pc = new RTCPeerConnection(config);
    this.#negotiation = negotiate(this, (payload) => line.request("description", payload));
    this.#connection = keepConnected(pc, initiator, line.isOnline, (now) => this._become(now));
    /** Has the server know what the page has found out about this pair: `verdict`, `candidates`, `remoteCandidates`. */
    this.report = reportHealth(pc, (health) => line.isOnline() && line.send("report", health));
    pc.onicecandidate = batchCandidates((payload) => line.send("candidate", payload));
    pc.oniceconnectionstatechange = () => this.report();
    pc.onconnectionstatechange = () => {
      this.report();
      this.#connection.follow();
    };
    pc.ondatachannel = ({ channel }) => this.emit("channel", channel);
    pc.ontrack = ({ track }) => {
      this.stream.addTrack(track);
      this.emit("track", track);
    };
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
    if (event === "signal") this.emit(event, payload.data);
    else if (event === "hangup") this.#hangUp(payload.reason);
    else if (event === "candidate" || event === "renegotiate" || event === "receipt") this.#negotiation[event](payload);
    else return this.#negotiation.receive(payload.description ?? { type: event, sdp: payload.sdp });
    return { ok: true };
  }

  /** @param {any} info what the server now says of them; older news than is known is passed over */
  update({ metadata = this.metadata, version = this.version, role = this.role }) {
    if (version < this.version) return;
    Object.assign(this, { metadata, version, role, name: metadata.name ?? this.name });
    this.emit("update");
  }

  /** @param {any} data for whatever listens to `signal` there; nobody is told whether it arrived */
  signal(data) {
    if (this.#line.isOnline()) this.#line.send("signal", { data });
  }

  /** @param {{iceRestart?: boolean, reason?: string}} [options] asks them for an offer */
  renegotiate(options) {
    return this.#line.request("renegotiate", options);
  }

  /** @param {string} [reason] ends the media with this one; both stay in the room */
  hangup(reason) {
    this.#hangUp(reason);
    return this.#line.request("hangup", { reason });
  }

  /** @param {RTCIceServer[]} iceServers used from the next restart on */
  setIceServers(iceServers) {
    if (!this.#isClosed) this.pc.setConfiguration({ ...this.pc.getConfiguration(), iceServers });
  }

  /** @param {boolean} [isNewNetwork] the way to the other side is whole again, or another one: what had to wait for it can be tried */
  recover(isNewNetwork) {
    if (this.#isClosed) return;
    this.#negotiation.recover();
    this.#connection.recover(isNewNetwork);
  }

  close() {
    this.#connection.stop();
    this.#negotiation.stop();
    this.pc.close();
    stopTracks(this.stream);
    this._become("closed");
  }

  get #isClosed() {
    return this.state === "closed";
  }

  /** @param {string} [reason] */
  #hangUp(reason) {
    if (this.#isClosed) return;
    this.close();
    this.emit("hangup", reason);
  }
}
