// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { judge } from "../doctor/verdict.js";
import { span } from "./words.js";

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
 * How a pair fares. Reports hold the last state and no candidates: the doctor judges what they can show, and what has failed is told
 * without a guess at the reason.
 * @param {{reports: any[], unconfirmed: string[][]}} pair @param {{name: string, state: string}[]} sides
 * @returns {{severity: string, text: string}}
 */
export function pairVerdict({ reports, unconfirmed }, sides) {
  const away = sides.find(({ state }) => state === "away");
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
