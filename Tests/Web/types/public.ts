// SPDX-License-Identifier: Apache-2.0
// What an application writes, and what it must not be able to write. Nothing of it runs.
import { Call, connect, ErrorCode, LocalMedia, ParleyError, Peer, PeerState, Room, RoomState, Session } from "../../../web/sdk/index.js";
import { io, Manager, Socket } from "../../../web/socket.io/index.js";

export async function sdk() {
  const session: Session = connect({ io, auth: { name: "Ada" }, token: async () => "token", transports: ["websocket"] });
  const room: Room = session.join("tea", { onPassword: async () => "secret", message: "It is me", videoBudget: 1_000_000 });
  const remove: () => void = room.on("state", (state, reason, code) => {
    if (state === RoomState.WAITING) console.log(room.position.toFixed(), reason?.trim(), code?.trim());
  });
  remove();
  room.on("peer:joined", (peer: Peer) => {
    peer.on("receipt", ({ type, state }) => console.log(peer.name, type, state));
    peer.on("state", (state) => state === PeerState.CLOSED && console.log(peer.stream.getTracks()));
    peer.channel("files", { ordered: false }).send("hello");
  });
  room.on("problem", (error: ParleyError) => console.log(error.code === ErrorCode.TIMEOUT, error.message));
  room.on("moderated", ({ action, answer }) => answer(action === "mute"));
  const media = await new LocalMedia().open();
  room.follow(media);
  await room.update({ audio: false });
  await room.updateRoom({ locked: true });
  const [{ status }] = await room.moderate("kick", "peer", { reason: "noise" });
  const call: Call = await session.call("bob", { media: { video: true } });
  session.on("call", (incoming) => incoming.accept().then(({ peers }) => peers.size));
  await call.cancel(status);

  // @ts-expect-error there is no such event
  room.on("joined", () => {});
  // @ts-expect-error there is no such state
  room.on("state", (state) => state === "gone");
  // @ts-expect-error a room has an id
  session.join(17);
  // @ts-expect-error there is no such action
  await room.moderate("tickle", "peer");
  // @ts-expect-error states are for reading
  room.state = RoomState.LEFT;
  // @ts-expect-error what a device could not do is no text for people
  media.explain();
}

export function client() {
  const socket: Socket = io("http://localhost:3000", { auth: (send) => send({ token: "t" }), retries: 3, ackTimeout: 1000, forceNew: true });
  socket.on("connect_error", ({ data, message }) => console.log(data?.code, message));
  socket.once("disconnect", (reason) => reason === "io client disconnect" && socket.connect());
  socket.timeout(500).volatile.emit("say", "hello", (error: Error | null, answer: string) => console.log(error, answer));
  socket.emitWithAck("say").then((answer) => console.log(answer));
  socket.io.on("reconnect_attempt", (attempt) => attempt.toFixed());
  const manager: Manager = new Manager({ reconnectionDelayMax: 1000 });
  manager.socket("/chat").onAny((event, ...args) => console.log(event.length, args.length));

  // @ts-expect-error there is no such transport
  io({ transports: ["webtransport"] });
  // @ts-expect-error an event has a name
  socket.emit();
  // @ts-expect-error nobody sets it
  socket.connected = true;
}
