// SPDX-License-Identifier: Apache-2.0
// @ts-check

/**
 * What a refusal means, by the server's code.
 * @type {Record<string, [string, string]>}
 */
const REFUSALS = {
  room_password: ["The password of the room is wrong, or none was given.", "Ask the one who opened the room for the password."],
  room_full: ["The room is full.", "Wait until somebody leaves, or let the operator allow more participants."],
  room_locked: ["The room is locked.", "Ask somebody inside to unlock it."],
  room_not_found: ["There is no such room.", "Compare the name with the invitation."],
  auth_expired: ["The token has expired.", "Sign in again; the application has to fetch a new token before each connection."],
  auth_required: ["The server wants a token, and got none.", "Sign in first."],
  auth_invalid: ["The server does not accept the token.", "Sign in again; the operator should compare the key of the tokens."],
  server_full: ["The server is full.", "Try again later; the operator can allow more connections."],
  rate_limited: ["There were too many attempts.", "Wait a minute, then try once."],
};

/**
 * What keeps a page out before there is any pair.
 * @param {import("./verdict.js").Recording} recording @returns {import("./verdict.js").Verdict[]}
 */
export function entranceVerdicts({ environment: { secure, camera, microphone, session, room } }) {
  /** @type {import("./verdict.js").Verdict[]} */
  const verdicts = [];
  if (secure === false) {
    verdicts.push({ code: "insecure_context", severity: "error", text: "The page is not secure, so that the browser hides camera and microphone.",
      evidence: "isSecureContext is false.", advice: "Open it by https, or on the same machine by localhost." });
  }
  for (const [device, problem] of Object.entries({ camera, microphone })) {
    if (!problem) continue;
    const isDenied = /NotAllowedError|^Permission/.test(problem);
    verdicts.push({ code: `${device}_${isDenied ? "denied" : "unavailable"}`, severity: "warning",
      text: isDenied ? `The browser was not allowed to use the ${device}.` : `The ${device} cannot be used.`, evidence: `getUserMedia failed: ${problem}`,
      advice: isDenied ? "Allow it next to the address of the page, then load the page again." : "Plug it in, and close other programs that use it." });
  }
  const refusal = [room, session].find((one) => one?.code && REFUSALS[one.code]);
  if (refusal) {
    const [text, advice] = REFUSALS[refusal.code];
    verdicts.push({ code: refusal.code, severity: "error", text, evidence: `The server refused: ${refusal.code}.`, advice });
  } else if (["connecting", "reconnecting", "closed"].includes(session?.state) && session.reason !== "closed by this page") {
    verdicts.push({ code: "signaling_lost", severity: "error", text: "The way to the signaling server is lost.",
      evidence: `The session is ${session.state}${session.reason ? `: ${session.reason}` : ""}.`,
      advice: "Check the network and whether the server runs. What is already connected goes on meanwhile." });
  }
  return verdicts;
}
