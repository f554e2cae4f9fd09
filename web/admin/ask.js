// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { byId, create, toast } from "../app/dom.js";

/** @typedef {{name: string, label: string, type?: string, value?: any, required?: boolean, hint?: string, choices?: [string, string][], min?: number}} Field */

/**
 * For how long a ban holds.
 * @type {Field}
 */
export const DURATION = { name: "durationMs", label: "For", choices: [["", "Ever"], ["600000", "10 minutes"], ["3600000", "An hour"], ["86400000", "A day"], ["604800000", "A week"]] };
/** @type {Field} */
export const REASON = { name: "reason", label: "Reason", hint: "They are shown it. May be empty." };

/**
 * Asks before something is done.
 * @param {{title: string, text?: string, action: string, isGrave?: boolean, fields?: Field[]}} question
 * @returns {Promise<any>} what was filled in, without what was left empty; nothing where somebody would rather not
 */
export function ask({ title, text = "", action, isGrave = false, fields = [] }) {
  const dialog = byId("ask");
  byId("ask-title").textContent = title;
  byId("ask-text").textContent = text;
  byId("ask-text").hidden = !text;
  byId("ask-do").textContent = action;
  byId("ask-do").classList.toggle("grave", isGrave);
  byId("ask-fields").replaceChildren(...fields.map(inputOf));
  dialog.returnValue = "";
  dialog.showModal();
  // What hurts is not done by a second Enter.
  (byId("ask-fields").querySelector("input, select") ?? byId(isGrave ? "ask-cancel" : "ask-do")).focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "do" ? values(byId("ask-fields")) : undefined), { once: true });
  });
}

/** @param {Field} field @returns {HTMLElement} the field with its label */
export function inputOf({ name, label, type = "text", value = "", required = false, hint = "", choices, min }) {
  const id = `field-${name}`;
  const input = choices ? create("select", { id, name }, ...choices.map(([value, text]) => create("option", { value, textContent: text })))
    : create("input", { id, name, type, required, ...(type === "checkbox" ? { checked: value } : { value, autocomplete: "off" }), ...(min !== undefined && { min }) });
  return create("p", { className: type === "checkbox" ? "field check" : "field" }, create("label", { htmlFor: id, textContent: label }), input, ...(hint ? [create("small", { textContent: hint })] : []));
}

/** @param {HTMLElement} fields @returns {Record<string, any>} numbers as numbers, checkboxes as truth */
function values(fields) {
  /** @type {Record<string, any>} */
  const found = {};
  for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (fields.querySelectorAll("input, select"))) {
    if (input.type === "checkbox") found[input.name] = input.checked;
    else if (input.value !== "") found[input.name] = input.type === "number" || input.name === "durationMs" ? Number(input.value) : input.value;
  }
  return found;
}

/**
 * Does it, and says what came of it.
 * @param {import("./desk.js").Desk} desk @param {string} request @param {any} payload @param {string | ((answer: any) => string)} words
 * @returns {Promise<boolean>} whether it is done
 */
export async function act(desk, request, payload, words) {
  try {
    const answer = await desk.ask(request, payload);
    toast(typeof words === "string" ? words : words(answer));
    return true;
  } catch (error) {
    toast(/** @type {Error} */ (error).message);
    return false;
  }
}

/**
 * Whoever may only look finds every button that changes something locked, with the reason.
 * @param {import("./desk.js").Desk} desk @param {ParentNode} [within]
 */
export function lock(desk, within = document) {
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (within.querySelectorAll("[data-changes]"))) {
    button.disabled = desk.isReadOnly;
    button.title = desk.isReadOnly ? "This account may look and change nothing." : "";
  }
}

byId("ask-cancel").addEventListener("click", () => byId("ask").close());
