// SPDX-License-Identifier: Apache-2.0
// How a Socket.IO client behaves beyond the scenario, played against a server that speaks as `parley echo` does, and one with tokens; returns what was seen.
async ([url, transports, guarded, token]) => {
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const once = (emitter, event) => new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`no ${event}`)), 20000);
    emitter.once(event, (...args) => resolve(args));
  });
  const open = [];
  const make = (address = url, options = {}) => {
    const socket = io(address, { transports, forceNew: true, reconnectionDelay: 50, randomizationFactor: 0, ...options });
    open.push(socket);
    return socket;
  };
  const connected = async (options, address) => {
    const socket = make(address, options);
    await once(socket, "connect");
    return socket;
  };
  const octets = (value) => [...new Uint8Array(value)];
  const bytes = Uint8Array.from([1, 2, 250]);
  const failure = (work) => {
    try {
      return work();
    } catch (error) {
      return error.message;
    }
  };

  const probes = {
    async names() {
      const socket = make(url, { autoConnect: false });
      return ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"].map((name) => failure(() => socket.emit(name)));
    },
    async offline() {
      const socket = make(url, { autoConnect: false });
      const back = [];
      socket.on("message-back", (text) => back.push(text));
      socket.volatile.emit("message", "lost");
      socket.emit("message", "kept");
      const held = [socket.sendBuffer.length, socket.active, socket.connected, socket.disconnected, socket.recovered, socket.id];
      socket.on("connect", () => socket.emit("message", "in connect"));
      socket.connect();
      const isActive = socket.active;
      await once(socket, "connect");
      await socket.emitWithAck("message-with-ack");
      return [held, isActive, back, socket.connect() === socket, socket.open() === socket];
    },
    async acks() {
      const socket = await connected();
      const answer = (...args) => new Promise((resolve) => socket.timeout(5000).emit(...args, (...found) => resolve(found)));
      const timed = await new Promise((resolve) => socket.timeout(100).emit("nobody answers", 1, (...found) => resolve(found)));
      const late = socket.emitWithAck("nobody answers").catch((error) => error.message);
      const told = new Promise((resolve) => socket.timeout(60000).emit("nobody answers", (error) => resolve(error.message)));
      let isCalled = false;
      socket.emit("nobody answers", () => { isCalled = true; });
      const good = [await answer("message-with-ack", 1, "2"), await answer("message-with-ack"), await socket.emitWithAck("message-with-ack", "first", "second")];
      socket.disconnect();
      return [timed.length, timed[0].message, good, await late, await told, isCalled];
    },
    async binary() {
      const socket = await connected();
      const nested = await socket.emitWithAck("message-with-ack", { a: [{ b: bytes }, bytes.buffer], c: null });
      const back = once(socket, "message-back");
      socket.emit("message", bytes, "between", new Blob([bytes]), { view: new DataView(bytes.buffer, 1) }, { toJSON: () => ({ of: 1 }) });
      const [first, between, blob, { view }, json] = await back;
      return [octets(nested.a[0].b), octets(nested.a[1]), nested.c, octets(first), between, octets(blob), octets(view), json];
    },
    async values() {
      const socket = await connected();
      const back = once(socket, "message-back");
      socket.emit("message", undefined, NaN, new Date(0), new Map([[1, 2]]), "\u2028", { a: undefined, "é": -0 }, [[]]);
      return back;
    },
    async retries() {
      const socket = await connected({ retries: 1, ackTimeout: 2500 });
      const log = [];
      socket.onAnyOutgoing((event, ...args) => log.push([event, args[0]]));
      const all = ["message-with-ack", "nobody answers", "message-with-ack"].map((event, index) => new Promise((resolve) => {
        socket.emit(event, index, (error, ...found) => resolve(error ? error.message : found));
      }));
      const outcome = await Promise.all(all);
      return [outcome, log];
    },
    async taps() {
      const socket = make();
      // Before this the server's greeting may come at any time.
      await once(socket, "auth");
      const log = [];
      const [first, second] = ["first", "second"].map((name) => (...args) => log.push([name, ...args]));
      socket.onAny(first).prependAny(second).onAnyOutgoing(first).prependAnyOutgoing(second);
      socket.compress(true).send("x", 1);
      await once(socket, "message-back");
      const counts = [socket.listenersAny().length, socket.listenersAnyOutgoing().length];
      socket.offAny(first).offAnyOutgoing(second);
      socket.send("y");
      await once(socket, "message-back");
      counts.push(socket.listenersAny().length, socket.listenersAnyOutgoing().length);
      socket.offAny().offAnyOutgoing();
      counts.push(socket.listenersAny().length, socket.listenersAnyOutgoing().length);
      return [log, counts];
    },
    async listeners() {
      const socket = make(url, { autoConnect: false });
      const one = () => {};
      socket.on("a", one).once("a", one).addEventListener("b", one);
      const counts = [socket.listeners("a").length, socket.hasListeners("b"), socket.hasListeners("c")];
      socket.off("a", one).removeEventListener("b", one);
      counts.push(socket.listeners("a").length, socket.hasListeners("b"));
      socket.removeAllListeners("a");
      counts.push(socket.listeners("a").length);
      return counts;
    },
    async auth() {
      let count = 0;
      const socket = make(url, { auth: async (send) => { await wait(50); send({ count: ++count }); } });
      const before = await once(socket, "auth");
      const again = once(socket, "auth");
      socket.io.engine.close();
      return [before, await again];
    },
    async sharing() {
      const options = { transports, autoConnect: false };
      const [first, other, again, alone] = [io(url, options), io(`${url}/custom`, options), io(url, options), io(`${url}/custom`, { ...options, multiplex: false })];
      const fresh = io(`${url}/custom`, { ...options, forceNew: true });
      return [other.nsp, first.io === other.io, first.io === again.io, first.io === alone.io, first.io === fresh.io, Object.keys(first.io.nsps)];
    },
    async manager() {
      const manager = new io.Manager(url, { transports, autoConnect: false, reconnectionAttempts: 7 });
      const names = ["reconnection", "reconnectionAttempts", "reconnectionDelay", "reconnectionDelayMax", "randomizationFactor", "timeout"];
      const before = names.map((name) => manager[name]());
      const isChained = manager.reconnection(false) === manager && manager.reconnectionDelay(10) === manager && manager.timeout(500) === manager;
      const opened = new Promise((resolve) => manager.open((error) => resolve(error ?? "open")));
      const socket = manager.socket("/custom", { auth: { of: "it" } });
      socket.connect();
      open.push(socket);
      const auth = await once(socket, "auth");
      return [before, isChained, names.map((name) => manager[name]()), await opened, auth, socket instanceof io.Socket, socket.io === manager, io.connect === io.io,
        manager.opts.path];
    },
    async options() {
      const later = make(guarded, { autoConnect: false, query: { token: "wrong" } });
      later.io.opts.query.token = token;
      later.io.opts.transports = transports.slice(-1);
      later.connect();
      const { engine } = later.io;
      await once(later, "welcome");
      return [engine === later.io.engine, engine.transport.name === transports.at(-1), "ws" in engine.transport || engine.transport.name];
    },
    async endsAll() {
      const socket = await connected();
      const custom = socket.io.socket("/custom");
      custom.connect();
      await once(custom, "connect");
      const ends = Promise.all([socket, custom].map((one) => once(one, "disconnect")));
      socket.io.disconnect();
      const reasons = (await ends).map(([reason]) => reason);
      await wait(300);
      return [reasons, socket.connected, custom.connected];
    },
    async comesBack() {
      const socket = await connected();
      const log = [];
      const note = (emitter, name) => emitter.on(name, (...args) => log.push([name, ...args.map((one) => one instanceof Error ? one.message : typeof one === "object" ? "object" : one)]));
      for (const name of ["close", "reconnect_attempt", "reconnect_error", "reconnect", "open"]) note(socket.io, name);
      for (const name of ["connect", "disconnect"]) note(socket, name);
      socket.io.engine.close();
      await once(socket, "connect");
      await wait(50);
      return log;
    },
    async isNeverThere() {
      const socket = make("http://127.0.0.1:9", { autoConnect: false, reconnectionAttempts: 2 });
      const log = [];
      for (const name of ["reconnect_attempt", "reconnect_error", "reconnect_failed", "error"]) socket.io.on(name, (one) => log.push([name, one?.message ?? one]));
      socket.on("connect_error", (error) => log.push(["connect_error", error.message, error.type, error.data]));
      socket.connect();
      await once(socket.io, "reconnect_failed");
      return [log, socket.active, socket.connected];
    },
    async stops() {
      const socket = await connected();
      const attempts = [];
      socket.io.on("reconnect_attempt", (number) => { attempts.push(number); socket.disconnect(); });
      socket.io.engine.close();
      await wait(400);
      return [attempts, socket.active, socket.connected];
    },
    async refused() {
      const socket = await connected();
      const unknown = socket.io.socket("/unknown");
      unknown.connect();
      const [error] = await once(unknown, "connect_error");
      return [error instanceof Error, typeof error.message, error.data, unknown.active, unknown.connected, socket.connected];
    },
    async guarded() {
      const socket = make(guarded, { auth: { token: "wrong" } });
      const [error] = await once(socket, "connect_error");
      const words = [error.data.code, error.data.retryable, socket.active];
      const users = [];
      for (const options of [{ query: { token } }, { query: `token=${token}` }, { auth: { token } }]) {
        const [{ user }] = await once(make(guarded, options), "welcome");
        users.push(user);
      }
      const [{ user }] = await once(make(`${guarded}?token=${token}`), "welcome");
      return [...words, ...users, user];
    },
    async engine() {
      const socket = make(url, { autoConnect: false });
      socket.connect();
      const { engine } = socket.io;
      const seen = { packet: new Set(), packetCreate: new Set() };
      for (const name of ["packet", "packetCreate"]) engine.on(name, ({ type, data }) => type === "noop" || seen[name].add(`${type} ${typeof data}`));
      let drains = 0;
      engine.on("drain", () => { drains += 1; });
      const closed = once(engine, "close");
      const isUpgraded = transports.length > 1 ? once(engine, "upgrade").then(([transport]) => transport.name) : transports[0];
      await once(socket, "connect");
      await isUpgraded;
      await once(socket.io, "ping");
      const id = [typeof engine.id, engine.id.length > 0, engine.id === socket.id];
      socket.disconnect();
      return [[...seen.packet].sort(), [...seen.packetCreate].sort(), drains > 0, id, await isUpgraded, (await closed)[0], engine.readyState];
    },
  };
  const seen = {};
  for (const [name, probe] of Object.entries(probes)) {
    try {
      // Through the wire's own eyes: what cannot be told from undefined is null.
      seen[name] = JSON.parse(JSON.stringify(await probe()));
    } catch (error) {
      seen[name] = `failed: ${error.message}`;
    }
    for (const socket of open.splice(0)) socket.disconnect();
  }
  return seen;
}
