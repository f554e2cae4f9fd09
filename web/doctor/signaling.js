// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** Failures of the browser's own, as they are named in messages that only carry the text. */
const BROWSER_ERROR = /\b\w+Error\b/;
const WRONG_STATE = /wrong state/i;
const GLARE = /^glare$|two offers met|wrong (signaling)?state: have-local-offer/i;
/** How a browser says that a description could not be applied here. */
const NOT_APPLIED = /setRemoteDescription|wrong state/i;
const CODEC = /codec|m-section|m=|rtpmap|payload type/i;

/** A page that is well confirms within a fraction of this. */
const PATIENCE_MS = 8000;

/**
 * @param {any[]} facts @returns {number | undefined} when an offer of ours was taken back for one of theirs
 */
function gaveWay(facts) {
  const states = facts.filter(({ what }) => what === "signaling");
  return states.find(({ state }, index) => state === "have-remote-offer" && states[index - 2]?.state === "have-local-offer" && states[index - 1].state === "stable"
    && states[index - 1].negotiated === false)?.at;
}

/**
 * @param {any[]} facts @returns {{type: string, at: number, name: string, message: string} | undefined} the first of their descriptions that could not be applied here
 */
function refusedHere(facts) {
  const problem = facts.find(({ what, message }) => what === "problem" && NOT_APPLIED.test(message));
  const isAnswer = facts.some(({ what, type, at }) => what === "description" && type === "offer" && at <= problem?.at);
  return problem && { type: isAnswer ? "answer" : "offer", ...problem };
}

/** @param {any} fact */
const words = ({ code, message }) => [code, message].filter(Boolean).join(": ");

/**
 * What became of offers and answers on their way to the other side.
 * @param {import("./verdict.js").Recording} recording @returns {import("./verdict.js").Verdict[]}
 */
export function signalingVerdicts({ environment, pair = {}, facts, elapsedMs = 0 }) {
  /** @type {import("./verdict.js").Verdict[]} */
  const verdicts = [];
  if (pair.presence === "away") {
    const window = environment.resumeWindowMs ? `, resume window ${Math.round(environment.resumeWindowMs / 1000)} s` : "";
    verdicts.push({ code: "peer_away", severity: "warning", text: `The peer is away${window}.`,
      evidence: "The server has lost the way to them and keeps their seat.", advice: "Wait: what is sent to them is kept until they come back." });
  }
  const sent = facts.filter(({ what }) => what === "description");
  const offered = facts.map(({ what, state }) => what === "signaling" && state === "have-local-offer").lastIndexOf(true);
  const ended = facts.findIndex(({ what, state }, index) => index > offered && what === "signaling" && state === "stable");
  const isNegotiated = sent.some(({ type, state }) => type === "answer" && state === "applied")
    || (offered >= 0 && !facts.slice(offered, ended).some(({ what, message }) => what === "problem" && NOT_APPLIED.test(message))
      && facts.some((fact, index) => fact.state === "stable" && fact.negotiated !== false
        && facts.slice(index).every(({ what, state }) => what !== "signaling" || state === "stable")));
  const last = sent.at(-1) ?? { type: "offer", state: "missing", at: 0 };
  const refused = refusedHere(facts);
  const wasSilent = pair.initiator === false && pair.presence !== "away" && elapsedMs > PATIENCE_MS && !facts.some(({ what }) => what === "signaling");
  if (sent.length === 0 && !refused && wasSilent) {
    verdicts.push({ code: "never_offered", severity: "error", text: "The other side joined later and makes no offer.", evidence: `No offer came for ${Math.round(elapsedMs / 1000)} s.`,
      advice: "They should load the page again. In an application, whoever is told “initiator” has to make the first offer." });
  }
  if (isNegotiated || (sent.length === 0 && !refused)) return verdicts;
  const failures = sent.filter(({ state }) => state === "failed");
  // What is refused later is refused for what went before, most often.
  const cause = failures.find(({ code }) => code === "description_failed" || code === "remote_rejected");
  const failure = cause ?? failures.at(-1);
  const evidence = failure ? `The ${failure.type} failed after ${failure.at} ms: ${words(failure)}.` : `The ${last.type} is “${last.state}” since ${last.at} ms.`;
  const gaveWayAt = gaveWay(facts);
  const wasFirst = !facts.some(({ at, what, state }) => at < (gaveWayAt ?? 0) && (what === "problem" || state === "failed"));
  if (gaveWayAt && wasFirst && (failure || last.state === "delivered")) {
    verdicts.push({ code: "glare", severity: "error", text: "Both sides made an offer, and neither was applied.",
      evidence: `Our offer was taken back for theirs after ${gaveWayAt} ms, and they did not go on with theirs. ${evidence}`,
      advice: "A defect of the application: one of the two, and only one, has to give way (perfect negotiation)." });
  } else if (refused && (!cause || refused.at < cause.at)) {
    verdicts.push({ code: "description_refused", severity: "error", text: `The ${refused.type} of the other side cannot be applied here: ${refused.name}.`,
      evidence: `After ${refused.at} ms: ${refused.message}`, advice: "A defect of the application over there: an answer has to fit the offer, and each description to come once." });
  } else if (failure?.type === "offer" && (failure.code === "glare" || GLARE.test(failure.message ?? ""))) {
    verdicts.push({ code: "glare", severity: "error", text: "Both sides made an offer, and neither was applied.", evidence,
      advice: "A defect of the application: the polite side has to take back its own offer (perfect negotiation)." });
  } else if (failure?.code === "description_failed" || failure?.code === "remote_rejected") {
    const isCodec = CODEC.test(failure.message ?? "");
    const name = BROWSER_ERROR.exec(failure.message ?? "")?.[0]
      ?? (WRONG_STATE.test(failure.message ?? "") ? "InvalidStateError" : failure.message ?? failure.code);
    verdicts.push({ code: isCodec ? "codec_mismatch" : "description_failed", severity: "error",
      text: isCodec ? `The browsers do not agree about what the ${failure.type} offers.` : `The ${failure.type} was delivered and never applied: ${name}.`, evidence,
      advice: isCodec ? "Compare codecs and media sections of both sides." : "A defect of the application: look where it calls setRemoteDescription." });
  } else if (failure?.code === "ack_timeout" || failure?.code === "timeout" || last.state === "delivered") {
    verdicts.push({ code: last.state === "delivered" ? "never_applied" : "peer_frozen", severity: "error",
      text: last.state === "delivered" ? `The ${last.type} was delivered and never applied.` : "The peer does not answer: their page seems to be frozen.", evidence,
      advice: "They should load the page again." });
  } else if (last.state === "sent" && elapsedMs - last.at > PATIENCE_MS && environment.session?.state === "connected") {
    verdicts.push({ code: "peer_frozen", severity: "warning", text: "The peer does not answer: their page seems to be frozen.", evidence,
      advice: "They should look at the tab again, or load the page again." });
  } else if (failure) {
    verdicts.push({ code: "not_delivered", severity: "error", text: `The ${failure.type} did not reach the peer.`, evidence, advice: "Join again." });
  } else if (last.type === "offer" && last.state === "applied") {
    verdicts.push({ code: "never_answered", severity: "warning", text: "The offer was applied, and no answer was applied here.", evidence,
      advice: "Look for errors of setRemoteDescription or a lost answer on the way back." });
  }
  return verdicts;
}
