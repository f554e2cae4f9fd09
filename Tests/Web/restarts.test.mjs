// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mock, test } from "node:test";

const { inRoom, peer } = await import("./fakes.mjs");

test("a search that does not end is begun anew, and not while the connection stands", async () => {
  const { room } = await inRoom(peer("old", true));
  const { pc } = room.peers.get("old");
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    pc.become("connecting");
    mock.timers.tick(19999);
    assert.equal(pc.restarts, 0);
    mock.timers.tick(2);
    mock.timers.tick(1);
    assert.equal(pc.restarts, 1);
    pc.become("connected");
    mock.timers.tick(60000);
    assert.equal(pc.restarts, 1);
  } finally {
    mock.timers.reset();
  }
});
