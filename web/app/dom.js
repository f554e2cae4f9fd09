// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** More at a time would hide what they are about. */
const TOASTS = 3;

/** @param {string} id @returns {any} an element the page is known to have */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no #${id}.`);
  return element;
}

/** @param {string} tag @param {Record<string, any>} [properties] @param {(Node | string)[]} children @returns {any} */
export function create(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** @param {string} name one of the symbols in the page */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** @param {"landing" | "waiting" | "call" | "ended"} view */
export function show(view) {
  for (const name of ["landing", "waiting", "call", "ended"]) byId(name).hidden = name !== view;
  document.body.dataset.view = view;
  // What was said of the view before is of no account here.
  byId("toasts").replaceChildren();
}

/**
 * Said by screen readers, seen by nobody.
 * @param {string} text
 */
export function announce(text) {
  byId("live").textContent = text;
}

/**
 * Said, and shown for a moment.
 * @param {string} text
 */
export function toast(text) {
  announce(text);
  const toasts = byId("toasts");
  const element = create("p", { className: "toast", textContent: text });
  toasts.append(element);
  if (toasts.childElementCount > TOASTS) toasts.firstChild.remove();
  // On top of a dialog as well: what was opened last is the highest.
  toasts.togglePopover?.(false);
  toasts.togglePopover?.(true);
  setTimeout(() => element.remove(), 3500);
}

/** For what would be nice to keep but may not be kept: private windows, full disks. */
export const memory = {
  /** @param {string} key */
  get(key) {
    try {
      return localStorage.getItem(`parley.${key}`) ?? "";
    } catch {
      return "";
    }
  },
  /** @param {string} key @param {string} value */
  set(key, value) {
    try {
      localStorage.setItem(`parley.${key}`, value);
    } catch {
      // Asked for again next time.
    }
  },
};
