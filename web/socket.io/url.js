// SPDX-License-Identifier: Apache-2.0
// @ts-check

/**
 * @typedef {object} Target
 * @property {boolean} secure
 * @property {string} host name and port, the port only where it is not the scheme's own
 * @property {string} nsp
 * @property {string} query
 */

/**
 * What `io(url)` was given: absolute, protocol-relative, a bare namespace, or nothing. Its path is the namespace.
 * @param {string | undefined} url @param {{protocol: string, host: string} | undefined} [page] the page's location
 * @returns {Target}
 */
export function parseTarget(url, page = globalThis.location) {
  let text = url || "/";
  if (/^\/(?!\/)/.test(text)) text = `//${page?.host ?? "localhost"}${text}`;
  const match = /^(?:(\w+:)?\/\/)?(?:[^/?#@]*@)?([^/?#]*)([^?#]*)(?:\?([^#]*))?/.exec(text);
  const [, scheme = page?.protocol ?? "https:", host = "", nsp, query = ""] = match ?? [];
  const secure = /^(https|wss):$/.test(scheme);
  return { secure, host: host.replace(secure ? /:443$/ : /:80$/, ""), nsp: nsp || "/", query };
}

/** @param {Record<string, any> | string | undefined} query @returns {Record<string, any>} */
export const toQuery = (query) =>
  typeof query === "string" ? Object.fromEntries(new URLSearchParams(query)) : { ...query };

/** @param {string} base origin @param {Record<string, any>} opts @param {Record<string, any>} query */
export function engineUrl(base, opts, query) {
  const path = opts.path.replace(/\/$/, "") + (opts.addTrailingSlash === false ? "" : "/");
  const pairs = Object.entries(query).map((pair) => pair.map(encodeURIComponent).join("="));
  return `${base}${path}?${pairs.join("&")}`;
}
