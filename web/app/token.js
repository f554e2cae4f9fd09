// SPDX-License-Identifier: Apache-2.0
// @ts-check
const KEY = "parley.token";

/**
 * The token with which the page was opened, as `#token=…`: that part of an address reaches no server and no log. It is kept
 * for this tab, and taken out of the address at once.
 * @returns {string | undefined}
 */
export function tokenOfTab() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token") ?? undefined;
  if (given) history.replaceState(null, "", location.pathname + location.search);
  try {
    if (given) sessionStorage.setItem(KEY, given);
    return sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return given; // no storage: it has to be given again after a reload
  }
}
