// SPDX-License-Identifier: Apache-2.0
// @ts-check

/**
 * Listens for what the page knows before any timer does: that the network is gone, that the page is.
 * @param {any} engine @param {() => void} lost @returns {() => void} the remover
 */
export function watchPage(engine, lost) {
  const watch = new AbortController();
  /** @param {string} event @param {() => void} listener */
  const listen = (event, listener) => globalThis.addEventListener?.(event, listener, watch);
  if (!/^(localhost|127\.|\[::1)/.test(engine.target.host)) listen("offline", lost);
  if (engine.opts.closeOnBeforeunload) listen("beforeunload", () => engine.transport.off().close());
  return () => watch.abort();
}
