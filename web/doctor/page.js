// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { byId, create } from "../app/dom.js";
import { failureSentence } from "../app/failures.js";
import { ParleyError } from "../sdk/index.js";
import { checkDevice, checkGathering, checkTransport } from "./checks.js";
import { checkCall } from "./loopback.js";
import { isAskedByUdp } from "./udp.js";

/** @type {{name: string, result: "good" | "bad", words: string, ms: number}[]} */
let report = [];

/**
 * Runs one check and shows what came of it.
 * @param {string} name @param {() => any} check @returns {Promise<any>} what it gave, or undefined where it failed
 */
async function run(name, check) {
  byId("progress").textContent = `Checking: ${name}…`;
  const begin = performance.now();
  const done = (/** @type {"good" | "bad"} */ result, /** @type {string} */ words) => {
    const ms = Math.round(performance.now() - begin);
    report.push({ name, result, words, ms });
    const item = create("li", {}, create("b", { textContent: name }, create("span", { className: "visually-hidden", textContent: result === "good" ? ": good" : ": failed" })),
      create("time", { textContent: `${ms} ms` }), create("p", { textContent: words }));
    item.dataset.result = result;
    byId("results").append(item);
  };
  try {
    const value = await check();
    done("good", typeof value === "string" ? value : "It works.");
    return value;
  } catch (problem) {
    const { name: kind, message } = /** @type {Error} */ (problem);
    done("bad", problem instanceof ParleyError ? failureSentence(problem) : kind === "Error" ? message : `${kind}: ${message}`);
  }
}

async function start() {
  byId("start").disabled = true;
  report = [];
  byId("results").replaceChildren();
  byId("copy").hidden = true;
  delete byId("progress").dataset.result;
  await run("Secure page", () => {
    if (!isSecureContext) throw new Error("Open it by https, or on the same machine by localhost.");
  });
  await run("Microphone", () => checkDevice("audio"));
  await run("Camera", () => checkDevice("video"));
  const polling = await run("Server by polling", () => checkTransport("polling"));
  const servers = await run("Server by WebSocket", () => checkTransport("websocket")) ?? polling ?? [];
  await run("Own network", () => checkGathering());
  for (const server of servers) {
    for (const urls of [server.urls].flat()) await run(urls, () => checkGathering({ ...server, urls }));
  }
  await run("A call with itself", checkCall);
  const count = report.filter(({ result }) => result === "bad").length;
  const byUdp = report.filter(({ name }) => isAskedByUdp(name));
  const isBlocked = byUdp.length > 0 && byUdp.every(({ result }) => result === "bad")
    && report.some(({ name, result }) => /^turns?:/.test(name) && result === "good");
  const hasTurn = servers.some((/** @type {RTCIceServer} */ { urls }) => [urls].flat().some((url) => /^turns?:/.test(url)));
  byId("progress").textContent = (count === 0 ? "No check failed." : `${count} of ${report.length} checks failed.`)
    + (isBlocked ? " UDP is blocked here: calls go through the relay by TCP." : "")
    + (hasTurn ? "" : " The server named no TURN server: a call between two closed networks will fail.");
  byId("progress").dataset.result = count === 0 ? "good" : "bad";
  byId("start").textContent = "Check again";
  byId("start").disabled = false;
  byId("copy").hidden = false;
}

byId("start").addEventListener("click", start);
byId("copy").addEventListener("click", async () => {
  const lines = report.map(({ name, result, words, ms }) => `${result === "good" ? "ok  " : "FAIL"} ${name}: ${words} (${ms} ms)`);
  await navigator.clipboard.writeText(`${lines.join("\n")}\n\n${JSON.stringify(report)}\n`);
  byId("copy").textContent = "Copied";
  setTimeout(() => { byId("copy").textContent = "Copy the report"; }, 2500);
});
