// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { judge } from "../doctor/verdict.js";
import { wordsOf } from "../doctor/words.js";
import { span } from "./words.js";

/** @param {any} counts as `report` has them */
const counted = (counts) => Object.entries(counts ?? {}).map(([type, count]) => `${count} ${type}`).join(", ") || "none";

/**
 * What one side last said of a pair.
 * @param {any} report or null
 */
export function reportWords(report) {
  if (!report) return "has said nothing yet";
  const { ice, connection, candidateType, timeToConnectMs, error } = report;
  return [connection ?? ice, candidateType && `by ${candidateType}`, timeToConnectMs !== undefined && `after ${timeToConnectMs < 1000 ? `${timeToConnectMs} ms` : span(timeToConnectMs)}`, error]
    .filter(Boolean).join(", ");
}

/**
 * How a pair fares. Each side's page sends the code of the doctor's verdict with its reports; where it does not, the doctor judges what
 * the last states can show, and what has failed is told without a guess at the reason.
 * @param {{reports: any[], unconfirmed: string[][]}} pair @param {{name: string, state: string}[]} sides
 * @returns {{severity: string, text: string}}
 */
export function pairVerdict({ reports, unconfirmed }, sides) {
  const away = sides.find(({ state }) => state === "away");
  const told = reports.findIndex((report) => report?.connection !== "connected" && wordsOf(report?.verdict));
  if (!away && told >= 0) {
    const { verdict, candidates, remoteCandidates } = reports[told];
    // With neither side's candidates there is nothing but relays that could be allowed.
    const hasAny = [candidates, remoteCandidates].some((one) => Object.keys(one ?? {}).length > 0);
    const [text, advice] = /** @type {[string, string]} */ (wordsOf(verdict === "no_turn" && !hasAny ? "relay_without_turn" : verdict));
    return { severity: "error", text: `${text} ${sides[told].name} has found: ${counted(candidates)}; got: ${counted(remoteCandidates)}. ${advice}` };
  }
  const broken = reports.findIndex((report) => ["failed", "disconnected", "closed"].includes(report?.connection ?? report?.ice));
  if (!away && broken >= 0) {
    const { connection, ice, error } = reports[broken];
    const what = (connection ?? ice) === "failed" ? "found no way to the other side" : "has lost the way to the other side";
    return { severity: "error", text: `${sides[broken].name} ${what}${error ? `: ${error}` : ""}. Their page can say why (“Why?”).` };
  }
  const connected = reports.filter((report) => report?.connection === "connected");
  const open = [...new Set(unconfirmed.flat())];
  if (!away && connected.length < 2 && open.length > 0) return { severity: "info", text: `Not confirmed yet: ${open.join(", ")}.` };
  if (!away && connected.length === 1) return { severity: "info", text: "One side says that it is connected; the other has not said so." };
  const facts = connected.map(({ timeToConnectMs = 0 }) => ({ at: timeToConnectMs, what: "connection", state: "connected" }));
  const [{ code, severity, text }] = judge({ environment: {}, pair: { presence: away ? "away" : "here" }, facts });
  if (away) return { severity, text: `${away.name} is away; their seat is kept.` };
  return code === "nothing_found" ? { severity: "info", text: "Neither side has said how it fares." } : { severity, text };
}
