// SPDX-License-Identifier: Apache-2.0
// Which microphone and which camera: choosing another one, and what happens where it cannot be had.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { FakeTrack } from "./fakes.mjs";

const { LocalMedia } = await import("../../web/sdk/index.js");

/** A machine with devices; `refuse` names the error with which one cannot be opened. */
class FakeDevices extends EventTarget {
  list = ["a1", "a2", "v1", "v2"];
  refuse = {};
  opened = [];
  async enumerateDevices() {
    const nameless = { deviceId: "", kind: "videoinput" };
    return [...this.list.map((deviceId) => ({ deviceId, kind: deviceId[0] === "a" ? "audioinput" : "videoinput" })), nameless];
  }
  async getUserMedia(wanted) {
    const tracks = [];
    this.wanted = wanted;
    for (const [kind, { deviceId }] of Object.entries(wanted)) {
      const id = deviceId?.exact ?? this.list.find((one) => one[0] === kind[0]);
      const isBusy = this.onlyOne && kind === "video" && this.opened.some((one) => one.kind === kind && one.readyState === "live");
      const reason = this.list.includes(id) ? this.refuse[id] ?? (isBusy && "NotReadableError") : "OverconstrainedError";
      await this.pause;
      if (reason) throw new DOMException("", reason);
      tracks.push(new FakeTrack(kind, id));
    }
    this.opened.push(...tracks);
    return { getTracks: () => tracks };
  }
}

async function opened(...kinds) {
  const devices = navigator.mediaDevices = new FakeDevices();
  const media = await new LocalMedia().open(kinds.length ? { audio: kinds.includes("audio"), video: kinds.includes("video") } : undefined);
  return { devices, media };
}

const inUse = (media) => ["audio", "video"].map((kind) => media.track(kind)?.deviceId);

afterEach(() => delete navigator.mediaDevices);

test("another device takes the place of the one before, which is stopped", async () => {
  const { devices, media } = await opened();
  const [former, changes] = [media.track("video"), []];
  media.on("change", (kind) => changes.push(kind));
  assert.equal(await media.use("video", "v2"), true);
  assert.deepEqual(inUse(media), ["a1", "v2"]);
  assert.equal(former.readyState, "ended");
  assert.deepEqual(changes, ["video"]);
  assert.equal(devices.wanted.video.facingMode, undefined, "which way it looks is of no account any more");
});

test("a muted microphone stays muted; a camera that is off stays off, and is the chosen one when it is switched on", async () => {
  const { devices, media } = await opened();
  await media.set("audio", false);
  await media.set("video", false);
  assert.equal(await media.use("audio", "a2"), true);
  assert.equal(await media.use("video", "v2"), true);
  assert.deepEqual([inUse(media), media.isOn("audio")], [["a2", undefined], false]);
  assert.equal(devices.opened.filter(({ kind }) => kind === "video").length, 1);
  await media.set("video", true);
  assert.deepEqual(inUse(media), ["a2", "v2"]);
});

test("a device that cannot be had leaves the former one in use, and says why", async () => {
  const { devices, media } = await opened();
  devices.refuse.a2 = "NotAllowedError";
  assert.equal(await media.use("audio", "a2"), false);
  assert.deepEqual(inUse(media), ["a1", "v1"]);
  assert.equal(media.problems.audio, "NotAllowedError");
  assert.equal(media.isOn("audio"), true);
  devices.refuse = {};
  await media.set("video", false);
  await media.open();
  assert.deepEqual(inUse(media), ["a1", "v1"], "it is not tried again by itself");
});

test("on a phone, which opens one camera at a time, the former one is stopped first", async () => {
  const { devices, media } = await opened();
  devices.onlyOne = true;
  assert.equal(await media.use("video", "v2"), true);
  assert.deepEqual(inUse(media), ["a1", "v2"]);
  devices.refuse.v1 = "NotReadableError";
  assert.equal(await media.use("video", "v1"), false);
  assert.equal(media.track("video"), null, "nothing is left that could be sent");
  assert.equal(media.problems.video, "NotReadableError");
});

test("a camera that is switched off while another one is being opened stays off", async () => {
  const { devices, media } = await opened();
  devices.pause = new Promise((resolve) => { devices.go = resolve; });
  const using = media.use("video", "v2");
  await media.set("video", false);
  devices.go();
  await using;
  assert.equal(media.track("video"), null);
  assert.deepEqual(devices.opened.filter(({ kind }) => kind === "video").map(({ readyState }) => readyState), ["ended", "ended"]);
});

test("where the chosen device is gone, another one is taken", async () => {
  const { devices, media } = await opened();
  await media.use("video", "v2");
  await media.set("video", false);
  devices.list = ["a1", "v1"];
  await media.set("video", true);
  assert.deepEqual([inUse(media), media.problems], [["a1", "v1"], {}]);
});

test("a page hears of other devices until it has closed them", async () => {
  const { devices, media } = await opened("audio");
  let count = 0;
  media.on("devices", () => count++);
  assert.deepEqual((await media.devices("video")).map(({ deviceId }) => deviceId), ["v1", "v2"]);
  devices.dispatchEvent(new Event("devicechange"));
  media.close();
  devices.dispatchEvent(new Event("devicechange"));
  assert.equal(count, 1);
});

test("a camera that is switched off, or closed, while it is being opened stays off", async () => {
  for (const stop of [(media) => media.set("video", false), (media) => media.close()]) {
    const { devices, media } = await opened("audio");
    devices.pause = new Promise((resolve) => { devices.go = resolve; });
    const opening = media.open({ audio: false });
    await stop(media);
    devices.go();
    await opening;
    assert.equal(media.track("video"), null);
    assert.equal(devices.opened.at(-1).readyState, "ended");
  }
});

test("whoever opens neither is asked for neither", async () => {
  const { devices, media } = await opened("audio");
  await media.open({ audio: false, video: false });
  assert.deepEqual([devices.opened.length, media.problems], [1, {}]);
});
