// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { KINDS } from "./devices.js";

/** @typedef {import("./peer.js").Peer} Peer */

/**
 * The initiator asks for audio and video even where it has none itself; the other side only adds what it has.
 * @param {Peer} peer @param {(kind: string) => MediaStreamTrack | null} trackOf
 */
export function startSending({ pc, initiator }, trackOf) {
  for (const kind of KINDS) {
    const track = trackOf(kind);
    if (initiator) pc.addTransceiver(track ?? kind, { direction: track ? "sendrecv" : "recvonly" });
    else if (track) pc.addTrack(track);
  }
}

/** @param {RTCPeerConnection} pc @param {string} kind */
const transceiverOf = (pc, kind) => pc.getTransceivers().find(({ receiver }) => receiver.track.kind === kind);

/** @param {Peer} peer @param {string} kind @param {MediaStreamTrack | null} track null sends nothing, without negotiating anew */
export function sendTrack(peer, kind, track) {
  const { pc } = peer;
  if (peer.state === "closed") return;
  const transceiver = transceiverOf(pc, kind);
  if (transceiver) {
    if (track && !transceiver.direction.includes("send")) transceiver.direction = "sendrecv";
    transceiver.sender.replaceTrack(track).catch((error) => peer.emit("problem", error));
  } else if (track) pc.addTrack(track);
}

/** @param {RTCPeerConnection} pc @param {number} maxBitrate of our video, in bits per second */
export function limitVideo(pc, maxBitrate) {
  const sender = transceiverOf(pc, "video")?.sender;
  if (!sender) return;
  const parameters = sender.getParameters();
  for (const encoding of parameters.encodings) encoding.maxBitrate = maxBitrate;
  // A hint: where the browser does not take it, it goes by its own estimate.
  sender.setParameters(parameters).catch(() => {});
}

/** @param {MediaStream} [stream] */
export function stopTracks(stream) {
  stream?.getTracks().forEach((track) => track.stop());
}
