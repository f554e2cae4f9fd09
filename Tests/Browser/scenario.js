// SPDX-License-Identifier: Apache-2.0
// What an app does with a Socket.IO client, played against `parley echo`; returns what was seen.
async ([url, transports]) => {
  const once = (emitter, event) => new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`no ${event}`)), 5000);
    emitter.once(event, (...args) => resolve(args));
  });
  const octets = (value) => [...new Uint8Array(value)];
  const bytes = Uint8Array.from([1, 2, 3, 250]);
  const seen = {};

  const socket = io(url, { transports, forceNew: true, reconnectionDelay: 50, auth: { token: "abc" } });
  const greeting = once(socket, "auth");
  let upgrade;
  socket.io.once("open", () => {
    seen.first = socket.io.engine.transport.name;
    upgrade = transports.length > 1 ? once(socket.io.engine, "upgrade") : undefined;
  });
  seen.auth = await greeting;
  seen.idLength = socket.id.length;

  let back = once(socket, "message-back");
  socket.emit("message", 1, "2", { 3: [true, null, "é𝄞"] });
  seen.event = await back;
  await upgrade;
  seen.transport = socket.io.engine.transport.name;

  seen.ack = await new Promise((resolve) => socket.emit("message-with-ack", "a", [1], (...args) => resolve(args)));
  seen.promised = await socket.emitWithAck("message-with-ack", "b");

  back = once(socket, "message-back");
  socket.emit("message", bytes.buffer, { deep: [bytes] });
  const [plain, { deep }] = await back;
  seen.binary = [octets(plain), octets(deep[0])];
  seen.binaryAck = octets(await socket.emitWithAck("message-with-ack", bytes.buffer));

  back = once(socket, "message-back");
  socket.emit("message", "x".repeat(300_000));
  seen.large = (await back)[0].length;

  const numbers = [];
  socket.on("message-back", (number) => numbers.push(number));
  for (let number = 0; number < 100; number++) socket.emit("message", number);
  await socket.emitWithAck("message-with-ack", "after");
  seen.inOrder = numbers.length === 100 && numbers.every((number, index) => number === index);
  socket.off("message-back");

  seen.timeout = await socket.timeout(150).emitWithAck("nobody answers").catch((error) => error.message);

  const custom = socket.io.socket("/custom", { auth: { other: 1 } });
  custom.auth = { other: 1 };
  custom.connect();
  seen.custom = await once(custom, "auth");
  seen.sharesConnection = custom.io.engine === socket.io.engine && custom.id !== socket.id;
  custom.disconnect();
  seen.customGone = custom.disconnected && socket.connected;

  const unknown = socket.io.socket("/unknown");
  unknown.connect();
  seen.refusal = (await once(unknown, "connect_error"))[0].message;

  await new Promise((resolve) => setTimeout(resolve, 1300));
  seen.outlivesPings = socket.connected;

  const first = socket.id;
  let lost = once(socket, "disconnect");
  socket.io.engine.close();
  seen.lost = (await lost)[0];
  await once(socket, "connect");
  seen.isNew = socket.id !== first;
  seen.afterwards = await socket.emitWithAck("message-with-ack", "again");

  lost = once(socket, "disconnect");
  socket.disconnect();
  seen.left = (await lost)[0];
  seen.isOver = socket.disconnected && !socket.active;
  return seen;
}
