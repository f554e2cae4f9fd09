// SPDX-License-Identifier: Apache-2.0
// @ts-check

/**
 * The initiator asks for audio and video even where it has none itself; the other side only adds what it has.
 * @param {RTCPeerConnection} pc @param {boolean} isInitiator @param {(kind: string) => MediaStreamTrack | null} trackOf
 */
export function startSending(pc, isInitiator, trackOf) {
  for (const kind of ["audio", "video"]) {
    const track = trackOf(kind);
    if (isInitiator) pc.addTransceiver(track ?? kind, { direction: track ? "sendrecv" : "recvonly" });
    else if (track) pc.addTrack(track);
  }
}

/** @param {RTCPeerConnection} pc @param {string} kind @param {MediaStreamTrack | null} track null sends nothing, without negotiating anew */
export async function sendTrack(pc, kind, track) {
  const transceiver = pc.getTransceivers().find((one) => one.receiver.track.kind === kind);
  if (!transceiver) return void (track && pc.addTrack(track));
  if (track && !transceiver.direction.includes("send")) transceiver.direction = "sendrecv";
  await transceiver.sender.replaceTrack(track);
}

/** @param {RTCPeerConnection} pc @param {number} maxBitrate of our video, in bits per second */
export function limitVideo(pc, maxBitrate) {
  for (const { sender, receiver } of pc.getTransceivers()) {
    if (receiver.track.kind !== "video") continue;
    const parameters = sender.getParameters();
    for (const encoding of parameters.encodings) encoding.maxBitrate = maxBitrate;
    // A hint: where the browser does not take it, it goes by its own estimate.
    sender.setParameters(parameters).catch(() => {});
  }
}
