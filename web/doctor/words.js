// SPDX-License-Identifier: Apache-2.0
// @ts-check

/**
 * Verdicts in words, by code: what is wrong, and what to do. Where a recording knows more, such as the name of an error, the text of a
 * verdict says that as well.
 * @type {Record<string, [text: string, advice: string]>}
 */
const WORDS = {
  turn_denied: ["The TURN server refuses the credentials: its secret is not the server's.",
    "The operator has to give server and TURN server the same secret, and to compare their clocks."],
  ice_server_unreachable: ["A STUN or TURN server cannot be reached.",
    "The operator should see whether it runs, and whether its ports are open."],
  udp_blocked: ["UDP is blocked here, or every STUN and TURN server is down: none of them answers.",
    "Try another network; the operator can offer TURN over TCP or TLS, port 443."],
  no_turn: ["Both sides have only host candidates: no TURN server is configured.", "The operator has to configure a TURN server."],
  relay_without_turn: ["Only relayed ways are allowed, and no TURN server is configured.", "The operator has to configure a TURN server."],
  one_way_candidates: ["The candidates of the other side did not arrive.", "They may be lost on the way, or their network may be gone."],
  no_candidates: ["No way out of this machine was found.", "A firewall, a VPN or a browser policy forbids WebRTC."],
  mdns_only: ["Both sides have only hidden local addresses, which the other one cannot look up.", "Configure a STUN or TURN server."],
  ice_failed: ["No way between the two networks was found.", "A TURN server that can be reached would help."],
  connecting_too_long: ["Connecting takes too long.", "A TURN server that can be reached would help."],
  lost_after_connected: ["The connection stood and was lost: most likely the network has changed.", "Wait for the restart; if it does not help, join again."],
  one_sided: ["This side is connected, and the other side has lost the way.", "Wait for the restart; if it does not help, join again."],
  glare: ["Both sides made an offer, and neither was applied.",
    "A defect of the application: the polite side has to take back its own offer (perfect negotiation)."],
  description_failed: ["A description was delivered and never applied.", "A defect of the application: look where it calls setRemoteDescription."],
  codec_mismatch: ["The browsers do not agree about what is offered.", "Compare codecs and media sections of both sides."],
  never_applied: ["A description was delivered and never applied.", "They should load the page again."],
  peer_frozen: ["The peer does not answer: their page seems to be frozen.", "They should load the page again."],
  never_answered: ["The offer was applied, and no answer was applied here.", "Look for errors of setRemoteDescription or a lost answer on the way back."],
  description_refused: ["A description of the other side cannot be applied here.",
    "A defect of the application over there: an answer has to fit the offer, and each description to come once."],
  never_offered: ["The side that joined later makes no offer.", "They should load the page again."],
  not_delivered: ["A description did not reach the peer.", "Join again."],
};

/**
 * @param {string} code
 * @returns {[text: string, advice: string] | undefined} nothing for a code that no verdict of a pair has
 */
export const wordsOf = (code) => Object.hasOwn(WORDS, code) ? WORDS[code] : undefined;

/** @type {Record<string, string>} the kinds of candidates, for people */
const KINDS = { host: "an address of its own", srflx: "its public address", prflx: "an address that the other side saw", relay: "a relay" };

/** @param {string} kind of a candidate */
export const kindWords = (kind) => KINDS[kind] ?? "a way unknown";
