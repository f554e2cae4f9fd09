// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** Two notes, and a pause: from the beginning of one ring to that of the next. */
const EVERY_MS = 3000;
const NOTES = [659.3, 830.6];

/**
 * A soft ringing, made by the browser itself.
 * @returns {() => void} ends it
 */
export function startTone() {
  const audio = new AudioContext();
  const ring = () => NOTES.forEach((frequency, index) => {
    const begin = audio.currentTime + 0.25 * index;
    const note = new OscillatorNode(audio, { frequency });
    const volume = new GainNode(audio, { gain: 0 });
    volume.gain.setTargetAtTime(0.15, begin, 0.02);
    volume.gain.setTargetAtTime(0, begin + 0.15, 0.15);
    note.connect(volume).connect(audio.destination);
    note.start(begin);
    note.stop(begin + 1.2);
  });
  ring();
  const timer = setInterval(ring, EVERY_MS);
  return () => {
    clearInterval(timer);
    audio.close();
  };
}
