// SPDX-License-Identifier: Apache-2.0
// What a room sends: the devices that it follows, and the screen in place of the camera.
import assert from "node:assert/strict";
import { test } from "node:test";
import { enter, FakeMedia, FakeTrack, inRoom, joined, peer, until } from "./fakes.mjs";

/** A stream of one picture, as a page hands it in. */
function picture() {
  const track = new FakeTrack("video");
  return { getTracks: () => [track], getVideoTracks: () => [track] };
}

/** What is sent to a peer, by kind. */
const sent = (room, id) => Object.fromEntries(room.peers.get(id).pc.getTransceivers().map(({ kind, sender }) => [kind, sender.track]));

test("a room follows the devices, and says what is on", async () => {
  const { socket, room } = await inRoom(peer("bob", true));
  const media = new FakeMedia("audio");
  room.follow(media);
  assert.deepEqual(sent(room, "bob"), { audio: media.track("audio"), video: null });
  assert.deepEqual(socket.of("update").map(({ set }) => set), [{ audio: true }, { video: false }]);
  const first = media.track("audio");
  media.put(new FakeTrack("audio"));
  assert.notEqual(sent(room, "bob").audio, first);
  assert.equal(sent(room, "bob").audio, media.track("audio"));
  assert.equal(socket.of("update").length, 2, "nothing new to tell");
});

test("a shared screen takes the place of the camera, for those who come later, too, and gives it back", async () => {
  const { socket, room } = await inRoom(peer("bob", true));
  const [media, screen, seen] = [new FakeMedia("audio", "video"), picture(), []];
  room.follow(media);
  room.on("sharing", (isOn) => seen.push(isOn));
  assert.equal(await room.shareScreen(screen), screen);
  const [track] = screen.getTracks();
  assert.equal(track.contentHint, "detail");
  socket.receive("peer:joined", { room: "r", peer: peer("cyd", false) });
  assert.deepEqual([sent(room, "bob").video, sent(room, "cyd").video], [track, track]);
  media.put(new FakeTrack("video"));
  assert.equal(sent(room, "bob").video, track, "another camera does not show while the screen is shared");
  room.stopSharing();
  assert.equal(track.readyState, "ended");
  assert.deepEqual([sent(room, "bob").video, sent(room, "cyd").video], Array(2).fill(media.track("video")));
  assert.deepEqual(seen, [true, false]);
  assert.deepEqual(socket.of("update").slice(-2).map(({ set }) => set), [{ screen: true }, { screen: false }]);
});

test("sharing ends when people stop it in their browser; of two screens, the newer one is shared", async () => {
  const { room } = await inRoom(peer("bob", true));
  const [older, newer] = [await room.shareScreen(picture()), await room.shareScreen(picture())];
  assert.equal(older.getTracks()[0].readyState, "ended");
  older.getTracks()[0].onended();
  assert.equal(room.screen, newer);
  newer.getTracks()[0].onended();
  assert.equal(room.screen, undefined);
  assert.equal(sent(room, "bob").video, null);
});

test("whoever leaves shares nothing any more, and follows no devices", async () => {
  const { room } = await inRoom(peer("bob", true));
  const [media, screen] = [new FakeMedia(), await room.shareScreen(picture())];
  room.follow(media);
  await room.leave();
  assert.equal(screen.getTracks()[0].readyState, "ended");
  assert.equal(media.listeners, 0);
  const late = picture();
  await assert.rejects(room.shareScreen(late), { code: "closed" });
  assert.equal(late.getTracks()[0].readyState, "ended");
});

test("where nothing can be shared, that is what it says", async () => {
  const { room } = await enter({}, {});
  await assert.rejects(room.shareScreen(), { code: "unsupported" });
});

/** How much of each kind may go to a peer. */
const limits = (room, id) => room.peers.get(id).pc.getTransceivers().map(({ kind, sender }) => [kind, sender.encoding.maxBitrate]);

test("the peers share what our line can carry, and sound is not touched", async () => {
  const { socket, room } = await inRoom(peer("bob", true));
  assert.deepEqual(limits(room, "bob"), [["audio", undefined], ["video", 3_000_000]]);
  for (const id of ["cyd", "dan"]) socket.receive("peer:joined", { room: "r", peer: peer(id, true) });
  assert.deepEqual(["bob", "cyd", "dan"].map((id) => limits(room, id)[1][1]), [1e6, 1e6, 1e6]);
  socket.receive("peer:left", { room: "r", peerId: "cyd", reason: "left" });
  assert.equal(limits(room, "bob")[1][1], 1_500_000);
});

test("a video that comes later is bounded, too, at the latest when the pair is connected", async () => {
  const { socket, room } = await inRoom();
  socket.receive("peer:joined", { room: "r", peer: peer("bob", false) });
  room.publish("video", new FakeTrack("video"));
  assert.deepEqual(limits(room, "bob"), [["video", 3_000_000]]);
  const { pc } = room.peers.get("bob");
  pc.getTransceivers()[0].sender.encoding = {};
  pc.become("connected");
  assert.deepEqual(limits(room, "bob"), [["video", 3_000_000]]);
});

test("the budget can be another one, or none; nobody gets less than a picture needs", async () => {
  const narrow = await enter({}, { videoBudget: 400_000 }, peer("bob", true), peer("cyd", true), peer("dan", true));
  assert.equal(limits(narrow.room, "bob")[1][1], 150_000);
  const free = await enter({}, { videoBudget: 0 }, peer("bob", true));
  assert.equal(limits(free.room, "bob")[1][1], undefined);
  assert.ok(!("videoBudget" in free.socket.of("join")[0]), "this is no business of the server");
});

test("a channel is opened with its options, and one of the other side is told to peer and room", async () => {
  const { room } = await inRoom(peer("bob", true));
  const bob = room.peers.get("bob");
  assert.deepEqual(bob.channel("files", { ordered: false }), { label: "files", ordered: false });
  const [channel, heard] = [{ label: "theirs" }, []];
  bob.on("channel", (one) => heard.push(one));
  room.on("channel", (one, from) => heard.push(one, from));
  bob.pc.ondatachannel({ channel });
  assert.deepEqual(heard, [channel, bob, channel]);
});

test("what changes while the join is under way is told once it is done", async () => {
  let answer;
  const { socket, session } = await inRoom();
  socket.answers.join = new Promise((resolve) => { answer = resolve; });
  const room = session.join("r2");
  await until(() => socket.of("join").length === 2);
  await room.update({ audio: true });
  assert.deepEqual(socket.of("update"), []);
  answer(joined());
  await room.ready;
  assert.deepEqual(socket.of("update").map(({ set }) => set), [{ audio: true }]);
});
