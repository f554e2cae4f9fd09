// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** How often a level is looked at: enough for a ring around a picture, and next to nothing for a laptop. */
export const LEVEL_PERIOD_MS = 200;

/** What is softer than this, in decibels below the loudest there is, counts as silence. */
const FLOOR_DB = 60;

/** @param {number} amplitude from 0 to 1 @returns {number} from 0 to 1, in steps as the ear hears them */
export const loudness = (amplitude) => Math.min(1, Math.max(0, 1 + 20 * Math.log10(amplitude || 1e-9) / FLOOR_DB));

/** @param {Float32Array} samples @returns {number} their mean amplitude */
export const amplitude = (samples) => Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);

/**
 * Listens to the microphone, whichever it is at the time. Silence is 0: muted, missing, or nobody speaks.
 * @param {import("../sdk/index.js").LocalMedia} media @param {(level: number) => void} onLevel @returns {() => void} the remover
 */
export function watchMicrophone(media, onLevel) {
  const context = new AudioContext();
  // Long enough to hear nearly all that happens between two looks.
  const analyser = new AnalyserNode(context, { fftSize: 8192 });
  const samples = new Float32Array(analyser.fftSize);
  /** @type {MediaStreamTrack | null} */
  let track = null;
  /** @type {MediaStreamAudioSourceNode | null} */
  let source = null;
  const connect = () => {
    if (track === media.track("audio")) return;
    track = media.track("audio");
    source?.disconnect();
    source = track && context.createMediaStreamSource(new MediaStream([track]));
    source?.connect(analyser);
  };
  const timer = setInterval(() => {
    // It may not start before somebody has touched the page.
    if (context.state === "suspended") context.resume().catch(() => {});
    analyser.getFloatTimeDomainData(samples);
    onLevel(source ? loudness(amplitude(samples)) : 0);
  }, LEVEL_PERIOD_MS);
  const remove = media.on("change", connect);
  connect();
  return () => {
    clearInterval(timer);
    remove();
    context.close();
  };
}
