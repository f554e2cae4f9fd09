// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { Emitter } from "./emitter.js";
import { Negotiation } from "./negotiation.js";
import { PeerState, Presence } from "./states.js";

const MAX_RESTARTS = 5;

/** @type {Record<string, string>} */
const STATE_OF_CONNECTION = {
  connecting: PeerState.CONNECTING,
  connected: PeerState.CONNECTED,
  disconnected: PeerState.INTERRUPTED,
  failed: PeerState.FAILED,
};

/**
 * @typedef {object} Line the way to the other side, as far as this peer is concerned
 * @property {(event: string, payload: any) => Promise<any>} request
 * @property {(event: string, payload: any) => void} send
 * @property {() => boolean} isOnline
 */

/** One other participant, and the media to and from them. Events: `state` (state), `track` (track), `problem` (error). */
export class Peer extends Emitter {
  /** @type {string} one of PeerState */
  state = PeerState.NEW;
  /** What they send. */
  stream = new MediaStream();
  #line;
  #negotiation;
  #restarts = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {any} info as the server describes a peer @param {Line} line @param {RTCConfiguration} config */
  constructor(info, line, config) {
    super();
    this.id = info.peerId;
    this.user = info.user;
    this.name = info.name ?? info.metadata?.name;
    this.role = info.role;
    this.metadata = info.metadata ?? {};
    /** @type {string} one of Presence; media goes on while they are away */
    this.presence = info.state ?? Presence.HERE;
    this.initiator = info.initiator !== false;
    this.polite = info.polite ?? this.initiator;
    this.#line = line;
    this.pc = new RTCPeerConnection(config);
    this.#negotiation = new Negotiation(this.pc, this,
      (payload) => line.request("description", { to: this.id, ...payload }), (error) => this.emit("problem", error));
    this.pc.onicecandidate = ({ candidate }) => line.send("candidate", { to: this.id, candidate: candidate?.toJSON() ?? null });
    this.pc.onconnectionstatechange = () => this.#onConnection();
    this.pc.ontrack = ({ track }) => {
      this.stream.addTrack(track);
      this.emit("track", track);
    };
  }

  /**
   * The initiator asks for audio and video even where it has none itself; the other side only adds what it has.
   * @param {Map<string, MediaStreamTrack | null>} tracks by kind
   */
  start(tracks) {
    for (const kind of ["audio", "video"]) {
      const track = tracks.get(kind);
      if (this.initiator) this.pc.addTransceiver(track ?? kind, { direction: track ? "sendrecv" : "recvonly" });
      else if (track) this.pc.addTrack(track);
    }
    if (this.initiator) this.#setState(PeerState.CONNECTING);
  }

  /** @param {string} kind @param {MediaStreamTrack | null} track null sends nothing, without negotiating anew */
  setTrack(kind, track) {
    const transceiver = this.pc.getTransceivers().find((one) => one.receiver.track.kind === kind);
    if (!transceiver) {
      if (track) this.pc.addTrack(track);
      return;
    }
    transceiver.sender.replaceTrack(track).catch((error) => this.emit("problem", error));
    if (track && !transceiver.direction.includes("send")) transceiver.direction = "sendrecv";
  }

  /** @param {RTCSessionDescriptionInit} description @returns {Promise<any>} the answer to its sender */
  receiveDescription(description) {
    return this.#negotiation.receive(description);
  }

  /** @param {{candidate?: any, candidates?: any[]}} payload */
  receiveCandidates({ candidate, candidates = [candidate] }) {
    for (const one of candidates) this.#negotiation.receiveCandidate(one || null);
  }

  /** @param {RTCIceServer[]} iceServers used from the next restart on */
  setIceServers(iceServers) {
    this.pc.setConfiguration({ ...this.pc.getConfiguration(), iceServers });
  }

  /** The way to the other side is whole again, so that what had to wait for it can be tried. */
  recover() {
    this.#restarts = 0;
    if (this.pc.connectionState === "failed") this.#restart();
  }

  close() {
    clearTimeout(this.#timer);
    this.pc.close();
    for (const track of this.stream.getTracks()) track.stop();
    this.#setState(PeerState.CLOSED);
  }

  #onConnection() {
    const { connectionState } = this.pc;
    clearTimeout(this.#timer);
    if (connectionState === "connected") this.#restarts = 0;
    if (connectionState === "failed") return this.#restart();
    if (connectionState === "connecting" && this.#restarts > 0) return;
    this.#setState(STATE_OF_CONNECTION[connectionState] ?? this.state);
  }

  /** Looks for another way through the network: the initiator at once, the other side only if that has not helped. */
  #restart() {
    if (this.#restarts >= MAX_RESTARTS) return this.#setState(PeerState.FAILED);
    this.#setState(PeerState.RESTARTING);
    const delay = (this.initiator ? 0 : 3000) + 1000 * (2 ** this.#restarts - 1);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // Without a line there is nobody to negotiate with; recover() comes back to it.
      if (!this.#line.isOnline() || this.pc.connectionState !== "failed") return;
      this.#restarts += 1;
      this.pc.restartIce();
      this.#timer = setTimeout(() => this.pc.connectionState === "failed" && this.#restart(), 10000);
    }, delay);
  }

  /** @param {string} state */
  #setState(state) {
    if (this.state === state || this.state === PeerState.CLOSED) return;
    this.state = state;
    this.emit("state", state);
  }
}
