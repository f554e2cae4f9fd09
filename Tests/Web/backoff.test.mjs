// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "../../web/socket.io/backoff.js";

const options = { reconnectionDelay: 1000, reconnectionDelayMax: 5000, randomizationFactor: 0.5 };

test("without jitter the delay doubles up to its ceiling", () => {
  const backoff = new Backoff({ ...options, randomizationFactor: 0 });
  assert.deepEqual([1, 2, 3, 4, 5].map(() => backoff.duration()), [1000, 2000, 4000, 5000, 5000]);
  assert.equal(backoff.attempts, 5);
});

test("jitter moves a delay by at most its share, and never past the ceiling", () => {
  for (let round = 0; round < 200; round++) {
    const backoff = new Backoff(options);
    for (const [low, high] of [[500, 1500], [1000, 3000], [2000, 5000], [4000, 5000]]) {
      const delay = backoff.duration();
      assert.ok(delay >= low && delay <= high, `${delay} is not within ${low} and ${high}`);
    }
  }
});

test("after very many attempts the delay is still the ceiling", () => {
  const backoff = new Backoff(options);
  backoff.attempts = 5000;
  assert.equal(backoff.duration(), 5000);
});
